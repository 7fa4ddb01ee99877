"""How far the comparison of each two statements of a day has come, and what it found."""

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, insert, select, update

from exchange.store.columns import Direction
from exchange.store.days import OfDay
from exchange.store.handoffs import Stale
from exchange.store.prepared import Prepared, values_of
from exchange.store.tables import comparisons


@dataclass(frozen=True, slots=True)
class Compared:
    """
    Where the comparison of two statements stands; *number* is None where it is not stored yet.

    *state* and the results are JSON: what was said and found, what we say of it, what they say.
    """

    number: int | None
    day: dt.date
    direction: Direction
    ours: bytes
    theirs: bytes
    as_of: int
    state: str
    began_at: dt.datetime
    moved_at: dt.datetime
    ended_at: dt.datetime | None = None
    result: str | None = None
    their_result: str | None = None

    @property
    def of(self) -> OfDay:
        """Which day, and whose messages."""
        return OfDay(self.day, self.direction)

    @property
    def end(self) -> str | None:
        """Why it ended with nothing that holds; None while it goes on, or where it has a result."""
        found: str | None = json.loads(self.result)["end"] if self.result else None
        return found


_COMPARED = select(comparisons)
_NEW = tuple(column.name for column in comparisons.c if column.name != "number")
_MOVES = ("state", "moved_at", "ended_at", "result", "their_result")
_BEGIN = Prepared(insert(comparisons).values({name: bindparam(name) for name in _NEW}))
_MOVE = Prepared(
    update(comparisons)
    .where(
        comparisons.c.number == bindparam("at_number"),
        comparisons.c.moved_at == bindparam("at_moved"),
    )
    .values({name: bindparam(name) for name in _MOVES})
)
_FIND = Prepared(
    _COMPARED.where(
        comparisons.c.day == bindparam("on"),
        comparisons.c.direction == bindparam("whose"),
        comparisons.c.ours == bindparam("our"),
        comparisons.c.theirs == bindparam("their"),
    )
)
_COMPARED_SINCE = Prepared(
    _COMPARED.where(comparisons.c.day >= bindparam("first")).order_by(
        comparisons.c.day, comparisons.c.number
    )
)
_SILENT = Prepared(
    _COMPARED.where(
        comparisons.c.ended_at.is_(None), comparisons.c.moved_at < bindparam("before")
    ).order_by(comparisons.c.moved_at)
)


def find_comparison(
    connection: Connection, of: OfDay, *, ours: bytes, theirs: bytes
) -> Compared | None:
    """Return the comparison of two statements of a day; None where none has begun."""
    asked = {"on": of.day, "whose": of.direction, "our": ours, "their": theirs}
    row = _FIND.first(connection, asked)
    return None if row is None else Compared(*row)


def list_silent(connection: Connection, *, before: dt.datetime) -> list[Compared]:
    """Return the comparisons in which nothing has moved since *before*."""
    return [Compared(*row) for row in _SILENT.rows(connection, {"before": before})]


def record_comparisons(
    connection: Connection, changes: Sequence[tuple[Compared | None, Compared]]
) -> None:
    """
    Store each comparison as it stands after what it was before; None where it begins.

    Raises:
        Duplicate: Another process of ours began the same.
        Stale: Another process moved one of them on.
    """
    begun = [values_of(after) for before, after in changes if before is None]
    _BEGIN.run(connection, *({name: row[name] for name in _NEW} for row in begun))
    moved = [(before, after) for before, after in changes if before is not None]
    rows = [
        {
            "at_number": before.number,
            "at_moved": before.moved_at,
            **{name: getattr(after, name) for name in _MOVES},
        }
        for before, after in moved
    ]
    if _MOVE.run(connection, *rows) != len(rows):
        raise Stale


def list_compared(connection: Connection, *, first: dt.date) -> list[Compared]:
    """Return the comparisons of the days from *first* on, of each day as they began."""
    return [Compared(*row) for row in _COMPARED_SINCE.rows(connection, {"first": first})]
