"""Who came, who did not, who was returned again, and what has ended: R16 to R21."""

from datetime import UTC, datetime
from typing import Any

import pytest

from exchange.domain.discrepancies.scopes import Alert
from exchange.domain.handoff import HandoffId, SharedHandoff
from exchange.domain.outages import Outage
from exchange.domain.parties import Side
from exchange.domain.severity import Severity
from tests.builders import (
    NOW,
    a_cancellation,
    a_case_closure,
    a_departure,
    a_hearing_delivery,
    a_hearing_notice,
    a_notice,
    a_presentation,
    a_reception,
    a_visa_issuance,
    an_acknowledgment,
    an_appointment,
    an_exit,
)
from tests.domain.discrepancies.scenes import (
    DAY,
    HOUR,
    SECOND,
    At,
    Told,
    a_record,
    broken,
    closes,
    look,
    stays_resolved,
    tell,
)

EARLIER = HandoffId("0f9b3a52-6d0e-4f57-9a43-5d2c1be7a000")
THIRD = HandoffId("0f9b3a52-6d0e-4f57-9a43-5d2c1be7a009")
WAITING = (a_notice(), an_acknowledgment(), a_reception(), a_visa_issuance())
CAME = (*WAITING, a_presentation())
LATER = NOW + 90 * DAY
PRESENT_AT = datetime(2031, 5, 6, 11, 0, tzinfo=UTC)
RECEIVED_AT = datetime(2031, 3, 18, 17, 5, tzinfo=UTC)
AGAIN = a_notice(cycle=2)
REFUSED = an_acknowledgment(answer="refused")
TURNED_BACK = a_reception(outcome="not-received", code="TURNED_BACK")


def earlier(*told: Told) -> tuple[SharedHandoff, ...]:
    """Return the earlier cycle of the case."""
    return (tell(*told, handoff=EARLIER),)


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ((AGAIN, REFUSED), "refused"),
        ((AGAIN, an_acknowledgment(), TURNED_BACK), "turned-back"),
    ],
)
def test_who_is_refused_after_a_hearing_is_found(told: tuple[Told, ...], why: str) -> None:
    """Refused by answer or at the line: the person stays overnight where they came from."""
    record = a_record(*told, others=earlier(*CAME))
    found = broken("R16", record, LATER)
    assert found is not None
    assert (found.because, found.owner) == ((why,), Side.MX)
    assert stays_resolved("R16", look(record, LATER), LATER)


def test_it_closes_once_the_person_is_received() -> None:
    """By a revision that is accepted, or under a further handoff of the case."""
    before = look(a_record(AGAIN, REFUSED, others=earlier(*CAME)), LATER)
    next_revision = (a_notice(cycle=2, revision=2), an_acknowledgment(revision=2))
    accepted = a_record(AGAIN, REFUSED, *next_revision, others=earlier(*CAME))
    further = tell(a_notice(cycle=2), an_acknowledgment(), a_reception(), handoff=THIRD)
    elsewhere = a_record(AGAIN, REFUSED, others=(*earlier(*CAME), further))
    ended = a_record(AGAIN, REFUSED, others=earlier(*CAME, a_case_closure()))
    for after in (accepted, elsewhere, ended):
        assert closes("R16", before, look(after, LATER), LATER)


@pytest.mark.parametrize(
    ("told", "others"),
    [
        ((AGAIN, an_acknowledgment()), earlier(*CAME)),
        ((AGAIN, REFUSED), earlier(*WAITING)),
        ((a_notice(), REFUSED), ()),
        ((AGAIN, a_reception(outcome="not-received")), earlier(*CAME)),
        ((AGAIN, REFUSED, a_case_closure()), earlier(*CAME)),
        ((TURNED_BACK,), ()),
    ],
)
def test_another_refusal_is_not_after_a_hearing(
    told: tuple[Told, ...], others: tuple[SharedHandoff, ...]
) -> None:
    """Accepted, never presented, a first cycle, not seen, or a closed case."""
    assert broken("R16", a_record(*told, others=others), LATER) is None


NO_SHOW = a_presentation(outcome="not-presented", at="2031-05-06T13:00:00Z")


