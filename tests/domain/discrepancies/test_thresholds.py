"""By when a discrepancy must be dealt with, and with what the rules measure."""

from datetime import UTC, date, datetime

import pytest
from pydantic import ValidationError

from exchange.domain.discrepancies.thresholds import Thresholds
from exchange.domain.severity import Severity
from exchange.errors import Sentence
from tests.domain.discrepancies.scenes import DAY, HOUR

MONDAY = datetime(2031, 3, 17, 18, 0, tzinfo=UTC)


def test_the_graver_it_is_the_sooner_it_is_due() -> None:
    """An hour day and night, a day, five working days."""
    thresholds = Thresholds()
    assert thresholds.due_at(MONDAY, Severity.CRITICAL) == MONDAY + HOUR
    assert thresholds.due_at(MONDAY, Severity.HIGH) == MONDAY + DAY
    assert thresholds.due_at(MONDAY, Severity.NORMAL) == MONDAY + 7 * DAY


@pytest.mark.parametrize(
    ("since", "days", "days_off", "due"),
    [
        (MONDAY, 0, (), MONDAY),
        (MONDAY, 1, (), MONDAY + DAY),
        (MONDAY + 4 * DAY, 1, (), MONDAY + 7 * DAY),
        (MONDAY + 5 * DAY, 1, (), MONDAY + 7 * DAY),
        (MONDAY, 1, (date(2031, 3, 18),), MONDAY + 2 * DAY),
        (MONDAY + 4 * DAY, 1, (date(2031, 3, 24),), MONDAY + 8 * DAY),
    ],
)
def test_only_days_on_which_somebody_works_count(
    since: datetime, days: int, days_off: tuple[date, ...], due: datetime
) -> None:
    """Saturdays, Sundays and the days off of either side are passed over."""
    thresholds = Thresholds(normal_due_working_days=days, days_off=frozenset(days_off))
    assert thresholds.due_at(since, Severity.NORMAL) == due


def test_a_time_at_the_end_of_the_calendar_is_still_one() -> None:
    """What a partner's clock says of the last year that there is breaks nothing."""
    last = datetime(9999, 12, 31, 23, 0, tzinfo=UTC)
    for severity in Severity:
        assert Thresholds().due_at(last, severity) >= last


def test_thresholds_are_settings_with_units_and_bounds() -> None:
    """Each says in both languages what it counts, and nonsense is refused."""
    for field in Thresholds.model_fields.values():
        assert isinstance(field.description, Sentence)
        assert field.description.es != field.description.en
    for wrong in ({"late_entry_seconds": 0}, {"refusals_percent_max": 101}, {"unknown": 1}):
        with pytest.raises(ValidationError):
            Thresholds.model_validate(wrong)
