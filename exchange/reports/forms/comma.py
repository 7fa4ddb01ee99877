"""
A report as CSV: one file for every section, safe to open in a spreadsheet.

RFC 4180, in UTF-8 with a byte order mark. The first field of each record names its section, and
the first record of a section names its columns, so that a section is what is left when one
filters by the first field; records are filled up with empty fields to the same length. Figures
and dates are written for a program (2031-03-18 18:00:00, in UTC), headings and codes in words. A
text that a spreadsheet could take for a formula has an apostrophe before it.
"""

import csv
import datetime as dt
from collections.abc import Iterable, Iterator
from io import StringIO
from itertools import chain
from typing import Final

from exchange.reports.document import Cell, Column, Kind, Layout, Report, Row, Section, Share
from exchange.reports.texts import Language
from exchange.reports.wording import Wording, head_of, title_of, verdict_of, wording_of

BYTE_ORDER_MARK: Final = "\N{ZERO WIDTH NO-BREAK SPACE}"
FORMULA_BEGINS: Final = frozenset("=+-@\t\r\n\N{FULLWIDTH EQUALS SIGN}\N{FULLWIDTH PLUS SIGN}") | {
    "\N{FULLWIDTH HYPHEN-MINUS}",
    "\N{FULLWIDTH COMMERCIAL AT}",
}
SHARE_DIGITS: Final = 4

Field = str | int | float
Record = list[Field]


def report_csv(report: Report, language: Language) -> bytes:
    """Return the file."""
    words = wording_of(report, language)
    records = [*_head(report, words)]
    records += chain.from_iterable(_section(one, words) for one in report.sections)
    longest = max(map(len, records))
    written = StringIO()
    written.write(BYTE_ORDER_MARK)
    writer = csv.writer(written, quoting=csv.QUOTE_MINIMAL, lineterminator="\r\n")
    writer.writerows(_safe([*record, *[""] * (longest - len(record))]) for record in records)
    return written.getvalue().encode("utf-8")


def _head(report: Report, words: Wording) -> Iterator[Record]:
    section = words.say("report")
    yield [words.say("section"), words.say("figure"), words.say("value")]
    yield [section, section, title_of(report, words)]
    for name, said in head_of(report, words):
        yield [section, name, said]
    verdict = verdict_of(report, words)
    if verdict is not None:
        yield [section, words.say("verdict"), verdict]


def _section(section: Section, words: Wording) -> Iterator[Record]:
    name = words.section(section)
    if section.layout is Layout.FIGURES:
        yield [name, words.say("figure"), words.say("value")]
        for row in section.rows:
            for column, value in zip(section.columns, row, strict=True):
                yield [name, heading_of(column, words), _plain(value, column, words)]
    else:
        yield [name, *(heading_of(column, words) for column in section.columns)]
        yield from ([name, *_record(row, section, words)] for row in section.rows)
        if section.total is not None:
            first, *rest = _record(section.total, section, words)
            yield [name, first or words.place("total"), *rest]
    left_out = words.left_out(section)
    if left_out is not None:
        yield [name, left_out]


def heading_of(column: Column, words: Wording) -> str:
    """Return the heading of a column whose cells are figures for a program, with their unit."""
    unit = {Kind.INSTANT: "in-utc", Kind.DURATION: "in-seconds", Kind.SHARE: "in-parts"}
    heading = words.heading(column)
    return words.say(unit[column.kind], heading=heading) if column.kind in unit else heading


def _record(row: Row, section: Section, words: Wording) -> Iterator[Field]:
    for column, value in zip(section.columns, row, strict=True):
        yield _plain(value, column, words)


def _plain(value: Cell, column: Column, words: Wording) -> Field:
    field: Field = ""
    match value:
        case Share(ratio=float(ratio)):
            field = round(ratio, SHARE_DIGITS)
        case dt.datetime():
            field = value.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M:%S")
        case dt.date():
            field = value.isoformat()
        case dt.timedelta():
            field = round(value.total_seconds())
        case int():
            field = value
        case str():
            field = words.cell(value, column)
    return field


def _safe(record: Iterable[Field]) -> Iterator[Field]:
    for value in record:
        is_formula = isinstance(value, str) and value[:1] in FORMULA_BEGINS
        yield f"'{value}" if is_formula else value
