"""
The night the clocks change.

As it was reported: a hearing at "1:30" on the first Sunday of November is two moments, one at
"2:30" on the second Sunday of March is none, and a day at the line has 25 hours or 23. Two
authorities whose calendars count the day differently expect the same person on two days.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from exchange.domain import decision, hearings, places
from exchange.domain.handoff import Stage
from exchange.domain.places import zone_of
from exchange.domain.wire import utc_text
from exchange.errors import Invalid
from tests.flow.standing import drafted, noticed
from tests.ledgers import assert_agree
from tests.scenarios.desks import POINT, ToDo, expected, to_do
from tests.sides import BothSides

ACCEPTED = {"answer": "accepted", "officer": "INM-77"}
EVE = datetime(2031, 11, 1, 18, 0, tzinfo=UTC)
"""The last day of summer time: the clocks of Tijuana and San Diego go back in this night."""


def at(local: str, zone: str = "America/Los_Angeles") -> dict[str, str]:
    """Return a time on the wall."""
    return {"local": local, "zone": zone}


def of_that_night(both: BothSides, **changes: Any) -> dict[str, Any]:
    """Return what a decision of the eve says differently from the default one."""
    return {
        "decided_at": utc_text(both.clock() - timedelta(hours=1)),
        "return__window": {"from": "2031-11-02T08:30:00Z", "to": "2031-11-02T09:30:00Z"},
        "hearing__hearing_at": at("2031-12-09T08:00"),
        "hearing__present_at": at("2031-12-09T04:00"),
        "hearing__source_as_of": utc_text(both.clock() - timedelta(hours=1)),
    } | changes


@pytest.mark.parametrize(
    ("local", "code"),
    [("2031-11-02T01:30", "ambiguous-local-time"), ("2032-03-14T02:30", "no-such-local-time")],
)
async def test_an_hour_that_is_not_one_hour_is_no_appointment(
    both: BothSides, local: str, code: str
) -> None:
    """A time that the wall shows twice, or never, is refused with the place where it stands."""
    both.clock.at = EVE - timedelta(days=1)
    changes = of_that_night(both, hearing__present_at=at(local))
    changes |= {
        "return__window": {"from": "2031-11-01T16:00:00Z", "to": "2031-11-01T20:00:00Z"},
        "hearing__hearing_at": at(local[:11] + "08:00"),
    }
    with pytest.raises(Invalid) as caught:
        await drafted(both.us, **changes)
    assert [(one.pointer, one.code) for one in caught.value.faults] == [
        ("/hearing/present_at/local", code)
    ]


def _the_first_of_two(local: str, zone: str) -> datetime:
    """Read a local time as programs do that never ask whether it exists once."""
    return datetime.fromisoformat(local).replace(tzinfo=zone_of(zone)).astimezone(UTC)


async def test_a_program_that_takes_the_first_of_two_is_found(
    both: BothSides, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The test above bites: where the hour that exists twice is taken for its first, it fails."""
    for module in (places, decision, hearings):
        monkeypatch.setattr(module, "resolve_local", _the_first_of_two)
    with pytest.raises(pytest.fail.Exception, match="DID NOT RAISE"):
        await test_an_hour_that_is_not_one_hour_is_no_appointment(
            both, "2031-11-02T01:30", "ambiguous-local-time"
        )


@pytest.mark.parametrize(
    ("local", "utc"),
    [
        ("2031-11-02T00:59", "2031-11-02T07:59:00Z"),
        ("2031-11-02T02:00", "2031-11-02T10:00:00Z"),
        ("2032-03-14T01:59", "2032-03-14T09:59:00Z"),
        ("2032-03-14T03:00", "2032-03-14T10:00:00Z"),
    ],
)
async def test_both_sides_read_an_hour_beside_it_as_one_moment(
    both: BothSides, local: str, utc: str
) -> None:
    """The minute before the clocks change and the one after are each the same for both sides."""
    both.clock.at = EVE - timedelta(days=1)
    changes = of_that_night(both, hearing__present_at=at(local))
    changes |= {
        "return__window": {"from": "2031-11-01T16:00:00Z", "to": "2031-11-01T20:00:00Z"},
        "hearing__hearing_at": at(local[:11] + "08:00"),
    }
    handoff = await noticed(both, **changes)
    for side in (both.us, both.mx):
        present_at = (await side.shared(handoff)).present_at
        assert present_at is not None
        assert utc_text(present_at) == utc


async def test_a_window_in_the_hour_that_comes_twice_is_on_one_day(both: BothSides) -> None:
    """From 1:30 to 1:30 is an hour: who crosses in it is expected once, on that day, and served."""
    both.clock.at = EVE
    handoff = await noticed(both, **of_that_night(both))
    await both.mx.answers.acknowledge(handoff, ACCEPTED, actor="desk")
    await both.settle()

    assert await expected(both.mx, "2031-11-02") == [handoff]
    assert await to_do(both.mx, "2031-11-02") == [ToDo(handoff, "expected", overdue=False)]
    for on in ("2031-11-01", "2031-11-03"):
        assert await expected(both.mx, on) == []

    both.clock.at = datetime(2031, 11, 2, 9, 29, tzinfo=UTC)
    seen = {
        "outcome": "received",
        "at": utc_text(both.clock()),
        "receiving_point": POINT,
        "identity": "match",
    }
    await both.mx.answers.record_reception(handoff, seen, actor="desk")
    await both.settle()
    assert (await both.us.shared(handoff)).stage is Stage.RECEIVED
    await assert_agree(both)


@pytest.mark.parametrize(
    ("opens", "on"),
    [
        ("2031-11-02T06:59:00Z", "2031-11-01"),
        ("2031-11-02T07:00:00Z", "2031-11-02"),
        ("2031-11-03T07:59:00Z", "2031-11-02"),
        ("2031-11-03T08:00:00Z", "2031-11-03"),
    ],
)
async def test_the_long_day_has_all_its_hours(both: BothSides, opens: str, on: str) -> None:
    """The day has 25 hours: its first minute and its last are its own, and no other day's."""
    both.clock.at = EVE
    closes = utc_text(datetime.fromisoformat(opens) + timedelta(hours=1))
    window = {"from": opens, "to": closes}
    handoff = await noticed(both, **of_that_night(both, return__window=window))
    days = ("2031-11-01", "2031-11-02", "2031-11-03", "2031-11-04")
    assert [day for day in days if await expected(both.mx, day)] == [on]
    await both.mx.answers.acknowledge(handoff, ACCEPTED, actor="desk")
    await both.settle()
    busy = [day for day in days if await to_do(both.mx, day)]
    assert busy[0] == on
