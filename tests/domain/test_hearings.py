"""One hearing at a time, moved on the wall calendar, and who may be said not to have come."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.domain.handoff import SharedHandoff, advance
from exchange.domain.hearings import (
    HearingChange,
    MoveRule,
    as_hearing_notice,
    faults_of_change,
    faults_of_presentation,
    grace_ends_at,
    load_move_rules,
    moved,
    moved_day,
    moved_hearing,
)
from exchange.domain.limits import Limits
from exchange.domain.places import LocalAppointment, LocalTimeRefused
from exchange.errors import Invalid
from tests.builders import (
    HANDOFF,
    HEARING,
    NOW,
    RULES_DIRECTORY,
    SALT,
    a_case_closure,
    a_hearing_notice,
    a_notice,
    a_presentation,
    a_shared,
    an_acknowledgment,
    places,
    said,
)

LIMITS = Limits()
OTHER = "c7a2d9b4-1e6f-4b8a-b5d3-90e1f2a3b499"
ANGELES = "America/Los_Angeles"
NOTICED = (a_notice(), an_acknowledgment())
RULE_FILE = RULES_DIRECTORY / "moves/one-month-2020.toml"


def local(text: str, zone: str = ANGELES) -> LocalAppointment:
    """Return a time on a wall."""
    return LocalAppointment(local=text, zone=zone)


def a_change(**changes: Any) -> HearingChange:
    """Return the second version of the default hearing, two weeks later."""
    scheduled = changes.get("status", "scheduled") == "scheduled"
    document: dict[str, Any] = {
        "status": "scheduled",
        "hearing": HEARING,
        "version": 2,
        "hearing_at": {"local": "2031-05-20T08:00", "zone": ANGELES} if scheduled else None,
        "present_at": {"local": "2031-05-20T04:00", "zone": ANGELES} if scheduled else None,
        "presentation_port": "2504" if scheduled else None,
        "source_as_of": "2031-03-17T17:00:00Z",
    }
    for name in ("hearing_at", "present_at"):
        if isinstance(changes.get(name), str):
            changes[name] = {"local": changes[name], "zone": ANGELES}
    return HearingChange.model_validate(document | changes)


SAME = {"version": 1, "hearing_at": "2031-05-06T08:00", "present_at": "2031-05-06T04:00"}


def faults(
    change: HearingChange, shared: SharedHandoff | None = None, now: datetime = NOW
) -> list[tuple[str, str]]:
    """Return what is wrong with a change."""
    found = faults_of_change(change, shared or a_shared(*NOTICED), places=places(), now=now)
    return [(fault.pointer, fault.code) for fault in found]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (a_change(), []),
        (a_change(status="none-scheduled"), []),
        (a_change(**SAME), []),
        (a_change(version=1), [("/version", "wrong-version")]),
        (a_change(version=3), [("/version", "wrong-version")]),
        (a_change(version=1, status="none-scheduled"), [("/version", "wrong-version")]),
        (a_change(hearing=OTHER), [("/hearing", "other-hearing")]),
        (
            a_change(hearing_at="2031-03-17T11:00", present_at="2031-03-17T09:00"),
            [("/present_at/local", "in-the-past"), ("/hearing_at/local", "in-the-past")],
        ),
        (a_change(present_at="2031-03-17T10:59"), [("/present_at/local", "in-the-past")]),
        (a_change(present_at="2031-03-17T11:00"), []),
        (a_change(present_at="2031-05-20T08:00"), []),
        (a_change(present_at="2031-05-20T08:01"), [("/present_at/local", "out-of-order")]),
        (a_change(presentation_port="9999"), [("/presentation_port", "unknown-port")]),
        (a_change(presentation_port="2402"), [("/present_at/zone", "wrong-zone")]),
        (a_change(source_as_of="2031-03-17T18:00:01Z"), [("/source_as_of", "in-the-future")]),
        (a_change(source_as_of="2031-03-17T15:29:59Z"), [("/source_as_of", "out-of-order")]),
        (
            a_change(hearing_at="2032-03-14T02:30"),
            [("/hearing_at/local", "no-such-local-time")],
        ),
        (
            a_change(hearing_at="2031-11-02T01:30"),
            [("/hearing_at/local", "ambiguous-local-time")],
        ),
        (
            a_change(present_at="2032-03-14T02:30"),
            [("/present_at/local", "no-such-local-time")],
        ),
        (
            a_change(hearing_at={"local": "2031-05-20T08:00", "zone": "Mars/Olympus"}),
            [("/hearing_at/zone", "unknown-zone")],
        ),
    ],
)
def test_what_is_wrong_with_a_change_is_named(
    change: HearingChange, expected: list[tuple[str, str]]
) -> None:
    """A version more, a date ahead, a presentation before it at a port's own clock, or why not."""
    assert faults(change) == expected


