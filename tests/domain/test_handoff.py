"""
What the messages about one handoff amount to.

The walk over every wrong order builds each stage from messages, says each thing in it, and
compares stage and code with the table; the properties say the order never matters.
"""

import json
from datetime import UTC, date, datetime, timedelta
from itertools import permutations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.domain.handoff import (
    MOVES,
    Act,
    Said,
    SharedHandoff,
    Stage,
    act_of,
    advance,
)
from exchange.domain.messages.body import Body
from exchange.domain.parties import Side
from exchange.domain.stages import code_of
from tests.builders import (
    CASE,
    HANDOFF,
    HEARING,
    NOW,
    a_cancellation,
    a_case_closure,
    a_correction,
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
    a_welfare_alert,
    an_acknowledgment,
    an_appointment,
    an_exit,
    said,
)

NOTICE = a_notice()
ACCEPTED = an_acknowledgment()
REFUSED = an_acknowledgment(answer="refused")
DEFERRED = an_acknowledgment(answer="deferred")
CANCELLED = a_cancellation()
RECEIVED = a_reception()
NOT_RECEIVED = a_reception(outcome="not-received")
VISA = a_visa_issuance()
DEPARTED = a_departure()
PRESENTED = a_presentation()
NOT_PRESENTED = a_presentation(outcome="not-presented", at="2031-05-06T13:00:00Z")
CLOSED = a_case_closure()

WAYS: dict[Stage, tuple[Body, ...]] = {
    Stage.NOTICED: (NOTICE,),
    Stage.ACCEPTED: (NOTICE, ACCEPTED),
    Stage.REFUSED: (NOTICE, REFUSED),
    Stage.DEFERRED: (NOTICE, DEFERRED),
    Stage.CANCELLED: (NOTICE, CANCELLED),
    Stage.RECEIVED: (NOTICE, ACCEPTED, RECEIVED),
    Stage.NOT_RECEIVED: (NOTICE, ACCEPTED, NOT_RECEIVED),
    Stage.DOCUMENTED: (NOTICE, ACCEPTED, RECEIVED, VISA),
    Stage.DEPARTED: (NOTICE, ACCEPTED, DEPARTED),
    Stage.PRESENTED: (NOTICE, ACCEPTED, DEPARTED, RECEIVED, VISA, PRESENTED),
    Stage.NOT_PRESENTED: (NOTICE, ACCEPTED, DEPARTED, RECEIVED, VISA, NOT_PRESENTED),
    Stage.CLOSED: (NOTICE, ACCEPTED, DEPARTED, RECEIVED, VISA, PRESENTED, CLOSED),
}
"""How each stage is reached; in the first nothing has been said."""

FRESH: dict[Act, Body] = {
    Act.NOTICE: a_notice(revision=2),
    Act.CANCELLATION: a_cancellation(),
    Act.ACCEPTANCE: an_acknowledgment(answered_at="2031-03-17T19:00:00Z"),
    Act.REFUSAL: an_acknowledgment(answer="refused", code="AGE"),
    Act.DEFERRAL: an_acknowledgment(answer="deferred", answered_at="2031-03-17T19:00:00Z"),
    Act.RECEPTION: a_reception(at="2031-03-18T18:00:00Z"),
    Act.NON_RECEPTION: a_reception(outcome="not-received", code="TURNED_BACK"),
    Act.VISA: a_visa_issuance(number="55555"),
    Act.DEPARTURE: a_departure(crossing="CHAPARRAL"),
    Act.VISA_CHANGE: a_visa_change(),
    Act.HEARING: a_hearing_notice(),
    Act.DELIVERY: a_hearing_delivery(),
    Act.VERIFICATION: a_hearing_verification(),
    Act.CONFIRMATION: a_hearing_confirmation(),
    Act.EXIT: an_exit(),
    Act.PRESENTATION: a_presentation(at="2031-05-06T11:30:00Z"),
    Act.NON_PRESENTATION: a_presentation(outcome="not-presented", at="2031-05-06T14:00:00Z"),
    Act.CLOSURE: a_case_closure(),
    Act.CORRECTION: a_correction(),
    Act.ALERT: a_welfare_alert(),
}
"""Each act, said so that it repeats nothing said on the ways above."""


