"""
One row per handoff: what both sides know (as JSON text), and what only we know.

Every act on a handoff bumps its ``version``; whoever decided on an older version gets
Stale and decides again. Every act also takes the next number of the change feed, which
is why the head ``changes`` is the first lock of a transaction that changes handoffs.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, update

from exchange.store.heads import Head, Row, take_numbers, take_row_numbers
from exchange.store.prepared import Prepared, insert_into, values_of
from exchange.store.tables import handoffs


class Stale(Exception):
    """The handoff moved on since it was read: read it and decide again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewHandoff:
    """A handoff not stored yet. ``shared`` is null until something was said about it."""

    handoff: str
    stage: str
    created_at: dt.datetime
    case_id: str | None = None
    local_stage: str | None = None
    intent: str | None = None
    shared: str | None = None
    port: str | None = None
    receiving_point: str | None = None
    window_from: dt.datetime | None = None
    window_to: dt.datetime | None = None
    family_group: str | None = None
    holds: tuple[str, ...] = ()
    due_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Handoff(NewHandoff):
    """
    A handoff as stored.

    ``intent`` is what our unsealed drafts will make of it, null when none waits; ``holds`` are
    the causes for which it is held; ``due_at`` is its next deadline; ``changed`` is its place
    in the change feed.
    """

    number: int
    version: int
    changed: int


@dataclass(frozen=True, slots=True)
class StageCount:
    """How many handoffs of a port stand in a stage."""

    port: str | None
    local_stage: str | None
    stage: str
    count: int


_PLACED = ("case_id", "port", "receiving_point", "window_from", "window_to", "family_group")

_COLUMNS = tuple(handoffs.c.keys())
_INSERT = Prepared(insert_into(handoffs))
_FIND = Prepared(
    select(handoffs).where(handoffs.c.handoff.in_(bindparam("ids", expanding=True))),
)
_BY_NUMBER = Prepared(
    select(handoffs).where(handoffs.c.number.in_(bindparam("numbers", expanding=True))),
)
_BY_CASE = Prepared(
    select(handoffs)
    .where(handoffs.c.case_id == bindparam("case"))
    .order_by(handoffs.c.number)
    .limit(bindparam("most"))
)
_BY_FAMILY = Prepared(
    select(handoffs)
    .where(handoffs.c.family_group == bindparam("family"))
    .order_by(handoffs.c.number)
    .limit(bindparam("most"))
)
_HELD = select(handoffs.c.handoff).where(handoffs.c.holds.is_not(None)).limit(1)
_HELD_OF_CASE = Prepared(_HELD.where(handoffs.c.case_id.in_(bindparam("cases", expanding=True))))
_OF_CASE = handoffs.alias("of_case")
_HELD_OF_KIN = Prepared(
    _HELD.where(
        handoffs.c.family_group.in_(
            select(_OF_CASE.c.family_group).where(
                _OF_CASE.c.case_id.in_(bindparam("cases", expanding=True)),
                _OF_CASE.c.family_group.is_not(None),
            )
        )
    ),
)
_HELD_OF_FAMILY = Prepared(
    _HELD.where(handoffs.c.family_group.in_(bindparam("groups", expanding=True))),
)
_SINCE = (
    select(handoffs)
    .where(handoffs.c.changed > bindparam("after"))
    .order_by(handoffs.c.changed)
    .limit(bindparam("most"))
)
_CHANGED = Prepared(_SINCE)
_CHANGED_AT_PORTS = Prepared(
    _SINCE.where(handoffs.c.port.in_(bindparam("ports", expanding=True))),
)
_ARRIVALS = Prepared(
    select(handoffs)
    .where(
        handoffs.c.receiving_point.in_(bindparam("points", expanding=True)),
        handoffs.c.window_from >= bindparam("start"),
        handoffs.c.window_from < bindparam("end"),
    )
    .order_by(handoffs.c.window_from, handoffs.c.number)
    .limit(bindparam("most"))
)
_COUNT = select(handoffs.c.port, handoffs.c.local_stage, handoffs.c.stage, func.count()).group_by(
    handoffs.c.port, handoffs.c.local_stage, handoffs.c.stage
)
_ALL = select(handoffs).order_by(handoffs.c.number)
_STREAMED = {"yield_per": 500}
_MOVE = (
    update(handoffs)
    .where(
        handoffs.c.number == bindparam("at_number"),
        handoffs.c.version == bindparam("at_version"),
    )
    .values(
        version=handoffs.c.version + 1,
        changed=bindparam("changed"),
        stage=bindparam("stage"),
        local_stage=bindparam("local_stage"),
        intent=bindparam("intent"),
        shared=bindparam("shared"),
        holds=bindparam("holds"),
        due_at=bindparam("due_at"),
    )
)
_UPDATE = Prepared(_MOVE)
_UPDATE_PLACED = Prepared(_MOVE.values({name: bindparam(name) for name in _PLACED}))


def insert_handoffs(connection: Connection, new: Sequence[NewHandoff]) -> list[int]:
    """Return the numbers of the handoffs now stored, each of version 1 and in the feed."""
    if not new:
        return []
    changed = take_numbers(connection, Head.CHANGES, len(new))
    numbers = take_row_numbers(connection, Row.HANDOFFS, len(new))
    rows = [
        {**values_of(handoff), "number": number, "version": 1, "changed": change}
        for handoff, number, change in zip(new, numbers, changed, strict=True)
    ]
    _INSERT.run(connection, *rows)
    return numbers


