"""A report as a workbook, opened by a library that did not write it."""

from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from exchange.reports.document import Column, Kind, Report, Section
from exchange.reports.forms.workbook import report_workbook
from exchange.reports.texts import Language
from tests.builders import HANDOFF
from tests.reports.samples import FIGURES, FLOW, HOSTILE, a_report, hostile


def opened(report: Report, language: Language = "en") -> Any:
    """Return the workbook as openpyxl reads it."""
    return load_workbook(BytesIO(report_workbook(report, language)))


def test_a_sheet_a_section_with_its_headings_frozen() -> None:
    """The report itself has the first sheet; in each other the first row stays in sight."""
    book = opened(a_report(FLOW, FIGURES), "es")
    assert book.sheetnames == ["Informe", "Etapa actual", "Libro"]
    assert book["Informe"]["A1"].value == "Cuenta del lado de México"
    assert {book[name].freeze_panes for name in book.sheetnames[1:]} == {"A2"}
    assert [cell.value for cell in book["Etapa actual"][1]] == ["Etapa", "Paso", "Cuántas"]
    assert all(cell.font.bold for cell in book["Etapa actual"][1])
    assert [cell.value for cell in book["Etapa actual"][5]] == ["Total", None, 59]
    assert book["Etapa actual"].auto_filter.ref == "A1:C4"
    assert book.properties.title == "Cuenta del lado de México"


def test_cells_have_types() -> None:
    """A count is a number, a moment a time in UTC, a share a part of one; nothing is empty."""
    rows = list(opened(a_report())["Out of order, handoff by handof"].iter_rows())
    assert [cell.value for cell in rows[0]][6] == "Due (UTC)"
    assert [cell.value for cell in rows[1]] == [
        *("message rejected", HANDOFF, "2504 San Ysidro", "=1+1", 12345, 0.125),
        *(datetime(2031, 3, 17, 18), datetime(2031, 3, 18), timedelta(hours=25, minutes=30)),  # noqa: DTZ001 - a workbook has no zones
    ]
    assert [cell.number_format for cell in rows[1]][4:] == [
        *("#,##0", "0.0%", "yyyy-mm-dd hh:mm", "yyyy-mm-dd", "[h]:mm:ss"),
    ]
    assert [cell.data_type for cell in rows[1]] == ["s", "s", "s", "s", "n", "n", "d", "d", "d"]
    assert rows[2][8].value == "5 min before"
    assert [cell.value for cell in rows[3]][1:] == [None] * 8
    assert rows[5][0].value == "2 more are not listed here."


def test_no_text_is_a_formula_or_a_link() -> None:
    """A name that looks like a formula is a text, to the letter."""
    sheet = opened(a_report(hostile()))["Out of order, handoff by handof"]
    cells = [row[0] for row in sheet.iter_rows(min_row=2, max_row=1 + len(HOSTILE))]
    assert {cell.data_type for cell in cells} == {"s"}
    assert not any(cell.hyperlink for cell in cells)
    assert [cell.value.replace("_x000D_", "\r") for cell in cells] == list(HOSTILE)


def test_names_of_sheets_are_short_and_differ() -> None:
    """Two sections of one name, longer than Excel allows, have sheets of their own."""
    names = opened(a_report(hostile(), hostile(), hostile())).sheetnames
    assert names[1:] == [
        "Out of order, handoff by handof",
        "Out of order, handoff by ha (2)",
        "Out of order, handoff by ha (3)",
    ]


def test_a_section_of_nothing_is_a_sheet_with_headings() -> None:
    """Without rows there is no filter, and the headings say what there would be."""
    nothing = Section(id="alarms", columns=(Column("alarm", Kind.CODE), Column("count")), rows=())
    sheet = opened(a_report(nothing))["Open alarms"]
    assert [cell.value for cell in sheet[1]] == ["Alarm", "Count"]
    assert sheet.auto_filter.ref is None


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_same_report_makes_the_same_file(language: Language) -> None:
    """Nothing of the moment or the machine is in the octets."""
    assert report_workbook(a_report(), language) == report_workbook(a_report(), language)
