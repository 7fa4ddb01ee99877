"""Nothing that may not be said, no number missing, no clock off: R22, R23 and R25."""

from datetime import UTC, datetime
from typing import Any

import pytest

from exchange.domain.discrepancies.finding import Finding, Scopes
from exchange.domain.discrepancies.scopes import Channel, Gap, Refused
from exchange.domain.parties import Side
from exchange.domain.severity import Severity
from tests.builders import (
    NOW,
    a_departure,
    a_hearing_delivery,
    a_notice,
    a_presentation,
    a_reception,
    a_visa_issuance,
    an_exit,
)
from tests.domain.discrepancies.scenes import (
    DAY,
    HOUR,
    MINUTE,
    SECOND,
    At,
    Told,
    a_record,
    broken,
    closes,
    look,
    stays_resolved,
    with_thresholds,
)

LATER = NOW + 90 * DAY
MESSAGE = "01932f4a-7c00-7abc-8def-0123456789ab"


def refused(code: str, pointer: str | None = None, speaker: Side = Side.US) -> Scopes:
    """Return a message that its receiver refused."""
    return Scopes(messages=(Refused(MESSAGE, speaker, code, pointer, NOW),))


@pytest.mark.parametrize(
    ("code", "pointer", "why"),
    [
        ("not-permitted", None, "not-permitted"),
        ("breaks-schema", "/body/reason", "cause-given"),
        ("breaks-schema", "/body", "more-than-agreed"),
        ("breaks-schema", "/body/person", "more-than-agreed"),
        ("breaks-schema", "/body/return/window", "more-than-agreed"),
        ("breaks-schema", "/body/hearing/hearing_at", "more-than-agreed"),
    ],
)
@pytest.mark.parametrize("speaker", list(Side))
def test_what_may_not_be_said_is_found(
    code: str, pointer: str | None, why: str, speaker: Side
) -> None:
    """A forbidden type, a cause for the constant, or a member too many: the speaker's to mend."""
    found = broken("R22", refused(code, pointer, speaker), LATER)
    assert found is not None
    assert (found.because, found.owner, found.subject.name) == ((why,), speaker, MESSAGE)
    assert (found.severity, found.due_at) == (Severity.CRITICAL, NOW + HOUR)


@pytest.mark.parametrize(
    ("code", "pointer"),
    [
        ("breaks-schema", "/body/person/sex"),
        ("breaks-schema", None),
        ("jti-conflict", "/body"),
        ("grammar", None),
    ],
)
def test_another_mistake_is_no_breach_of_privacy(code: str, pointer: str | None) -> None:
    """A wrong value or a message that cannot be read tells nothing about anybody."""
    assert broken("R22", refused(code, pointer), LATER) is None


def test_only_a_person_ends_a_breach_of_privacy() -> None:
    """What was said was said: it stays open until somebody has dealt with it."""
    found = look(refused("not-permitted"), LATER)
    assert found.has_looked_at(found.findings[0].subject)
    assert stays_resolved("R22", found, LATER)


def channel(**changes: Any) -> Scopes:
    """Return what Mexico has said, as numbers and clocks."""
    return Scopes(channels=(Channel(Side.MX)._replace(**changes),))


GAPS = (Gap(9, 9, NOW + MINUTE), Gap(5, 7, NOW))


def test_a_gap_is_found_after_a_minute() -> None:
    """Messages overtake one another; what is still missing then is missing."""
    assert broken("R23", channel(gaps=GAPS), NOW + MINUTE - SECOND) is None
    found = broken("R23", channel(gaps=GAPS), NOW + MINUTE)
    assert found is not None
    assert (found.because, found.owner) == (("gap",), Side.MX)