def update_handoffs(connection: Connection, moves: Sequence[tuple[Handoff, Handoff]]) -> None:
    """
    Store each new state in place of the old one it was decided on.

    A move is (as read, as it shall be); number, version and changed of the second are not
    read. Placing columns are written only where they differ, to leave their indexes alone.

    Raises:
        Stale: One of them is no longer as it was read. Let it pass: nothing may be kept.
    """
    if not moves:
        return
    ordered = sorted(moves, key=lambda move: move[0].number)
    changed = take_numbers(connection, Head.CHANGES, len(ordered))
    plain: list[dict[str, object]] = []
    placed: list[dict[str, object]] = []
    for (old, new), change in zip(ordered, changed, strict=True):
        chosen = plain if _place(old) == _place(new) else placed
        chosen.append(_assignments(old, new, change))
    for statement, rows in ((_UPDATE, plain), (_UPDATE_PLACED, placed)):
        if statement.run(connection, *rows) != len(rows):
            raise Stale


def _place(handoff: Handoff) -> tuple[object, ...]:
    return tuple(getattr(handoff, name) for name in _PLACED)


def _assignments(old: Handoff, new: Handoff, changed: int) -> dict[str, object]:
    return {
        "at_number": old.number,
        "at_version": old.version,
        "changed": changed,
        "stage": new.stage,
        "local_stage": new.local_stage,
        "intent": new.intent,
        "shared": new.shared,
        "holds": new.holds,
        "due_at": new.due_at,
        **{name: getattr(new, name) for name in _PLACED},
    }


def find_handoffs(connection: Connection, ids: Collection[str]) -> dict[str, Handoff]:
    """Return those of the handoffs that we have, by id."""
    found = _FIND.rows(connection, {"ids": list(ids)})
    return {one.handoff: one for one in map(handoff_of, found)}


def find_handoff(connection: Connection, handoff: str) -> Handoff | None:
    """Return the handoff, or None where we have none of that id."""
    return find_handoffs(connection, [handoff]).get(handoff)


def list_handoffs(connection: Connection, numbers: Collection[int]) -> dict[int, Handoff]:
    """Return the handoffs of these numbers, by number."""
    found = _BY_NUMBER.rows(connection, {"numbers": list(numbers)})
    return {one.number: one for one in map(handoff_of, found)}


def list_cycles(connection: Connection, case_id: str, *, limit: int = 100) -> list[Handoff]:
    """Return the handoffs of one case, oldest first."""
    found = _BY_CASE.rows(connection, {"case": case_id, "most": limit})
    return [handoff_of(row) for row in found]


def list_family(connection: Connection, group: str, *, limit: int = 500) -> list[Handoff]:
    """Return the handoffs of one family group, oldest first, those of earlier cycles too."""
    found = _BY_FAMILY.rows(connection, {"family": group, "most": limit})
    return [handoff_of(row) for row in found]


def find_held(
    connection: Connection, *, cases: Collection[str], groups: Collection[str]
) -> str | None:
    """
    Return a handoff of one of these cases or family groups that is held, or None.

    A case has the families of all its handoffs: who leaves a family out is no less of it.
    """
    found = None
    if cases:
        asked = {"cases": list(cases)}
        found = _HELD_OF_CASE.first(connection, asked) or _HELD_OF_KIN.first(connection, asked)
    if groups and found is None:
        found = _HELD_OF_FAMILY.first(connection, {"groups": list(groups)})
    return None if found is None else str(found[0])


def list_changed(
    connection: Connection,
    *,
    after: int,
    limit: int,
    ports: Collection[str] | None = None,
) -> list[Handoff]:
    """Return the handoffs changed since the cursor *after*, in the order they changed."""
    asked: dict[str, object] = {"after": after, "most": limit}
    if ports is None:
        found = _CHANGED.rows(connection, asked)
    else:
        found = _CHANGED_AT_PORTS.rows(connection, {**asked, "ports": list(ports)})
    return [handoff_of(row) for row in found]


def list_arrivals(
    connection: Connection,
    *,
    receiving_points: Collection[str],
    start: dt.datetime,
    end: dt.datetime,
    limit: int,
) -> list[Handoff]:
    """Return the handoffs whose window starts in [start, end) at these points, in order."""
    asked = {"points": list(receiving_points), "start": start, "end": end, "most": limit}
    return [handoff_of(row) for row in _ARRIVALS.rows(connection, asked)]


def count_by_stage(connection: Connection) -> list[StageCount]:
    """Return how many handoffs stand in each stage, by port. Reads every row."""
    return [StageCount(*row) for row in connection.execute(_COUNT)]


def stream_handoffs(connection: Connection) -> Iterator[Handoff]:
    """Give every handoff, oldest first, a few hundred at a time in memory."""
    for row in connection.execute(_ALL, execution_options=_STREAMED):
        yield handoff_of(row)


def handoff_of(row: Iterable[Any]) -> Handoff:
    """Return the handoff that a row of the table is."""
    return Handoff(**dict(zip(_COLUMNS, row, strict=True)))
