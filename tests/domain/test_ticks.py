"""Every process knows the moments at which it is told that a handoff has ended."""

from datetime import UTC, datetime

import pytest

from exchange.domain.ticks import last_tick, next_tick


@pytest.mark.parametrize(
    ("now", "last", "following"),
    [
        ("16:30:00", "16:30:00", "16:31:00"),
        ("16:30:00.000001", "16:30:00", "16:31:00"),
        ("16:30:59.939999", "16:30:00", "16:31:00"),
        ("16:30:59.940000", "16:30:00", "16:32:00"),
        ("16:30:59.999999", "16:30:00", "16:32:00"),
    ],
)
def test_whatever_is_decided_between_two_ticks_is_said_at_the_second(
    now: str, last: str, following: str
) -> None:
    """What is decided too late to be stored before a tick is said at the one after it."""
    assert last_tick(on_the_day(now), 60) == on_the_day(last)
    assert next_tick(on_the_day(now), 60) == on_the_day(following)


def on_the_day(text: str) -> datetime:
    """Return a time of one day."""
    return datetime.fromisoformat(f"2031-03-18T{text}").replace(tzinfo=UTC)
