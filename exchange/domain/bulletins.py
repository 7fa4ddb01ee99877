"""
What one side says about no handoff: how many people a point takes, whom to call, what a day was.

Of each matter the newest stands, which is the higher ``seq``: so any order of arrival, with any
repeats, ends in the same on both sides. What is of no matter stands for itself, like a step of a
comparison, and none of it is posted. Nothing in any of this is about a person.
"""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from exchange.domain.messages.body import Body
from exchange.domain.messages.capacity_advisory import CapacityAdvisory
from exchange.domain.messages.catalogue import MessageType
from exchange.domain.messages.comparison import Comparison
from exchange.domain.messages.contacts import Contacts, PortPair
from exchange.domain.messages.statement import Statement
from exchange.domain.parties import Side
from exchange.domain.places import Places, day_in
from exchange.domain.stages import OUT_OF_PLACE, REPEAT, SUPERSEDED
from exchange.errors import Fault

_STATEMENT = "statement"


class Matter(NamedTuple):
    """What a bulletin is about: the name of its type, and which of that type's matters."""

    name: str
    about: str


class Bulletin(NamedTuple):
    """What was said of a matter, in which message; *says* is its body as JSON."""

    matter: Matter
    seq: int
    said_at: datetime
    schema: str
    says: str


class Posted(NamedTuple):
    """The bulletin that stands after one was said, and the code that goes into the receipt."""

    stands: Bulletin
    code: str | None


def matter_of(kind: MessageType, body: Body) -> Matter | None:
    """
    Return what *body* is about: a day of a point or of a speaker, or all that its type has.

    None where it stands for itself.
    """
    match body:
        case CapacityAdvisory():
            return day_of_point(body.receiving_point, body.on)
        case Statement():
            return day_of_speaker(date.fromisoformat(body.day), Side(body.speaker))
        case Comparison():
            return None
        case _:
            return Matter(kind.name, "")


def day_of_point(receiving_point: str, on: str) -> Matter:
    """Return the matter of what a receiving point takes on a day."""
    return Matter("capacity-advisory", f"{receiving_point} {on}")


def day_of_speaker(day: date, speaker: Side) -> Matter:
    """Return the matter of what is stated of the messages that one side said on a day."""
    return Matter(_STATEMENT, f"{day.isoformat()} {speaker}")


def bulletin_of(kind: MessageType, body: Body, *, seq: int, said_at: datetime) -> Bulletin | None:
    """Return *body* as the bulletin that it is; None where it stands for itself."""
    matter = matter_of(kind, body)
    if matter is None:
        return None
    return Bulletin(matter, seq, said_at, kind.schema, body.model_dump_json())


def end_of(day: date) -> datetime:
    """Return when a day ends by which messages are counted: at 24 h UTC."""
    return datetime.combine(day, time(), UTC) + timedelta(days=1)


def post(standing: Bulletin | None, fresh: Bulletin) -> Posted:
    """
    Return which of two bulletins of a matter stands once *fresh* was said (8, 9).

    That the same is said again is a repeat, whichever of the two is the newer. A day that is
    stated before its end is out of place whatever stands.
    """
    odd = OUT_OF_PLACE if _is_early(fresh) else None
    if standing is None:
        return Posted(fresh, odd)
    stands = fresh if fresh.seq > standing.seq else standing
    if _says_the_same(standing, fresh):
        return Posted(stands, REPEAT)
    return Posted(stands, odd if stands is fresh else SUPERSEDED)


def faults_of(body: Body, places: Places, now: datetime) -> Iterator[Fault]:
    """Give what cannot be so of a place or a day, where the official can still mend it."""
    match body:
        case CapacityAdvisory():
            yield from _faults_of_advisory(body, places, now)
        case Contacts():
            for number, pair in enumerate(body.pairs):
                yield from _faults_of_pair(pair, places, f"/pairs/{number}")


def _faults_of_advisory(body: CapacityAdvisory, places: Places, now: datetime) -> Iterator[Fault]:
    point = places.find_receiving_point(body.receiving_point)
    if point is None:
        yield Fault("/receiving_point", "unknown-receiving-point")
    elif body.on < day_in(now, point.zone).isoformat():
        yield Fault("/on", "in-the-past")
    if body.opens is not None and body.closes is not None and body.closes <= body.opens:
        yield Fault("/closes", "out-of-order")


def _faults_of_pair(pair: PortPair, places: Places, pointer: str) -> Iterator[Fault]:
    if not places.are_a_pair(pair.port, pair.receiving_point):
        yield Fault(f"{pointer}/receiving_point", "not-a-pair")
    for number, day in enumerate(pair.calendar):
        if day.closes <= day.opens:
            yield Fault(f"{pointer}/calendar/{number}/closes", "out-of-order")


def _is_early(said: Bulletin) -> bool:
    """Say whether it states a day that had not ended."""
    if said.matter.name != _STATEMENT:
        return False
    return said.said_at < end_of(date.fromisoformat(said.matter.about.split(" ")[0]))


def _says_the_same(standing: Bulletin, fresh: Bulletin) -> bool:
    """Say whether two differ in nothing but their salt."""
    before, after = ({**json.loads(one.says), "salt": ""} for one in (standing, fresh))
    return standing.schema == fresh.schema and bool(before == after)
