"""
What one side says about no handoff: how many people a point takes, whom to call.

Of each matter the newest stands, which is the higher ``seq``: so any order of arrival, with any
repeats, ends in the same on both sides. Nothing in a bulletin is about a person.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from exchange.domain.messages.body import Body
from exchange.domain.messages.capacity_advisory import CapacityAdvisory
from exchange.domain.messages.catalogue import MessageType
from exchange.domain.messages.contacts import Contacts, PortPair
from exchange.domain.places import Places, day_in
from exchange.domain.stages import REPEAT, SUPERSEDED
from exchange.errors import Fault


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


def matter_of(kind: MessageType, body: Body) -> Matter:
    """Return what *body* is about: a day of a receiving point, or all that its type has."""
    if isinstance(body, CapacityAdvisory):
        return day_of_point(body.receiving_point, body.on)
    return Matter(kind.name, "")


def day_of_point(receiving_point: str, on: str) -> Matter:
    """Return the matter of what a receiving point takes on a day."""
    return Matter("capacity-advisory", f"{receiving_point} {on}")


def bulletin_of(kind: MessageType, body: Body, *, seq: int, said_at: datetime) -> Bulletin:
    """Return *body* as the bulletin that it is."""
    return Bulletin(matter_of(kind, body), seq, said_at, kind.schema, body.model_dump_json())


def post(standing: Bulletin | None, fresh: Bulletin) -> Posted:
    """
    Return which of two bulletins of a matter stands once *fresh* was said (8, 9).

    That the same is said again is a repeat, whichever of the two is the newer.
    """
    if standing is None:
        return Posted(fresh, None)
    stands = fresh if fresh.seq > standing.seq else standing
    if _says_the_same(standing, fresh):
        return Posted(stands, REPEAT)
    return Posted(stands, None if stands is fresh else SUPERSEDED)


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


def _says_the_same(standing: Bulletin, fresh: Bulletin) -> bool:
    """Say whether two differ in nothing but their salt."""
    before, after = ({**json.loads(one.says), "salt": ""} for one in (standing, fresh))
    return standing.schema == fresh.schema and bool(before == after)
