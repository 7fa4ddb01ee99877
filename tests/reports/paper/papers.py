"""Papers for the tests: a source by default, and a page read back as text and as an image."""

import re
import struct
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import zxingcpp
from pypdf import PdfReader

from exchange.domain.messages.hearing_notice import HearingNotice
from exchange.domain.messages.return_notice import Hearing
from exchange.domain.places import Appointment, LocalAppointment
from exchange.proof.papers import make_paper_code
from exchange.reports.paper.contents import Contents, Source, make_contents
from exchange.reports.paper.drawing import draw_paper
from exchange.reports.paper.words import PaperLanguage
from tests.builders import HANDOFF, HEARING, NOW, SALT, a_notice, places

_PAETH = 4
US, MX = "urn:handoff:us:cbp", "urn:handoff:mx:inm"
CODE = make_paper_code(HANDOFF, 1, salt=SALT).text
LONGEST = {
    "person__given_names": "W" * 80,
    "person__first_surname": "Ẅ" * 60,
    "person__second_surname": ("Æthelflædȝ-Ǣlfgyfu d\u2019Ằẵỡ " * 3)[:60],
    "person__full_name_as_recorded": "Ŵ" * 201,
    "person__birth_date": "1994",
}
"""Names at the bounds of the schema, of the widest letters and without a place to break."""


def an_appointment(local: str, zone: str = "America/Los_Angeles") -> Appointment:
    """Return an appointment as an honest sender makes it."""
    return Appointment.made_from(LocalAppointment(local=local, zone=zone))


def a_hearing_notice(**changes: Any) -> HearingNotice:
    """Return the word of a court that moved the default hearing by a week."""
    document: dict[str, Any] = {
        "salt": "AQECAwQFBgcICQoLDA0ODw",
        "status": "scheduled",
        "hearing": HEARING,
        "version": 2,
        "hearing_at": an_appointment("2031-05-13T13:00"),
        "present_at": an_appointment("2031-05-13T09:00"),
        "presentation_port": "2504",
        "source_as_of": "2031-04-20T15:30:00Z",
    }
    return HearingNotice.model_validate(document | changes)


def no_hearing(**changes: Any) -> HearingNotice:
    """Return the word of a court that took the hearing from its calendar."""
    absent = {"hearing_at": None, "present_at": None, "presentation_port": None}
    return a_hearing_notice(status="none-scheduled", **absent, **changes)


def a_source(hearing: Hearing | HearingNotice | None = None, **changes: Any) -> Source:
    """Return what a paper is drawn from: a notice and, where given, a later hearing."""
    notice = a_notice(**changes)
    return Source(notice=notice, hearing=hearing or notice.hearing, issuer=US, sealed_at=NOW)


def contents_of(source: Source, language: PaperLanguage = "en", printed_by: str = MX) -> Contents:
    """Return the contents of a paper that Mexico prints now."""
    return make_contents(source, places(), language, printed_by=printed_by, printed_at=NOW)


def text_of(pdf: bytes) -> str:
    """Return the words of the one page of *pdf*, single-spaced, as a reader without eyes has it."""
    (page,) = PdfReader(BytesIO(pdf)).pages
    return re.sub(r"\s+", " ", page.extract_text().replace("\u200b", ""))


def drawn(contents: Contents) -> bytes:
    """Return the PDF of *contents*."""
    return draw_paper(contents, CODE, printed_at=NOW)


def seen(contents: Contents, code: str = CODE) -> memoryview:
    """Return the page as an image: how light each point of each row is, from 0 to 255."""
    return _grey(draw_paper(contents, code, printed_at=NOW, form="png"))


def scanned(image: memoryview) -> list[str]:
    """Return what a scanner reads from an image."""
    return [found.text for found in zxingcpp.read_barcodes(image)]


def _grey(png: bytes) -> memoryview:
    """Return the red channel of an RGBA image without interlace (PNG, third edition, §7 and §9)."""
    width, height = struct.unpack(">II", png[16:24])
    assert png[24:29] == bytes([8, 6, 0, 0, 0])
    octets = zlib.decompress(b"".join(_image_data(png)))
    above, grey = bytearray(width), bytearray()
    for start in range(0, len(octets), 1 + 4 * width):
        row = bytearray(octets[start + 1 : start + 1 + 4 * width : 4])
        above = _unfiltered(octets[start], row, above)
        grey += above
    return memoryview(grey).cast("B", (height, width))


def _image_data(png: bytes) -> Iterator[bytes]:
    place = 8
    while place < len(png):
        (size,) = struct.unpack(">I", png[place : place + 4])
        if png[place + 4 : place + 8] == b"IDAT":
            yield png[place + 8 : place + 8 + size]
        place += 12 + size


def _unfiltered(kind: int, row: bytearray, above: bytearray) -> bytearray:
    left = corner = 0
    for place, up in enumerate(above):
        if kind and (row[place] or not left == up == corner):
            left = (row[place] + _predicted(kind, left, up, corner)) & 255
        elif not kind:
            left = row[place]
        row[place], corner = left, up
    return row


def _predicted(kind: int, left: int, up: int, corner: int) -> int:
    if kind < _PAETH:
        return (0, left, up, (left + up) // 2)[kind]
    to_left, to_up, to_corner = abs(up - corner), abs(left - corner), abs(left + up - 2 * corner)
    if to_left <= to_up and to_left <= to_corner:
        return left
    return up if to_up <= to_corner else corner
