"""What is asked of a handoff: places, times, hearing and document, from the facts that stand."""

from datetime import UTC, date, datetime, timedelta

import pytest

from exchange.domain.handoff import HearingStands, SharedHandoff, Stage, advance, complete
from exchange.domain.messages.body import Body
from tests.builders import (
    CASE,
    HANDOFF,
    HEARING,
    NOW,
    a_cancellation,
    a_case_closure,
    a_hearing_confirmation,
    a_hearing_delivery,
    a_hearing_notice,
    a_notice,
    a_reception,
    a_shared,
    a_visa_change,
    an_acknowledgment,
    said,
)
from tests.domain.test_handoff import (
    ACCEPTED,
    CANCELLED,
    NOT_RECEIVED,
    NOTICE,
    RECEIVED,
    VISA,
    WAYS,
)


def test_what_is_shared_tells_of_no_person() -> None:
    """Neither names nor birth date, nationality or travel document are in the shared facts."""
    shared = a_shared(*WAYS[Stage.DOCUMENTED])
    text = shared.model_dump_json()
    person = NOTICE.person
    papers = NOTICE.travel_document
    assert papers is not None
    for told in (person.first_surname, person.birth_date, person.nationality, papers.number):
        assert told not in text
    assert person.given_names not in text


def test_the_handoff_answers_what_reports_and_arrivals_ask() -> None:
    """Case, cycle, place, window, hearing and each side's times are read from the facts."""
    family = {"group": "5b1f6f0e-93a7-4c55-8a5e-2f6f0a1d7c03", "size": 3, "role": "PARENT"}
    notice = a_notice(family=family)
    shared = a_shared(notice, ACCEPTED, RECEIVED, VISA)
    assert (shared.case, shared.cycle, shared.revision) == (CASE, 1, 1)
    assert (shared.port, shared.receiving_point) == ("2504", "MX-CHAPARRAL")
    assert (shared.window_from, shared.window_to) == (
        notice.return_.window.from_at,
        notice.return_.window.to_at,
    )
    assert shared.hearing_at == notice.hearing.hearing_at.at
    assert shared.present_at == notice.hearing.present_at.at
    assert shared.noticed_at == NOW
    assert shared.answered_at == NOW + timedelta(minutes=1)
    assert shared.received_at is not None
    assert shared.documented_at is not None
    assert shared.cancelled_at is None
    assert shared.notice is not None
    assert (shared.notice.family_group, shared.notice.family_size) == (family["group"], 3)


def test_a_handoff_of_which_nothing_is_known_answers_nothing() -> None:
    """Before its notice a handoff has no case, place, window or time."""
    shared = SharedHandoff(handoff=HANDOFF)
    assert shared.stage is Stage.UNANNOUNCED
    assert shared.revision == 0
    for name in (
        "case",
        "cycle",
        "port",
        "receiving_point",
        "window_from",
        "window_to",
        "hearing_at",
        "present_at",
        "noticed_at",
        "cancelled_at",
        "answered_at",
        "received_at",
        "documented_at",
        "answer",
        "current_hearing",
        "delivered_version",
        "document_valid_until",
        "departed_at",
        "presented_at",
        "closed_at",
    ):
        assert getattr(shared, name) is None, name


def test_where_a_person_was_received_is_where_they_are() -> None:
    """The reception's point is told rather than the one expected; no point before either."""
    elsewhere = a_shared(NOTICE, ACCEPTED, a_reception(receiving_point="MX-OTAY"))
    assert elsewhere.receiving_point == "MX-OTAY"
    assert a_shared(NOTICE).receiving_point == "MX-CHAPARRAL"
    assert a_shared(NOTICE, CANCELLED).cancelled_at == NOW + timedelta(minutes=1)
    assert a_shared(NOTICE, NOT_RECEIVED).received_at is None


def test_each_fact_keeps_what_was_said() -> None:
    """Window, identity and revision stand as the message had them; without a revision, 0."""
    deferred = an_acknowledgment(answer="deferred")
    shared = a_shared(a_notice(), deferred, a_reception(identity="doubt"), a_cancellation())
    assert deferred.window is not None
    assert shared.acknowledgment is not None
    assert shared.reception is not None
    assert shared.cancellation is not None
    window = (shared.acknowledgment.window_from, shared.acknowledgment.window_to)
    assert window == (deferred.window.from_, deferred.window.to)
    assert shared.reception.identity == "doubt"
    assert shared.reception.revision == 0
    assert shared.cancellation.revision == 1


def test_the_hearing_of_the_notice_stands_until_the_court_moves_it() -> None:
    """The highest version stands, whichever message said it; one with no date says no time."""
    noticed = a_shared(NOTICE)
    first = noticed.current_hearing
    assert first is not None
    assert (first.hearing, first.version, first.scheduled) == (HEARING, 1, True)
    assert (first.hearing_at, first.hearing_on) == (
        NOTICE.hearing.hearing_at.at,
        date(2031, 5, 6),
    )
    assert (first.present_at, first.presentation_port) == (NOTICE.hearing.present_at.at, "2504")
    assert first.source_as_of == datetime(2031, 3, 17, 15, 30, tzinfo=UTC)
    moved = a_shared(NOTICE, a_hearing_notice())
    assert (moved.hearing_at, moved.present_at) == (
        datetime(2031, 5, 20, 15, 0, tzinfo=UTC),
        datetime(2031, 5, 20, 11, 0, tzinfo=UTC),
    )
    second = moved.current_hearing
    assert second is not None
    assert (second.version, second.hearing_on, second.presentation_port) == (
        2,
        date(2031, 5, 20),
        "2504",
    )
    gone = a_shared(NOTICE, a_hearing_notice(status="none-scheduled")).current_hearing
    assert gone is not None
    assert gone.scheduled is False
    assert (gone.hearing_at, gone.hearing_on, gone.present_at, gone.presentation_port) == (
        None,
        None,
        None,
        None,
    )


