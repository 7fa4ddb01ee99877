"""
The messages of one day and one direction, as they were when the ledger had some length.

A day is that of a message's own time (``said_on``). What was rejected is no part of it: what we
rejected has no day, and of what we sent it is taken out from when the rejection is recorded.
"""

import datetime as dt
from collections.abc import Collection, Iterator
from typing import NamedTuple

from sqlalchemy import Connection, Select, and_, bindparam, func, select

from exchange.proof.sets import Item
from exchange.store.columns import Direction, Kind, Status, constant
from exchange.store.prepared import Prepared
from exchange.store.tables import ledger, verdicts

_CHUNK = 500


class OfDay(NamedTuple):
    """A day, and whose messages of it: ours (sent) or the partner's (received)."""

    day: dt.date
    direction: Direction


class SaidOfDay(NamedTuple):
    """A message about a handoff (a row number): its ledger number, its type, and its body's."""

    number: int
    handoff: int
    schema: str
    body: int


class Heard(NamedTuple):
    """A message of the partner's that we accepted, and the number of its body."""

    number: int
    body: int


_REJECTED = verdicts.alias("rejected")
_STANDS = ledger.outerjoin(
    _REJECTED,
    and_(
        _REJECTED.c.message == ledger.c.number,
        _REJECTED.c.status == constant(Status.REJECTED),
        _REJECTED.c.receipt < bindparam("as_of"),
    ),
)
_OF_DAY = (
    ledger.c.said_on == bindparam("on"),
    ledger.c.direction == bindparam("whose"),
    ledger.c.number < bindparam("as_of"),
    _REJECTED.c.message.is_(None),
)
_ITEMS = Prepared(select(ledger.c.pld, ledger.c.jti).select_from(_STANDS).where(*_OF_DAY))
_SAID: Select[int, int, str, int] = (
    select(ledger.c.number, ledger.c.handoff, ledger.c.schema, ledger.c.body)
    .select_from(_STANDS)
    .where(
        *_OF_DAY,
        ledger.c.schema.in_(bindparam("schemas", expanding=True)),
        ledger.c.handoff.is_not(None),
        ledger.c.body.is_not(None),
    )
)
_SAID_OF_DAY = Prepared(_SAID)
_TOUCHED = Prepared(
    select(ledger.c.said_on, ledger.c.direction)
    .where(
        ledger.c.number >= bindparam("since"),
        ledger.c.number < bindparam("until"),
        ledger.c.said_on < bindparam("before"),
    )
    .distinct()
)
_TAKEN_OUT = Prepared(
    select(ledger.c.said_on, ledger.c.direction)
    .select_from(verdicts.join(ledger, ledger.c.number == verdicts.c.message))
    .where(
        verdicts.c.status == constant(Status.REJECTED),
        verdicts.c.receipt >= bindparam("since"),
        verdicts.c.receipt < bindparam("until"),
        ledger.c.said_on < bindparam("before"),
    )
    .distinct()
)
_HEARD = Prepared(
    select(ledger.c.number, ledger.c.body)
    .where(
        ledger.c.number >= bindparam("since"),
        ledger.c.number < bindparam("until"),
        ledger.c.direction == constant(Direction.RECEIVED),
        ledger.c.kind == constant(Kind.MESSAGE),
        ledger.c.status == constant(Status.ACCEPTED),
        ledger.c.schema == bindparam("of_schema"),
        ledger.c.body.is_not(None),
    )
    .order_by(ledger.c.number)
)
_FIRST_DAY = Prepared(select(func.min(ledger.c.said_on)).where(ledger.c.said_on.is_not(None)))


def list_items(connection: Connection, of: OfDay, *, as_of: int) -> list[Item]:
    """Return the names of a day's messages that nobody had rejected at that length."""
    asked = {"on": of.day, "whose": of.direction, "as_of": as_of}
    return [*map(Item._make, _ITEMS.rows(connection, asked))]


def stream_said(
    connection: Connection, of: OfDay, schemas: Collection[str], *, as_of: int
) -> Iterator[list[SaidOfDay]]:
    """Give a day's messages of these types about handoffs, some hundreds at a time."""
    asked = {"on": of.day, "whose": of.direction, "as_of": as_of, "schemas": sorted(schemas)}
    found = [SaidOfDay(*row) for row in _SAID_OF_DAY.rows(connection, asked)]
    for start in range(0, len(found), _CHUNK):
        yield found[start : start + _CHUNK]


def find_touched(connection: Connection, *, since: int, until: int, before: dt.date) -> set[OfDay]:
    """Return which days earlier than *before* these ledger numbers add to or take from."""
    asked = {"since": since, "until": until, "before": before}
    rows = [*_TOUCHED.rows(connection, asked), *_TAKEN_OUT.rows(connection, asked)]
    return {OfDay(*row) for row in rows}


def list_heard(connection: Connection, schema: str, *, since: int, until: int) -> list[Heard]:
    """Return the partner's messages of a type among these ledger numbers, in their order."""
    asked = {"since": since, "until": until, "of_schema": schema}
    return [Heard(*row) for row in _HEARD.rows(connection, asked)]


def find_first_day(connection: Connection) -> dt.date | None:
    """Return the first day of which there is a message; None where nothing was ever said."""
    (day,) = _FIRST_DAY.first(connection)
    found: dt.date | None = day
    return found