def test_who_did_not_come_is_found_with_every_cause_that_is_known() -> None:
    """What kept the person away is recorded before anybody speaks with the court."""
    moved = a_hearing_notice(
        presentation_port="2402",
        hearing_at=an_appointment("2031-07-20T08:00"),
        present_at=an_appointment("2031-07-20T05:00"),
    )
    at = datetime(2031, 7, 20, 12, 0, tzinfo=UTC)
    window = {"from": "2031-07-20T11:00:00Z", "to": "2031-07-20T13:00:00Z"}
    shifted = AGAIN.model_copy(
        update={
            "return_": AGAIN.return_.model_copy(
                update={
                    "window": type(AGAIN.return_.window).model_validate(window),
                }
            )
        }
    )
    record = a_record(
        *WAITING,
        moved,
        NO_SHOW,
        others=(tell(shifted, handoff=THIRD),),
        alerts=(Alert(NOW, NOW),),
        outages=(Outage(at, None),),
    )
    found = broken("R17", record, LATER)
    assert found is not None
    assert found.because == (
        "date-not-delivered",
        "document-ended",
        "alert",
        "other-port",
        "outage",
        "other-window",
    )
    assert (found.severity, found.owner) == (Severity.HIGH, Side.US)


@pytest.mark.parametrize(
    ("since", "until", "is_named"),
    [
        (PRESENT_AT - HOUR, PRESENT_AT, False),
        (PRESENT_AT - HOUR, PRESENT_AT + SECOND, True),
        (PRESENT_AT + 2 * HOUR, None, False),
        (PRESENT_AT + 2 * HOUR - SECOND, None, True),
    ],
)
def test_an_outage_counts_while_the_person_could_present(
    since: datetime,
    until: datetime | None,
    is_named: bool,  # noqa: FBT001 - a column of the table
) -> None:
    """From the time to present until the grace has ended, and no other."""
    record = a_record(*WAITING, NO_SHOW, outages=(Outage(since, until),))
    found = broken("R17", record, LATER)
    assert found is not None
    assert ("outage" in found.because) is is_named


@pytest.mark.parametrize(
    "record",
    [
        a_record(*WAITING, NO_SHOW),
        a_record(NO_SHOW),
        a_record(
            *WAITING,
            a_hearing_notice(),
            a_hearing_delivery(version=2),
            NO_SHOW,
            others=(tell(AGAIN, a_cancellation(), handoff=THIRD), tell(NO_SHOW, handoff=EARLIER)),
        ),
        a_record(
            *WAITING,
            a_hearing_notice(status="none-scheduled"),
            a_hearing_delivery(version=2),
            NO_SHOW,
            others=(tell(AGAIN, handoff=THIRD),),
            outages=(Outage(NOW, None),),
        ),
    ],
)
def test_without_a_known_cause_none_is_named(record: Any) -> None:
    """That nothing is known is no cause, and states nothing about the person."""
    found = broken("R17", record, LATER)
    assert found is not None
    assert found.because == ()


def test_who_came_later_closes_the_no_show() -> None:
    """A person who came after all is no no-show any more."""
    late = a_record(*WAITING, NO_SHOW, a_presentation())
    before = look(a_record(*WAITING, NO_SHOW), LATER)
    assert closes("R17", before, look(late, LATER), LATER)
    assert stays_resolved("R17", before, LATER)
    for record in (a_record(*WAITING), a_record(*CAME)):
        assert broken("R17", record, LATER) is None


@pytest.mark.parametrize(
    ("came", "why"),
    [
        (a_presentation(port="2402"), ("other-port",)),
        (a_presentation(at="2031-05-09T10:00:00Z"), ("other-day",)),
        (a_presentation(at="2031-05-04T10:00:00Z", port="2503"), ("other-port", "other-day")),
    ],
)
def test_who_presents_elsewhere_is_found(came: Told, why: tuple[str, ...]) -> None:
    """Another port, or more than a day from the hearing."""
    before = a_record(*WAITING, came)
    found = broken("R18", before, LATER)
    assert found is not None
    assert (found.because, found.severity) == (why, Severity.NORMAL)
    after = a_record(*WAITING, came, a_presentation())
    assert closes("R18", look(before, LATER), look(after, LATER), LATER)
    assert stays_resolved("R18", look(before, LATER), LATER)


def test_who_presents_with_no_hearing_scheduled_is_found() -> None:
    """A person who comes although none is on the calendar came for nothing."""
    told = (*WAITING, a_hearing_notice(status="none-scheduled"), a_presentation())
    found = broken("R18", a_record(*told), LATER)
    assert found is not None
    assert found.because == ("other-day",)


@pytest.mark.parametrize(
    "told",
    [
        CAME,
        WAITING,
        (*WAITING, NO_SHOW),
        (a_presentation(),),
        (*CAME, a_hearing_notice(presentation_port="2402")),
    ],
)
def test_who_presents_where_and_when_they_must_is_fine(told: tuple[Told, ...]) -> None:
    """At the port, on the day; and what was set after they came is judged by the next."""
    assert broken("R18", a_record(*told), LATER) is None