def reach(stage: Stage) -> SharedHandoff | None:
    """Return a handoff in the stage; None where nothing was said."""
    return a_shared(*WAYS[stage]) if stage in WAYS else None


@pytest.mark.parametrize("stage", WAYS)
def test_each_stage_is_reached(stage: Stage) -> None:
    """The ordinary messages lead to each stage."""
    assert a_shared(*WAYS[stage]).stage is stage


@pytest.mark.parametrize(("stage", "act"), list(product(Stage, Act)))
def test_every_act_in_every_stage_does_what_the_table_says(stage: Stage, act: Act) -> None:
    """Each pair ends in a stage of its rows, answered with their code."""
    assert act_of(FRESH[act]) is act
    after, code = advance(reach(stage), HANDOFF, said(FRESH[act], seq=9))
    rows = [move for move in MOVES if (move.stage, move.act) == (stage, act)]
    if (stage, act) in ((Stage.CANCELLED, Act.CANCELLATION), (Stage.CLOSED, Act.CLOSURE)):
        assert (after.stage, code) == (stage, "repeat")  # there is but one constant
    else:
        assert (after.stage, code) in {(move.to, move.code) for move in rows}
        assert code == code_of(stage, act)


@pytest.mark.parametrize("stage", WAYS)
def test_a_repetition_changes_nothing(stage: Stage) -> None:
    """The same thing said again in a new message is answered ``repeat``."""
    shared = a_shared(*WAYS[stage])
    for body in WAYS[stage]:
        after, code = advance(shared, HANDOFF, said(body, seq=9))
        assert (after.stage, code) == (stage, "repeat")


@pytest.mark.parametrize(
    ("first", "second", "code"),
    [
        (a_notice(revision=2), NOTICE, "superseded"),
        (an_acknowledgment(answer="refused"), ACCEPTED, "superseded"),
        (a_visa_issuance(number="55555"), VISA, "superseded"),
        (NOT_RECEIVED, RECEIVED, "superseded"),
        (a_departure(crossing="CHAPARRAL"), DEPARTED, "superseded"),
        (NOT_PRESENTED, PRESENTED, "superseded"),
        (a_hearing_notice(version=3), a_hearing_notice(), "superseded"),
        (a_visa_change(), a_visa_change(status="revoked"), "superseded"),
        (an_exit(kind="other"), an_exit(), "superseded"),
    ],
)
def test_an_older_fact_that_arrives_later_is_superseded(
    first: Body, second: Body, code: str
) -> None:
    """What was said before the standing fact does not take its place."""
    before = advance(a_shared(), HANDOFF, said(first, seq=9)).shared
    after, answered = advance(before, HANDOFF, said(second, seq=8))
    assert answered == code
    assert after.stage is before.stage


def test_an_answer_to_an_old_revision_counts_for_nothing() -> None:
    """A notice revised while Mexico answered is still unanswered."""
    shared = a_shared(NOTICE, a_notice(revision=2))
    after, code = advance(shared, HANDOFF, said(ACCEPTED, seq=3))
    assert (after.stage, code) == (Stage.NOTICED, "superseded")
    assert after.answer is None


def test_an_answer_to_a_revision_not_announced_is_out_of_place() -> None:
    """It is kept, accepts nothing yet, and counts once that revision comes."""
    early = an_acknowledgment(revision=2)
    shared = a_shared(NOTICE, ACCEPTED)
    after, code = advance(shared, HANDOFF, said(early, seq=9))
    assert (after.stage, code) == (Stage.NOTICED, "out-of-place")
    revised = advance(after, HANDOFF, said(a_notice(revision=2), seq=9)).shared
    assert revised.stage is Stage.ACCEPTED


def test_a_cancellation_may_overtake_its_notice() -> None:
    """The handoff is cancelled although its notice is heard of later."""
    early, code = advance(None, HANDOFF, said(CANCELLED, seq=2))
    assert (early.stage, code) == (Stage.CANCELLED, "unknown-subject")
    after, code = advance(early, HANDOFF, said(NOTICE, seq=1))
    assert (after.stage, code) == (Stage.CANCELLED, "superseded")