def test_what_stands_may_be_read_again_while_people_present() -> None:
    """That the schedule still has the date is said until the hearing, and moves nobody."""
    late = datetime(2031, 5, 6, 12, 0, tzinfo=UTC)
    again = {"source_as_of": "2031-05-06T11:30:00Z"}
    assert faults(a_change(**SAME, **again), now=late) == []
    moved = SAME | {"version": 2, "hearing_at": "2031-05-06T09:00"}
    expected = [("/present_at/local", "in-the-past")]
    assert faults(a_change(**moved, **again), now=late) == expected


def test_all_that_is_wrong_is_told_at_once() -> None:
    """Faults of place, clock and source come together."""
    change = a_change(
        presentation_port="9999",
        hearing_at="2032-03-14T02:30",
        present_at="2032-03-14T02:15",
        source_as_of="2031-03-18T00:00:00Z",
    )
    assert [code for _, code in faults(change)] == [
        *("unknown-port", "no-such-local-time", "no-such-local-time", "in-the-future"),
    ]


def test_an_hour_from_now_is_not_past() -> None:
    """At the moment of the hearing it is past; a second before it is not."""
    change = a_change(hearing_at="2031-03-17T11:00", present_at="2031-03-17T11:00")
    assert faults(change, now=NOW - timedelta(seconds=1)) == []
    assert ("/hearing_at/local", "in-the-past") in faults(change)


def test_another_hearing_takes_the_place_of_one_that_is_over() -> None:
    """Once the hearing is off the calendar, or has passed, the next one follows it."""
    off = a_shared(*NOTICED, a_hearing_notice(status="none-scheduled"))
    next_one = a_change(hearing=OTHER, version=3, source_as_of="2031-03-17T18:00:00Z")
    assert faults(next_one, off) == []
    after = datetime(2031, 5, 6, 15, 0, tzinfo=UTC)
    assert faults(a_change(hearing=OTHER), now=after) == []
    assert faults(a_change(hearing=OTHER, version=1), now=after) == [("/version", "wrong-version")]


def test_nothing_is_scheduled_after_the_end_of_a_case() -> None:
    """A date after the closure is refused: so were false dates once given (F4)."""
    closed = a_shared(*NOTICED, a_case_closure())
    assert faults(a_change(), closed) == [("", "case-ended")]


def test_a_hearing_before_any_notice_has_nothing_to_follow() -> None:
    """There must be a hearing that it changes."""
    unannounced = a_shared(an_acknowledgment())
    assert faults(a_change(), unannounced) == [("/hearing", "none-scheduled")]


@given(st.integers(1, 4), st.integers(0, 400), st.booleans())
def test_what_is_sound_is_in_place(version: int, days: int, scheduled: bool) -> None:  # noqa: FBT001  # as drawn
    """Whatever passes here is answered without a code, on either side."""
    on = date(2031, 5, 6) + timedelta(days=days)
    when = {"hearing_at": f"{on}T08:00", "present_at": f"{on}T04:00"} if scheduled else {}
    change = a_change(
        status="scheduled" if scheduled else "none-scheduled", version=version, **when
    )
    shared = a_shared(*NOTICED)
    if not faults(change, shared):
        body = as_hearing_notice(change, salt=SALT)
        after, code = advance(shared, HANDOFF, said(body, seq=9))
        assert code is None
        assert after.current_hearing is not None
        assert after.current_hearing.version == version


