"""Who is expected at a receiving point on a day: announced or drafted, and not taken back since."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, and_, bindparam, func, or_, select

from exchange.domain.stages import LocalStage, Stage
from exchange.store.handoffs import Handoff
from exchange.store.prepared import Prepared
from exchange.store.tables import handoffs

_IS_EXPECTED = and_(
    handoffs.c.receiving_point == bindparam("point"),
    handoffs.c.window_from >= bindparam("start"),
    handoffs.c.window_from < bindparam("end"),
    handoffs.c.stage != Stage.CANCELLED.value,
    handoffs.c.stage != Stage.REFUSED.value,
    or_(handoffs.c.local_stage.is_(None), handoffs.c.local_stage != LocalStage.WITHDRAWN.value),
    or_(handoffs.c.intent.is_(None), handoffs.c.intent != Stage.CANCELLED.value),
)
_COUNT = Prepared(
    select(
        func.count().label("people"),
        func.count(handoffs.c.family_group.distinct()).label("families"),
    ).where(_IS_EXPECTED)
)
_LIST = Prepared(
    select(handoffs)
    .where(_IS_EXPECTED)
    .order_by(handoffs.c.window_from, handoffs.c.number)
    .limit(bindparam("most"))
)
_COLUMNS = tuple(handoffs.c.keys())


def count_expected(
    connection: Connection, point: str, *, start: dt.datetime, end: dt.datetime
) -> tuple[int, int]:
    """Return how many people, and how many families of them, are expected in [start, end)."""
    people, families = _COUNT.first(connection, {"point": point, "start": start, "end": end})
    return people, families


def list_expected(
    connection: Connection, point: str, *, start: dt.datetime, end: dt.datetime, limit: int = 10_000
) -> list[Handoff]:
    """Return who is expected at the point in [start, end), in the order of their windows."""
    asked = {"point": point, "start": start, "end": end, "most": limit}
    return [_handoff(row) for row in _LIST.rows(connection, asked)]


def _handoff(row: Iterable[Any]) -> Handoff:
    return Handoff(**dict(zip(_COLUMNS, row, strict=True)))
