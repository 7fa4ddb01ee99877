"""Whom an alarm reaches that nobody ends."""

import pytest
from pydantic import ValidationError

from exchange.domain.escalation import LEVELS, Escalation, Level
from exchange.domain.severity import SEVERITIES, Severity
from exchange.errors import Sentence

ESCALATION = Escalation()
HOUR = 3600


@pytest.mark.parametrize(
    ("severity", "region", "headquarters"),
    [
        (Severity.CRITICAL, HOUR, 4 * HOUR),
        (Severity.HIGH, 24 * HOUR, 72 * HOUR),
        (Severity.NORMAL, 120 * HOUR, 240 * HOUR),
    ],
)
def test_an_alarm_rises_with_time(severity: Severity, region: int, headquarters: int) -> None:
    """First the desk, at once, then the region, then headquarters, each at its time."""
    seconds = [ESCALATION.seconds(level, severity) for level in Level]
    assert seconds == [0, region, headquarters]


def test_each_time_is_a_setting() -> None:
    """Whoever sets one moves that level of that severity, and no other."""
    changed = Escalation(region_after_high_seconds=HOUR)
    assert changed.seconds(Level.REGION, Severity.HIGH) == HOUR
    assert changed.seconds(Level.REGION, Severity.CRITICAL) == HOUR
    assert changed.seconds(Level.HEADQUARTERS, Severity.HIGH) == 72 * HOUR


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