def test_a_repeated_answer_is_not_made_late() -> None:
    """The time of the first answer stands when the same is said again later."""
    shared = a_shared(NOTICE, ACCEPTED)
    again = said(ACCEPTED, seq=9, at=NOW + timedelta(days=1))
    assert advance(shared, HANDOFF, again).shared.answered_at == shared.answered_at


BODIES = st.sampled_from(
    [
        *(a_notice(revision=revision) for revision in (1, 2, 3)),
        *(a_cancellation(revision=revision) for revision in (1, 2)),
        *(
            an_acknowledgment(revision=revision, answer=answer)
            for revision in (1, 2, 3)
            for answer in ("accepted", "refused", "deferred")
        ),
        RECEIVED,
        a_reception(receiving_point="MX-OTAY"),
        NOT_RECEIVED,
        VISA,
        a_visa_issuance(number="55555"),
        DEPARTED,
        a_departure(revision=2),
        *(a_hearing_notice(version=version) for version in (1, 2, 3)),
        a_hearing_notice(status="none-scheduled"),
        *(a_hearing_delivery(version=version) for version in (1, 2)),
        a_hearing_delivery(outcome="not-found"),
        *(a_hearing_verification(version=version) for version in (1, 2)),
        *(a_hearing_confirmation(version=version, current=version == 2) for version in (1, 2)),
        *(a_visa_change(status=status) for status in ("extended", "revoked")),
        an_exit(),
        an_exit(kind="other"),
        PRESENTED,
        NOT_PRESENTED,
        CLOSED,
        a_correction(),
        a_welfare_alert(),
    ]
)


@st.composite
def conversations(draw: st.DrawFn) -> list[Said]:
    """Return messages about one handoff; each side numbers its own without repeating one."""
    counts = {Side.US: 0, Side.MX: 0}
    spoken: list[Said] = []
    for minute, body in enumerate(draw(st.lists(BODIES, max_size=10))):
        speaker = act_of(body).speaker or draw(st.sampled_from(Side))
        counts[speaker] += 1
        at = NOW + timedelta(minutes=minute)
        spoken.append(said(body, seq=counts[speaker], at=at))
    return spoken


def fold(messages: list[Said]) -> SharedHandoff | None:
    """Return the handoff after the messages, in the order given."""
    shared: SharedHandoff | None = None
    for message in messages:
        shared = advance(shared, HANDOFF, message).shared
    return shared


@given(conversations(), st.data())
def test_any_order_and_any_repetition_end_in_the_same_handoff(
    messages: list[Said], data: st.DataObject
) -> None:
    """Both sides hold equal facts and the same stage once each has heard everything."""
    repeats = data.draw(st.lists(st.sampled_from(messages), max_size=4)) if messages else []
    shuffled = data.draw(st.permutations([*messages, *repeats]))
    assert fold(shuffled) == fold(messages)


@given(conversations(), st.data())
def test_every_change_of_stage_is_a_row_of_the_table(
    messages: list[Said], data: st.DataObject
) -> None:
    """No order of messages makes a move that the table does not draw."""
    drawn = {(move.stage, move.act, move.to) for move in MOVES}
    shared = SharedHandoff(handoff=HANDOFF)
    for message in data.draw(st.permutations(messages)):
        before = shared.stage
        shared = advance(shared, HANDOFF, message).shared
        if shared.stage is not before:
            assert (before, act_of(message.body), shared.stage) in drawn


@given(conversations())
def test_a_handoff_survives_its_row(messages: list[Said]) -> None:
    """What is stored as JSON is read back as the same handoff."""
    shared = fold(messages)
    if shared is not None:
        assert SharedHandoff.model_validate_json(shared.written()) == shared
        assert None not in json.loads(shared.written()).values()  # what was not said has no place


def test_the_ordinary_journey_converges_in_all_its_orders() -> None:
    """Notice, acceptance, reception and visa end documented in each of their 24 orders."""
    journey = [
        said(body, seq=seq, at=NOW + timedelta(minutes=seq - 1))
        for seq, body in enumerate(WAYS[Stage.DOCUMENTED], start=1)
    ]
    ends = {order: fold(list(order)) for order in permutations(journey)}
    assert len(ends) == 24
    assert all(end == a_shared(*WAYS[Stage.DOCUMENTED]) for end in ends.values())


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


