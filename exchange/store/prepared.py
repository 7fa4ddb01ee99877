"""
Statements written once in SQLAlchemy Core, and run on SQLite straight on its driver.

Core's own way costs 30 to 60 µs of Python a statement, the driver's 3; a message takes
about ten statements, so this is most of what the store costs on SQLite. There a statement
is compiled at its first use, and its values are converted by the same column types. On
PostgreSQL, where the way to the server costs more than Core, Core runs it.
"""

import sqlite3
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from operator import itemgetter
from typing import Any, TypeAlias

from sqlalchemy import Connection, Insert, LargeBinary, Select, Table, bindparam, insert
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.types import TypeEngine

Values: TypeAlias = Mapping[str, Any]
_Convert: TypeAlias = Callable[[Any], Any]

Statement: TypeAlias = Select[*tuple[Any, ...]] | UpdateBase

_DIALECT = SQLiteDialect_pysqlite()
_NONE: Values = {}


def insert_into(table: Table, *, numbered: bool = True) -> Insert:
    """Return the insert of whole rows, without their number where the database gives it."""
    names = [column.name for column in table.c if numbered or column.name != "number"]
    return insert(table).values({name: bindparam(name) for name in names})


class Prepared:
    """
    One statement, ready to run on either database.

    A list for an expanding parameter is filled up to a power of two with its last value,
    so that few texts are ever compiled and the driver keeps each of them.
    """

    def __init__(self, statement: Statement) -> None:
        self.statement = statement
        self._compiled = statement.compile(dialect=_DIALECT)
        binds = self._compiled.binds.values()
        self._lists = tuple(bind.key for bind in binds if bind.expanding)
        self._plans: dict[tuple[int, ...], _Plan] = {}

    def rows(self, connection: Connection, values: Values = _NONE) -> Sequence[Any]:
        """Return every row of the result, as tuples."""
        if connection.dialect.name != "sqlite":
            return connection.execute(self.statement, values).all()
        plan, flat = self._plan(values)
        try:
            found = driver_of(connection).execute(plan.text, plan.bound(flat)).fetchall()
        except sqlite3.Error as fault:
            raise _as_core(plan.text, fault) from fault
        return plan.converted(found)

    def first(self, connection: Connection, values: Values = _NONE) -> Any:
        """Return the first row of the result as a tuple, or None where there is none."""
        found = self.rows(connection, values)
        return found[0] if found else None

    def run(self, connection: Connection, *rows: Values) -> int:
        """Run the statement for each of *rows*; return how many rows were changed in all."""
        if not rows:
            return 0
        if connection.dialect.name != "sqlite":
            return connection.execute(self.statement, list(rows)).rowcount
        plan, _ = self._plan(rows[0])
        try:
            return driver_of(connection).executemany(plan.text, map(plan.bound, rows)).rowcount
        except sqlite3.Error as fault:
            raise _as_core(plan.text, fault) from fault

    def _plan(self, values: Values) -> tuple["_Plan", Values]:
        """Return the compiled statement for lists as long as these, and its values."""
        if not self._lists:
            return self._plans.get(()) or self._new_plan((), values), values
        filled = {**values, **{name: _filled(values[name]) for name in self._lists}}
        shape = tuple(len(filled[name]) for name in self._lists)
        plan = self._plans.get(shape) or self._new_plan(shape, filled)
        return plan, plan.flat(filled)

    def _new_plan(self, shape: tuple[int, ...], values: Values) -> "_Plan":
        self._plans[shape] = plan = _Plan.of(self.statement, self._compiled, values)
        return plan


@dataclass(frozen=True, slots=True)
class _Plan:
    """A statement as text, and how its values go in and its rows come out."""

    text: str
    pick: _Convert
    constants: Values
    into: tuple[tuple[int, _Convert], ...]
    out: tuple[tuple[int, _Convert], ...]
    lists: Mapping[str, Sequence[str]]

    @classmethod
    def of(cls, statement: Statement, compiled: SQLCompiler, values: Values) -> "_Plan":
        state = compiled.construct_expanded_state({**values})
        order = state.positiontup or []
        parents = {
            child: name
            for name, children in state.parameter_expansion.items()
            for child in children
        }
        types = [compiled.binds[parents.get(name, name)].type for name in order]
        if isinstance(statement, Select):
            columns = [column.type for column in statement.selected_columns]
        else:
            columns = [column.type for column in compiled.effective_returning or ()]
        constants = {name: bind.value for name, bind in compiled.binds.items() if not bind.required}
        return cls(
            state.statement,
            _picker(order),
            constants,
            _conversions(lambda kind, dialect: kind.bind_processor(dialect), types),
            _conversions(lambda kind, dialect: kind.result_processor(dialect, None), columns),
            state.parameter_expansion,
        )

    def flat(self, values: Values) -> Values:
        """Return *values* with each list's items under names of their own."""
        flat = dict(values)
        for name, children in self.lists.items():
            flat.update(zip(children, values[name], strict=True))
        return flat

    def bound(self, values: Values) -> Sequence[Any]:
        """Return the values as the driver takes them, in the order of the text."""
        picked: Sequence[Any] = self.pick(
            {**self.constants, **values} if self.constants else values
        )
        if not self.into:
            return picked
        row = list(picked)
        for place, convert in self.into:
            row[place] = convert(row[place])
        return row

    def converted(self, rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        """Return the rows as the column types give them."""
        if not self.out:
            return rows
        return [self._converted(row) for row in rows]

    def _converted(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        given = list(row)
        for place, convert in self.out:
            given[place] = convert(given[place])
        return tuple(given)


def _picker(names: Sequence[str]) -> _Convert:
    """Return what takes the values of *names* out of a mapping, as a sequence."""
    if len(names) > 1:
        return itemgetter(*names)
    return lambda values: [values[name] for name in names]


def _conversions(
    processor: Callable[[TypeEngine[Any], Any], _Convert | None],
    types: Sequence[TypeEngine[Any]],
) -> tuple[tuple[int, _Convert], ...]:
    """Return the conversions that are needed, by place; octets go in and out as they are."""
    found = []
    for place, kind in enumerate(types):
        convert = (
            None
            if isinstance(kind, LargeBinary)
            else processor(kind.dialect_impl(_DIALECT), _DIALECT)
        )
        if convert is not None:
            found.append((place, convert))
    return tuple(found)


def _filled(items: Sequence[Any]) -> Sequence[Any]:
    """Return the list filled up to the next power of two with its last item."""
    if not items:
        return [None]
    missing = (1 << (len(items) - 1).bit_length()) - len(items)
    return [*items, *[items[-1]] * missing] if missing else items


def driver_of(connection: Connection) -> sqlite3.Connection:
    """Return SQLite's driver under the connection."""
    driver: sqlite3.Connection = connection.connection.driver_connection  # type: ignore[assignment] # typed by no dialect
    return driver


def _as_core(text: str, fault: sqlite3.Error) -> BaseException:
    """Return what Core would raise for the driver's *fault*, without the values."""
    return DBAPIError.instance(text, None, fault, sqlite3.Error, hide_parameters=True)


def values_of(thing: Hashable) -> dict[str, Any]:
    """Return the fields of a dataclass by name, as they are."""
    return {name: getattr(thing, name) for name in _field_names(type(thing))}


@cache
def _field_names(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))
