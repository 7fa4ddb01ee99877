"""How much waits in the outbox, since when and until when."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, exists, func, select

from exchange.store.outbox import IS_FIRST, NORMAL, URGENT
from exchange.store.prepared import Prepared
from exchange.store.tables import outbox, verdicts


@dataclass(frozen=True, slots=True)
class Depth:
    """How much waits: unparked rows, sealed ones without a receipt, parked ones, the oldest."""

    waiting: int
    unreceipted: int
    parked: int
    oldest_at: dt.datetime | None


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
_DUE = (
    select(outbox.c.due_at)
    .where(outbox.c.priority == bindparam("lane"), outbox.c.parked_at.is_(None))
    .order_by(outbox.c.due_at)
    .limit(1)
)
_NEXT_URGENT = Prepared(_DUE)
_NEXT_NORMAL = Prepared(_DUE.where(IS_FIRST))


def get_depth(connection: Connection) -> Depth:
    """Return how much waits and since when."""
    return Depth(*_DEPTH.first(connection))


def find_next_due_at(connection: Connection, *, urgent: bool) -> dt.datetime | None:
    """
    Return when the next row that may go falls due, or None where nothing waits.

    What waits behind an earlier message of its handoff is not counted: it may be long due.
    """
    if urgent:
        row = _NEXT_URGENT.first(connection, {"lane": URGENT})
    else:
        row = _NEXT_NORMAL.first(connection, {"lane": NORMAL})
    return None if row is None else row[0]
