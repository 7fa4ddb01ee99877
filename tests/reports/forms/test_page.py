"""A report as one HTML file: whole in itself, without a script, and read in order."""

import re
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser

import pytest

from exchange.reports.document import Chart, ChartForm, Report, Section
from exchange.reports.forms.page import report_page
from exchange.reports.texts import LANGUAGES, Language
from tests.builders import HANDOFF
from tests.reports.samples import EVERY_KIND, FIGURES, FLOW, HOSTILE, a_report, hostile

VOID = {"meta", "rect", "path", "br"}
LIGHT, DARK = "light", "dark"
TEXT_CONTRAST, GRAPHIC_CONTRAST = 4.5, 3.0
"""WCAG 2.2, 1.4.3 and 1.4.11."""


@dataclass
class Page(HTMLParser):
    """A page as a strict reader sees it."""

    source: str
    tags: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    text: str = ""
    open: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.source)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember an element, and that it is open."""
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember an element that has no content."""
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        """Close the element that was opened last: pages have no other."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Collect what is read."""
        if "style" not in self.open:
            self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """Return the attributes of every element of a kind."""
        return [attributes for name, attributes in self.tags if name == tag]


def page(report: Report, language: Language = "en") -> Page:
    """Return the page of a report; every element in it is closed where it should be."""
    return Page(report_page(report, language).decode("utf-8"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_needs_nothing_else(language: Language) -> None:
    """It has no script, no link outward, no image and no font to fetch, and forbids itself any."""
    found = page(a_report(EVERY_KIND, FLOW, FIGURES), language)
    assert {tag for tag, _ in found.tags} & {"script", "link", "img", "iframe", "form"} == set()
    assert not re.search(r"url\(|@import|https?://|javascript:", found.source)
    assert all(one["href"].startswith("#") for one in found.all("a") if one["href"])
    policy = [one["content"] for one in found.all("meta") if "http-equiv" in one]
    assert policy == ["default-src 'none'; style-src 'unsafe-inline'"]
    assert found.all("html") == [{"lang": language}]
    assert {
        name for _, attributes in found.tags for name in attributes if name[:2] == "on"
    } == set()


def test_every_section_is_listed_and_is_there() -> None:
    """The contents lead to each heading, and each table is named by its own."""
    found = page(a_report(EVERY_KIND, FLOW, FIGURES))
    ids = [one["id"] for one in found.all("h2")]
    assert ids == ["out-of-order", "stages", "ledger"]
    assert [one["href"] for one in found.all("a")] == [f"#{id_}" for id_ in ids]
    assert [one["aria-labelledby"] for one in found.all("table")] == ids[:2]
    assert len(found.all("h1")) == 1


def test_a_cell_has_its_heading_also_where_rows_become_lists() -> None:
    """Column and row headings have their scope; on a narrow screen each cell repeats its own."""
    found = page(a_report(replace(FLOW, chart=None)))
    scopes = [one["scope"] for one in found.all("th")]
    assert scopes == ["col"] * 3 + ["row"] * 4
    assert found.source.count('<span class="heading" aria-hidden="true">Count</span>') == 4


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_says_every_figure(language: Language) -> None:
    """Head, cells, total, what is left out and what is drawn all stand in the text."""
    words = {
        "en": ("12% (1 of 8)", "Mar 17, 2031, 11:00 PDT", "2 more are not listed here."),
        "es": ("12% (1 de 8)", "17 mar 2031, 18:00 UTC", "Faltan 2, que no se enumeran aquí."),
    }
    found = page(a_report(), language)
    for said in (*words[language], "2504 San Ysidro", "12,345", HANDOFF, "59"):
        assert said in found.text


def test_a_name_is_never_taken_for_markup() -> None:
    """What a text holds is read as it is written."""
    found = page(a_report(hostile()))
    assert all(name.strip() in found.text for name in HOSTILE if "\n" not in name)


def test_a_bar_is_as_long_as_its_figure() -> None:
    """The longest fills the room; parts follow each other, and a part of nothing is not drawn."""
    stacked = Section(
        id="stages",
        columns=FLOW.columns,
        rows=(("noticed", "accepted", 30), ("accepted", "received", 0), ("closed", None, 10)),
        chart=Chart(ChartForm.STACKED, ("stage",), ("count",)),
    )
    rects = [one for one in page(a_report(stacked)).all("rect") if "x" in one]
    assert [(one["x"], one["width"]) for one in rects] == [("0.0", "100.0"), ("0.0", "33.333")]


def test_a_flow_is_drawn_with_its_words() -> None:
    """Each stage stands once on its side, with its sum; each row is a band; all has a name."""
    found = page(a_report(FLOW))
    (drawing,) = (one for one in found.all("svg") if one.get("role") == "img")
    assert "Present stage" in str(drawing["aria-label"])
    assert len(found.all("path")) == len(FLOW.rows)
    assert re.findall(r"<text x=\"12\"[^>]*>([^<]+)", found.source) == ["noticed", "accepted"]
    assert re.findall(r"class=\"count\"[^>]*>([^<]+)", found.source) == [
        "34",
        "25",
        "30",
        "4",
        "25",
    ]


def test_a_section_of_nothing_says_so() -> None:
    """A table without rows and a flow of nobody are one word."""
    empty = page(a_report(replace(FLOW, rows=(), total=None)))
    assert "Nothing." in empty.text
    assert empty.all("table") == []


@pytest.mark.parametrize("scheme", [LIGHT, DARK])
def test_words_and_drawings_can_be_told_from_the_paper(scheme: str) -> None:
    """By day and by night every colour has the contrast that WCAG AA asks for."""
    colours = _colours(scheme)
    paper = colours["paper"]
    for name in ("ink", "soft", "link"):
        assert _contrast(colours[name], paper) >= TEXT_CONTRAST, name
    assert _contrast(colours["ink"], colours["band"]) >= TEXT_CONTRAST
    for name in ("good", "bad"):
        assert _contrast(colours[name], colours[f"{name}-paper"]) >= TEXT_CONTRAST, name
    for number in range(8):
        assert _contrast(colours[f"c{number}"], paper) >= GRAPHIC_CONTRAST, number


def _colours(scheme: str) -> dict[str, str]:
    """Return the colours of the page by name, as its style sheet has them for a scheme."""
    source = report_page(a_report(FIGURES), "en").decode("utf-8")
    light, dark = re.findall(r":root \{([^}]*)\}", source)[:2]
    named = r"--([a-z0-9-]+): (#[0-9a-f]{6})"
    return dict(re.findall(named, light if scheme == LIGHT else dark))


def _contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours (WCAG 2.2, relative luminance)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
    return sum(weight * one for weight, one in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
