"""A day begins at the first place that has it, and closes an hour after the last has left it."""

import datetime as dt

import pytest

from exchange.domain.parties import Side
from exchange.reports.days import has_begun, is_closed
from tests.builders import places

DAY = dt.date(2031, 3, 18)


def at(text: str) -> dt.datetime:
    """Return a moment of UTC."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("side", "begins"),
    [(Side.US, "2031-03-18T05:00:00"), (Side.MX, "2031-03-18T05:00:00")],
)
def test_a_day_begins_at_the_easternmost_place(side: Side, begins: str) -> None:
    """At the Gulf the day is five hours behind UTC in March; a second before it has not begun."""
    start = at(begins)
    assert has_begun(DAY, side, places(), now=start)
    assert not has_begun(DAY, side, places(), now=start - dt.timedelta(seconds=1))


@pytest.mark.parametrize("side", list(Side))
def test_a_day_closes_an_hour_after_the_westernmost_place_left_it(side: Side) -> None:
    """At the Pacific the day ends at seven UTC in March; at eight no figure moves any more."""
    closes = at("2031-03-19T08:00:00")
    assert is_closed(DAY, side, places(), now=closes)
    assert not is_closed(DAY, side, places(), now=closes - dt.timedelta(seconds=1))
    assert has_begun(DAY, side, places(), now=closes)
