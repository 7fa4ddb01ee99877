"""
A report as typed values: what it says, and nothing of how that looks or in which language.

Whoever makes a report fills sections with rows; whoever shows one (``reports.forms``) knows
these types alone. Words come in when it is shown, by key: a section's heading is
``section.<id>``, a column's ``column.<id>``, a code's ``<words><code>`` and a note's
``note.<note>``, all in the catalogues of ``reports/locale``.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from exchange.domain.parties import Side


class Kind(StrEnum):
    """What the cells of a column are; each kind is a type of value, and None is always allowed."""

    TEXT = "text"
    """A str that stands for itself, such as a digest or a document's number."""
    CODE = "code"
    """A str from a list of ours, shown by its words."""
    PLACE = "place"
    """The str that is a port's or receiving point's code, shown with its name."""
    COUNT = "count"
    """An int, of people or messages."""
    SHARE = "share"
    """A ``Share``, shown as a percentage."""
    INSTANT = "instant"
    """An aware datetime, shown in the zone that it has."""
    DATE = "date"
    DURATION = "duration"
    """A timedelta, to the second."""
    HANDOFF = "handoff"
    """The str that is a handoff's id."""


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many: the percentage never stands without what it is made of."""

    part: int
    of: int

    @property
    def ratio(self) -> float | None:
        """The quotient; None of nothing."""
        return self.part / self.of if self.of else None


Cell: TypeAlias = str | int | Share | dt.datetime | dt.date | dt.timedelta | None
Row: TypeAlias = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """
    One column: what its cells are, and what stands above them.

    *words* begins the key under which each code has its words. Where *heading* is
    ``Kind.PLACE`` the column is about one place, and *id* is that place's code.
    """

    id: str
    kind: Kind = Kind.COUNT
    words: str = ""
    heading: Kind = Kind.CODE


class Layout(StrEnum):
    """How a section is read: down its rows, or one row as a list of figures with their names."""

    TABLE = "table"
    FIGURES = "figures"


class ChartForm(StrEnum):
    """What is drawn of a section beside its table; the table always says the same."""

    BARS = "bars"
    """A bar a row: *by* names it, *of* is its one figure."""
    STACKED = "stacked"
    """A bar a row: *by* names it, *of* are its parts."""
    FLOW = "flow"
    """A band a row, from the first of *by* to the second, as wide as *of*."""


@dataclass(frozen=True, slots=True)
class Chart:
    """Which columns are drawn, and how."""

    form: ChartForm
    by: tuple[str, ...]
    of: tuple[str, ...]


def _whole(cell: Cell) -> Cell:
    """Return the cell in whole seconds: a moment as it is told, a duration rounded."""
    match cell:
        case dt.datetime():
            return cell.replace(microsecond=0)
        case dt.timedelta():
            return dt.timedelta(seconds=round(cell.total_seconds()))
        case _:
            return cell


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """
    One part of a report: a table, and perhaps a chart of it.

    *of* is the side whose account it is, in a report of both. *total* is a last row that sums the
    others. Rows that follow each other with the same value in the column *group* belong together.
    *left_out* counts the rows that there would be beyond those that are given. Times and
    durations are kept to the second, as every form shows them.

    Raises:
        ValueError: A row has another number of cells than there are columns, or a column that
            is named is not there.
    """

    id: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    total: Row | None = None
    layout: Layout = Layout.TABLE
    chart: Chart | None = None
    group: str | None = None
    note: str | None = None
    left_out: int = 0
    of: Side | None = None

    def __post_init__(self) -> None:
        """Refuse a section that could not be shown."""
        names = {column.id for column in self.columns}
        named = {*(self.chart.by + self.chart.of if self.chart else ()), self.group} - {None}
        wide = len(self.columns)
        rows = (*self.rows, self.total) if self.total is not None else self.rows
        if not named <= names or any(len(row) != wide for row in rows) or len(names) != wide:
            message = f"the rows or columns of section {self.id!r} do not fit each other"
            raise ValueError(message)
        object.__setattr__(self, "rows", tuple(tuple(map(_whole, row)) for row in self.rows))

    def place_of(self, column: str) -> int:
        """Return where in a row the cell of a column stands."""
        return next(place for place, one in enumerate(self.columns) if one.id == column)

    def cells(self, column: str) -> tuple[Cell, ...]:
        """Return the cells of one column, without the total's."""
        place = self.place_of(column)
        return tuple(row[place] for row in self.rows)

    def by(self, name: str, column: str) -> dict[Cell, Cell]:
        """Return the cells of *column* by those of the column *name*."""
        return dict(zip(self.cells(name), self.cells(column), strict=True))

    def sum_of(self, column: str) -> Cell:
        """
        Return the cell of *column* in the total.

        Raises:
            LookupError: The section has no total.
        """
        if self.total is None:
            message = f"section {self.id!r} has no total"
            raise LookupError(message)
        return self.total[self.place_of(column)]

    def figure(self, column: str, **where: Cell) -> Cell:
        """
        Return the one cell of *column* in the row whose cells are those of *where*.

        Raises:
            LookupError: There is no such row, or more than one.
        """
        found = [
            row
            for row in self.rows
            if all(row[self.place_of(name)] == cell for name, cell in where.items())
        ]
        if len(found) != 1:
            message = f"{len(found)} rows of section {self.id!r} are {where}"
            raise LookupError(message)
        return found[0][self.place_of(column)]


@dataclass(frozen=True, slots=True)
class LedgerState:
    """The ledger that a report was made from: its size, and the root of its tree."""

    entries: int
    root: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """
    One report: of which side, when, of what and from which ledger it was made, and its sections.

    *kind* and *side* give its title, ``title.<kind>.<side>``; a report of both sides together has
    neither a side nor one ledger, and its title is ``title.<kind>``. *first* and *last* are the
    days it is of, both None for all days; *closed* says that no figure of them moves on. *only_at*
    are the places it is limited to, None for every place. *adds_up* is the verdict, None where
    a report has none. *names* are the proper names of the places it mentions, which have no
    translation.
    """

    kind: str
    side: Side | None
    first: dt.date | None
    last: dt.date | None
    closed: bool
    only_at: tuple[str, ...] | None
    made_at: dt.datetime
    ledger: LedgerState | None
    adds_up: bool | None
    sections: tuple[Section, ...]
    names: Mapping[str, str] = field(default_factory=dict)

    def section(self, id_: str, of: Side | None = None) -> Section:
        """
        Return a section by its id, and by its side in a report of both.

        Raises:
            LookupError: This report has none of that id.
        """
        for one in self.sections:
            if (one.id, one.of) == (id_, of):
                return one
        message = f"the report has no section {id_!r}"
        raise LookupError(message)
