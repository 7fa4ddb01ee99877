"""The US ports of a run: what each pushes, repeats, contradicts, takes back and holds, and when."""

import asyncio
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any

from exchange.demo.people import Document, People
from exchange.installation.shipped import shipped_places
from tests.sim.desks import Desk
from tests.sim.sides import BEGUN_AT

DECIDED_BEFORE = timedelta(minutes=10)
"""How long before the run the people were decided on: no clock of a run is so far behind."""

WITHHOLDINGS = ("minor", "mexican", "fear", "health")
NEAR_SECONDS = 20.0
"""How near to something that goes wrong people are at work: far from it nothing is learnt."""

CAUSES = ("custody", "data", "family", "medical", "legal", "fear", "capacity", "other")
HOLD_CAUSES = ("family", "medical", "legal", "fear", "data", "other")
KINDS = {
    "good": 46,
    "repeated": 10,
    "conflicting": 8,
    "withheld": 12,
    "cancelled": 12,
    "held": 12,
}
"""What ports do, and how often of a hundred times."""

DECISION, CANCELLATION, HOLD = "return-decision", "cancellation", "hold"

_STOPS = {"cancelled": CANCELLATION, "held": HOLD}


@dataclass(frozen=True, slots=True)
class Errand:
    """What a port has to do with one person."""

    kind: str
    at: float
    document: Document
    cause: str
    pause_seconds: float
    keyed: bool

    @property
    def decision_id(self) -> str:
        """The id of the decision."""
        return str(self.document["decision_id"])


def errands(chance: Random, count: int, moments: Sequence[float]) -> list[Errand]:
    """Return *count* errands, most of them near one of *moments*; one is withheld at least."""
    people = People(chance.getrandbits(32), shipped_places(), BEGUN_AT - DECIDED_BEFORE)
    weights = list(KINDS.values())
    drawn = ["withheld", *chance.choices(list(KINDS), weights, k=count - 1)]
    made = []
    for number, (kind, document) in enumerate(zip(drawn, people.singles(count), strict=True)):
        if kind == "withheld":
            _withhold(document, chance.choice(WITHHOLDINGS), people, number)
        made.append(
            Errand(
                kind=kind,
                at=max(0.0, chance.choice(moments) + chance.gauss(0, NEAR_SECONDS)),
                document=document,
                cause=chance.choice(HOLD_CAUSES if kind == "held" else CAUSES),
                pause_seconds=chance.choice((0.0, 0.05, 1.0, 20.0, 200.0, 600.0)),
                keyed=chance.random() < 0.8,
            )
        )
    return made


def _withhold(document: Document, why: str, people: People, number: int) -> None:
    """Make *document* one that screening withholds, about somebody whose name nobody shares."""
    person, screening = document["person"], document["screening"]
    unique = "".join("bcdfghjkmp"[int(digit)] for digit in f"{number:02d}")
    given, surname = f"Zuleyka{unique}", f"Quintanilla{unique}"
    person |= {
        "given_names": given,
        "first_surname": surname,
        "second_surname": None,
        "full_name_as_recorded": f"{given} {surname}",
    }
    match why:
        case "minor":
            person["birth_date"] = people.birth_of_minor()
            screening["unaccompanied"] = True
        case "mexican":
            person["nationality"] = "MEX"
            document["travel_document"] = None
        case "fear":
            screening["fear"] = "expressed"
        case _:
            screening["categories"] = ["physical-health"]


class Ports:
    """Does every errand, through whatever happens, until its outcome is known."""

    def __init__(self, desk: Desk, errands: list[Errand]) -> None:
        self.errands = errands
        self._desk = desk
        self._left = len(errands)

    @property
    def are_done(self) -> bool:
        """Whether every port knows what came of everything it asked."""
        return self._left == 0

    async def work(self) -> None:
        """Do all errands, each at its time."""
        async with asyncio.TaskGroup() as tasks:
            for errand in self.errands:
                tasks.create_task(self._run(errand))

    async def _run(self, errand: Errand) -> None:
        await asyncio.sleep(errand.at)
        key = errand.decision_id if errand.keyed else None
        if errand.kind == "repeated":
            first, *_ = await asyncio.gather(
                self._decide(errand, errand.document, key),
                self._decide(errand, errand.document, None),
                self._again_later(errand, key),
            )
        else:
            first = await self._decide(errand, errand.document, key)
        if errand.kind == "conflicting":
            await asyncio.sleep(errand.pause_seconds)
            other = _contradicted(errand.document)
            await self._decide(errand, other, None)
            await self._decide(errand, other, key)
        stop = _STOPS.get(errand.kind)
        if stop is not None and "handoff" in first:
            await asyncio.sleep(errand.pause_seconds)
            handoff = str(first["handoff"])
            await self._desk.insist(
                stop,
                handoff,
                f"/v1/handoffs/{handoff}/{stop}",
                {"cause": errand.cause},
                key=f"{stop}-{handoff}" if errand.keyed else None,
            )
        self._left -= 1

    async def _again_later(self, errand: Errand, key: str | None) -> None:
        await asyncio.sleep(errand.pause_seconds)
        await self._decide(errand, errand.document, key)

    async def _decide(self, errand: Errand, document: Document, key: str | None) -> dict[str, Any]:
        done = await self._desk.insist(
            DECISION, errand.decision_id, "/v1/return-decisions", document, key=key
        )
        return done.answer


def _contradicted(document: Document) -> Document:
    """Return a decision under the same id that says something else."""
    other = deepcopy(document)
    other["decided_by"] = other["released_by"] + "-B"
    return other
