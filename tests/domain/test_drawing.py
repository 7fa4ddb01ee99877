"""The table of moves as the manual shows it."""

from pathlib import Path
from typing import get_args

import pytest

from exchange.domain.drawing import draw_moves, draw_stages
from exchange.domain.stages import LocalStage, Stage
from exchange.errors import Language

DOCUMENT = Path(__file__).parents[2] / "docs" / "stages.md"
LANGUAGES: tuple[Language, ...] = get_args(Language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_drawing_names_everything(language: Language) -> None:
    """In either language each stage has its line in each part, and each code is explained."""
    drawing = draw_stages(language)
    for stage in Stage:
        assert drawing.count(f"\n{stage:<13} | ") == 3
    for word in (*LocalStage, "unknown-subject", "superseded", "out-of-place", "repeat"):
        assert word in drawing
    assert all(len(line) <= 100 for line in drawing.splitlines())


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_both_know_has_nothing_of_one_side(language: Language) -> None:
    """What is drawn for the partner names no stage that the US side has on its own."""
    drawing = draw_moves(language)
    assert draw_stages(language).startswith(drawing)
    assert not any(stage.value in drawing for stage in LocalStage)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_manual_shows_the_table_as_it_is(language: Language) -> None:
    """docs/stages.md has what ``exchange stages`` prints, in both languages."""
    assert f"\n```\n{draw_stages(language)}\n```\n" in DOCUMENT.read_text("utf-8")
