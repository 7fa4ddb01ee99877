"""How much waits in the outbox, since when, and what of it is in trouble."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, exists, func, or_, select

from exchange.store.outbox import URGENT
from exchange.store.prepared import Prepared
from exchange.store.tables import handoffs, ledger, outbox, verdicts

ASKED_MAX = 512
"""Rows asked for by one statement."""


@dataclass(frozen=True, slots=True)
class Depth:
    """How much waits: unparked rows, sealed ones without a receipt, parked ones, the oldest."""

    waiting: int
    unreceipted: int
    parked: int
    oldest_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Troubled:
    """Rows of the outbox: those that a person must look at, and those that go out alone."""

    parked: frozenset[int]
    isolated: frozenset[int]


_HAS_VERDICT = exists().where(verdicts.c.message == outbox.c.ledger)
_IS_PARKED = outbox.c.parked_at.is_not(None)
_DEPTH = Prepared(
    select(
        func.count().filter(~_IS_PARKED),
        func.count().filter(outbox.c.ledger.is_not(None), ~_HAS_VERDICT),
        func.count().filter(_IS_PARKED),
        func.min(outbox.c.created_at).filter(~_IS_PARKED),
    ),
)
# Numbers of the ledger rise with time, and the outbox has an index of those it holds.
_UNRECEIPTED = Prepared(
    select(ledger.c.recorded_at)
    .select_from(outbox.join(ledger, outbox.c.ledger == ledger.c.number))
    .where(outbox.c.ledger >= bindparam("first"), ~_IS_PARKED, ~_HAS_VERDICT)
    .order_by(outbox.c.ledger)
    .limit(1)
)
_UNCONFIRMED = Prepared(
    select(handoffs.c.handoff, outbox.c.created_at)
    .select_from(outbox.join(handoffs, outbox.c.handoff == handoffs.c.number))
    .where(outbox.c.priority == bindparam("urgent"), outbox.c.schema == bindparam("schema"))
)
_TROUBLED = Prepared(
    select(outbox.c.number, _IS_PARKED).where(
        outbox.c.number.in_(bindparam("numbers", expanding=True)),
        or_(_IS_PARKED, outbox.c.isolated > 0),
    )
)


def get_depth(connection: Connection) -> Depth:
    """Return how much waits and since when."""
    return Depth(*_DEPTH.first(connection))


def find_unreceipted_since(connection: Connection) -> dt.datetime | None:
    """Return since when the oldest sealed message has waited for its receipt, or None."""
    row = _UNRECEIPTED.first(connection, {"first": 0})
    return None if row is None else row[0]


def list_unconfirmed(connection: Connection, schema: str) -> list[tuple[str, dt.datetime]]:
    """Return whom an urgent message of a schema that has no receipt is about, and since when."""
    rows = _UNCONFIRMED.rows(connection, {"urgent": URGENT, "schema": schema})
    return [(handoff, created_at) for handoff, created_at in rows]


def find_troubled(connection: Connection, numbers: Collection[int]) -> Troubled:
    """Return which of these rows are parked, and which wait to go out alone."""
    wanted = sorted(numbers)
    found = [
        row
        for start in range(0, len(wanted), ASKED_MAX)
        for row in _TROUBLED.rows(connection, {"numbers": wanted[start : start + ASKED_MAX]})
    ]
    parked = frozenset(number for number, is_parked in found if is_parked)
    return Troubled(parked, frozenset(number for number, _ in found) - parked)