def test_what_is_said_is_what_was_read() -> None:
    """The notice has every member of the change, and what the local times meant."""
    body = as_hearing_notice(a_change(), salt=SALT)
    assert body.hearing_at is not None
    assert body.hearing_at.utc == "2031-05-20T15:00:00Z"
    assert body == a_hearing_notice(source_as_of="2031-03-17T17:00:00Z")
    none = as_hearing_notice(a_change(status="none-scheduled"), salt=SALT)
    assert (none.hearing_at, none.present_at, none.presentation_port) == (None, None, None)


GRACE = datetime(2031, 5, 6, 13, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"outcome": "presented"}, []),
        ({"outcome": "presented", "hearing": OTHER}, []),
        ({"outcome": "not-presented", "at": "2031-05-06T13:00:00Z"}, []),
        ({"outcome": "not-presented", "at": "2031-05-06T12:59:59Z"}, [("/at", "grace-not-over")]),
        (
            {"outcome": "not-presented", "at": "2031-05-06T13:00:00Z", "hearing": OTHER},
            [("/hearing", "other-hearing")],
        ),
        ({"outcome": "presented", "at": "2031-05-07T00:00:00Z"}, []),
        ({"outcome": "presented", "at": "2031-05-07T00:00:01Z"}, [("/at", "in-the-future")]),
    ],
)
def test_nobody_is_absent_before_the_grace_ends(
    changes: dict[str, object], expected: list[tuple[str, str]]
) -> None:
    """Who came, came; who did not is said two hours after the hour to present."""
    found = faults_of_presentation(
        a_presentation(**changes),
        a_shared(*NOTICED),
        now=datetime(2031, 5, 7, tzinfo=UTC),
        limits=LIMITS,
    )
    assert [(fault.pointer, fault.code) for fault in found] == expected
    assert grace_ends_at(datetime(2031, 5, 6, 11, 0, tzinfo=UTC), LIMITS) == GRACE


def test_nobody_is_absent_from_no_hearing() -> None:
    """Where none is scheduled, or none was ever said, nobody failed to come."""
    absent = a_presentation(outcome="not-presented")
    off = a_shared(*NOTICED, a_hearing_notice(status="none-scheduled"))
    for shared in (off, a_shared(an_acknowledgment())):
        found = faults_of_presentation(absent, shared, now=GRACE, limits=LIMITS)
        assert [(fault.pointer, fault.code) for fault in found] == [("/outcome", "none-scheduled")]


def rule(**changes: object) -> MoveRule:
    """Return the rule of 2020, changed."""
    (shipped,) = load_move_rules({"one-month-2020": RULE_FILE.read_text("utf-8")})
    return MoveRule.model_validate(shipped.model_dump() | changes)


@pytest.mark.parametrize(
    ("on", "to", "changes"),
    [
        (date(2020, 5, 11), date(2020, 6, 11), {}),
        (date(2020, 5, 13), date(2020, 6, 15), {}),  # a Saturday
        (date(2020, 5, 14), date(2020, 6, 15), {}),  # a Sunday
        (date(2020, 5, 15), date(2020, 6, 15), {}),
        (date(2020, 5, 13), date(2020, 6, 13), {"weekend": "keep"}),
        (date(2031, 1, 31), date(2031, 2, 28), {}),
        (date(2032, 1, 31), date(2032, 3, 1), {}),  # 29 February 2032 is a Sunday
        (date(2031, 12, 2), date(2032, 1, 2), {}),
        (date(2031, 3, 3), date(2031, 3, 13), {"months": 0, "days": 10}),
        (date(2031, 3, 3), date(2033, 3, 3), {"months": 24}),
    ],
)
def test_a_day_moves_by_the_calendar(on: date, to: date, changes: dict[str, object]) -> None:
    """One month after, the last day of a shorter month, and the next Monday after a weekend."""
    assert moved_day(on, rule(**changes)) == to


