"""How much waits in the outbox, and since when: the first figures to look at in trouble."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Connection, exists, func, select

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


def get_depth(connection: Connection) -> Depth:
    """Return how much waits and since when."""
    return Depth(*_DEPTH.first(connection))
