"""One date, that stands, that the person knows, at a port in reach: R13 to R15 and R29."""

from datetime import UTC, datetime
from typing import Any

import pytest

from exchange.domain.handoff import HandoffId
from exchange.domain.messages.return_notice import ReturnNotice
from exchange.domain.parties import Side
from exchange.domain.severity import Severity
from tests.builders import (
    NOW,
    a_cancellation,
    a_case_closure,
    a_hearing_confirmation,
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
    MINUTE,
    SECOND,
    Told,
    a_record,
    broken,
    closes,
    look,
    stays_resolved,
    tell,
)

EARLIER = HandoffId("0f9b3a52-6d0e-4f57-9a43-5d2c1be7a000")
OTHER_HEARING = "c7a2d9b4-1e6f-4b8a-b5d3-90e1f2a3b499"
WAITING = (a_notice(), an_acknowledgment(), a_reception(), a_visa_issuance())
NONE_SCHEDULED = a_hearing_notice(status="none-scheduled")
DENIED = a_hearing_confirmation(current=False)
IN_AUTUMN = a_hearing_notice(
    hearing_at=an_appointment("2031-09-20T08:00"), present_at=an_appointment("2031-09-20T04:00")
)
READ_AGAIN = a_hearing_notice(
    version=1,
    hearing_at=an_appointment("2031-05-06T08:00"),
    present_at=an_appointment("2031-05-06T04:00"),
)
LATER = NOW + 90 * DAY
DAY_OVER = datetime(2031, 5, 7, 7, 0, tzinfo=UTC)


def test_a_hearing_that_is_past_is_found_when_its_day_is_over() -> None:
    """The day is that of the port; until it ends the person may still be on the way."""
    waiting = a_record(*WAITING)
    assert broken("R13", waiting, DAY_OVER - SECOND) is None
    found = broken("R13", waiting, DAY_OVER)
    assert found is not None
    assert (found.because, found.owner) == (("hearing-past",), Side.US)


def test_none_scheduled_is_found_after_a_week() -> None:
    """The court may take days to set another date, and no longer."""
    waiting = a_record(*WAITING, NONE_SCHEDULED)
    since = NOW + 4 * MINUTE + 7 * DAY
    assert broken("R13", waiting, since - SECOND) is None
    found = broken("R13", waiting, since)
    assert found is not None
    assert found.because == ("none-scheduled",)


def test_a_date_that_was_said_not_to_stand_is_found_at_once() -> None:
    """That somebody made it up, or that it was moved unsaid, is known as soon as it is said."""
    denied = a_record(*WAITING, DENIED)
    found = broken("R13", denied, NOW)
    assert found is not None
    assert found.because == ("hearing-denied",)
    moved = a_record(*WAITING, DENIED, a_hearing_notice())
    assert closes("R13", look(denied, NOW), look(moved, NOW), NOW)
    assert stays_resolved("R13", look(denied, NOW), NOW)


@pytest.mark.parametrize(
    "told",
    [
        (*WAITING, a_presentation()),
        (*WAITING, a_presentation(outcome="not-presented")),
        (*WAITING, an_exit()),
        (*WAITING, a_case_closure()),
        (a_notice(),),
        (a_reception(),),
        (*WAITING, a_hearing_confirmation(), IN_AUTUMN),
    ],
)
def test_who_waits_for_nothing_past_is_not_found(told: tuple[Told, ...]) -> None:
    """Seen, gone, closed, not in Mexico, or with a date that lies ahead."""
    assert broken("R13", a_record(*told), LATER) is None


def test_a_hearing_at_a_port_that_we_do_not_know_ends_by_greenwich() -> None:
    """Without the port's zone the day ends with the day of Greenwich."""
    notice = at_port("9999")
    waiting = a_record(notice, *WAITING[1:])
    found = broken("R13", waiting, LATER)
    assert found is not None
    assert found.since == datetime(2031, 5, 7, tzinfo=UTC)


def at_port(port: str, **changes: Any) -> ReturnNotice:
    """Return a notice whose presentation is at another port."""
    hearing = a_notice().hearing.model_copy(update={"presentation_port": port} | changes)
    return a_notice().model_copy(update={"hearing": hearing})


MOVED = (*WAITING, a_hearing_notice())
TOLD = a_hearing_delivery(version=2)
DUE_AT = NOW + 4 * MINUTE + 3 * DAY
HEARING_AT = datetime(2031, 5, 20, 15, 0, tzinfo=UTC)


def test_a_change_that_nobody_was_told_of_is_found_and_gets_graver() -> None:
    """Three days after it the person must know; in the last week it is critical."""
    moved = a_record(*MOVED)
    assert broken("R14", moved, DUE_AT - SECOND) is None
    found = broken("R14", moved, DUE_AT)
    assert found is not None
    assert (found.severity, found.owner) == (Severity.HIGH, Side.MX)
    graver = broken("R14", moved, HEARING_AT - 7 * DAY)
    assert graver is not None
    assert graver.severity is Severity.CRITICAL


def test_a_delivery_closes_it() -> None:
    """Once it is said that the person knows, nothing is missing."""
    before, after = look(a_record(*MOVED), LATER), look(a_record(*MOVED, TOLD), LATER)
    assert closes("R14", before, after, LATER)
    assert stays_resolved("R14", before, LATER)


