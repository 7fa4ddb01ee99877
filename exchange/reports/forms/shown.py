"""A report with all its words and the length of every bar, but not yet as a page."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from exchange.reports.document import (
    Cell,
    Chart,
    ChartForm,
    Column,
    Kind,
    Layout,
    Report,
    Row,
    Section,
)
from exchange.reports.forms.flow import COLOURS, Flow, flow_of
from exchange.reports.texts import Language, counted
from exchange.reports.wording import (
    Wording,
    groups_of,
    head_of,
    title_of,
    verdict_of,
    wording_of,
)

_FIGURES = {Kind.COUNT, Kind.SHARE, Kind.DURATION}


@dataclass(frozen=True, slots=True)
class Piece:
    """One part of a bar: its colour, and where it begins and how long it is, of a whole of 100."""

    colour: int
    start: float
    length: float


@dataclass(frozen=True, slots=True)
class ShownColumn:
    """A column's heading; *swatch* is the colour that its part of a bar has."""

    heading: str
    kind: Kind
    is_figure: bool
    swatch: int | None


@dataclass(frozen=True, slots=True)
class ShownRow:
    """The cells of a row, and its bar."""

    cells: tuple[str, ...]
    bar: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class ShownGroup:
    """Rows that belong together, and what they have in common, if anything."""

    common: str | None
    rows: tuple[ShownRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownSection:
    """A section as it is read: either a list of named *figures*, or a table of *groups*."""

    id: str
    heading: str
    note: str | None
    left_out: str | None
    figures: tuple[tuple[str, str], ...]
    columns: tuple[ShownColumn, ...]
    groups: tuple[ShownGroup, ...]
    total: tuple[str, ...] | None
    has_bars: bool
    flow: Flow | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownReport:
    """A report as it is read."""

    language: Language
    title: str
    head: tuple[tuple[str, str], ...]
    verdict: str | None
    adds_up: bool | None
    sections: tuple[ShownSection, ...]


def show(report: Report, language: Language, *, rows_max: int | None = None) -> ShownReport:
    """Return the report in words; of a section at most *rows_max* rows, the rest counted."""
    words = wording_of(report, language)
    return ShownReport(
        language=language,
        title=title_of(report, words),
        head=tuple(head_of(report, words)),
        verdict=verdict_of(report, words),
        adds_up=report.adds_up,
        sections=tuple(_section(one, words, rows_max) for one in report.sections),
    )


def _section(section: Section, words: Wording, rows_max: int | None) -> ShownSection:
    listed = section.layout is Layout.TABLE
    cut = 0 if rows_max is None else max(0, len(section.rows) - rows_max)
    left_out = section.left_out + cut
    chart = section.chart
    return ShownSection(
        id=section.id if section.of is None else f"{section.of}-{section.id}",
        heading=words.section(section),
        note=None if section.note is None else words.say(f"note.{section.note}"),
        left_out=counted("left-out", left_out, words.language) if left_out else None,
        figures=() if listed else tuple(_named(section, words)),
        columns=tuple(_columns(section, words)),
        groups=tuple(_groups(section, words, rows_max)) if listed else (),
        total=None if section.total is None else tuple(_total(section, words)),
        has_bars=chart is not None and chart.form is not ChartForm.FLOW,
        flow=flow_of(section, words) if chart and chart.form is ChartForm.FLOW else None,
    )


def _named(section: Section, words: Wording) -> Iterator[tuple[str, str]]:
    for row in section.rows:
        for column, value in zip(section.columns, row, strict=True):
            yield words.heading(column), words.cell(value, column)


def _columns(section: Section, words: Wording) -> Iterator[ShownColumn]:
    chart = section.chart
    stacked = chart.of if chart is not None and chart.form is ChartForm.STACKED else ()
    for column in _listed(section):
        swatch = stacked.index(column.id) % COLOURS if column.id in stacked else None
        heading = words.heading(column)
        yield ShownColumn(heading, column.kind, column.kind in _FIGURES, swatch)


def _listed(section: Section) -> Iterator[Column]:
    """Give the columns of the table: what a group has in common stands above it."""
    return (column for column in section.columns if column.id != section.group)


def _groups(section: Section, words: Wording, rows_max: int | None) -> Iterator[ShownGroup]:
    left = rows_max
    longest = _longest(section)
    for common, rows in groups_of(section):
        shown = tuple(
            ShownRow(tuple(_cells(row, section, words)), _bar(row, section, longest))
            for row in islice(rows, left)
        )
        if shown:
            yield ShownGroup(_common(common, section, words), shown)
        left = None if left is None else left - len(shown)


def _common(value: Cell, section: Section, words: Wording) -> str | None:
    if section.group is None:
        return None
    return words.cell(value, section.columns[section.place_of(section.group)])


def _cells(row: Row, section: Section, words: Wording) -> Iterator[str]:
    for column, value in zip(section.columns, row, strict=True):
        if column.id != section.group:
            yield words.cell(value, column)


def _total(section: Section, words: Wording) -> Iterator[str]:
    return (said for column, said in words.total(section) if column.id != section.group)


def _lengths(row: Row, section: Section, chart: Chart) -> Iterator[int]:
    for name in chart.of:
        value = row[section.place_of(name)]
        yield value if isinstance(value, int) else 0


def _longest(section: Section) -> int:
    """Return the sum of the row whose bar is the whole of what there is room for."""
    chart = section.chart
    if chart is None or chart.form is ChartForm.FLOW:
        return 0
    return max((sum(_lengths(row, section, chart)) for row in section.rows), default=0)


def _bar(row: Row, section: Section, longest: int) -> tuple[Piece, ...]:
    if section.chart is None or not longest:
        return ()
    pieces, start = [], 0.0
    for number, value in enumerate(_lengths(row, section, section.chart)):
        length = 100 * value / longest
        if length:
            pieces.append(Piece(number % COLOURS, round(start, 3), round(length, 3)))
        start += length
    return tuple(pieces)
