"""Handoffs by their next deadline, each a few hundred at a time in memory."""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping

from sqlalchemy import Connection, Select, bindparam, select

from exchange.store.handoffs import Handoff, handoff_of
from exchange.store.tables import handoffs

_DUE = select(handoffs).where(handoffs.c.due_at <= bindparam("now")).order_by(handoffs.c.due_at)
_DUE_AT_POINTS = (
    select(handoffs)
    .where(
        handoffs.c.due_at < bindparam("before"),
        handoffs.c.receiving_point.in_(bindparam("points", expanding=True)),
    )
    .order_by(handoffs.c.due_at, handoffs.c.number)
)
_STREAMED = {"yield_per": 500}


def stream_due(connection: Connection, *, now: dt.datetime) -> Iterator[Handoff]:
    """Give every handoff with a deadline passed."""
    return _stream(connection, _DUE, {"now": now})


def stream_due_at(
    connection: Connection, *, receiving_points: Collection[str], before: dt.datetime
) -> Iterator[Handoff]:
    """Give every handoff of these points whose next deadline lies before a time, soonest first."""
    asked = {"points": list(receiving_points), "before": before}
    return _stream(connection, _DUE_AT_POINTS, asked)


def _stream(
    connection: Connection, statement: Select[tuple[object, ...]], asked: Mapping[str, object]
) -> Iterator[Handoff]:
    for row in connection.execute(statement, asked, execution_options=_STREAMED):
        yield handoff_of(row)
