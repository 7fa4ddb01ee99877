"""To the second and to the number: where the rules of hearings and cases begin and end."""

import pytest

from exchange.domain.discrepancies.scopes import (
    Record,
)
from exchange.domain.handoff import HandoffId, SharedHandoff, advance
from exchange.domain.messages.body import Body
from exchange.domain.messages.return_notice import ReturnNotice
from tests.builders import (
    NOW,
    a_cancellation,
    a_case_closure,
    a_departure,
    a_hearing_notice,
    a_notice,
    a_presentation,
    a_reception,
    a_visa_issuance,
    an_acknowledgment,
    an_exit,
    said,
)
from tests.domain.discrepancies.scenes import (
    DAY,
    At,
    Told,
    a_record,
    broken,
    tell,
)

EARLIER = HandoffId("0f9b3a52-6d0e-4f57-9a43-5d2c1be7a000")
THIRD = HandoffId("0f9b3a52-6d0e-4f57-9a43-5d2c1be7a009")
OTHER_HEARING = "c7a2d9b4-1e6f-4b8a-b5d3-90e1f2a3b499"
WAITING = (a_notice(), an_acknowledgment(), a_reception(), a_visa_issuance())
CAME = (*WAITING, a_presentation())
REFUSED = an_acknowledgment(answer="refused")
TURNED_BACK = a_reception(outcome="not-received", code="TURNED_BACK")
NO_SHOW = a_presentation(outcome="not-presented", at="2031-05-06T13:00:00Z")
LATER = NOW + 120 * DAY


def other(*told: Told, handoff: HandoffId = EARLIER, first_seq: int = 1) -> SharedHandoff:
    """Return another handoff of the case."""
    return tell(*told, handoff=handoff, first_seq=first_seq)


def under_one_number(shared: SharedHandoff, body: Body, seq: int) -> SharedHandoff:
    """Return the handoff after *body*, which bears a number that was used before."""
    return advance(shared, shared.handoff, said(body, seq=seq, at=NOW + DAY)).shared


@pytest.mark.parametrize(
    ("told", "others", "is_found"),
    [
        ((a_notice(), REFUSED), (other(a_reception(), a_presentation()),), True),
        ((TURNED_BACK,), (other(a_presentation()),), False),
        ((a_notice(cycle=2), REFUSED), (other(a_notice(cycle=2), a_presentation()),), False),
        ((a_notice(cycle=2), REFUSED), (other(a_notice(cycle=3), a_presentation()),), False),
    ],
)
def test_only_a_hearing_of_an_earlier_cycle_comes_before_a_refusal(
    told: tuple[Told, ...],
    others: tuple[SharedHandoff, ...],
    is_found: bool,  # noqa: FBT001 - a column of the table
) -> None:
    """A handoff whose notice has not come is earlier than every cycle, and has none before it."""
    assert (broken("R16", a_record(*told, others=others), LATER) is not None) is is_found


def window(opens: str, closes: str, *then: Told) -> SharedHandoff:
    """Return a further handoff of the case, announced for this window."""
    notice = a_notice(cycle=2, return__window={"from": opens, "to": closes})
    return other(notice, *then, handoff=THIRD)


@pytest.mark.parametrize(
    ("further", "is_named"),
    [
        (window("2031-05-06T11:00:00Z", "2031-05-06T14:00:00Z"), True),
        (window("2031-05-06T08:00:00Z", "2031-05-06T11:00:00Z"), False),
        (window("2031-05-06T08:00:00Z", "2031-05-06T11:00:01Z"), True),
        (window("2031-05-06T11:00:01Z", "2031-05-06T14:00:00Z"), False),
        (window("2031-05-06T10:00:00Z", "2031-05-06T14:00:00Z", a_cancellation()), False),
    ],
)
def test_a_person_cannot_be_in_two_places(
    further: SharedHandoff,
    is_named: bool,  # noqa: FBT001 - a column of the table
) -> None:
    """From the second in which the other window opens until the one in which it closes."""
    found = broken("R17", a_record(*WAITING, NO_SHOW, others=(further,)), LATER)
    assert found is not None
    assert ("other-window" in found.because) is is_named


