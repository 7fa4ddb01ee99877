"""What is overdue, what came late, and the document that ends too early."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from exchange.domain.deadlines import (
    DEADLINES,
    Late,
    Limits,
    Waiting,
    late,
    overdue,
    pending,
    receipt_due_at,
    visa_ends_before_hearing,
)
from exchange.domain.handoff import SharedHandoff, advance
from exchange.domain.messages.body import Body
from exchange.domain.parties import Side
from exchange.errors import Sentence
from tests.builders import (
    HANDOFF,
    NOW,
    a_cancellation,
    a_case_closure,
    a_notice,
    a_presentation,
    a_reception,
    a_shared,
    a_visa_issuance,
    an_acknowledgment,
    said,
)

LIMITS = Limits()
SECOND = timedelta(seconds=1)
FAR = NOW + timedelta(days=400)
ANSWER_DUE = NOW + timedelta(hours=2)
RECEPTION_DUE = datetime(2031, 3, 18, 22, 0, tzinfo=UTC)
VISA_DUE = datetime(2031, 3, 19, 17, 5, tzinfo=UTC)
ANSWERED = (a_notice(), an_acknowledgment())
RECEIVED = (*ANSWERED, a_reception())


def names(found: Iterable[Waiting | Late]) -> list[str]:
    """Return the names of deadlines."""
    return [one.name for one in found]


def due(shared: SharedHandoff, name: str, limits: Limits = LIMITS) -> datetime | None:
    """Return when a deadline that waits is due; None where it does not wait."""
    return {one.name: one.due_at for one in pending(shared, limits)}.get(name)


def answer_due(shared: SharedHandoff, limits: Limits = LIMITS) -> datetime | None:
    """Return when Mexico's answer is due."""
    return due(shared, "acknowledgment", limits)


@pytest.mark.parametrize(
    ("shared", "name", "due_at"),
    [
        (a_shared(), "acknowledgment", ANSWER_DUE),
        (a_shared(*ANSWERED), "reception", RECEPTION_DUE),
        (a_shared(*RECEIVED), "visa", VISA_DUE),
    ],
)
def test_a_deadline_is_overdue_once_it_has_passed(
    shared: SharedHandoff, name: str, due_at: datetime
) -> None:
    """At the due moment it is not overdue; a second later it is, and Mexico must act."""
    assert name not in names(overdue(shared, due_at, LIMITS))
    assert Waiting(name, Side.MX, due_at) in overdue(shared, due_at + SECOND, LIMITS)
    assert Waiting(name, Side.MX, due_at) in pending(shared, LIMITS)


@pytest.mark.parametrize(
    "shared",
    [
        SharedHandoff(handoff=HANDOFF),
        a_shared(a_notice(), a_cancellation()),
        a_shared(*ANSWERED, a_cancellation()),
        a_shared(a_notice(), an_acknowledgment(answer="refused")),
        a_shared(*ANSWERED, a_reception(outcome="not-received")),
        a_shared(*RECEIVED, a_visa_issuance(), a_presentation()),
        a_shared(*RECEIVED, a_visa_issuance(), a_case_closure()),
    ],
)
def test_what_is_over_waits_for_nothing(shared: SharedHandoff) -> None:
    """Cancelled, refused, not received, presented or closed: no deadline runs."""
    assert overdue(shared, FAR, LIMITS) == ()


def test_silence_is_never_acceptance() -> None:
    """However long an answer is overdue, the stage stays noticed."""
    shared = a_shared()
    assert names(overdue(shared, FAR, LIMITS)) == ["acknowledgment", "window"]
    assert shared.stage == "noticed"


def test_the_answer_is_due_before_the_window_opens() -> None:
    """A window close at hand makes the answer due an hour before it opens."""
    soon = a_notice(
        return__window={"from": "2031-03-17T20:00:00Z", "to": "2031-03-17T22:00:00Z"},
    )
    assert answer_due(a_shared(soon)) == datetime(2031, 3, 17, 19, 0, tzinfo=UTC)


def test_a_window_too_close_leaves_the_ordinary_time() -> None:
    """Where the hour before the window had passed at the notice, two hours are given."""
    now = a_notice(return__window={"from": "2031-03-17T18:30:00Z", "to": "2031-03-17T22:00:00Z"})
    assert answer_due(a_shared(now)) == ANSWER_DUE


def test_a_revision_starts_the_time_anew() -> None:
    """The answer to a second notice is due two hours after that one."""
    shared = a_shared(*ANSWERED, a_notice(revision=2))
    assert answer_due(shared) == ANSWER_DUE + timedelta(minutes=2)


@pytest.mark.parametrize(
    ("bodies", "last", "due_at", "name"),
    [
        ((a_notice(),), an_acknowledgment(), ANSWER_DUE, "acknowledgment"),
        (ANSWERED, a_reception(), RECEPTION_DUE, "reception"),
        (RECEIVED, a_visa_issuance(), VISA_DUE, "visa"),
    ],
)
def test_what_came_after_its_time_is_kept_and_late(
    bodies: tuple[Body, ...], last: Body, due_at: datetime, name: str
) -> None:
    """At the due moment an answer is in time; a second later it is late, and it counts."""
    before = a_shared(*bodies)
    for at, expected in ((due_at, []), (due_at + SECOND, [name])):
        message = said(last, seq=9, at=at)
        after, code = advance(before, HANDOFF, message)
        assert code is None
        assert [found.name for found in late(after, LIMITS)] == expected
        assert all(found.met_at == at and found.owner == "mx" for found in late(after, LIMITS))


