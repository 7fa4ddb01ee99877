"""Whose data are kept whatever a rule says, on which ground, and who said so. Never sent."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, insert, select, update

from exchange.domain.retention import Ground
from exchange.store.prepared import Prepared
from exchange.store.tables import preservations


@dataclass(frozen=True, slots=True, kw_only=True)
class Preservation:
    """For what a handoff's data are kept whatever a rule says."""

    handoff: str
    ground: Ground
    placed_at: dt.datetime
    placed_by: str
    lifted_at: dt.datetime | None = None
    lifted_by: str | None = None


_PRESERVE = Prepared(
    insert(preservations).values(
        {name: bindparam(name) for name in ("handoff", "ground", "placed_at", "placed_by")}
    )
)
_LIFT = Prepared(
    update(preservations)
    .where(
        preservations.c.handoff == bindparam("of_id"),
        preservations.c.ground == bindparam("of_ground"),
        preservations.c.lifted_at.is_(None),
    )
    .values(lifted_at=bindparam("at"), lifted_by=bindparam("by"))
)
_PRESERVATION_COLUMNS = tuple(column.name for column in preservations.c if column.name != "number")
_PRESERVATIONS = Prepared(
    select(*(preservations.c[name] for name in _PRESERVATION_COLUMNS)).order_by(
        preservations.c.number
    )
)
_PRESERVED = Prepared(
    select(preservations.c.handoff).where(
        preservations.c.handoff.in_(bindparam("ids", expanding=True)),
        preservations.c.lifted_at.is_(None),
    )
)


def insert_preservation(
    connection: Connection, handoff: str, ground: Ground, *, at: dt.datetime, by: str
) -> None:
    """
    Keep a handoff's data whatever a rule says.

    Raises:
        IntegrityError: They are kept on that ground already; let it pass.
    """
    _PRESERVE.run(
        connection, {"handoff": handoff, "ground": ground, "placed_at": at, "placed_by": by}
    )


def lift_preservation(
    connection: Connection, handoff: str, ground: Ground, *, at: dt.datetime, by: str
) -> bool:
    """Keep a handoff's data no more on a ground; say whether they were."""
    asked: dict[str, object] = {"of_id": handoff, "of_ground": ground, "at": at, "by": by}
    return _LIFT.run(connection, asked) == 1


def list_preservations(connection: Connection) -> list[Preservation]:
    """Return every preservation, lifted ones too, oldest first."""
    found = (
        dict(zip(_PRESERVATION_COLUMNS, row, strict=True))
        for row in _PRESERVATIONS.rows(connection)
    )
    return [Preservation(**{**one, "ground": Ground(one["ground"])}) for one in found]


def find_preserved(connection: Connection, handoffs: Collection[str]) -> set[str]:
    """Return which of the handoffs (ids) are kept whatever a rule says."""
    return {one for (one,) in _PRESERVED.rows(connection, {"ids": sorted(handoffs)})}