def test_a_hearing_without_its_notice_names_no_cause() -> None:
    """Whoever did not come, and was never announced, has no port of return to compare."""
    found = broken("R17", a_record(a_hearing_notice(), NO_SHOW), LATER)
    assert found is not None
    assert found.because == ()


@pytest.mark.parametrize(
    ("at", "is_found"), [("2031-05-07T15:00:00Z", False), ("2031-05-07T15:00:01Z", True)]
)
def test_a_day_from_the_hearing_is_that_day(
    at: str,
    is_found: bool,  # noqa: FBT001 - a column of the table
) -> None:
    """A second more is another."""
    record = a_record(*WAITING, a_presentation(at=at))
    assert (broken("R18", record, LATER) is not None) is is_found


def test_what_bears_one_number_is_not_after_itself() -> None:
    """Where one number stands twice, nothing is taken to be said after the other."""
    came = tell(*CAME)
    moved = under_one_number(came, a_hearing_notice(presentation_port="2402"), came_at(came))
    assert broken("R18", Record(moved, a_notice(), case=(moved,)), LATER) is not None
    set_for = under_one_number(came, a_hearing_notice(hearing=OTHER_HEARING), came_at(came))
    assert broken("R15", Record(set_for, a_notice(), case=(set_for,)), LATER) is not None


def came_at(shared: SharedHandoff) -> int:
    """Return the number under which it was said that the person came."""
    assert shared.presentation is not None
    return shared.presentation.seq


@pytest.mark.parametrize(
    ("told", "why"), [(CAME, "no-exit"), ((*WAITING, an_exit()), "no-presentation")]
)
def test_what_is_missing_is_named(told: tuple[Told, ...], why: str) -> None:
    """An exit, or a presentation."""
    found = broken("R19", a_record(*told), LATER)
    assert found is not None
    assert found.because == (why,)


def test_a_case_that_was_ended_twice_ended_the_first_time() -> None:
    """Of two closures the one with the lower number counts, in whichever cycle it was said."""
    late, early = other(a_case_closure(), first_seq=30), other(a_case_closure(), handoff=THIRD)
    for others in ((late, early), (early, late)):
        record = a_record(a_notice(cycle=3), first_seq=20, others=others)
        record = Record(record.shared, record.announced, case=(*others, record.shared))
        assert broken("R21", record, LATER) is not None


def test_who_crossed_in_the_second_of_the_end_was_still_returned() -> None:
    """What was said under the number of the end was not said after it."""
    ended_at = "2031-03-17T18:01:00Z"
    crossed = a_record(a_notice(), a_case_closure(), At(a_departure(at=ended_at), LATER))
    found = broken("R21", crossed, LATER)
    assert found is not None
    assert found.because == ("departed",)
    announced = a_record(
        a_notice(cycle=2), first_seq=20, others=(other(a_case_closure(), first_seq=20),)
    )
    assert broken("R21", announced, LATER) is None


def with_hearing(**changes: object) -> ReturnNotice:
    """Return the notice of a second cycle with another hearing."""
    notice = a_notice(cycle=2)
    hearing = notice.hearing.model_copy(update={"hearing": OTHER_HEARING} | changes)
    return notice.model_copy(update={"hearing": hearing})


@pytest.mark.parametrize(
    "others",
    [
        (other(a_reception()), other(*WAITING, handoff=THIRD)),
        (other(a_notice(cycle=2)),),
    ],
)
def test_another_hearing_is_looked_for_in_every_cycle(others: tuple[SharedHandoff, ...]) -> None:
    """In all that are no later, past those that have none."""
    record = a_record(with_hearing(), others=others)
    found = broken("R15", record, LATER)
    assert found is not None
    assert found.because == ("two-hearings",)