def test_a_notice_with_the_higher_version_stands_over_an_older_hearing_notice() -> None:
    """A revised notice may bring the newer hearing; of one version what was said last stands."""
    revised = a_notice(revision=2, hearing__version=3)
    stands = a_shared(NOTICE, a_hearing_notice(), revised).current_hearing
    assert stands is not None
    assert stands.version == 3
    again = a_notice(revision=2, hearing__version=2)
    later = a_shared(NOTICE, a_hearing_notice(), again)
    assert later.hearing_at == again.hearing.hearing_at.at


def test_under_one_number_the_hearing_notice_stands_in_either_order() -> None:
    """A partner that gives one number to a notice and a hearing notice is read alike by both."""
    notice, hearing = said(a_notice(), seq=3), said(a_hearing_notice(version=1), seq=3)
    for order in ((notice, hearing), (hearing, notice)):
        shared: SharedHandoff | None = None
        for message in order:
            shared = advance(shared, HANDOFF, message).shared
        assert shared is not None
        assert shared.current_hearing is not None
        assert shared.hearing is not None
        assert shared.current_hearing == HearingStands.of(shared.hearing)
        assert shared.current_hearing.hearing_at == datetime(2031, 5, 20, 15, 0, tzinfo=UTC)


def test_a_hearing_notice_before_its_notice_is_kept() -> None:
    """The hearing is known although the handoff is not announced yet."""
    early, code = advance(None, HANDOFF, said(a_hearing_notice()))
    assert (early.stage, code) == (Stage.UNANNOUNCED, "unknown-subject")
    assert early.hearing_at == datetime(2031, 5, 20, 15, 0, tzinfo=UTC)


def test_what_was_delivered_is_the_version_last_given() -> None:
    """A person who was not found was told nothing, even where an older version was delivered."""
    assert a_shared(NOTICE, a_hearing_delivery()).delivered_version == 1
    moved = (NOTICE, a_hearing_delivery(), a_hearing_notice())
    assert a_shared(*moved, a_hearing_delivery(version=2)).delivered_version == 2
    missed = a_hearing_delivery(version=2, outcome="not-found")
    assert a_shared(*moved, missed).delivered_version is None


@pytest.mark.parametrize(
    ("change", "until"),
    [
        (a_visa_change(), date(2031, 11, 16)),
        (a_visa_change(status="replaced", valid_until="2031-09-01"), date(2031, 9, 1)),
        (a_visa_change(status="revoked"), None),
        (a_visa_change(status="expired"), None),
        (a_visa_change(number="77777"), date(2031, 7, 16)),
    ],
)
def test_a_document_is_good_until_what_was_last_said_of_it(
    change: Body, until: date | None
) -> None:
    """A change of the document that stands moves or ends it; one of another does not."""
    assert a_shared(NOTICE, VISA).document_valid_until == date(2031, 7, 16)
    assert a_shared(NOTICE, VISA, change).document_valid_until == until


def test_the_later_acts_tell_their_times() -> None:
    """Departure and presentation have the port's time, closure that of the message."""
    shared = a_shared(*WAYS[Stage.CLOSED])
    assert shared.departed_at == datetime(2031, 3, 18, 16, 50, tzinfo=UTC)
    assert shared.presented_at == datetime(2031, 5, 6, 10, 55, tzinfo=UTC)
    assert shared.closed_at == NOW + timedelta(minutes=6)
    assert a_shared(*WAYS[Stage.NOT_PRESENTED]).presented_at is None


@pytest.mark.parametrize("stage", WAYS)
def test_whoever_was_received_stays_so(stage: Stage) -> None:
    """What comes after a reception does not take it back: the next cycle counts it."""
    before = {
        Stage.NOTICED, Stage.ACCEPTED, Stage.REFUSED, Stage.DEFERRED, Stage.CANCELLED,
        Stage.DEPARTED, Stage.NOT_RECEIVED,
    }  # fmt: skip
    assert a_shared(*WAYS[stage]).was_received is (stage not in before)
    assert a_shared(NOTICE, VISA).was_received


def test_a_hearing_stands_until_it_moves_or_the_case_ends() -> None:
    """One version of one hearing is current; of a case that has ended none is."""
    moved = a_shared(a_notice(), a_hearing_notice())
    assert moved.has_current(HEARING, 2)
    assert not moved.has_current(HEARING, 1)
    assert not moved.has_current(CASE, 2)
    assert not a_shared(a_notice(), a_case_closure()).has_current(HEARING, 1)


def test_a_confirmation_is_true_when_it_is_sealed() -> None:
    """What was drafted before the hearing moved says that it no longer stands."""
    draft = a_hearing_confirmation()
    assert complete(draft, a_shared()) is draft
    for later in (None, a_shared(a_notice(), a_hearing_notice())):
        assert complete(draft, later) == a_hearing_confirmation(current=False)
