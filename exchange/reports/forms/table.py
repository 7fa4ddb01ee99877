"""A report for a terminal: rich tables, the long ones cut, each cut said."""

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from exchange.reports.document import Column, Kind, Layout, Report, Row, Section
from exchange.reports.texts import Language
from exchange.reports.wording import (
    Wording,
    groups_of,
    head_of,
    title_of,
    verdict_of,
    wording_of,
)

ROWS_SHOWN_MAX = 40
GROUP_ROWS_SHOWN_MAX = 3

_FIGURES = {Kind.COUNT, Kind.SHARE, Kind.DURATION}


def report_tables(report: Report, language: Language) -> RenderableType:
    """Return the whole report; where a section is long the other forms have the rest."""
    words = wording_of(report, language)
    parts = [part for section in report.sections for part in _section(section, words)]
    return Group(_head(report, words), *parts, *_verdict(report, words))


def _head(report: Report, words: Wording) -> Text:
    lines = [f"{name}: {said}" for name, said in head_of(report, words)]
    head = Text(title_of(report, words), style="bold")
    return head.append("\n" + "\n".join(lines) + "\n", style="not bold")


def _verdict(report: Report, words: Wording) -> Iterator[Text]:
    said = verdict_of(report, words)
    if said is not None:
        yield Text(said, style="bold green" if report.adds_up else "bold red")


def _section(section: Section, words: Wording) -> Iterator[RenderableType]:
    if section.layout is Layout.FIGURES:
        yield _figures(section, words)
    else:
        yield _table(section, words)
    notes = (
        words.say(f"note.{section.note}") if section.note is not None else None,
        words.left_out(section),
    )
    yield from (Text(note, style="italic") for note in notes if note is not None)
    yield Text()


def _titled(section: Section, words: Wording) -> Table:
    return Table(title=Text(words.section(section)), title_justify="left", title_style="bold")


def _figures(section: Section, words: Wording) -> Table:
    table = _titled(section, words)
    table.show_header = False
    table.add_column()
    table.add_column(overflow="fold")
    for row in section.rows:
        for column, value in zip(section.columns, row, strict=True):
            table.add_row(words.heading(column), Text(words.cell(value, column)))
    return table


def _table(section: Section, words: Wording) -> Table:
    table = _titled(section, words)
    shown = [column for column in section.columns if column.id != section.group]
    for column in shown:
        table.add_column(
            Text(words.heading(column)),
            justify="right" if column.kind in _FIGURES else "left",
            no_wrap=column.kind is Kind.HANDOFF,
        )
    most = ROWS_SHOWN_MAX if section.group is None else GROUP_ROWS_SHOWN_MAX
    for common, rows in groups_of(section):
        if section.group is not None:
            column = section.columns[section.place_of(section.group)]
            table.add_section()
            table.add_row(Text(words.cell(common, column)), style="bold")
        for row in rows[:most]:
            table.add_row(*_cells(row, section, words))
        if len(rows) > most:
            table.add_row(words.say("cut", count=words.count(len(rows) - most)))
    if section.total is not None:
        table.add_section()
        last = (Text(said) for column, said in words.total(section) if column.id != section.group)
        table.add_row(*last, style="bold")
    return table


def _cells(row: Row, section: Section, words: Wording) -> Iterator[Text]:
    columns: tuple[Column, ...] = section.columns
    for column, value in zip(columns, row, strict=True):
        if column.id != section.group:
            yield Text(words.cell(value, column))
