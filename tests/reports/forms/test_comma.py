"""A report as CSV, read by the standard library."""

import csv
from io import StringIO

import pytest

from exchange.reports.document import Report
from exchange.reports.forms.comma import FORMULA_BEGINS, report_csv
from exchange.reports.texts import Language
from tests.builders import HANDOFF
from tests.reports.samples import FIGURES, FLOW, HOSTILE, a_report, hostile


def read(report: Report, language: Language = "en") -> list[list[str]]:
    """Return the records as a program reads them."""
    octets = report_csv(report, language)
    assert octets.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(StringIO(octets.decode("utf-8-sig"), newline=""), strict=True))


def section(records: list[list[str]], name: str) -> list[list[str]]:
    """Return the records of one section, its headings first, without its name."""
    return [record[1:] for record in records if record[0] == name]


def test_every_record_is_as_long() -> None:
    """A reader that knows no sections still sees one table (RFC 4180 §2.4), with CRLF."""
    octets = report_csv(a_report(), "en")
    assert len({len(record) for record in read(a_report())}) == 1
    assert octets.count(b"\r\n") == len(octets.splitlines())


def test_a_section_is_what_has_its_name() -> None:
    """Its first record is its headings, with units; cells are plain figures, codes are words."""
    found = section(read(a_report()), "Out of order, handoff by handoff")
    assert found[0] == [
        *("What", "Handoff", "Where", "Root", "Count", "Expected (part of 1)"),
        *("Due (UTC)", "Met", "Found (seconds)"),
    ]
    assert found[1] == [
        *("message rejected", HANDOFF, "2504 San Ysidro", "'=1+1", "12345", "0.125"),
        *("2031-03-17 18:00:00", "2031-03-18", "91800"),
    ]
    assert found[2][5:] == ["", "2031-03-17 18:00:00", "", "-300"]
    assert found[3] == ["entered from the paper of an outage", *[""] * 8]
    assert found[4][0] == "2 more are not listed here."


def test_the_head_and_the_total_are_there() -> None:
    """The report says first what it is; a total without a name is named."""
    records = read(a_report(FLOW, FIGURES), "es")
    head = dict(record[1:3] for record in records if record[0] == "Informe")
    assert head["Lugares"] == "2504 San Ysidro"
    assert head["Elaboración"] == "17 mar 2031, 18:00 UTC"
    assert section(records, "Etapa actual")[-1] == ["Total", "", "59"]
    assert section(records, "Libro")[:2] == [["Dato", "Valor", ""], ["Asientos", "7", ""]]


@pytest.mark.parametrize("language", ["en", "es"])
def test_no_text_is_a_formula(language: Language) -> None:
    """Whatever a text begins with, no field begins as a formula does, and none is lost."""
    name = {"en": "Out of order, handoff by handoff", "es": "Fuera de orden, entrega por entrega"}
    records = read(a_report(hostile()), language)
    found = [record[0] for record in section(records, name[language])[1:]]
    assert found == [f"'{text}" if text[0] in "=+-@\t\r" else text for text in HOSTILE]
    assert not [field for record in records for field in record if field[:1] in FORMULA_BEGINS]
