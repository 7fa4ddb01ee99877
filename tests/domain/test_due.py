"""The deadlines of the whole case: window, crossing, hearing, stay, presentation, end."""

from datetime import UTC, datetime, timedelta

import pytest

from exchange.domain.deadlines import Limits, Waiting, late, overdue, pending
from exchange.domain.due import stay_due
from exchange.domain.handoff import SharedHandoff
from exchange.domain.parties import Side
from tests.builders import (
    NOW,
    a_case_closure,
    a_departure,
    a_hearing_confirmation,
    a_hearing_delivery,
    a_hearing_notice,
    a_hearing_verification,
    a_notice,
    a_presentation,
    a_reception,
    a_shared,
    a_visa_change,
    a_visa_issuance,
    an_acknowledgment,
    an_appointment,
)

LIMITS = Limits()
SECOND, MINUTE, HOUR, DAY = (timedelta(seconds=s) for s in (1, 60, 3600, 86400))
CLOSES = datetime(2031, 3, 18, 20, 0, tzinfo=UTC)
CROSSED = datetime(2031, 3, 18, 16, 50, tzinfo=UTC)
RECEIVED_AT = datetime(2031, 3, 18, 17, 5, tzinfo=UTC)
PRESENT_AT = datetime(2031, 5, 6, 11, 0, tzinfo=UTC)
HEARING_AT = datetime(2031, 5, 6, 15, 0, tzinfo=UTC)
MOVED_AT = datetime(2031, 5, 20, 15, 0, tzinfo=UTC)
ACCEPTED = (a_notice(), an_acknowledgment())
DEPARTED = (*ACCEPTED, a_departure())
RECEIVED = (*DEPARTED, a_reception())
DOCUMENTED = (*RECEIVED, a_visa_issuance())


def due(shared: SharedHandoff, name: str, limits: Limits = LIMITS) -> datetime | None:
    """Return when a deadline that waits is due; None where it does not wait."""
    return {one.name: one.due_at for one in pending(shared, limits)}.get(name)


def when_late(shared: SharedHandoff) -> dict[str, datetime]:
    """Return what was met too late, and when."""
    return {one.name: one.met_at for one in late(shared, LIMITS)}


def test_a_window_that_has_closed_is_for_the_united_states_to_end() -> None:
    """Unanswered, deferred or accepted: when the window closes the notice is void."""
    for answers in ((), (an_acknowledgment(answer="deferred"),), (an_acknowledgment(),)):
        shared = a_shared(a_notice(), *answers)
        assert due(shared, "window") == CLOSES
        assert Waiting("window", Side.US, CLOSES) in overdue(shared, CLOSES + SECOND, LIMITS)
    assert due(a_shared(*DEPARTED), "window") is None
    assert due(a_shared(), "window", Limits(window_seconds=60)) == CLOSES + MINUTE


def test_a_crossing_after_its_window_was_late() -> None:
    """What counts is when the person crossed, not when that was said."""
    assert "window" not in when_late(a_shared(*ACCEPTED, a_departure(at="2031-03-18T20:00:00Z")))
    after = a_shared(*ACCEPTED, a_departure(at="2031-03-18T20:00:01Z"))
    assert when_late(after)["window"] == CLOSES + SECOND


def test_who_crossed_is_seen_within_the_hour_and_missing_after_two() -> None:
    """After the crossing Mexico is asked at one hour, and both sides act at two."""
    shared = a_shared(*DEPARTED)
    assert due(shared, "reception") == CROSSED + HOUR
    assert due(shared, "whereabouts") == CROSSED + 2 * HOUR
    assert due(a_shared(*ACCEPTED), "reception") == CLOSES + 2 * HOUR
    assert due(a_shared(*ACCEPTED), "whereabouts") is None
    assert due(a_shared(*RECEIVED), "whereabouts") is None


