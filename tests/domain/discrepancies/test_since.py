"""Since when each discrepancy counts: since the last of what it rests on was said."""

from datetime import UTC, datetime

import pytest

from exchange.domain.discrepancies.finding import Scopes
from exchange.domain.discrepancies.scopes import Corrected, Holder, Pair, Reading, Record
from exchange.domain.discrepancies.stays import day_ends_at
from exchange.domain.handoff import HandoffId
from exchange.domain.identity import Recorded
from exchange.domain.messages.return_notice import ReturnNotice
from exchange.domain.parties import CaseId, Side
from tests.builders import (
    NOW,
    a_cancellation,
    a_departure,
    a_hearing_notice,
    a_notice,
    a_reception,
    a_visa_change,
    a_visa_issuance,
    an_acknowledgment,
    an_appointment,
)
from tests.domain.discrepancies.scenes import DAY, HOUR, MINUTE, At, Told, a_record, broken, tell

EARLIER = HandoffId("0f9b3a52-6d0e-4f57-9a43-5d2c1be7a000")
OTHER_HEARING = "c7a2d9b4-1e6f-4b8a-b5d3-90e1f2a3b499"
LAST = NOW + 10 * DAY
LATER = NOW + 60 * DAY
ENDS_EARLY = a_visa_issuance(valid_until="2031-05-19")
MARIA = Recorded("María José", "Núñez de la Peña", "1994-02-28")


def last(place: int, *told: Told) -> tuple[Told, ...]:
    """Return what was told, the one at *place* later than all the others."""
    bodies = list(told)
    body = bodies[place]
    assert not isinstance(body, At)
    bodies[place] = At(body, LAST)
    return tuple(bodies)


def with_hearing(**changes: object) -> ReturnNotice:
    """Return a notice with another hearing."""
    notice = a_notice()
    return notice.model_copy(update={"hearing": notice.hearing.model_copy(update=changes)})


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ("R02", last(0, a_reception(), a_notice(), a_cancellation())),
        ("R02", last(2, a_reception(at="2031-03-30T17:05:00Z"), a_notice(), a_cancellation())),
        ("R15", last(0, a_notice(), a_hearing_notice(version=1))),
        ("R15", last(1, a_notice(), a_hearing_notice(version=1))),
        (
            "R29",
            last(0, a_notice(), an_acknowledgment(), a_hearing_notice(presentation_port="2402")),
        ),
        (
            "R29",
            last(2, a_notice(), an_acknowledgment(), a_hearing_notice(presentation_port="2402")),
        ),
        ("R12", last(0, a_notice(), a_reception(), ENDS_EARLY)),
        ("R12", last(2, a_notice(), a_reception(), ENDS_EARLY)),
        (
            "R12",
            last(
                3,
                a_notice(),
                a_reception(),
                ENDS_EARLY,
                a_visa_change(status="extended", valid_until="2031-05-18"),
            ),
        ),
        (
            "R12",
            last(
                3,
                a_notice(),
                a_reception(),
                a_visa_issuance(),
                a_hearing_notice(
                    hearing_at=an_appointment("2031-07-10T08:00"),
                    present_at=an_appointment("2031-07-10T04:00"),
                ),
            ),
        ),
    ],
)
def test_what_rests_on_several_counts_since_the_last(rule: str, told: tuple[Told, ...]) -> None:
    """Whichever of them was said last, and in whatever order they bear their numbers."""
    found = broken(rule, a_record(*told), LATER)
    if found is None:
        pytest.fail("the rule is not broken")
    assert found.since == LAST


@pytest.mark.parametrize("is_mine_last", [True, False])
def test_two_hearings_count_since_the_later_notice(
    is_mine_last: bool,  # noqa: FBT001 - a column of the table
) -> None:
    """The cycle that has it need not be the one that was announced last."""
    mine = with_hearing(hearing=OTHER_HEARING).model_copy(update={"cycle": 2})
    told = (At(mine, LAST if is_mine_last else NOW),)
    other = tell(At(a_notice(), NOW if is_mine_last else LAST), handoff=EARLIER)
    found = broken("R15", a_record(*told, others=(other,)), LATER)
    assert found is not None
    assert (found.because, found.since) == (("two-hearings",), LAST)


@pytest.mark.parametrize("place", [0, 1])
def test_a_pair_counts_since_its_later_notice(place: int) -> None:
    """Whichever of the two it is."""
    times = [NOW, NOW]
    times[place] = LAST
    notices = (a_notice(), a_notice(case=CaseId("5b1f6f0e-93a7-4c55-8a5e-2f6f0a1d7c99")))
    holders = [
        Holder(tell(At(notice, at), handoff=HandoffId(f"{EARLIER[:-1]}{number}")), MARIA)
        for number, (notice, at) in enumerate(zip(notices, times, strict=True))
    ]
    found = broken("R05", Scopes(pairs=(Pair(holders[0], holders[1]),)), LATER)
    assert found is not None
    assert (found.because, found.since) == (("one-person",), LAST)


def test_two_documents_count_since_the_later() -> None:
    """The person had one until then."""
    earlier = tell(a_notice(), a_reception(), a_visa_issuance(), handoff=EARLIER)
    told = (a_notice(cycle=2), a_reception(), At(a_visa_issuance(number="50918273645"), LAST))
    found = broken("R11", a_record(*told, others=(earlier,)), LATER)
    assert found is not None
    assert found.since == LAST


def test_the_first_of_two_late_entries_counts() -> None:
    """A handoff with several has one discrepancy, since the first and of who said that."""
    told = (At(a_departure(), NOW + 8 * DAY), At(a_reception(), NOW + 6 * DAY))
    found = broken("R25", a_record(a_notice(), *told), LATER)
    assert found is not None
    assert (found.since, found.owner) == (NOW + 6 * DAY, Side.MX)


def test_of_two_entries_at_one_time_the_first_of_the_journey_counts() -> None:
    """What crossed late and was seen too early, in one second: the crossing is named."""
    said_at = NOW + 8 * DAY
    early = a_reception(at="2031-03-30T17:05:00Z")
    found = broken(
        "R25", a_record(a_notice(), At(a_departure(), said_at), At(early, said_at)), LATER
    )
    assert found is not None
    assert (found.because, found.owner) == (("late-entry",), Side.US)


def test_of_two_mistakes_with_corrections_the_first_counts() -> None:
    """Not taken up, and said again in that very second: what waited longer is named."""
    due = NOW + DAY
    again = Corrected(Side.US, NOW, "2504", None, (Reading(due, "2504"),))
    found = broken("R28", Record(tell(a_notice()), corrections=(again,)), LATER)
    assert found is not None
    assert (found.because, found.owner) == (("not-taken-up",), Side.MX)


def test_a_document_that_gets_critical_is_due_within_the_hour() -> None:
    """However much time was left by the rule as it was before."""
    present_at = datetime(2031, 5, 6, 11, 0, tzinfo=UTC)
    since = present_at - 7 * DAY - HOUR
    record = a_record(a_notice(), a_reception(), At(ENDS_EARLY, since))
    found = broken("R12", record, since + HOUR)
    assert found is not None
    assert (found.since, found.due_at) == (since, since + 2 * HOUR)


def test_the_end_of_a_day_is_said_by_greenwich() -> None:
    """Every time that a discrepancy says is one of Greenwich, whatever zone the port is in."""
    assert day_ends_at(NOW.date(), "America/Tijuana").tzinfo is UTC
    assert day_ends_at(NOW.date(), "America/Tijuana") > NOW + MINUTE
