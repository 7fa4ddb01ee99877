"""The page: one, with every fact readable, a code that scans, and nothing of the machine in it."""

import re
import subprocess
import sys
from dataclasses import asdict, replace
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader
from typst import TypstError

from exchange.reports.paper.contents import AsSigned, Contents
from exchange.reports.paper.words import LANGUAGES, PaperLanguage
from tests.builders import NOW
from tests.reports.paper.papers import (
    CODE,
    LONGEST,
    MX,
    US,
    a_source,
    an_appointment,
    contents_of,
    drawn,
    no_hearing,
    scanned,
    seen,
    text_of,
)

ALPHABET = [
    chr(code)
    for first, last in ((0xC0, 0xD6), (0xD8, 0xF6), (0xF8, 0x2AF), (0x1E00, 0x1EFF))
    for code in range(first, last + 1)
]
"""Every letter of a name beyond ASCII; the marks follow in their own test."""


def strings(value: Any) -> list[str]:
    """Return every text in the contents of a paper."""
    match value:
        case str():
            return [value]
        case dict():
            return [text for one in value.values() for text in strings(one)]
        case tuple() | list():
            return [text for one in value for text in strings(one)]
        case _:
            return []


def crowded(language: PaperLanguage) -> Contents:
    """Return the fullest paper: the longest names, corrected, and a warning at every time."""
    source = a_source(None, **LONGEST)
    hearing = source.hearing.model_copy(
        update={
            "present_at": an_appointment("2031-03-09T04:00", "America/New_York"),
            "hearing_at": an_appointment("2031-10-05T04:00", "America/Asuncion").model_copy(
                update={"zone": "America/Argentina/ComodRivadavia"}
            ),
        }
    )
    wrong = LONGEST | {name: f"{text[1:]}M" for name, text in LONGEST.items() if "name" in name}
    signed = a_source(None, **wrong)
    source = replace(
        source,
        hearing=hearing,
        issuer=f"{US}:{'x' * 40}:test",
        signed=AsSigned(signed.notice, signed.hearing, NOW),
    )
    return contents_of(source, language, printed_by=f"{MX}:{'x' * 40}:test")


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_page_has_every_fact(language: PaperLanguage) -> None:
    """Every text of the contents and the code can be read from the one page of the PDF."""
    contents = contents_of(a_source(), language)
    text = text_of(drawn(contents))
    headings = {block.heading for block in (contents.person, *contents.appointments)}
    headings |= {contents.receiving.heading, contents.issued.heading, contents.code_heading}
    for fact in strings(asdict(contents)):
        shown = fact.upper() if fact in headings else fact
        assert fact == language or shown in text, fact
    assert CODE in text.replace(" ", "")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_longest_names_stay_on_the_page(language: PaperLanguage) -> None:
    """Names at the bounds of the schema are printed whole, on one page, beside every warning."""
    pdf = drawn(crowded(language))
    text = text_of(pdf).replace(" ", "")
    for name in LONGEST.values():
        assert name.replace(" ", "") in text
    assert CODE in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_fullest_page_keeps_its_margins_and_its_code(language: PaperLanguage) -> None:
    """Nothing runs over an edge, and a scanner that sees the page reads the code."""
    image = seen(crowded(language))
    rows = [bytes(row) for row in image.tolist()]
    edge = len(rows[0]) // 20
    assert {point for row in rows for point in row[:edge] + row[-edge:]} == {255}
    assert set(b"".join(rows[:edge] + rows[-edge:])) == {255}
    assert scanned(image) == [CODE]


def test_a_page_without_a_hearing() -> None:
    """The page that asks for nothing has its code all the same."""
    text = text_of(drawn(contents_of(a_source(no_hearing()), "es")))
    assert "Por ahora no hay ninguna audiencia programada." in text
    assert "Hora del" not in text


def test_the_longest_code_scans() -> None:
    """A scanner reads handoff, revision and mark, nothing else, at the highest revision too."""
    code = CODE.replace("/1/", "/9999/")
    assert scanned(seen(contents_of(a_source()), code)) == [code]
    assert re.fullmatch(r"[0-9A-F-]{36}/9999/[A-Z2-7]{10}", code)


def named(name: str) -> Contents:
    """Return the contents of the paper of someone with this name."""
    contents = contents_of(a_source())
    return replace(contents, person=replace(contents.person, strong=(name,)))


@pytest.mark.parametrize("start", range(0, len(ALPHABET), 100))
def test_every_letter_of_a_name_has_a_glyph(start: int) -> None:
    """No letter that the schema takes is printed as a hole: typst refuses to write one."""
    name = " ".join(ALPHABET[start : start + 100])
    assert text_of(drawn(named(name)))


def test_every_mark_of_a_name_has_a_glyph() -> None:
    """Nor does a combining mark that the schema takes leave one."""
    assert text_of(drawn(named(" ".join("a" + chr(mark) for mark in range(0x300, 0x370)))))


def test_a_letter_without_a_glyph_is_refused() -> None:
    """What the fonts cannot show is an error, never an empty box on somebody's paper."""
    with pytest.raises(TypstError, match="could not be displayed"):
        drawn(named("\u6f22"))


def test_nothing_of_the_machine_is_in_the_page() -> None:
    """The same contents at the same time are the same bytes; every font is embedded."""
    pdf = drawn(contents_of(a_source()))
    assert pdf == drawn(contents_of(a_source()))
    page: Any = PdfReader(BytesIO(pdf)).pages[0]
    fonts = [font.get_object() for font in page["/Resources"]["/Font"].values()]
    assert fonts
    for font in fonts:
        (descendant,) = font["/DescendantFonts"]
        descriptor = descendant.get_object()["/FontDescriptor"]
        assert {"/FontFile2", "/FontFile3"} & set(descriptor)
        assert re.search("Libertinus|DejaVu", descriptor["/FontName"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_screen_reader_can_read_it(language: PaperLanguage) -> None:
    """The file says its language and title, is tagged, and names no person in its properties."""
    contents = contents_of(a_source(), language)
    reader = PdfReader(BytesIO(drawn(contents)))
    root: Any = reader.root_object
    assert root["/Lang"] == language
    assert root["/MarkInfo"]["/Marked"]
    assert reader.metadata is not None
    assert reader.metadata.title == contents.title
    metadata = root["/Metadata"].get_object().get_data().decode()
    assert "pdfuaid:part" in metadata
    assert "María" not in metadata + repr(reader.metadata)


def test_no_service_pays_for_it() -> None:
    """Neither the command line nor the service loads typst or segno before a paper is drawn."""
    program = (
        "import sys, exchange.cli.app, exchange.cli.paper, exchange.service; "
        "sys.exit(bool({'typst', 'segno'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