def test_of_two_with_one_number_the_first_stands() -> None:
    """Where a sender gives one number to two answers, the one that we had already stays."""
    first = said(an_acknowledgment(), seq=2)
    second = said(an_acknowledgment(answer="refused"), seq=2)
    both = advance(advance(a_shared(), HANDOFF, first).shared, HANDOFF, second)
    assert both.shared.stage == "accepted"
    later = advance(a_shared(a_notice(), an_acknowledgment()), HANDOFF, said(second.body, seq=3))
    assert both.code == later.code


def test_each_fact_keeps_what_was_said() -> None:
    """Window, identity and revision stand in the handoff as the message had them."""
    deferred = an_acknowledgment(answer="deferred")
    shared = a_shared(a_notice(), deferred, a_reception(identity="doubt"), a_cancellation())
    assert deferred.window is not None
    assert shared.acknowledgment is not None
    assert shared.reception is not None
    assert shared.cancellation is not None
    window = (shared.acknowledgment.window_from, shared.acknowledgment.window_to)
    assert window == (deferred.window.from_, deferred.window.to)
    assert shared.reception.identity == "doubt"
    assert shared.cancellation.revision == 1


# --- Hearings ------------------------------------------------------------------------------------


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


def test_a_hearing_notice_before_its_notice_is_kept() -> None:
    """The hearing is known although the handoff is not announced yet."""
    early, code = advance(None, HANDOFF, said(a_hearing_notice()))
    assert (early.stage, code) == (Stage.UNANNOUNCED, "unknown-subject")
    assert early.hearing_at == datetime(2031, 5, 20, 15, 0, tzinfo=UTC)


SAME = {
    "version": 1,
    "hearing_at": an_appointment("2031-05-06T08:00"),
    "present_at": an_appointment("2031-05-06T04:00"),
}


@pytest.mark.parametrize(
    ("before", "body", "code"),
    [
        ((), a_hearing_notice(), None),
        ((), a_hearing_notice(version=7), None),
        ((), a_hearing_notice(**SAME), None),  # the schedule was read again
        ((), a_hearing_notice(**SAME, source_as_of="2031-03-17T15:30:00Z"), "repeat"),
        ((), a_hearing_notice(version=1), "out-of-place"),  # two dates under one version
        ((a_hearing_notice(),), a_hearing_notice(), "repeat"),
        ((a_notice(revision=2, hearing__version=3),), a_hearing_notice(), "superseded"),
        ((a_hearing_notice(),), a_hearing_delivery(), "superseded"),
        ((), a_hearing_delivery(), None),
        ((), a_hearing_delivery(version=2), "out-of-place"),
        ((), a_hearing_delivery(hearing=CASE), "out-of-place"),
        ((a_hearing_notice(),), a_hearing_confirmation(current=False), "superseded"),
        ((), a_hearing_confirmation(version=2, current=False), "out-of-place"),
        ((), a_hearing_verification(version=9), None),
        ((VISA,), a_visa_change(), None),
        ((VISA,), a_visa_change(number="77777"), "out-of-place"),
        ((), a_visa_change(), "out-of-place"),
        ((), a_departure(), None),
        ((), a_departure(revision=2), "out-of-place"),
        ((), an_exit(), "out-of-place"),
        ((RECEIVED,), an_exit(), None),
        ((RECEIVED,), a_welfare_alert(), None),
        ((a_correction(),), a_correction(), None),  # two slips may be put right alike
    ],
)
def test_what_is_said_about_something_else_than_what_stands_is_answered_so(
    before: tuple[Body, ...], body: Body, code: str | None
) -> None:
    """A version, revision or document that is not the current one is told by the code."""
    shared = a_shared(NOTICE, ACCEPTED, *before)
    assert advance(shared, HANDOFF, said(body, seq=9)).code == code


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


def test_an_alert_changes_no_fact() -> None:
    """Corrections and alerts are events of their own: two alike are two, and nothing moves."""
    shared = a_shared(NOTICE)
    for body in (a_welfare_alert(), a_welfare_alert(), a_correction()):
        assert advance(shared, HANDOFF, said(body, seq=9)) == (shared, None)
    early, code = advance(None, HANDOFF, said(a_welfare_alert()))
    assert (early, code) == (SharedHandoff(handoff=HANDOFF), "unknown-subject")
