"""Every person has one document, and it outlasts the hearing: R09 to R12."""

from datetime import UTC, date, datetime, timedelta

import pytest

from exchange.domain.discrepancies.stays import day_ends_at
from exchange.domain.handoff import HandoffId
from exchange.domain.parties import Side
from exchange.domain.severity import Severity
from tests.builders import (
    NOW,
    a_hearing_notice,
    a_notice,
    a_presentation,
    a_reception,
    a_visa_change,
    a_visa_issuance,
    an_acknowledgment,
    an_appointment,
    an_exit,
)
from tests.domain.discrepancies.scenes import (
    DAY,
    MINUTE,
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
RECEIVED = (a_notice(), an_acknowledgment(), a_reception())
DOCUMENTED = (*RECEIVED, a_visa_issuance())
LATER = NOW + 3 * DAY
VISA_DUE = datetime(2031, 3, 19, 17, 5, tzinfo=UTC)
SHORT = (*RECEIVED, a_visa_issuance(valid_until="2031-05-19"))
PRESENT_AT = datetime(2031, 5, 6, 11, 0, tzinfo=UTC)
MOVED = a_hearing_notice(
    hearing_at=an_appointment("2031-07-10T08:00"), present_at=an_appointment("2031-07-10T04:00")
)


def test_who_has_no_document_in_time_is_found() -> None:
    """A day after the reception somebody must have said which document was given."""
    before = a_record(*RECEIVED)
    assert broken("R09", before, VISA_DUE - SECOND) is None
    found = broken("R09", before, VISA_DUE)
    assert found is not None
    assert (found.severity, found.owner) == (Severity.HIGH, Side.MX)
    assert closes("R09", look(before, LATER), look(a_record(*DOCUMENTED), LATER), LATER)
    assert stays_resolved("R09", look(before, LATER), LATER)


@pytest.mark.parametrize(
    "told",
    [
        (a_notice(),),
        (a_notice(), a_reception(outcome="not-received")),
        (*RECEIVED, an_exit(at="2031-03-19T10:00:00Z")),
        (*RECEIVED, a_presentation(at="2031-03-19T17:05:00Z")),
    ],
)
def test_who_needs_no_document_is_not(told: tuple[Told, ...]) -> None:
    """Not received, or gone again within the day: no document was due."""
    assert broken("R09", a_record(*told), NOW + 90 * DAY) is None


def test_who_left_later_still_had_none() -> None:
    """That the person has left since does not give them the document that was due."""
    assert broken("R09", a_record(*RECEIVED, an_exit()), NOW + 90 * DAY) is not None


def test_a_document_without_a_reception_is_found() -> None:
    """A document for somebody nobody received, once the reception had time to overtake."""
    before = a_record(a_notice(), a_visa_issuance())
    assert broken("R10", before, NOW + 6 * MINUTE - SECOND) is None
    found = broken("R10", before, NOW + 6 * MINUTE)
    assert found is not None
    assert found.severity is Severity.NORMAL
    after = a_record(a_notice(), a_visa_issuance(), a_reception())
    assert closes("R10", look(before, LATER), look(after, LATER), LATER)
    assert stays_resolved("R10", look(before, LATER), LATER)


def test_a_change_without_a_reception_is_found_too() -> None:
    """So is a change of a document that nobody has said."""
    assert broken("R10", a_record(a_notice(), a_visa_change()), LATER) is not None
    assert broken("R10", a_record(*DOCUMENTED), LATER) is None
    assert broken("R10", a_record(a_notice()), LATER) is None


LATER_VISA = At(a_visa_issuance(number="50918273645"), NOW + 60 * MINUTE)
SECOND_CYCLE = (a_notice(cycle=2), a_reception(), LATER_VISA)


@pytest.mark.parametrize(
    ("first", "second", "is_found"),
    [
        (DOCUMENTED, SECOND_CYCLE, True),
        ((*DOCUMENTED, a_visa_change(status="revoked")), SECOND_CYCLE, False),
        ((*DOCUMENTED, a_visa_change(status="replaced")), SECOND_CYCLE, False),
        ((*DOCUMENTED, an_exit(at="2031-03-17T20:00:00Z")), SECOND_CYCLE, False),
        ((*DOCUMENTED, an_exit(at="2031-03-18T20:00:00Z")), SECOND_CYCLE, False),
        ((*DOCUMENTED, an_exit(at="2031-03-19T20:00:00Z")), SECOND_CYCLE, True),
        (RECEIVED, SECOND_CYCLE, False),
        (DOCUMENTED, (a_notice(cycle=2), a_reception()), False),
        (DOCUMENTED, (*SECOND_CYCLE, a_visa_change(number="50918273645", status="expired")), False),
    ],
)
def test_two_documents_of_one_case(
    first: tuple[Told, ...],
    second: tuple[Told, ...],
    is_found: bool,  # noqa: FBT001 - a column of the table
) -> None:
    """Two that are valid on one day are found at the later; an ended or past one is none."""
    earlier = tell(*first, handoff=EARLIER)
    record = a_record(*second, others=(earlier,))
    assert (broken("R11", record, LATER) is not None) is is_found


def test_a_revoked_document_closes_it_and_the_earlier_one_has_none() -> None:
    """The discrepancy is the later document's alone, and ends with either."""
    earlier = tell(*DOCUMENTED, handoff=EARLIER)
    revoked = tell(*DOCUMENTED, a_visa_change(status="revoked"), handoff=EARLIER)
    before = look(a_record(*SECOND_CYCLE, others=(earlier,)), LATER)
    after = look(a_record(*SECOND_CYCLE, others=(revoked,)), LATER)
    assert closes("R11", before, after, LATER)
    assert stays_resolved("R11", before, LATER)
    later = tell(*SECOND_CYCLE)
    first = a_record(*DOCUMENTED, handoff=EARLIER, others=(later,))
    assert broken("R11", first, LATER) is None


def test_a_document_that_ends_too_soon_is_found_and_gets_graver() -> None:
    """Thirteen days after the hearing is too soon; in the last week it is critical."""
    short = a_record(*SHORT)
    found = broken("R12", short, LATER)
    assert found is not None
    assert found.severity is Severity.HIGH
    critical_from = PRESENT_AT - 7 * DAY
    assert look(short, LATER).wakes[found.subject] == critical_from
    graver = broken("R12", short, critical_from)
    assert graver is not None
    assert graver.severity is Severity.CRITICAL
    assert graver.since == found.since
    assert graver.due_at <= critical_from + timedelta(hours=1)


def test_a_document_is_looked_at_with_every_change() -> None:
    """A hearing that moves opens it, a document that is extended closes it."""
    fine, moved = a_record(*DOCUMENTED), a_record(*DOCUMENTED, MOVED)
    assert broken("R12", fine, LATER) is None
    assert broken("R12", moved, LATER) is not None
    extended = a_record(*DOCUMENTED, MOVED, a_visa_change())
    assert closes("R12", look(moved, LATER), look(extended, LATER), LATER)
    assert stays_resolved("R12", look(moved, LATER), LATER)


@pytest.mark.parametrize(
    "told",
    [
        (a_notice(), a_visa_issuance(valid_until="2031-05-20")),
        RECEIVED,
        (*SHORT, an_exit()),
        (*SHORT, a_presentation()),
        (*SHORT, a_hearing_notice(status="none-scheduled")),
    ],
)
def test_a_document_that_is_not_needed_longer_is_fine(told: tuple[Told, ...]) -> None:
    """Two weeks after the hearing, none, gone, presented, or no hearing: nothing ends too soon."""
    assert broken("R12", a_record(*told), LATER) is None


def test_a_day_ends_by_the_wall_of_its_place() -> None:
    """In Tijuana seven or eight hours after it ends in Greenwich."""
    assert day_ends_at(date(2031, 5, 6), "America/Los_Angeles") == datetime(
        2031, 5, 7, 7, 0, tzinfo=UTC
    )
    assert day_ends_at(date(2031, 5, 6), "Etc/UTC") == datetime(2031, 5, 7, tzinfo=UTC)
