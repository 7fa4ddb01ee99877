"""The table of moves as the manual shows it."""

from pathlib import Path
from typing import get_args

import pytest

from exchange.domain.drawing import draw_moves, draw_stages
from exchange.domain.stages import BY_MX, BY_US, NO_MOVE, LocalStage, Stage
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


def test_the_heads_are_words_and_the_table_is_the_codes() -> None:
    """In English the tables are those of the code; in Spanish only the heads differ."""
    english, spanish = draw_moves("en"), draw_moves("es")
    assert all(table.rstrip("\n") in english for table in (BY_US, BY_MX, NO_MOVE))
    heads = [line for line in spanish.splitlines() if line.startswith(" " * 14 + "|")]
    assert [[cell.strip() for cell in head.split("|")[1:]] for head in heads] == [
        ["aviso", "cancelación", "partida", "presentación", "no presentación", "cierre"],
        ["respuesta", "recepción", "no recepción", "visa"],
        ["audiencia", "cambio de visa", "salida", "dicho"],
    ]
    cells = [
        [[cell.strip() for cell in line.split("|")] for line in drawn.splitlines()]
        for drawn in (english, spanish)
    ]
    ours, theirs = ([row for row in one if row[0] in set(Stage)] for one in cells)
    assert ours == theirs


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
