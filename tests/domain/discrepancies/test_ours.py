"""What the United States alone know, and never say: L1 to L3."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from exchange.domain.causes import HOLD_CAUSES, Cause
from exchange.domain.discrepancies.finding import Finding, find_ours
from exchange.domain.discrepancies.ours import from_hold_to_cancellation
from exchange.domain.discrepancies.scopes import CourtReading, OurRecord, Placed
from exchange.domain.discrepancies.standing import settle
from exchange.domain.parties import Side
from exchange.domain.severity import Severity
from exchange.domain.shared import HearingStands
from tests.builders import (
    NOW,
    a_cancellation,
    a_case_closure,
    a_departure,
    a_hearing_notice,
    a_notice,
    a_presentation,
    a_reception,
    an_acknowledgment,
)
from tests.domain.discrepancies.scenes import (
    DAY,
    HOUR,
    MINUTE,
    SECOND,
    At,
    Told,
    ours,
    tell,
    terms,
)

LATER = NOW + 30 * DAY
HELD_AT = NOW + 10 * MINUTE + 30 * SECOND
STOPPED_BY = NOW + 12 * MINUTE
CROSSED_AT = datetime(2031, 3, 18, 16, 50, tzinfo=UTC)
ACCEPTED = (a_notice(), an_acknowledgment())
CROSSED = (*ACCEPTED, a_departure())


def found(record: OurRecord, now: datetime) -> tuple[Finding, ...]:
    """Return what the United States find on their own."""
    return find_ours([record], terms(), now).findings


def held(*told: Told, cause: Cause = Cause.FEAR, **changes: Any) -> OurRecord:
    """Return a handoff that is held for a cause."""
    return ours(tell(*told), holds=(Placed(cause, HELD_AT)._replace(**changes),))


@pytest.mark.parametrize("cause", sorted(HOLD_CAUSES))
@pytest.mark.parametrize("told", [(a_notice(),), ACCEPTED])
def test_a_hold_takes_the_handoff_back_within_the_tick(
    cause: Cause, told: tuple[Told, ...]
) -> None:
    """A minute after the tick that follows the hold it must have been said, whatever the cause."""
    record = held(*told, cause=cause)
    assert found(record, STOPPED_BY - SECOND) == ()
    (one,) = found(record, STOPPED_BY)
    assert one.rule == ("L1" if cause is Cause.FEAR else "L2")
    assert (one.since, one.because) == (STOPPED_BY, ("not-taken-back",))
    assert (one.severity, one.owner) == (Severity.CRITICAL, Side.US)


def test_every_cause_is_watched_alike() -> None:
    """Two that differ in the cause alone differ in the rule's id alone (8 CFR 208.6)."""
    for told in (ACCEPTED, CROSSED):
        (fear,) = found(held(*told), LATER)
        (medical,) = found(held(*told, cause=Cause.MEDICAL), LATER)
        assert fear._replace(rule="L2") == medical


def test_a_cancellation_closes_it() -> None:
    """Once it was said that the handoff is withdrawn, nothing is left to stop."""
    for cause in (Cause.FEAR, Cause.OTHER):
        before = find_ours([held(*ACCEPTED, cause=cause)], terms(), LATER)
        after = find_ours([held(*ACCEPTED, a_cancellation(), cause=cause)], terms(), LATER)
        known = settle((), before, LATER).opened
        assert len(settle(known, after, LATER).closed) == len(known) == 1


def test_who_is_held_over_the_line_is_called_back() -> None:
    """At once, since the hold, or since the crossing where that came later."""
    (after_crossing,) = found(held(*CROSSED, at=CROSSED_AT + MINUTE), CROSSED_AT)
    assert after_crossing.because == ("over-the-line",)
    assert after_crossing.since == CROSSED_AT + MINUTE
    (before_it,) = found(held(*CROSSED, a_reception()), NOW)
    assert before_it.since == CROSSED_AT


