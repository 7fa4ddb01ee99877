"""
Work of which one worker at a time has a piece: the tables with ``due_at`` and ``attempts``.

``due_at`` is the lease: a claim pushes it past the time the work may take, so that the piece of
a worker that crashed falls due again by itself. ``attempts`` is the fence: an outcome is
written only while nobody has claimed the row since.
"""

from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Select,
    Table,
    and_,
    bindparam,
    select,
    tuple_,
    update,
)
from sqlalchemy.sql.dml import ReturningUpdate


def claiming(
    table: Table, due: Select[*tuple[object, ...]]
) -> ReturningUpdate[*tuple[object, ...]]:
    """
    Return the statement that leases the rows whose keys *due* selects, until ``lease_until``.

    Two callers never get the same row: what another has locked is passed over.
    """
    chosen = due.with_for_update(skip_locked=True, of=table).cte("due")
    keys = [chosen.c[column.name] for column in table.primary_key]
    return (
        update(table)
        .where(_is_in(table, select(*keys)))
        .values(due_at=bindparam("lease_until"), attempts=table.c.attempts + 1)
        .returning(table)
    )


def is_held(table: Table) -> ColumnElement[bool]:
    """Return the condition that the row of the ``at_`` values is still of their claim."""
    columns: list[Column[Any]] = [*table.primary_key, table.c.attempts]
    return and_(*(column == bindparam(f"at_{column.name}") for column in columns))


def _is_in(table: Table, keys: Select[*tuple[Any, ...]]) -> ColumnElement[bool]:
    columns = list(table.primary_key)
    return columns[0].in_(keys) if len(columns) == 1 else tuple_(*columns).in_(keys)
