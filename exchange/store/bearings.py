"""
What each handoff bears on, as far as the rules have looked.

A row says which case, family and port's day a handoff belonged to when it was last looked at,
so that once it moves elsewhere what it left is looked at too.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator
from itertools import groupby, starmap
from operator import itemgetter
from typing import Any, Literal, NamedTuple

from sqlalchemy import Connection, Select, and_, bindparam, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from exchange.domain.discrepancies.folding import Reach
from exchange.store.heads import Head, take_numbers
from exchange.store.prepared import Prepared
from exchange.store.tables import bearings, handoffs


class Bearing(NamedTuple):
    """
    What a handoff (a row number) bears on, by its state at a place in the change feed.

    Null is what nobody announced; *born* and *document* are the marks by which two handoffs of
    one birth date, or of one document, are found.
    """

    handoff: int
    changed: int
    case_id: str | None = None
    family_group: str | None = None
    port: str | None = None
    on: dt.date | None = None
    born: bytes | None = None
    document: bytes | None = None

    def is_as(self, before: "Bearing | None") -> bool:
        """Say whether it bears on what it bore on before."""
        return before is not None and before._replace(changed=self.changed) == self


class Known(NamedTuple):
    """A handoff (a row number and its id) as both sides know it at a place in the feed."""

    number: int
    handoff: str
    changed: int
    shared: str | None


_CHUNK = 500
_COLUMNS = tuple(bearings.c.keys())
_NEW = insert(bearings).values({name: bindparam(name) for name in _COLUMNS})
# The form is PostgreSQL's; SQLite took it from there and reads it as it stands.
_PUT = Prepared(
    _NEW.on_conflict_do_update(
        index_elements=["handoff"],
        set_={name: _NEW.excluded[name] for name in _COLUMNS if name != "handoff"},
        where=bearings.c.changed < _NEW.excluded.changed,
    )
)
_FIND = Prepared(
    select(bearings).where(bearings.c.handoff.in_(bindparam("numbers", expanding=True)))
)
_KNOWN = Prepared(
    select(handoffs.c.number, handoffs.c.handoff, handoffs.c.changed, handoffs.c.shared).where(
        handoffs.c.number.in_(bindparam("numbers", expanding=True))
    )
)
_IDS = Prepared(
    select(handoffs.c.number, handoffs.c.handoff).where(
        handoffs.c.number.in_(bindparam("numbers", expanding=True))
    )
)
_OF_CASES = Prepared(
    select(bearings.c.handoff).where(
        bearings.c.case_id.in_(bindparam("names", expanding=True)), bearings.c.case_id.is_not(None)
    )
)
_OF_FAMILIES = Prepared(
    select(bearings.c.handoff).where(
        bearings.c.family_group.in_(bindparam("names", expanding=True)),
        bearings.c.family_group.is_not(None),
    )
)
_OF_PORT_DAY = Prepared(
    select(bearings.c.handoff).where(
        bearings.c.port == bindparam("of_port"), bearings.c.on == bindparam("of_day")
    )
)
_ALIKE = Prepared(
    select(bearings).where(
        or_(
            and_(
                bearings.c.born.in_(bindparam("born_marks", expanding=True)),
                bearings.c.born.is_not(None),
            ),
            and_(
                bearings.c.document.in_(bindparam("document_marks", expanding=True)),
                bearings.c.document.is_not(None),
            ),
        )
    )
)
Marked = Literal["born", "document"]


def _shared(mark: Marked) -> Select[tuple[Any, ...]]:
    column = bearings.c[mark]
    twice = select(column).where(column.is_not(None)).group_by(column).having(func.count() > 1)
    return select(bearings).where(column.in_(twice)).order_by(column, bearings.c.handoff)


_SHARED = {"born": _shared("born"), "document": _shared("document")}
_STREAMED = {"yield_per": 500}
_CASES = Prepared(
    select(handoffs.c.handoff, bearings.c.case_id)
    .select_from(handoffs.join(bearings, bearings.c.handoff == handoffs.c.number))
    .where(
        handoffs.c.handoff.in_(bindparam("ids", expanding=True)), bearings.c.case_id.is_not(None)
    )
)
_IN_ORDER = select(bearings.c.handoff, bearings.c.port, bearings.c.on).order_by(
    bearings.c.port, bearings.c.on, bearings.c.handoff
)
_TOUCH = Prepared(
    update(handoffs)
    .where(handoffs.c.handoff == bindparam("id"))
    .values(changed=bindparam("change"))
)


def put_bearings(connection: Connection, fresh: Iterable[Bearing]) -> None:
    """Store what each handoff bears on, but where it is known to have changed since."""
    _PUT.run(connection, *(one._asdict() for one in sorted(fresh)))


def find_bearings(connection: Connection, numbers: Collection[int]) -> dict[int, Bearing]:
    """Return what these handoffs (row numbers) bore on when they were last looked at."""
    rows = [row for chunk in _chunks(numbers) for row in _FIND.rows(connection, {"numbers": chunk})]
    return {row[0]: Bearing(*row) for row in rows}


def find_ids(connection: Connection, numbers: Collection[int]) -> dict[int, str]:
    """Return the ids of the handoffs of these row numbers, by number."""
    return {
        number: handoff
        for chunk in _chunks(numbers)
        for number, handoff in _IDS.rows(connection, {"numbers": chunk})
    }


def find_known(connection: Connection, numbers: Collection[int]) -> Iterator[Known]:
    """Give these handoffs (row numbers) as both sides know them, in the order of their numbers."""
    for chunk in _chunks(numbers):
        yield from sorted(starmap(Known, _KNOWN.rows(connection, {"numbers": chunk})))


def find_members(connection: Connection, reach: Reach) -> set[int]:
    """Return the handoffs (row numbers) of these cases, families and days of ports."""
    found: set[int] = set()
    for statement, names in ((_OF_CASES, reach.cases), (_OF_FAMILIES, reach.families)):
        for chunk in _chunks(names):
            found.update(number for (number,) in statement.rows(connection, {"names": chunk}))
    for port, on in reach.port_days:
        asked = {"of_port": port, "of_day": on}
        found.update(number for (number,) in _OF_PORT_DAY.rows(connection, asked))
    return found


def find_alike(connection: Connection, marked: Collection[Bearing]) -> list[Bearing]:
    """Return the handoffs that share the mark of a birth date or a document with one of these."""
    born = {one.born for one in marked if one.born is not None}
    documents = {one.document for one in marked if one.document is not None}
    found: dict[int, Bearing] = {}
    births, papers = list(_chunks(born)), list(_chunks(documents))
    for place in range(max(len(births), len(papers))):
        asked = {
            "born_marks": births[place] if place < len(births) else [],
            "document_marks": papers[place] if place < len(papers) else [],
        }
        found |= {row[0]: Bearing(*row) for row in _ALIKE.rows(connection, asked)}
    return list(found.values())


def stream_shared(connection: Connection, mark: Marked) -> Iterator[Bearing]:
    """Give the handoffs whose *mark* another bears too, those of one mark together."""
    for row in connection.execute(_SHARED[mark], execution_options=_STREAMED):
        yield Bearing(*row)


def find_cases(connection: Connection, ids: Collection[str]) -> dict[str, str]:
    """Return the case of each of the handoffs (ids) that was announced."""
    found: dict[str, str] = {}
    for chunk in _chunks(ids):
        found |= dict(_CASES.rows(connection, {"ids": chunk}))
    return found


def list_in_parts(
    connection: Connection, *, most: int, only: Collection[int] | None = None
) -> list[list[int]]:
    """
    Return the handoffs that were looked at (row numbers) in parts, those of *only* or all.

    A port's day is in one part whole, so that what it bears on is read once: a part has more
    than *most* only where a single day has.
    """
    parts: list[list[int]] = []
    room = 0
    for numbers in _days(connection, most, only):
        if len(numbers) > room:
            parts.append([])
            room = most
        parts[-1] += numbers
        room -= len(numbers)
    return parts


def _days(connection: Connection, most: int, only: Collection[int] | None) -> Iterator[list[int]]:
    """Give the handoffs of each port's day; of what nobody announced a few at a time."""
    rows = connection.execute(_IN_ORDER, execution_options=_STREAMED)
    for (port, _), day in groupby(rows, key=itemgetter(1, 2)):
        numbers = [row[0] for row in day if only is None or row[0] in only]
        size = most if port is None else max(len(numbers), 1)
        yield from (numbers[start : start + size] for start in range(0, len(numbers), size))


def look_again(connection: Connection, ids: Collection[str]) -> None:
    """
    Have the rules look at these handoffs again: something beside them has changed.

    They stand in the change feed anew, so it is the first lock of its transaction.
    """
    changed = take_numbers(connection, Head.CHANGES, len(ids))
    _TOUCH.run(
        connection,
        *({"id": one, "change": at} for one, at in zip(sorted(ids), changed, strict=True)),
    )


def _chunks(items: Collection[Any]) -> Iterable[list[Any]]:
    ordered = sorted(items)
    return (ordered[start : start + _CHUNK] for start in range(0, len(ordered), _CHUNK))