PRESENTED_AT = datetime(2031, 5, 6, 10, 55, tzinfo=UTC)
LEFT_AT = datetime(2031, 5, 6, 10, 40, tzinfo=UTC)


@pytest.mark.parametrize(
    ("told", "since", "owner", "then"),
    [
        (CAME, PRESENTED_AT + DAY, Side.MX, an_exit()),
        ((*WAITING, an_exit()), LEFT_AT + DAY, Side.US, a_presentation()),
    ],
)
def test_an_exit_and_a_presentation_belong_together(
    told: tuple[Told, ...], since: datetime, owner: Side, then: Told
) -> None:
    """A day after the one the other must be there; whoever has not said it must act."""
    record = a_record(*told)
    assert broken("R19", record, since - SECOND) is None
    found = broken("R19", record, since)
    assert found is not None
    assert found.owner is owner
    assert closes("R19", look(record, since), look(a_record(*told, then), since), since)
    assert stays_resolved("R19", look(record, since), since)


@pytest.mark.parametrize(
    "told", [WAITING, (*WAITING, an_exit(kind="other")), (*CAME, an_exit()), (*WAITING, NO_SHOW)]
)
def test_an_exit_elsewhere_needs_no_presentation(told: tuple[Told, ...]) -> None:
    """Neither, both, or a way that does not lead to the port."""
    assert broken("R19", a_record(*told), LATER) is None


ENDS_AT = RECEIVED_AT + 180 * DAY


def test_a_case_that_is_open_too_long_is_found_at_its_last_cycle() -> None:
    """Half a year from the first reception; the newest cycle has it."""
    record = a_record(AGAIN, others=earlier(*CAME))
    assert broken("R20", record, ENDS_AT - SECOND) is None
    found = broken("R20", record, ENDS_AT)
    assert found is not None
    assert (found.since, found.severity) == (ENDS_AT, Severity.HIGH)
    first = a_record(*CAME, handoff=EARLIER, others=(tell(AGAIN),))
    assert broken("R20", first, ENDS_AT) is None
    ended = a_record(AGAIN, others=earlier(*CAME, a_case_closure()))
    assert closes("R20", look(record, ENDS_AT), look(ended, ENDS_AT), ENDS_AT)
    assert stays_resolved("R20", look(record, ENDS_AT), ENDS_AT)


@pytest.mark.parametrize(
    "record",
    [
        a_record(a_notice()),
        a_record(*WAITING, a_case_closure()),
        a_record(*WAITING, case=()),
    ],
)
def test_a_case_without_a_reception_or_with_an_end_is_fine(record: Any) -> None:
    """Nobody waits who was not received, nor whose case has ended."""
    assert broken("R20", record, LATER + 365 * DAY) is None


CLOSED = earlier(*CAME, a_case_closure())


def returned(*told: Told, first_seq: int = 20) -> Any:
    """Return a further handoff of the case, said after its end."""
    return a_record(*told, first_seq=first_seq, others=CLOSED)


@pytest.mark.parametrize(
    ("told", "why"), [((AGAIN,), "announced"), ((AGAIN, a_departure()), "departed")]
)
def test_a_closed_case_that_is_still_returned_is_found(told: tuple[Told, ...], why: str) -> None:
    """Announced, or even crossed, after the end was said."""
    record = returned(*told)
    found = broken("R21", record, LATER)
    assert found is not None
    assert found.because == (why,)
    assert stays_resolved("R21", look(record, LATER), LATER)


def test_it_closes_when_the_handoff_is_taken_back() -> None:
    """A cancellation ends it, unless the person has crossed."""
    before = look(returned(AGAIN), LATER)
    assert closes("R21", before, look(returned(AGAIN, a_cancellation()), LATER), LATER)
    crossed = returned(AGAIN, a_departure(), a_cancellation())
    assert broken("R21", crossed, LATER) is not None


@pytest.mark.parametrize(
    "record",
    [
        a_record(AGAIN, others=earlier(*CAME)),
        returned(AGAIN, first_seq=2),
        a_record(*WAITING, a_case_closure()),
        a_record(a_notice(), a_case_closure(), At(a_departure(at="2031-03-17T17:00:00Z"), LATER)),
        a_record(a_case_closure()),
    ],
)
def test_what_came_before_the_end_is_fine(record: Any) -> None:
    """An open case, what was said before by number, and a crossing that was only entered late."""
    assert broken("R21", record, LATER) is None