def test_a_hold_that_was_lifted_over_the_line_is_over() -> None:
    """Unless the person crossed while it stood: that stays until somebody has explained it."""
    lifted = held(*CROSSED, at=CROSSED_AT + MINUTE, lifted_at=CROSSED_AT + HOUR)
    assert found(lifted, LATER) == ()
    assert found(held(*CROSSED, lifted_at=CROSSED_AT + HOUR), LATER) != ()
    assert found(held(*CROSSED, lifted_at=CROSSED_AT), LATER) == ()


def test_who_was_received_without_a_crossing_is_over_the_line_too() -> None:
    """Mexico has the person, whether or not anybody said that they crossed."""
    (one,) = found(held(*ACCEPTED, a_reception()), NOW)
    assert one.since == HELD_AT


@pytest.mark.parametrize(
    "record",
    [
        ours(tell(*ACCEPTED)),
        ours(tell(*CROSSED)),
        held(*ACCEPTED, a_cancellation()),
        held(a_notice(), an_acknowledgment(answer="refused")),
        held(*CROSSED, a_reception(outcome="not-received")),
        held(*CROSSED, a_reception(), a_presentation()),
    ],
)
def test_nobody_is_to_be_stopped(record: OurRecord) -> None:
    """No hold, taken back, refused, turned back, or back at the port."""
    assert found(record, LATER) == ()


def test_how_long_a_hold_took_is_measured() -> None:
    """From the first hold to the cancellation as it was said; the tick may lie before the hold."""
    shared = tell(*ACCEPTED, At(a_cancellation(), HELD_AT + 30 * SECOND))
    holds = (Placed(Cause.DATA, HELD_AT + HOUR), Placed(Cause.FEAR, HELD_AT))
    assert from_hold_to_cancellation(ours(shared, holds=holds)) == timedelta(seconds=30)
    late = (Placed(Cause.FEAR, HELD_AT + HOUR),)
    assert from_hold_to_cancellation(ours(shared, holds=late)) == timedelta(0)
    assert from_hold_to_cancellation(ours(shared)) is None
    assert from_hold_to_cancellation(held(*ACCEPTED)) is None


def read_in_court(*told: Told, at: datetime = NOW) -> OurRecord:
    """Return a handoff whose court has the hearing moved by two weeks."""
    moved = tell(a_notice(), a_hearing_notice()).current_hearing
    assert moved is not None
    return ours(tell(*told), court=CourtReading(moved, at))


def test_a_date_that_the_court_moved_must_be_said() -> None:
    """A day after it was read; the hearing notice closes it."""
    before = read_in_court(*ACCEPTED)
    assert found(before, NOW + DAY - SECOND) == ()
    (one,) = found(before, NOW + DAY)
    assert (one.rule, one.severity) == ("L3", Severity.HIGH)
    known = settle((), find_ours([before], terms(), LATER), LATER).opened
    said = find_ours([read_in_court(*ACCEPTED, a_hearing_notice())], terms(), LATER)
    assert len(settle(known, said, LATER).closed) == 1


@pytest.mark.parametrize(
    "record",
    [
        ours(tell(*ACCEPTED)),
        read_in_court(*ACCEPTED, a_case_closure()),
        read_in_court(*ACCEPTED, a_cancellation()),
        read_in_court(a_reception()),
    ],
)
def test_a_court_that_says_the_same_or_no_more_is_fine(record: OurRecord) -> None:
    """Nothing read, a case that has ended, a handoff taken back, or nobody to tell."""
    assert found(record, LATER) == ()


def test_the_same_date_under_another_version_is_the_same() -> None:
    """What is compared is the date and the place, not how often the court's file was read."""
    shared = tell(*ACCEPTED)
    stands = shared.current_hearing
    assert isinstance(stands, HearingStands)
    read = CourtReading(stands._replace(version=9, source_as_of=NOW + DAY), NOW)
    assert found(ours(shared, court=read), LATER) == ()
