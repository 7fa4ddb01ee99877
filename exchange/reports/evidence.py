"""
The page in an evidence bundle that a person reads: what is in it, in both languages.

It says what the maker found, and that it proves nothing: the files beside it do, to whoever
verifies them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal

from jinja2 import Environment, StrictUndefined, Template

from exchange.reports.texts import LANGUAGES, text

PAGE = "index.html"


@dataclass(frozen=True, slots=True)
class ShownLine:
    """
    One line as the page shows it: what cannot be read is None.

    *kind* is a key of the catalogues.
    """

    file: str
    speaker: str
    said_at: str | None
    kind: str | None
    body: Literal["there", "absent", "none"]
    receipt: Literal["accepted", "rejected", "absent", "none"]


@dataclass(frozen=True, slots=True)
class Shown:
    """What a bundle is about (its kind, and which), who made it when, and its lines."""

    about: Literal["handoff", "message", "day"]
    what: str
    made_by: str
    made_at: str
    lines: Sequence[ShownLine]


def evidence_page(shown: Shown) -> bytes:
    """Return the page, in UTF-8."""
    page = _template().render(
        languages=LANGUAGES,
        say=text,
        about=shown.about,
        what=shown.what,
        made_by=shown.made_by,
        made_at=shown.made_at,
        lines=shown.lines,
    )
    return page.encode("utf-8")


@cache
def _template() -> Template:
    source = (resources.files("exchange.reports.forms") / "evidence.html.j2").read_text("utf-8")
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(source)
