"""A report as PDF: pages with numbers, read back as text with their accents."""

import re
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from exchange.reports.document import Report
from exchange.reports.forms.printed import ROWS_MAX, report_pdf
from exchange.reports.texts import LANGUAGES, Language
from tests.builders import HANDOFF
from tests.reports.samples import EVERY_KIND, FIGURES, FLOW, HOSTILE, a_report, hostile


def pages(report: Report, language: Language = "en") -> list[str]:
    """Return the words of each page, single-spaced."""
    reader = PdfReader(BytesIO(report_pdf(report, language)))
    return [_words(page.extract_text()) for page in reader.pages]


def _words(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("\N{ZERO WIDTH SPACE}", ""))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_print_says_every_figure(language: Language) -> None:
    """Title, head, headings, cells and totals are text that can be searched, accents and all."""
    words = {
        "en": ("Account of the Mexican side", "Root", "12% (1 of 8)", "No place"),
        "es": ("Cuenta del lado de México", "Raíz", "12% (1 de 8)", "Sin lugar"),
    }
    section = replace(hostile(), rows=(("Núñez: retención", 1),))
    found = pages(a_report(EVERY_KIND, FLOW, FIGURES, section), language)
    text = " ".join(found)
    for said in (*words[language], "Núñez: retención", "2504 San Ysidro", "12,345", HANDOFF, "59"):
        assert said in text
    page = {"en": "Page 1 of", "es": "Página 1 de"}
    assert f"{page[language]} {len(found)}" in found[0]


def test_a_long_section_goes_on_with_its_headings() -> None:
    """Each page has the headings of its table and its number; beyond a bound rows are counted."""
    rows = tuple((f"row {number}", number) for number in range(ROWS_MAX + 5))
    found = pages(a_report(replace(hostile(), rows=rows)))
    assert len(found) > 10
    for number, text in enumerate(found, 1):
        assert f"Page {number} of {len(found)}" in text
        assert "Where Count" in text
    assert f"row {ROWS_MAX - 1}" in found[-1]
    assert "5 more are not listed here." in found[-1]
    assert f"row {ROWS_MAX} " not in " ".join(found)


def test_a_print_is_for_whoever_cannot_see_it() -> None:
    """It is tagged, names its language and title, and what is drawn has words (PDF/UA-1)."""
    reader = PdfReader(BytesIO(report_pdf(a_report(FLOW), "es")))
    root: Any = reader.root_object
    assert root["/MarkInfo"]["/Marked"]
    assert str(root["/Lang"]).startswith("es")
    assert reader.metadata is not None
    assert reader.metadata.title == "Cuenta del lado de México"
    assert "pdfuaid" in root["/Metadata"].get_object().get_data().decode("utf-8")


def test_fonts_are_in_the_file() -> None:
    """Nothing is left to the fonts of whoever opens it."""
    reader = PdfReader(BytesIO(report_pdf(a_report(), "es")))
    fonts = [
        font.get_object()
        for page in reader.pages
        for font in page["/Resources"]["/Font"].values()  # type: ignore[index]  # a page has them
    ]
    assert fonts
    for font in fonts:
        (descendant,) = font["/DescendantFonts"]
        descriptor = descendant.get_object()["/FontDescriptor"].get_object()
        assert {"/FontFile2", "/FontFile3"} & descriptor.keys()


def test_a_name_is_never_taken_for_markup() -> None:
    """What a text holds is printed as it is written."""
    text = " ".join(pages(a_report(hostile())))
    for name in HOSTILE:
        assert _words(name).strip() in text


def test_the_same_report_makes_the_same_file() -> None:
    """Nothing of the moment or the machine is in the octets."""
    assert report_pdf(a_report(), "es") == report_pdf(a_report(), "es")
