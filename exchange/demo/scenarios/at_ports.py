"""What the ports of the United States do: decide, let cross, hold, take back, move hearings."""

import datetime as dt
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

import orjson

from exchange.demo.people import Document
from exchange.demo.scenarios.acting import DONE, PORT, Act, Codes, handoff_of, hearing_of
from exchange.demo.scenarios.actors import Actor
from exchange.demo.scenarios.drawing import at_the_court
from exchange.demo.scenarios.sides import Played
from exchange.demo.scenarios.wording import Step
from exchange.domain.places import Places
from exchange.domain.screening import Withheld
from exchange.domain.wire import utc_text
from exchange.store.handoffs import find_handoff


class AtPorts:
    """The acts of the ports, by name."""

    def __init__(self, us: Played, actors: Mapping[str, Actor], places: Places) -> None:
        self.subjects: dict[str, str] = {}
        """Whose each handoff is."""
        self._us = us
        self._actors = actors
        self._places = places
        self._clock = us.clock

    def acts(self) -> dict[str, Act]:
        """Return each act under the name that a file has for it."""
        legs = self._us.legs
        return {
            "decide": self._decide,
            "cross": self._cross,
            "slip-over": self._slip_over,
            "hold": partial(self._because, legs.holds.place),
            "lift": partial(self._because, legs.holds.lift),
            "withdraw": partial(self._because, legs.cancellations.withdraw),
            "close": partial(self._because, legs.closures.close),
            "move-hearing": self._move_hearing,
            "present": self._present,
        }

    async def _decide(self, actor: Actor, _: Step) -> Codes:
        document = dict(actor.document)
        if actor.same_case_as:
            earlier = self._actors[actor.same_case_as]
            document["case"] = await self._case_of(earlier)
        octets = orjson.dumps(document)
        taken = await self._us.legs.intake.submit(octets, actor=document["decided_by"])
        if isinstance(taken, Withheld):
            return frozenset({"withheld", *taken.reasons})
        actor.handoff = taken.handoff
        self.subjects[taken.handoff] = actor.name
        return DONE

    async def _case_of(self, actor: Actor) -> str | None:
        row = await self._us.store.read(partial(find_handoff, handoff=handoff_of(actor)))
        return None if row is None else row.case_id

    async def _cross(self, actor: Actor, step: Step) -> Codes:
        checked = await self._us.legs.departures.depart(
            handoff_of(actor), "GATE-1", people=step.people, actor=PORT
        )
        actor.has_crossed = actor.has_crossed or checked.recorded
        return frozenset(one.name for one in checked.conditions)

    async def _slip_over(self, actor: Actor, _: Step) -> Codes:
        """Let somebody cross of whom nobody records it."""
        actor.has_crossed = actor.handoff is not None
        return DONE

    async def _because(self, act: Callable[..., Awaitable[Any]], actor: Actor, step: Step) -> Codes:
        cause = step.cause
        await act(handoff_of(actor), {"cause": cause}, actor=PORT)
        return DONE

    async def _move_hearing(self, actor: Actor, step: Step) -> Codes:
        stands = actor.document["hearing"]
        version = step.version or actor.version + 1
        document: Document = {
            "status": "none-scheduled",
            "hearing": stands["hearing"],
            "version": version,
            "hearing_at": None,
            "present_at": None,
            "presentation_port": None,
            "source_as_of": utc_text(self._clock()),
        }
        if isinstance(step.hearing, dt.datetime):
            port = step.port or stands["presentation_port"]
            found = self._places.find_port(port)
            zone = found.zone if found else "Etc/UTC"
            document |= {"status": "scheduled", "presentation_port": port}
            document |= at_the_court(step.hearing, zone)
        await self._us.legs.hearings.change(handoff_of(actor), document, actor=PORT)
        actor.version = version
        return DONE

    async def _present(self, actor: Actor, step: Step) -> Codes:
        document = {
            "outcome": step.outcome or "presented",
            "hearing": hearing_of(actor, step),
            "at": utc_text(self._clock()),
            "port": step.port or actor.document["hearing"]["presentation_port"],
        }
        await self._us.legs.presentations.present(handoff_of(actor), document, actor=PORT)
        return DONE
