"""
What we stated of each day, in rows of their own.

With it goes how long the ledger was: so the messages that it is about can be had again for ever.
"""

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, func, insert, select

from exchange.domain.messages.statement import PortCounts
from exchange.proof.encoding import b64u
from exchange.store.columns import Direction
from exchange.store.days import OfDay
from exchange.store.prepared import Prepared, values_of
from exchange.store.tables import statements


@dataclass(frozen=True, slots=True)
class Stated:
    """What we stated of a day: *messages* in all, and *counters* as JSON, of *as_of* entries."""

    day: dt.date
    direction: Direction
    fingerprint: bytes
    messages: int
    counters: str
    as_of: int
    stated_at: dt.datetime

    @property
    def of(self) -> OfDay:
        """Which day, and whose messages."""
        return OfDay(self.day, self.direction)

    @property
    def fingerprint_text(self) -> str:
        """The fingerprint as a statement says it."""
        return b64u(self.fingerprint)

    @property
    def counts(self) -> tuple[PortCounts, ...]:
        """The counters by port."""
        return tuple(PortCounts.model_validate(one) for one in json.loads(self.counters))


_STATED = select(*(column for column in statements.c if column.name != "number"))
_ROW = tuple(column.name for column in statements.c if column.name != "number")
_INSERT = Prepared(insert(statements).values({name: bindparam(name) for name in _ROW}))
_SINCE = Prepared(
    _STATED.where(statements.c.day >= bindparam("first")).order_by(
        statements.c.day, statements.c.number
    )
)
_OF_ONE = _STATED.where(
    statements.c.day == bindparam("on"), statements.c.direction == bindparam("whose")
)
_ALL_OF_ONE = Prepared(_OF_ONE.order_by(statements.c.number))
_OF_FINGERPRINT = Prepared(_OF_ONE.where(statements.c.fingerprint == bindparam("as")))
_LAST_DAY = Prepared(select(func.max(statements.c.day)))


def insert_statements(connection: Connection, new: Iterable[Stated]) -> None:
    """
    Store what we state.

    Raises:
        Duplicate: Another process of ours states the same.
    """
    _INSERT.run(connection, *map(values_of, new))


def list_stated(connection: Connection, *, first: dt.date) -> dict[OfDay, Stated]:
    """Return what we last stated of each day from *first* on."""
    rows = _SINCE.rows(connection, {"first": first})
    return {one.of: one for one in (Stated(*row) for row in rows)}


def find_stated(connection: Connection, of: OfDay) -> Stated | None:
    """Return what we last stated of a day's messages; None where nothing yet."""
    rows = _ALL_OF_ONE.rows(connection, {"on": of.day, "whose": of.direction})
    return Stated(*rows[-1]) if rows else None


def find_stated_as(connection: Connection, of: OfDay, fingerprint: bytes) -> Stated | None:
    """Return when and of what we stated this fingerprint of a day; None where never."""
    asked = {"on": of.day, "whose": of.direction, "as": fingerprint}
    row = _OF_FINGERPRINT.first(connection, asked)
    return None if row is None else Stated(*row)


def find_last_day(connection: Connection) -> dt.date | None:
    """Return the last day that we stated; None where none yet."""
    (day,) = _LAST_DAY.first(connection)
    found: dt.date | None = day
    return found