def test_a_receipt_is_due_minutes_after_sealing() -> None:
    """The receipt's limit counts from the sealing of its message."""
    assert receipt_due_at(NOW, LIMITS) == NOW + timedelta(minutes=5)


def test_limits_are_settings_with_units_and_bounds() -> None:
    """Each limit says its unit and its words in two languages, and nonsense is refused."""
    for name, field in Limits.model_fields.items():
        if name != "escalation":
            assert {"seconds", "days"} & set(name.split("_"))
            assert isinstance(field.description, Sentence)
            assert field.description.es != field.description.en
    with pytest.raises(ValidationError):
        Limits(receipt_seconds=0)
    assert answer_due(a_shared(), Limits(acknowledgment_seconds=60)) == NOW + timedelta(minutes=1)


def test_limits_that_contradict_each_other_are_refused() -> None:
    """A notice cannot go out earlier than it may; a last check is not before the first."""
    for wrong in (
        {"notice_lead_seconds_min": 300_000},
        {"reception_after_departure_seconds": 7_201},
        {"stay_extension_seconds": 1_209_601},
        {"case_review_seconds": 15_552_001},
    ):
        with pytest.raises(ValidationError, match="is not over"):
            Limits(**wrong)


def test_every_deadline_is_named_once() -> None:
    """No two rows share a name, and each says what it asks in both languages."""
    assert len({deadline.name for deadline in DEADLINES}) == len(DEADLINES)
    assert all(deadline.waits_in for deadline in DEADLINES)
    assert all(deadline.asks.en != deadline.asks.es for deadline in DEADLINES)


@pytest.mark.parametrize(
    ("valid_until", "too_early"),
    [("2031-05-05", True), ("2031-05-06", False), ("2031-05-07", False)],
)
def test_a_document_that_ends_before_the_hearing_is_found(
    valid_until: str, *, too_early: bool
) -> None:
    """The document must be good on the day of the hearing."""
    shared = a_shared(*RECEIVED, a_visa_issuance(valid_until=valid_until))
    assert visa_ends_before_hearing(shared) is too_early


def test_the_day_of_the_hearing_is_that_of_the_court() -> None:
    """A hearing late in the local day does not count as the next day."""
    notice = a_notice(hearing__hearing_at={"local": "2031-05-06T17:00", "zone": "America/Denver"})
    shared = a_shared(notice, a_visa_issuance(valid_until="2031-05-06"))
    assert shared.hearing_at == datetime(2031, 5, 6, 23, 0, tzinfo=UTC)
    assert not visa_ends_before_hearing(shared)


def test_without_document_or_notice_nothing_ends_early() -> None:
    """There is nothing to compare before both are known."""
    assert not visa_ends_before_hearing(a_shared(*RECEIVED))
    alone = advance(None, HANDOFF, said(a_visa_issuance(), seq=1)).shared
    assert not visa_ends_before_hearing(alone)


def test_the_calendar_ends_before_a_deadline_does() -> None:
    """A partner whose clock says the last second there is gets a deadline that is never late."""
    last = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    shared = advance(None, HANDOFF, said(a_notice(), at=last)).shared
    assert receipt_due_at(last, LIMITS) == last
    assert answer_due(shared) == last


def test_an_answer_asked_for_within_its_hour_has_its_own_two() -> None:
    """Noticed exactly an hour before the window opens, the answer is due two hours later."""
    opens = datetime(2031, 3, 18, 16, 0, tzinfo=UTC)
    shared = a_shared(at=opens - timedelta(hours=1))
    assert answer_due(shared) == opens + timedelta(hours=1)


def test_nobody_refused_is_late_at_the_line() -> None:
    """Where the answer was no, a reception that comes all the same is late for no deadline."""
    refused = a_shared(a_notice(), an_acknowledgment(answer="refused"))
    seen = advance(refused, HANDOFF, said(a_reception(), seq=9, at=FAR)).shared
    assert [one.name for one in late(seen, LIMITS)] == []


def test_what_was_late_says_when_it_was_due() -> None:
    """A late reception names its deadline, whose it was, when it was due and when it came."""
    seen = advance(a_shared(*ANSWERED), HANDOFF, said(a_reception(), seq=9, at=FAR)).shared
    (one,) = late(seen, LIMITS)
    assert (one.name, one.owner, one.due_at, one.met_at) == ("reception", "mx", RECEPTION_DUE, FAR)


def test_a_clock_at_the_end_of_the_calendar_still_counts_seconds() -> None:
    """Eight seconds before the last there is room for seven more."""
    at = datetime(9999, 12, 31, 23, 59, 51, tzinfo=UTC)
    assert receipt_due_at(at, Limits(receipt_seconds=7)) == at + timedelta(seconds=7)
