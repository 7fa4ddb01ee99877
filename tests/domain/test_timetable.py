"""docs/deadlines.md shows every deadline and limit as the program has them."""

from collections.abc import Callable
from pathlib import Path
from typing import get_args

import pytest

from exchange.domain.deadlines import DEADLINES
from exchange.domain.limits import Limits
from exchange.domain.timetable import draw_deadlines, draw_escalation, draw_limits
from exchange.errors import Language

DOCUMENT = Path(__file__).parents[2] / "docs/deadlines.md"
LANGUAGES: tuple[Language, ...] = get_args(Language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("draw", [draw_deadlines, draw_limits, draw_escalation])
def test_the_manual_shows_the_table_as_it_is(
    draw: Callable[[Language], str], language: Language
) -> None:
    """Each table stands in the manual, word for word, in both languages."""
    assert f"\n\n{draw(language)}\n" in DOCUMENT.read_text("utf-8")


def test_every_row_is_drawn() -> None:
    """No deadline and no limit is left out, and no cell is empty."""
    for deadline in DEADLINES:
        assert f"| `{deadline.name}` |" in draw_deadlines("en")
    for name in Limits.model_fields.keys() - {"escalation"}:
        assert f"| `{name}` |" in draw_limits("en")
    assert "|  |" not in draw_limits("es") + draw_deadlines("es") + draw_escalation("es")


def test_a_time_is_said_in_the_unit_that_is_whole() -> None:
    """Seconds, minutes, hours and days, as a person would say them."""
    drawn = draw_limits("en")
    for row in (
        "| `receipt_seconds` | 5 min |",
        "| `window_seconds` | 0 s |",
        "| `notice_lead_seconds_min` | 4 h |",
        "| `case_end_seconds` | 180 d |",
        "| `stay_buffer_days` | 14 d |",
    ):
        assert row in drawn
