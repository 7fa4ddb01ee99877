"""
A report as an Excel workbook: a sheet a section, each with its headings frozen.

Cells have types: a figure can be summed, a date sorted. Excel knows no zones, so moments are in
UTC and their heading says so. No text is ever a formula or a link.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final

from xlsxwriter import Workbook

from exchange.reports.document import Cell, Column, Kind, Layout, Report, Row, Section, Share
from exchange.reports.texts import Language
from exchange.reports.wording import Wording, head_of, title_of, verdict_of, wording_of

SHEET_NAME_LENGTH_MAX: Final = 31
WIDTH_MAX_PIXELS: Final = 420

_NOT_IN_SHEET_NAMES: Final = str.maketrans(dict.fromkeys("[]:*?/\\'"))
_OPTIONS: Final = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}
_FORMATS: Final[dict[str, dict[str, Any]]] = {
    "title": {"bold": True, "font_size": 14},
    "heading": {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"},
    "note": {"italic": True},
    "count": {"num_format": "#,##0"},
    "share": {"num_format": "0.0%"},
    "instant": {"num_format": "yyyy-mm-dd hh:mm"},
    "date": {"num_format": "yyyy-mm-dd"},
    "duration": {"num_format": "[h]:mm:ss"},
    "text": {},
}


def report_workbook(report: Report, language: Language) -> bytes:
    """Return the file; the same report makes the same bytes."""
    words = wording_of(report, language)
    written = BytesIO()
    with Workbook(written, _OPTIONS) as workbook:
        workbook.set_properties(
            {
                "title": title_of(report, words),
                "created": report.made_at.astimezone(dt.UTC).replace(tzinfo=None),
            }
        )
        writing = _Writing(workbook, words, {})
        writing.head(report)
        for section in report.sections:
            writing.section(section)
    return written.getvalue()


@dataclass(frozen=True, slots=True)
class _Writing:
    """One workbook while it is written, and the formats it has by their names."""

    workbook: Any
    words: Wording
    formats: dict[tuple[str, bool], Any]

    def head(self, report: Report) -> None:
        """Write the first sheet: what the report is, and its verdict."""
        sheet = self.sheet(self.words.say("report"))
        sheet.write_string(0, 0, title_of(report, self.words), self.format("title"))
        named = [*head_of(report, self.words)]
        verdict = verdict_of(report, self.words)
        if verdict is not None:
            named.append((self.words.say("verdict"), verdict))
        for number, (name, said) in enumerate(named, 1):
            sheet.write_string(number, 0, name, self.format("text", is_bold=True))
            sheet.write_string(number, 1, said)
        sheet.set_column(0, 0, 30)
        sheet.set_column(1, 1, 80)

    def section(self, section: Section) -> None:
        """Write a sheet: its headings, its rows, its total, and what is said below."""
        sheet = self.sheet(self.words.section(section))
        is_list = section.layout is Layout.FIGURES
        headings = (
            [self.words.say("figure"), self.words.say("value")]
            if is_list
            else [self.heading(column) for column in section.columns]
        )
        for place, heading in enumerate(headings):
            sheet.write_string(0, place, heading, self.format("heading"))
        number = self.figures(sheet, section) if is_list else self.rows(sheet, section)
        for line, said in enumerate(self.notes(section), number + 1):
            sheet.write_string(line, 0, said, self.format("note"))
        sheet.freeze_panes(1, 0)
        sheet.autofit(WIDTH_MAX_PIXELS)

    def rows(self, sheet: Any, section: Section) -> int:
        """Return where the next row would be, once every row and the total is written."""
        for number, row in enumerate(section.rows, 1):
            self.row(sheet, number, row, section)
        last = len(section.rows)
        if section.rows:
            sheet.autofilter(0, 0, last, len(section.columns) - 1)
        if section.total is None:
            return last + 1
        self.row(sheet, last + 1, section.total, section, is_total=True)
        return last + 2

    def figures(self, sheet: Any, section: Section) -> int:
        """Return where the next row would be, once every figure is written with its name."""
        number = 1
        for row in section.rows:
            for column, value in zip(section.columns, row, strict=True):
                sheet.write_string(number, 0, self.heading(column))
                self.cell(sheet, (number, 1), value, column)
                number += 1
        return number

    def row(
        self, sheet: Any, number: int, row: Row, section: Section, *, is_total: bool = False
    ) -> None:
        for place, (column, value) in enumerate(zip(section.columns, row, strict=True)):
            if is_total and not place and value is None:
                total = self.words.place("total")
                sheet.write_string(number, 0, total, self.format("text", is_bold=True))
            else:
                self.cell(sheet, (number, place), value, column, is_bold=is_total)

    def cell(
        self,
        sheet: Any,
        at: tuple[int, int],
        value: Cell,
        column: Column,
        *,
        is_bold: bool = False,
    ) -> None:
        """Write one cell as what it is; what there is no value of stays empty."""
        form = self.format(column.kind if column.kind in _FORMATS else "text", is_bold=is_bold)
        match value:
            case None:
                sheet.write_blank(*at, None, form)
            case Share():
                if value.ratio is not None:
                    sheet.write_number(*at, value.ratio, form)
            case dt.datetime():
                sheet.write_datetime(*at, value.astimezone(dt.UTC).replace(tzinfo=None), form)
            case dt.date():
                sheet.write_datetime(*at, value, form)
            case dt.timedelta() if value >= dt.timedelta():
                sheet.write_datetime(*at, value, form)
            case int():
                sheet.write_number(*at, value, form)
            case _:  # a text; or a time before the due one, which Excel cannot show as a time
                sheet.write_string(*at, self.words.cell(value, column), form)

    def heading(self, column: Column) -> str:
        heading = self.words.heading(column)
        is_instant = column.kind is Kind.INSTANT
        return self.words.say("in-utc", heading=heading) if is_instant else heading

    def notes(self, section: Section) -> Iterator[str]:
        left_out = self.words.left_out(section)
        if left_out is not None:
            yield left_out
        if section.note is not None:
            yield self.words.say(f"note.{section.note}")

    def sheet(self, called: str) -> Any:
        """Return a new sheet of this name, as Excel allows it and as no other has it."""
        whole = called.translate(_NOT_IN_SHEET_NAMES)
        taken = {name.casefold() for name in self.workbook.sheetnames}
        name, number = whole[:SHEET_NAME_LENGTH_MAX], 1
        while name.casefold() in taken:
            number += 1
            ending = f" ({number})"
            name = whole[: SHEET_NAME_LENGTH_MAX - len(ending)] + ending
        return self.workbook.add_worksheet(name)

    def format(self, name: str, *, is_bold: bool = False) -> Any:
        """Return a format of the workbook, made once."""
        if (name, is_bold) not in self.formats:
            bold = {"bold": True, "top": 1} if is_bold else {}
            self.formats[name, is_bold] = self.workbook.add_format(_FORMATS[name] | bold)
        return self.formats[name, is_bold]
