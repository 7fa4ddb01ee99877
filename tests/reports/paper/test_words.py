"""The paper's words: every one in four languages, with the same gaps to fill."""

import re
from collections.abc import Iterator

import pytest

from exchange.domain.places import zone_of
from exchange.reports.paper import words
from exchange.reports.paper.words import LANGUAGES, UNREAD, ZONES, Words, language_of
from tests.builders import places


def every_words() -> Iterator[tuple[str, Words]]:
    """Give every sentence of the table, those inside its lists too."""
    for name, value in vars(words).items():
        if isinstance(value, Words):
            yield name, value
        elif name in {"ZONES", "DOUBTS", "AUTHORITIES"}:
            yield from ((f"{name}[{key}]", one) for key, one in value.items())


def test_every_language_has_every_text() -> None:
    """No sentence is empty in any language, and each asks for the same facts in all four."""
    found = dict(every_words())
    assert len(found) > 50
    for name, sentence in found.items():
        gaps = {frozenset(re.findall(r"\{(\w+)\}", text)) for text in sentence}
        assert len(gaps) == 1, name
        assert all(text.strip() for text in sentence), name


def test_what_is_said_differs_by_language() -> None:
    """No sentence was left in another language: whole sentences differ in all four."""
    for name, sentence in every_words():
        if sum(map(len, sentence)) > 4 * 45:
            assert len(set(sentence)) == len(LANGUAGES), name


def test_every_zone_of_a_place_has_a_name() -> None:
    """A port or receiving point keeps a time that people have a word for."""
    zones = {port.zone for port in places()}
    zones |= {point.zone for port in places() for point in port.receiving_points}
    assert zones <= set(ZONES)
    for zone in ZONES:
        zone_of(zone)


@pytest.mark.parametrize(
    ("spoken", "language"),
    [("spa", "es"), ("eng", "en"), ("por", "pt"), ("hat", "ht"), ("quc", "es"), ("fra", "es")],
)
def test_a_person_gets_their_own_language(spoken: str, language: str) -> None:
    """Whoever speaks one of the four gets it; everybody else Spanish."""
    assert language_of(spoken) == language


def test_no_native_reader_has_seen_two_of_them() -> None:
    """Portuguese and Haitian Creole are marked until a native reader has read them."""
    assert {"pt", "ht"} == UNREAD
