"""
The page itself: typst lays it out, segno makes its QR code.

Nothing of the machine takes part: the fonts are those inside the typst package, there is no
network, and the same contents at the same time make the same bytes. The PDF is PDF/UA-1 (a
screen reader reads it in order) and PDF/A-2a (it can be kept); to write either, typst refuses
a character that its fonts cannot show, so that no name is ever printed with a hole.
"""

import json
from dataclasses import asdict
from datetime import datetime
from importlib import resources
from io import BytesIO
from typing import Literal, TypeAlias

import segno
import typst

from exchange.reports.paper.contents import Contents

Format: TypeAlias = Literal["pdf", "png"]

_PIXELS_PER_INCH = 144
_QUIET_ZONE = 4  # modules, ISO/IEC 18004 §9.1


def draw_paper(
    contents: Contents, code: str, *, printed_at: datetime, form: Format = "pdf"
) -> bytes:
    """
    Return the page with *contents* and the QR code that holds *code*, as PDF or as an image.

    The text is as large as one page allows.
    """
    drawn = typst.compile(
        (resources.files("exchange.reports.paper") / "paper.typ").read_bytes(),
        format=form,
        font_paths=typst.Fonts(include_system_fonts=False),
        sys_inputs={"paper": json.dumps(asdict(contents)), "code": code, "qr": _qr(code)},
        pdf_standards=["a-2a", "ua-1"],
        timestamp=int(printed_at.timestamp()),
        ppi=_PIXELS_PER_INCH,
    )
    if not isinstance(drawn, bytes):
        message = "a paper has one page"
        raise TypeError(message)
    return drawn


def _qr(code: str) -> str:
    """Return the QR code as SVG, with a third of it to spare for folds and stains."""
    svg = BytesIO()
    segno.make_qr(code, error="h", boost_error=False).save(svg, kind="svg", border=_QUIET_ZONE)
    return svg.getvalue().decode("utf-8")
