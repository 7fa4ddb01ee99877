"""Whom an alarm reaches that nobody ends."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from exchange.domain.escalation import LEVELS, Escalation, Level, level_at
from exchange.domain.severity import SEVERITIES, Severity
from exchange.errors import Sentence
from tests.builders import NOW

ESCALATION = Escalation()
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("severity", "region", "headquarters"),
    [
        (Severity.CRITICAL, HOUR, 4 * HOUR),
        (Severity.HIGH, 24 * HOUR, 72 * HOUR),
        (Severity.NORMAL, 120 * HOUR, 240 * HOUR),
    ],
)
def test_an_alarm_rises_with_time(
    severity: Severity, region: timedelta, headquarters: timedelta
) -> None:
    """First the desk, then the region, then headquarters, each at its time and not before."""
    second = timedelta(seconds=1)
    for after, level in (
        (timedelta(0), Level.PORT),
        (region - second, Level.PORT),
        (region, Level.REGION),
        (headquarters - second, Level.REGION),
        (headquarters, Level.HEADQUARTERS),
    ):
        assert level_at(NOW, NOW + after, severity, ESCALATION) is level


@given(st.sampled_from(Severity), st.integers(0, 10**7), st.integers(0, 10**7))
def test_it_never_falls(severity: Severity, first: int, more: int) -> None:
    """Whoever was told once is told as long as the alarm is open."""
    order = list(Level)
    levels = [
        order.index(level_at(NOW, NOW + timedelta(seconds=seconds), severity, ESCALATION))
        for seconds in (first, first + more)
    ]
    assert levels == sorted(levels)


def test_the_region_is_told_first() -> None:
    """Settings that pass the region over are refused."""
    with pytest.raises(ValidationError, match="region"):
        Escalation(region_after_high_seconds=999_999)


@pytest.mark.parametrize("level", [Level.REGION, Level.HEADQUARTERS])
@pytest.mark.parametrize("severity", Severity)
def test_each_setting_says_of_which_alarm_and_whom_it_tells(
    severity: Severity, level: Level
) -> None:
    """In both languages, with the words that the alarms and levels bear elsewhere."""
    words = Escalation.model_fields[f"{level}_after_{severity}_seconds"].description
    assert isinstance(words, Sentence)
    assert f"a {SEVERITIES[severity].en} alarm until the {LEVELS[level].en} level" in words.en
    assert f"una alarma {SEVERITIES[severity].es} hasta" in words.es
    assert words.es.endswith(f"nivel de {LEVELS[level].es}.")


def test_every_level_has_its_words() -> None:
    """In English and in Spanish."""
    assert set(LEVELS) == set(Level)
    assert all(words.en != words.es for words in LEVELS.values())