@pytest.mark.parametrize(
    ("name", "why"), [("repeated_since", "repeated"), ("differs_since", "sets-differ")]
)
def test_what_cannot_be_waited_for_is_found_at_once(name: str, why: str) -> None:
    """One number twice, or sets that differ once compared, with a gap beside it or not."""
    found = broken("R23", channel(**{name: NOW}), NOW)
    assert found is not None
    assert found.because == (why,)
    both = broken("R23", channel(**{name: NOW + HOUR}, gaps=GAPS), NOW)
    assert both is not None
    assert (both.because, both.since) == ((why, "gap"), NOW + HOUR)


def test_it_closes_when_the_messages_are_there() -> None:
    """A channel with every number and one set on both sides is whole."""
    before = look(channel(gaps=GAPS), LATER)
    assert closes("R23", before, look(channel(), LATER), LATER)
    assert stays_resolved("R23", before, LATER)


def test_a_clock_that_is_off_is_found_until_it_is_right() -> None:
    """Times that are wrong make every other rule wrong."""
    before = look(channel(skewed_since=NOW), LATER)
    found = broken("R25", channel(skewed_since=NOW), LATER)
    assert found is not None
    assert (found.because, found.severity) == (("clock",), Severity.NORMAL)
    assert closes("R25", before, look(channel(), LATER), LATER)


def late(told: Told) -> Finding | None:
    """Return the late entry in a handoff of which this was told."""
    return broken("R25", a_record(a_notice(), told), LATER)


@pytest.mark.parametrize(
    ("body", "at", "owner"),
    [
        (a_departure(), datetime(2031, 3, 18, 16, 50, tzinfo=UTC), Side.US),
        (a_reception(), datetime(2031, 3, 18, 17, 5, tzinfo=UTC), Side.MX),
        (a_visa_issuance(), datetime(2031, 3, 18, 19, 30, tzinfo=UTC), Side.MX),
        (a_hearing_delivery(), datetime(2031, 3, 19, 15, 0, tzinfo=UTC), Side.MX),
        (an_exit(), datetime(2031, 5, 6, 10, 40, tzinfo=UTC), Side.MX),
        (a_presentation(), datetime(2031, 5, 6, 10, 55, tzinfo=UTC), Side.US),
    ],
)
def test_what_is_said_a_day_after_it_was_is_late(body: Told, at: datetime, owner: Side) -> None:
    """To the second, for every message that says when something was; its speaker explains it."""
    assert not isinstance(body, At)
    assert late(At(body, at + DAY)) is None
    found = late(At(body, at + DAY + SECOND))
    assert found is not None
    assert (found.because, found.owner) == (("late-entry",), owner)
    assert late(At(body, at - 2 * MINUTE)) is None
    early = late(At(body, at - 2 * MINUTE - SECOND))
    assert early is not None
    assert (early.because, early.owner) == (("clock",), owner)


def test_what_was_said_before_of_something_else_is_no_clock() -> None:
    """Somebody had not come, and comes on a later day: that word is of its own time, or late."""
    on_the_day = datetime(2031, 5, 6, 13, 5, tzinfo=UTC)
    came_at = datetime(2031, 5, 11, 10, 55, tzinfo=UTC)
    not_come = At(a_presentation(outcome="not-presented", at="2031-05-06T13:00:00Z"), on_the_day)
    came = a_presentation(at="2031-05-11T10:55:00Z")
    for after, because in ((MINUTE, None), (2 * DAY, "late-entry"), (-HOUR, "clock")):
        found = broken("R25", a_record(a_notice(), not_come, At(came, came_at + after)), LATER)
        assert (found and found.because) == (because and (because,))


def test_only_a_person_ends_a_late_entry() -> None:
    """It was late and stays so: with the sheet of paper at hand somebody explains it."""
    record = a_record(a_notice(), At(a_departure(), NOW + 5 * DAY))
    assert stays_resolved("R25", look(record, LATER), LATER)


def test_how_late_is_late_is_a_setting() -> None:
    """A side that enters once a week says so."""
    agreed = with_thresholds(late_entry_seconds=7 * 86_400)
    record = a_record(a_notice(), At(a_departure(), NOW + 5 * DAY))
    assert broken("R25", record, LATER, agreed) is None
