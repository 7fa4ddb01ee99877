"""
What ports and officials do, each deed on the legs of the side that does it.

What is usual is done where it can be: nobody crosses whom the gate stops, and nobody is received
who has not crossed. What a step of the file says must be done, or be refused with its code.
"""

from collections import Counter
from collections.abc import Mapping

from exchange.demo.scenarios.acting import USUAL, codes_of
from exchange.demo.scenarios.actors import Actor, Deed
from exchange.demo.scenarios.at_either import AtEither
from exchange.demo.scenarios.at_points import AtPoints
from exchange.demo.scenarios.at_ports import AtPorts
from exchange.demo.scenarios.sides import Both
from exchange.domain.places import Places
from exchange.errors import ExchangeError


class Deeds:
    """Does what is to be done, and remembers what was refused and was not to be."""

    def __init__(self, both: Both, actors: Mapping[str, Actor], places: Places) -> None:
        self.unforeseen: list[str] = []
        """What a step says and was refused, or was to be refused and was done."""
        self.refused: Counter[str] = Counter()
        """How often something usual was refused, by code."""
        self._actors = actors
        ports = AtPorts(both.us, actors, places)
        self.subjects = ports.subjects
        """Whose each handoff is."""
        self._acts = ports.acts() | AtPoints(both.mx).acts() | AtEither(both).acts()

    async def do(self, deed: Deed) -> None:
        """Do one deed; what should not have come of it is remembered."""
        actor = self._actors[deed.who]
        try:
            codes = await self._acts[deed.do](actor, deed.step or USUAL)
        except ExchangeError as error:
            codes = codes_of(error)
        wanted = deed.step.refused if deed.step else None
        if deed.do == "decide":
            wanted = actor.behaviour.refused
            if wanted is None and codes and actor.of_crowd:
                wanted = min(codes)  # the account says of each how many were withheld, and why
        is_usual = deed.step is None and deed.do != "decide"
        self.refused.update(codes if is_usual else ())
        if not is_usual and (wanted not in codes if wanted else codes):
            came = ", ".join(sorted(codes)) or "done"
            self.unforeseen.append(
                f"{deed.at:%Y-%m-%d %H:%M} {deed.do} {deed.who}: {came} != {wanted or 'done'}"
            )
