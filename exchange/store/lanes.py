"""
In which order what waits goes out: three lanes, and the claims on what is due in each.

Urgent messages overtake all, so that a cancellation never waits behind a thousand notices.
What the partner refused unread has the last lane for itself, and so holds up nobody else.

Of what falls due together the order is that of the handoffs, never that in which somebody acted:
else the first cancellation of a family would be that of the member who is held (design §5).
"""

import datetime as dt
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    exists,
    literal_column,
    or_,
    select,
)

from exchange.store.leases import claiming
from exchange.store.outbox import NORMAL, URGENT, Waiting, waiting_of
from exchange.store.prepared import Prepared
from exchange.store.tables import outbox


class Lane(Enum):
    """One of the queues in which messages wait, in the order in which they are served."""

    URGENT = auto()
    NORMAL = auto()
    ISOLATED = auto()


@dataclass(frozen=True, slots=True)
class Next:
    """What goes next in a lane: when it falls due, and how isolated it is."""

    lane: Lane
    due_at: dt.datetime
    isolated: int


_earlier = outbox.alias("earlier")
_IS_FIRST = ~exists().where(
    _earlier.c.handoff == outbox.c.handoff,
    _earlier.c.number < outbox.c.number,
    _earlier.c.parked_at.is_(None),
)
_ZERO: ColumnElement[int] = literal_column("0")
"""As the partial indexes have it: no database matches a parameter with them."""
_IS_OF = {
    Lane.URGENT: and_(outbox.c.isolated == _ZERO, outbox.c.priority == URGENT),
    Lane.NORMAL: and_(outbox.c.isolated == _ZERO, outbox.c.priority == NORMAL, _IS_FIRST),
    Lane.ISOLATED: and_(outbox.c.isolated > _ZERO, or_(outbox.c.priority == URGENT, _IS_FIRST)),
}
_IS_SO_ISOLATED = outbox.c.isolated == bindparam("so_isolated")


def _may_go(lane: Lane) -> ColumnElement[bool]:
    """Return the condition that a row waits in *lane*, and behind none of its handoff."""
    return and_(_IS_OF[lane], outbox.c.parked_at.is_(None))


def _next(lane: Lane) -> Select[Any]:
    return (
        select(outbox.c.due_at, outbox.c.isolated)
        .where(_may_go(lane))
        .order_by(outbox.c.due_at)
        .limit(1)
    )


def _order_of(lane: Lane) -> tuple[ColumnElement[Any], ...]:
    """Return the order of what falls due together; only at a tick that is more than a few."""
    return (outbox.c.handoff, outbox.c.number) if lane is Lane.URGENT else (outbox.c.number,)


def _due(lane: Lane) -> Select[int]:
    due = (
        select(outbox.c.number)
        .where(_may_go(lane), outbox.c.due_at <= bindparam("now"))
        .order_by(outbox.c.due_at, *_order_of(lane))
    )
    return due.where(_IS_SO_ISOLATED) if lane is Lane.ISOLATED else due


_NEXT = {lane: Prepared(_next(lane)) for lane in Lane}
_CLAIM = {lane: Prepared(claiming(outbox, _due(lane).limit(bindparam("most")))) for lane in Lane}
_NTH: dict[Lane, Prepared] = {
    lane: Prepared(_due(lane).limit(1).offset(bindparam("before")))
    for lane in (Lane.URGENT, Lane.NORMAL)
}


def find_next(connection: Connection, lane: Lane) -> Next | None:
    """
    Return what goes next in *lane*, due or not yet, or None where nothing waits.

    What waits behind an earlier message of its handoff is not counted: it may be long due.
    """
    row = _NEXT[lane].first(connection)
    return None if row is None else Next(lane, *row)


def are_due(connection: Connection, lane: Lane, count: int, *, now: dt.datetime) -> bool:
    """Say whether *count* messages are due in *lane*; of the isolated one nobody asks."""
    return _NTH[lane].first(connection, {"now": now, "before": count - 1}) is not None


def claim_due(
    connection: Connection,
    *,
    lane: Lane,
    now: dt.datetime,
    lease_until: dt.datetime,
    limit: int,
    isolated: int = 0,
) -> list[Waiting]:
    """
    Return up to *limit* rows that are due in *lane*, leased to the caller until *lease_until*.

    They are in the order of their handoffs, which tells nothing of who acted first. Of one
    handoff only the first row is given, so that its messages go out in order; urgent rows
    overtake. Of the isolated lane only rows that are as *isolated* are given, for they may share
    a request. Two callers never get the same row.
    """
    asked: dict[str, object] = {"now": now, "lease_until": lease_until, "most": limit}
    if lane is Lane.ISOLATED:
        asked["so_isolated"] = isolated
    found = _CLAIM[lane].rows(connection, asked)
    return sorted(map(waiting_of, found), key=lambda row: (row.handoff or 0, row.number))
