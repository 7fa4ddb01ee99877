"""
What the messages about one handoff amount to.

The walk over every wrong order builds each stage from messages, says each thing in it, and
compares stage and code with the table; the properties say the order never matters.
"""

import json
from datetime import timedelta
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


def test_of_two_with_one_number_the_first_stands() -> None:
    """Where a sender gives one number to two answers, the one that we had already stays."""
    first = said(an_acknowledgment(), seq=2)
    second = said(an_acknowledgment(answer="refused"), seq=2)
    both = advance(advance(a_shared(), HANDOFF, first).shared, HANDOFF, second)
    assert both.shared.stage == "accepted"
    later = advance(a_shared(a_notice(), an_acknowledgment()), HANDOFF, said(second.body, seq=3))
    assert both.code == later.code


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
        ((VISA, a_visa_change(status="replaced")), a_visa_issuance(number="55555"), None),
        ((VISA, a_visa_change()), a_visa_issuance(number="55555"), "out-of-place"),
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


def test_before_the_notice_everything_else_is_unknown_however_much_was_said() -> None:
    """That a reception came first does not put a document, or a cancellation, in its place."""
    received = a_shared(a_reception())
    for body in (a_visa_issuance(), a_cancellation(), an_acknowledgment()):
        assert advance(received, HANDOFF, said(body, seq=2)).code == "unknown-subject"


def test_a_hearing_notice_is_held_against_the_hearing_notice_that_stands() -> None:
    """A moved hearing said again with another date is odd, whatever the first notice said."""
    moved = a_shared(a_notice(), a_hearing_notice())
    other = a_hearing_notice(hearing_at=an_appointment("2031-05-21T08:00"))
    assert advance(moved, HANDOFF, said(other, seq=3)).code == "out-of-place"
    assert advance(a_shared(), HANDOFF, said(other, seq=3)).code is None


def test_an_alert_changes_no_fact() -> None:
    """Corrections and alerts are events of their own: two alike are two, and nothing moves."""
    shared = a_shared(NOTICE)
    for body in (a_welfare_alert(), a_welfare_alert(), a_correction()):
        assert advance(shared, HANDOFF, said(body, seq=9)) == (shared, None)
    early, code = advance(None, HANDOFF, said(a_welfare_alert()))
    assert (early, code) == (SharedHandoff(handoff=HANDOFF), "unknown-subject")
