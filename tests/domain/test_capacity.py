"""How many a receiving point still takes, and when it next can."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.domain.capacity import (
    Booked,
    NoRoom,
    Plan,
    Room,
    Span,
    find_refusal,
    next_free,
    room,
)
from exchange.domain.limits import Limits
from exchange.domain.messages.capacity_advisory import CapacityAdvisory
from exchange.errors import Fault
from tests.builders import NOW, a_capacity_advisory

ZONE = "America/Tijuana"
LIMITS = Limits()
DAY = date(2031, 3, 18)
ONE = Booked(people=1)


def span(opens: str, closes: str, day: int = 18) -> Span:
    """Return a window of hours of a day in March, by UTC; Tijuana is seven hours behind."""
    first, last = (
        datetime.fromisoformat(f"2031-03-{day:02}T{hour}+00:00") for hour in (opens, closes)
    )
    return Span(first, last)


WINDOW = span("16:00:00", "20:00:00")


@pytest.mark.parametrize(
    ("changes", "booked", "window", "expected"),
    [
        ({}, Booked(), WINDOW, Room(80, 12)),
        ({}, Booked(79, 11), WINDOW, Room(1, 1)),
        ({}, Booked(80, 3), WINDOW, Room(0, 9, "over-capacity")),
        ({}, Booked(90, 20), WINDOW, Room(0, 0, "over-capacity")),
        ({"families_max": 0}, Booked(), WINDOW, Room(80, 0)),
        ({"people_max": 0}, Booked(), WINDOW, Room(0, 0, "point-closed")),
        ({}, Booked(), span("15:59:59", "20:00:00"), Room(0, 0, "outside-hours")),
        ({"closes": "13:00"}, Booked(), WINDOW, Room(80, 12)),
        ({"closes": "12:59"}, Booked(), WINDOW, Room(0, 0, "outside-hours")),
        ({}, Booked(), span("16:00:00", "20:00:00", 19), Room(0, 0, "outside-hours")),
        (
            {"opens": "00:00", "closes": "23:59"},
            Booked(),
            Span(WINDOW.opens, WINDOW.opens + timedelta(days=1)),
            Room(0, 0, "outside-hours"),
        ),
    ],
)
def test_room_is_what_is_left_while_the_point_receives(
    changes: dict[str, object], booked: Booked, window: Span, expected: Room
) -> None:
    """From its opening until just before its closing, by its own clock, less what is booked."""
    assert room(a_capacity_advisory(**changes), booked, window, ZONE) == expected


def plan(*advisories: CapacityAdvisory, booked: dict[date, Booked] | None = None) -> Plan:
    """Return what El Chaparral takes and expects."""
    return Plan(ZONE, {date.fromisoformat(one.on): one for one in advisories}, booked or {})


def refusal(
    asked: Booked, of: Plan, *, window: Span = WINDOW, not_before: datetime = NOW
) -> NoRoom | None:
    """Return why the window is refused."""
    return find_refusal(window, asked, of, not_before=not_before, limits=LIMITS)


FULL = a_capacity_advisory(people_max=2, families_max=1)
TOMORROW = a_capacity_advisory(on="2031-03-19")


def test_a_window_with_room_is_not_refused() -> None:
    """Up to the last place; and a day that Mexico said nothing about has no limit here."""
    assert refusal(Booked(2, 1), plan(FULL)) is None
    assert refusal(Booked(500, 90), plan()) is None
    assert refusal(Booked(1, 0), plan(FULL, booked={DAY: Booked(1, 1)})) is None


def test_who_is_expected_that_day_takes_up_room() -> None:
    """Those booked for the day are counted, and those of another day are not."""
    refused = refusal(ONE, plan(FULL, booked={DAY: Booked(2)}))
    assert refused is not None
    assert refused.fault == Fault("/return/window", "over-capacity")
    assert refusal(ONE, plan(FULL, booked={date(2031, 3, 19): Booked(2)})) is None


@pytest.mark.parametrize(
    ("asked", "day", "pointer", "code"),
    [
        (Booked(3), FULL, "/return/window", "over-capacity"),
        (Booked(2, 2), FULL, "/return/window", "over-capacity"),
        (ONE, a_capacity_advisory(people_max=0), "/return/receiving_point", "point-closed"),
        (ONE, a_capacity_advisory(closes="10:00"), "/return/window", "outside-hours"),
    ],
)
def test_a_window_without_room_is_refused_with_the_next(
    asked: Booked, day: CapacityAdvisory, pointer: str, code: str
) -> None:
    """The port is told where and why, and the next day at the same hour."""
    refused = refusal(asked, plan(day, TOMORROW))
    assert refused is not None
    assert refused.fault == Fault(pointer, code)
    later = refused.next_free
    assert later is not None
    if code != "outside-hours":
        assert later == span("16:00:00", "20:00:00", 19)


def test_a_window_outside_the_hours_moves_into_them() -> None:
    """As long as it was where that fits, else the whole of the hours; on the same day first."""
    early = span("14:00:00", "16:00:00")
    assert next_free(
        early, ONE, plan(a_capacity_advisory()), not_before=NOW, limits=LIMITS
    ) == span("16:00:00", "18:00:00")
    short = a_capacity_advisory(opens="10:00", closes="11:00")
    assert next_free(WINDOW, ONE, plan(short), not_before=NOW, limits=LIMITS) == span(
        "17:00:00", "18:00:00"
    )


def test_a_window_that_could_not_be_announced_is_not_offered() -> None:
    """What opens before a notice could go out is passed over, to the second."""
    full = plan(FULL, TOMORROW, booked={DAY: Booked(2)})
    tomorrow = span("16:00:00", "20:00:00", 19)
    assert next_free(WINDOW, ONE, full, not_before=tomorrow.opens, limits=LIMITS) == tomorrow
    assert next_free(
        WINDOW, ONE, full, not_before=datetime(2031, 3, 19, 16, 0, 1, tzinfo=UTC), limits=LIMITS
    ) == span("16:00:00", "20:00:00", 20)


def test_where_nothing_is_free_nothing_is_offered() -> None:
    """A point closed for longer than we look has no next window."""
    closed = [a_capacity_advisory(people_max=0, on=f"2031-03-{day}") for day in range(18, 18 + 8)]
    refused = refusal(ONE, plan(*closed))
    assert refused is not None
    assert refused.next_free is None
    assert refusal(ONE, plan(*closed[:-1])) == NoRoom(
        Fault("/return/receiving_point", "point-closed"), span("16:00:00", "20:00:00", 25)
    )


def test_an_advisory_that_closes_before_it_opens_has_no_hours() -> None:
    """Nothing is within them, and nothing is offered on that day."""
    upside_down = a_capacity_advisory(opens="17:00", closes="09:00")
    refused = refusal(ONE, plan(upside_down))
    assert refused is not None
    assert refused.fault.code == "outside-hours"
    assert refused.next_free == span("16:00:00", "20:00:00", 19)


def test_the_hour_on_the_wall_stays_when_the_clocks_change() -> None:
    """The next window after the change is an hour earlier by UTC, at nine on the wall."""
    saturday = Span(
        datetime(2031, 3, 8, 17, 0, tzinfo=UTC), datetime(2031, 3, 8, 19, 0, tzinfo=UTC)
    )
    closed = a_capacity_advisory(people_max=0, on="2031-03-08")
    found = next_free(saturday, ONE, plan(closed), not_before=saturday.opens, limits=LIMITS)
    assert found is not None
    assert found.opens == datetime(2031, 3, 9, 16, 0, tzinfo=UTC)


@pytest.mark.parametrize("closes", ["02:45", "03:30"])
def test_an_hour_that_does_not_exist_is_not_offered(closes: str) -> None:
    """On the night the clocks go forward there is no half past two: the day after has one."""
    night = Span(datetime(2031, 3, 8, 10, 30, tzinfo=UTC), datetime(2031, 3, 8, 11, 0, tzinfo=UTC))
    closed = a_capacity_advisory(people_max=0, on="2031-03-08")
    skipped = a_capacity_advisory(on="2031-03-09", opens="02:15", closes=closes)
    found = next_free(night, ONE, plan(closed, skipped), not_before=night.opens, limits=LIMITS)
    assert found is not None
    assert found.opens == datetime(2031, 3, 10, 9, 30, tzinfo=UTC)


_HOURS = st.sampled_from(["00:00", "06:30", "09:00", "12:00", "17:30", "23:59"])


@given(
    days=st.lists(
        st.tuples(st.integers(0, 5), st.integers(0, 2), _HOURS, _HOURS), min_size=0, max_size=8
    ),
    taken=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 2)), max_size=8),
    people=st.integers(1, 6),
    families=st.integers(0, 2),
    hours=st.integers(0, 48),
)
def test_what_is_offered_has_room(
    days: list[tuple[int, int, str, str]],
    taken: list[tuple[int, int]],
    people: int,
    families: int,
    hours: int,
) -> None:
    """Whatever the days say: with room, in time, no longer than asked, within those looked at."""
    asked, not_before = Booked(people, families), NOW + timedelta(hours=hours)
    advisories = [
        a_capacity_advisory(
            on=f"{DAY + timedelta(days=n)}",
            people_max=most,
            families_max=groups,
            opens=opens if most else None,
            closes=closes if most else None,
        )
        for n, (most, groups, opens, closes) in enumerate(days)
    ]
    booked = {DAY + timedelta(days=n): Booked(*one) for n, one in enumerate(taken)}
    of = plan(*advisories, booked=booked)
    found = next_free(WINDOW, asked, of, not_before=not_before, limits=LIMITS)
    if found is not None:
        assert refusal(asked, of, window=found) is None
        assert not_before <= found.opens < found.closes
        assert found.opens < WINDOW.opens + timedelta(days=LIMITS.next_window_days + 1)
        assert found.closes - found.opens <= WINDOW.closes - WINDOW.opens
