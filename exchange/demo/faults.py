"""
What is planted, and what a correct account must therefore find.

No module that reports may import this one (``tests/test_house.py``): the account finds what
is wrong in the ledger by itself, and only then are the two put side by side.

Somebody with a part to play travels alone, so that no family is split by the play.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from exchange.demo.people import Document, People
from exchange.domain.places import Places
from exchange.domain.stages import Stage


class Part(StrEnum):
    """What happens to one person."""

    ORDINARY = "ordinary"
    LATE_ACKNOWLEDGMENT = "late-acknowledgment"
    VISA_NEVER = "visa-never"
    WITHDRAWN = "withdrawn"
    MINOR = "minor"
    MEXICAN = "mexican-national"
    FEAR = "fear"
    HEALTH = "health"
    CANCELLED_NOTICED = "cancelled-noticed"
    CANCELLED_ACCEPTED = "cancelled-accepted"
    REFUSED = "refused"
    DEFERRED = "deferred"
    NOT_RECEIVED = "not-received"
    VISA_SHORT = "visa-short"
    RETURNED_AGAIN = "returned-again"
    SECOND_CYCLE = "second-cycle"
    NOT_PRESENTED = "not-presented"
    CASE_CLOSED = "case-closed"
    HELD = "held"


SHARES: Mapping[Part, int] = {
    Part.LATE_ACKNOWLEDGMENT: 1,
    Part.VISA_NEVER: 1,
    Part.WITHDRAWN: 3,
    Part.MINOR: 2,
    Part.MEXICAN: 1,
    Part.FEAR: 5,
    Part.HEALTH: 3,
    Part.CANCELLED_NOTICED: 2,
    Part.CANCELLED_ACCEPTED: 3,
    Part.REFUSED: 4,
    Part.DEFERRED: 3,
    Part.NOT_RECEIVED: 2,
    Part.VISA_SHORT: 2,
    Part.RETURNED_AGAIN: 4,
    Part.SECOND_CYCLE: 4,
    Part.NOT_PRESENTED: 2,
    Part.CASE_CLOSED: 2,
    Part.HELD: 2,
}
"""
How many of 240 play each part; at least one of any number, while there are people for it.

A second cycle is the decision about somebody who was returned before: it comes after that part.
"""

OF = 240

WITHHELD = frozenset({Part.MINOR, Part.MEXICAN, Part.FEAR, Part.HEALTH})
CANCELLED = frozenset({Part.CANCELLED_NOTICED, Part.CANCELLED_ACCEPTED, Part.HELD})
MOVED = frozenset({Part.RETURNED_AGAIN, Part.NOT_PRESENTED, Part.CASE_CLOSED})
"""Whose hearing the court moves to today, once they are documented."""
CROSSING = MOVED | {Part.SECOND_CYCLE}
"""Who crosses by the gate, in a window that is open already."""
REFUSAL_CODES = ("CAPACITY", "IDENTITY_DOUBT", "DOCUMENT_MISSING", "NO_FUTURE_HEARING")

ENDS: Mapping[Part, Stage] = {
    Part.ORDINARY: Stage.DOCUMENTED,
    Part.LATE_ACKNOWLEDGMENT: Stage.DOCUMENTED,
    Part.VISA_NEVER: Stage.RECEIVED,
    Part.CANCELLED_NOTICED: Stage.CANCELLED,
    Part.CANCELLED_ACCEPTED: Stage.CANCELLED,
    Part.REFUSED: Stage.REFUSED,
    Part.DEFERRED: Stage.DEFERRED,
    Part.NOT_RECEIVED: Stage.NOT_RECEIVED,
    Part.VISA_SHORT: Stage.DOCUMENTED,
    Part.RETURNED_AGAIN: Stage.PRESENTED,
    Part.SECOND_CYCLE: Stage.DOCUMENTED,
    Part.NOT_PRESENTED: Stage.NOT_PRESENTED,
    Part.CASE_CLOSED: Stage.CLOSED,
    Part.HELD: Stage.CANCELLED,
}
"""The stage in which both sides are done with whoever is noticed and plays the part."""

LATE_WITHIN_SECONDS = 5
"""Seconds within which the late acknowledgment was due: its window opens almost too soon."""


@dataclass(frozen=True, slots=True)
class Role:
    """One decision and the part that its person plays."""

    part: Part
    number: int
    """Which of those with this part, from 0."""
    document: Document = field(repr=False)

    @property
    def decision_id(self) -> str:
        """The id of the decision."""
        return str(self.document["decision_id"])


def cast(count: int, seed: int, places: Places, now: datetime) -> list[Role]:
    """Return *count* roles: some with a part, everybody else ordinary, in a seeded order."""
    people = People(seed, places, now)
    parts = parts_of(count)
    roles, first = [], list[Document]()
    numbers: Counter[Part] = Counter()
    for part, document in zip(parts, people.singles(len(parts)), strict=True):
        _make_fit(part, document, people)
        if part is Part.RETURNED_AGAIN:
            first.append(document)
        cast_as = _later(document, first[numbers[part]]) if part is Part.SECOND_CYCLE else document
        roles.append(Role(part, numbers[part], cast_as))
        numbers[part] += 1
    ordinary = people.households(count - len(parts))
    roles += [Role(Part.ORDINARY, number, one) for number, one in enumerate(ordinary)]
    people.shuffle(roles)
    return roles


def parts_of(count: int) -> list[Part]:
    """Return the parts that are played among *count* people; at least one stays ordinary."""
    wanted = [part for part, share in SHARES.items() for _ in range(max(1, share * count // OF))]
    first_of_each = list(dict.fromkeys(wanted))
    more = list((Counter(wanted) - Counter(first_of_each)).elements())
    return (first_of_each + more)[: max(0, count - 1)]


def _later(document: Document, first: Document) -> Document:
    """Return the later decision about whom *first* is about: the same person, another hearing."""
    hearing = {**first["hearing"], "hearing": document["hearing"]["hearing"]}
    return {**first, "decision_id": document["decision_id"], "hearing": hearing}


def _make_fit(part: Part, document: Document, people: People) -> None:
    """Change *document* so that screening meets the reason for which the part is withheld."""
    person, screening = document["person"], document["screening"]
    if part is Part.MINOR:
        person["birth_date"] = people.birth_of_minor()
        screening["unaccompanied"] = True
    elif part is Part.MEXICAN:
        person["nationality"] = "MEX"
        document["travel_document"] = None
    elif part is Part.FEAR:
        screening["fear"] = "expressed"
    elif part is Part.HEALTH:
        screening["categories"] = ["physical-health"]