def test_a_doubt_is_answered_for_the_version_that_is_doubted() -> None:
    """An older confirmation answers nothing; one of the version, or a later one, does."""
    doubted = (*DOCUMENTED, a_hearing_notice(), a_hearing_verification(version=2))
    asked_at = NOW + 6 * MINUTE
    old = a_shared(*doubted, a_hearing_confirmation(version=1))
    assert due(a_shared(*doubted), "confirmation") == asked_at + 2 * HOUR
    assert due(old, "confirmation") == asked_at + 2 * HOUR
    answered = a_shared(*doubted, a_hearing_confirmation(version=2))
    assert due(answered, "confirmation") is None
    assert due(a_shared(*DOCUMENTED), "confirmation") is None


def test_a_second_doubt_has_its_own_time() -> None:
    """What was asked long ago does not make a new question overdue."""
    shared = a_shared(
        *DOCUMENTED, a_hearing_verification(), a_hearing_notice(), a_hearing_verification(version=2)
    )
    assert due(shared, "confirmation") == NOW + 7 * MINUTE + 2 * HOUR


def test_a_moved_hearing_is_brought_to_the_person() -> None:
    """Three days after the change; told of the version that stands, nothing waits."""
    moved = (*DOCUMENTED, a_hearing_notice())
    said_at = NOW + 5 * MINUTE
    assert due(a_shared(*DOCUMENTED), "delivery") is None
    assert due(a_shared(*moved), "delivery") == said_at + 3 * DAY
    for wrong in ({"version": 1}, {"version": 2, "outcome": "not-found"}):
        shared = a_shared(*moved, a_hearing_delivery(**wrong))
        assert due(shared, "delivery") == said_at + 3 * DAY
    assert due(a_shared(*moved, a_hearing_delivery(version=2)), "delivery") is None


def test_a_change_close_to_the_hearing_is_brought_a_week_before() -> None:
    """A week before the hearing at the latest; where that has passed, the ordinary time."""
    soon = a_hearing_notice(
        hearing_at=an_appointment("2031-03-25T12:00"),
        present_at=an_appointment("2031-03-25T08:00"),
    )
    at = datetime(2031, 3, 18, 19, 0, tzinfo=UTC)
    assert due(a_shared(*DOCUMENTED, soon), "delivery") == at
    closer = a_hearing_notice(
        hearing_at=an_appointment("2031-03-24T10:00"),
        present_at=an_appointment("2031-03-24T06:00"),
    )
    assert due(a_shared(*DOCUMENTED, closer), "delivery") == NOW + 5 * MINUTE + 3 * DAY


def test_days_before_the_hearing_a_change_that_was_not_told_is_critical() -> None:
    """Three days before what stands now; closer than that at once; told, it is over."""
    moved = (*DOCUMENTED, a_hearing_notice())
    assert due(a_shared(*DOCUMENTED), "last-delivery") is None
    assert due(a_shared(*moved), "last-delivery") == MOVED_AT - 3 * DAY
    assert due(a_shared(*moved), "last-delivery", Limits(last_delivery_seconds=0)) == MOVED_AT
    assert due(a_shared(*moved, a_hearing_delivery(version=2)), "last-delivery") is None
    tomorrow = a_hearing_notice(
        hearing_at=an_appointment("2031-03-18T12:00"),
        present_at=an_appointment("2031-03-18T08:00"),
    )
    assert due(a_shared(*DOCUMENTED, tomorrow), "last-delivery") == NOW + 5 * MINUTE
    gone = a_hearing_notice(status="none-scheduled")
    assert due(a_shared(*DOCUMENTED, gone), "last-delivery") is None


def test_that_no_hearing_is_scheduled_is_told_too() -> None:
    """A person who need not come must know it; and presents nowhere."""
    shared = a_shared(*DOCUMENTED, a_hearing_notice(status="none-scheduled"))
    assert due(shared, "delivery") == NOW + 5 * MINUTE + 3 * DAY
    assert due(shared, "presentation") is None
    assert due(shared, "stay-check") is None


def test_the_schedule_read_again_is_no_change() -> None:
    """The same version with a newer reading need not be brought to anybody."""
    again = a_hearing_notice(
        version=1,
        hearing_at=an_appointment("2031-05-06T08:00"),
        present_at=an_appointment("2031-05-06T04:00"),
    )
    assert due(a_shared(*DOCUMENTED, again), "delivery") is None