def test_that_none_is_scheduled_must_be_told_too() -> None:
    """A person who is not told would come for nothing; with no date it never gets critical."""
    found = broken("R14", a_record(*WAITING, NONE_SCHEDULED), LATER)
    assert found is not None
    assert found.severity is Severity.HIGH


@pytest.mark.parametrize(
    "told",
    [
        WAITING,
        (*MOVED, TOLD),
        (a_notice(), a_hearing_notice()),
        (*MOVED, a_presentation()),
        (*WAITING, READ_AGAIN),
    ],
)
def test_what_need_not_be_told_is_not_found(told: tuple[Told, ...]) -> None:
    """No change, one that was told, one before the return or after, and the same read again."""
    assert broken("R14", a_record(*told), LATER) is None


def test_a_delivery_of_an_older_version_is_none() -> None:
    """That the person knows the first date says nothing about the second."""
    assert broken("R14", a_record(*MOVED, a_hearing_delivery()), LATER) is not None


def second_cycle(**changes: Any) -> ReturnNotice:
    """Return the notice of a second cycle, for another hearing."""
    hearing = a_notice().hearing.model_copy(update={"hearing": OTHER_HEARING} | changes)
    return a_notice(cycle=2).model_copy(update={"hearing": hearing})


def test_two_hearings_of_a_case_conflict_at_the_later_cycle() -> None:
    """A person has one hearing; the other cycle closes it when it is over."""
    earlier = tell(*WAITING, handoff=EARLIER)
    record = a_record(second_cycle(), others=(earlier,))
    found = broken("R15", record, LATER)
    assert found is not None
    assert found.because == ("two-hearings",)
    first = a_record(*WAITING, handoff=EARLIER, others=(record.shared,))
    assert broken("R15", first, LATER) is None
    over = a_record(second_cycle(), others=(tell(*WAITING, a_presentation(), handoff=EARLIER),))
    assert closes("R15", look(record, LATER), look(over, LATER), LATER)
    assert stays_resolved("R15", look(record, LATER), LATER)


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        ((a_notice(cycle=2),), WAITING),
        ((second_cycle(), a_cancellation()), WAITING),
        ((second_cycle(), NONE_SCHEDULED), WAITING),
        ((second_cycle(),), (*WAITING, NONE_SCHEDULED)),
        ((second_cycle(),), (*WAITING, a_case_closure())),
        ((second_cycle(),), (a_reception(),)),
    ],
)
def test_one_hearing_at_a_time_is_no_conflict(
    mine: tuple[Told, ...], theirs: tuple[Told, ...]
) -> None:
    """The same, one that was taken back or off the calendar, or an ended cycle is no second."""
    record = a_record(*mine, others=(tell(*theirs, handoff=EARLIER),))
    assert broken("R15", record, LATER) is None


def test_one_version_with_two_dates_conflicts() -> None:
    """The notice and a hearing notice say one version with two dates, until the next one."""
    two = a_record(*WAITING, a_hearing_notice(version=1))
    found = broken("R15", two, LATER)
    assert found is not None
    assert found.because == ("two-dates",)
    after = a_record(*WAITING, a_hearing_notice(version=1), a_hearing_notice())
    assert closes("R15", look(two, LATER), look(after, LATER), LATER)


@pytest.mark.parametrize(
    ("told", "is_found"),
    [
        ((*WAITING, a_presentation(hearing=OTHER_HEARING)), True),
        ((*WAITING, a_presentation()), False),
        (
            (
                *WAITING,
                a_presentation(),
                a_hearing_notice(hearing=OTHER_HEARING),
            ),
            False,
        ),
        (
            (
                *WAITING,
                a_hearing_notice(hearing=OTHER_HEARING),
                a_presentation(),
            ),
            True,
        ),
        ((a_reception(), a_presentation(hearing=OTHER_HEARING)), False),
    ],
)
def test_who_came_for_another_hearing_is_found(
    told: tuple[Told, ...],
    is_found: bool,  # noqa: FBT001 - a column of the table
) -> None:
    """An old paper shows an old hearing; what is set after the person came is the next one."""
    found = broken("R15", a_record(*told), LATER)
    assert (found is not None and found.because == ("other-hearing",)) is is_found


def test_another_port_is_found_until_it_is_moved_back() -> None:
    """Who came through San Ysidro and must present in El Paso has a way to plan."""
    far = a_record(at_port("2402"), *WAITING[1:])
    found = broken("R29", far, LATER)
    assert found is not None
    assert found.severity is Severity.NORMAL
    near = a_record(at_port("2402"), *WAITING[1:], a_hearing_notice())
    assert closes("R29", look(far, LATER), look(near, LATER), LATER)
    assert stays_resolved("R29", look(far, LATER), LATER)


@pytest.mark.parametrize(
    "told",
    [
        WAITING,
        (at_port("2402"), a_cancellation()),
        (a_notice(), NONE_SCHEDULED),
        (a_reception(),),
        (at_port("2402"), *WAITING[1:], a_presentation()),
    ],
)
def test_the_same_port_or_none_is_fine(told: tuple[Told, ...]) -> None:
    """The port of return, no hearing, or nobody who travels."""
    assert broken("R29", a_record(*told), LATER) is None
