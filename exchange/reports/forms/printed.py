"""
A report as PDF: pages that can be handed over and kept.

Nothing of the machine takes part: the fonts are those inside the typst package. The file is
PDF/UA-1 (a screen reader reads it in order) and PDF/A-2a (it can be kept); the same report makes
the same bytes.
"""

import json
from dataclasses import asdict
from functools import cache, partial
from importlib import resources
from typing import Final

from exchange.reports.document import Report
from exchange.reports.forms.shown import show
from exchange.reports.texts import Language, text

ROWS_MAX: Final = 1_000
"""How many rows of a section are printed; the other forms have the rest."""


def report_pdf(report: Report, language: Language) -> bytes:
    """Return the file."""
    import typst  # noqa: PLC0415  # 80 MB: for who prints alone

    say = partial(text, language=language)
    said = asdict(show(report, language, rows_max=ROWS_MAX)) | {
        "page": say("page", page="{page}", pages="{pages}"),
        "nothing": say("nothing"),
    }
    drawn = typst.compile(
        _source(),
        font_paths=typst.Fonts(include_system_fonts=False),
        sys_inputs={"report": json.dumps(said)},
        pdf_standards=["a-2a", "ua-1"],
        timestamp=int(report.made_at.timestamp()),
    )
    if not isinstance(drawn, bytes):
        message = "a PDF is one file"
        raise TypeError(message)
    return drawn


@cache
def _source() -> bytes:
    return (resources.files("exchange.reports.forms") / "printed.typ").read_bytes()