def test_a_hearing_known_before_any_notice_is_no_change() -> None:
    """Without a notice there is nothing that it changes."""
    assert due(a_shared(a_hearing_notice(), a_reception()), "delivery") is None
    assert pending(a_shared(a_hearing_notice()), LIMITS) == ()


@pytest.mark.parametrize(
    ("valid_until", "short"), [("2031-05-19", True), ("2031-05-20", False), ("2031-07-16", False)]
)
def test_a_document_outlasts_the_presentation_by_two_weeks(
    valid_until: str, *, short: bool
) -> None:
    """Two weeks before the presentation it is looked at, three days before it is an emergency."""
    shared = a_shared(*RECEIVED, a_visa_issuance(valid_until=valid_until))
    assert due(shared, "stay-check") == (PRESENT_AT - 14 * DAY if short else None)
    assert due(shared, "stay-extension") == (PRESENT_AT - 3 * DAY if short else None)


def test_without_a_document_or_a_hearing_no_stay_is_too_short() -> None:
    """Whoever holds no document yet, or waits for no hearing, is asked for no longer one."""
    for bodies in (RECEIVED, (a_visa_issuance(),)):
        assert stay_due(a_shared(*bodies), LIMITS, before_seconds=1) is None


def test_a_document_that_has_ended_is_too_short_and_one_extended_is_not() -> None:
    """A revoked document lasts for nothing; an extension settles it, and was never late."""
    revoked = a_shared(*DOCUMENTED, a_visa_change(status="revoked"))
    assert due(revoked, "stay-check") == PRESENT_AT - 14 * DAY
    short = (*RECEIVED, a_visa_issuance(valid_until="2031-05-07"))
    assert due(a_shared(*short, a_visa_change()), "stay-check") is None
    assert when_late(a_shared(*short, at=PRESENT_AT)).get("stay-check") is None


def test_a_hearing_that_moves_makes_a_document_too_short() -> None:
    """A document of 120 days does for a hearing before its end, and not once that moves."""
    shared = a_shared(
        *DOCUMENTED,
        a_hearing_notice(
            hearing_at=an_appointment("2031-07-20T08:00"),
            present_at=an_appointment("2031-07-20T04:00"),
        ),
    )
    assert due(shared, "stay-check") == datetime(2031, 7, 6, 11, 0, tzinfo=UTC)


def test_whether_the_person_presented_is_said_an_hour_after_the_grace() -> None:
    """Two hours of grace and one to say it; presented or not, nothing then waits."""
    at = PRESENT_AT + 3 * HOUR
    assert due(a_shared(*DOCUMENTED), "presentation") == at
    assert due(a_shared(*RECEIVED), "presentation") == at
    moved = a_shared(*DOCUMENTED, a_hearing_notice())
    assert due(moved, "presentation") == MOVED_AT - HOUR
    for outcome in ("presented", "not-presented"):
        said_in_time = a_shared(*DOCUMENTED, a_presentation(outcome=outcome))
        assert due(said_in_time, "presentation") is None
    late_said = a_shared(*DOCUMENTED, a_presentation(), at=at)
    assert when_late(late_said)["presentation"] == at + 5 * MINUTE
    assert at == HEARING_AT - HOUR


def test_a_case_is_looked_at_and_ends() -> None:
    """A look after 150 days, the end after 180; a case that ended later was late."""
    shared = a_shared(*DOCUMENTED)
    assert due(shared, "case-review") == RECEIVED_AT + 150 * DAY
    assert due(shared, "case-end") == RECEIVED_AT + 180 * DAY
    absent = a_shared(*DOCUMENTED, a_presentation(outcome="not-presented"))
    assert due(absent, "case-end") == RECEIVED_AT + 180 * DAY
    ended = a_shared(*DOCUMENTED, a_case_closure(), at=RECEIVED_AT + 181 * DAY)
    assert set(when_late(ended)) >= {"case-end"}
    assert "case-review" not in when_late(ended)