def test_the_hour_on_the_wall_stays() -> None:
    """Eight in the morning stays eight in the morning when the clocks change in between."""
    there = moved(local("2031-02-20T08:00"), rule())
    assert there.local == "2031-03-20T08:00"
    assert there.at - local("2031-02-20T08:00").at == timedelta(days=28) - timedelta(hours=1)


@pytest.mark.parametrize(
    ("text", "changes", "code"),
    [
        ("2031-10-02T01:30", {"weekend": "keep"}, "ambiguous-local-time"),
        ("2032-02-14T02:30", {"weekend": "keep"}, "no-such-local-time"),
        ("2099-12-15T08:00", {}, "out-of-range"),
    ],
)
def test_a_time_that_is_not_once_is_named(text: str, changes: dict[str, object], code: str) -> None:
    """No hour is guessed on the night the clocks change, nor a year past all calendars."""
    with pytest.raises(LocalTimeRefused) as refused:
        moved(local(text), rule(**changes))
    assert refused.value.code == code


def test_the_last_year_of_the_calendars_is_still_one() -> None:
    """A hearing moves into 2099 as into any year; only what is after it is out of range."""
    assert moved(local("2098-12-15T08:00"), rule()).local == "2099-01-15T08:00"


def test_the_presentation_moves_with_its_hearing() -> None:
    """Called for the evening before, a person is called for the evening before."""
    both = moved_hearing(local("2020-05-13T01:00"), local("2020-05-12T21:00"), rule())
    assert (both.hearing_at.local, both.present_at.local) == (
        "2020-06-15T01:00",
        "2020-06-14T21:00",
    )


def test_each_doubtful_time_is_pointed_at() -> None:
    """Both times that are not once are named, each where it stands."""
    keep = rule(weekend="keep")
    with pytest.raises(Invalid) as refused:
        moved_hearing(local("2032-02-14T02:45"), local("2032-02-14T02:15"), keep)
    assert [(fault.pointer, fault.code) for fault in refused.value.faults] == [
        ("/hearing_at/local", "no-such-local-time"),
        ("/present_at/local", "no-such-local-time"),
    ]
    with pytest.raises(Invalid) as refused:
        moved_hearing(local("2032-02-14T06:00"), local("2032-02-14T02:15"), keep)
    assert [fault.pointer for fault in refused.value.faults] == ["/present_at/local"]


def test_a_rule_says_which_hearings_move() -> None:
    """From its first day until just before the day from which they stay."""
    within = [rule().applies_to(local(f"2020-{day}T08:00")) for day in ("05-09", "05-10", "06-21")]
    assert within == [False, True, True]
    assert not rule().applies_to(local("2020-06-22T00:00"))


def test_a_rule_bears_the_name_of_its_file() -> None:
    """A file with another rule in it is refused, and so is what is no rule."""
    with pytest.raises(ValueError, match="bear the name"):
        load_move_rules({"other": RULE_FILE.read_text("utf-8")})
    with pytest.raises(ValueError, match="months"):
        load_move_rules({"other": 'name = "other"'})


@given(
    st.dates(date(2020, 1, 1), date(2090, 12, 31)),
    st.integers(0, 24),
    st.integers(0, 366),
    st.sampled_from(["keep", "next-monday"]),
)
def test_a_move_never_goes_back(on: date, months: int, days: int, weekend: str) -> None:
    """However a rule is made, a day moves ahead or stays, and off a weekend where it says so."""
    to = moved_day(on, rule(months=months, days=days, weekend=weekend))
    assert to >= on
    assert weekend == "keep" or to.weekday() < 5
