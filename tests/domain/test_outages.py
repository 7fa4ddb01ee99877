"""The paper of an outage: what it must say, and what it stands in for."""

from datetime import UTC, datetime, timedelta

import pytest

from exchange.domain.departures import CONDITIONS, Condition
from exchange.domain.limits import Limits
from exchange.domain.outages import (
    WAIVED_ON_PAPER,
    Manifest,
    Outage,
    is_entered_late,
    outage_faults,
    still_unmet_on_paper,
)

LIMITS = Limits()
SECOND = timedelta(seconds=1)
OPENS, CLOSES = (datetime(2031, 3, 18, hour, 0, tzinfo=UTC) for hour in (16, 20))


def a_manifest(**changes: object) -> Manifest:
    """Return a line of a sheet, at the opening of the window."""
    document = {
        "number": "SYS-2031-0007",
        "line": 3,
        "reason": "no-network",
        "at": "2031-03-18T16:30:00Z",
        "signed_by": "CBP-0099",
        "recorded_by": "CBP-0417",
    }
    return Manifest.model_validate(document | changes)


OUTAGE = Outage(OPENS, CLOSES)


@pytest.mark.parametrize(
    ("manifest", "outage", "expected"),
    [
        (a_manifest(), OUTAGE, []),
        (a_manifest(), Outage(OPENS, None), []),
        (a_manifest(at="2031-03-18T16:00:00Z"), OUTAGE, []),
        (a_manifest(at="2031-03-18T15:59:59Z"), OUTAGE, [("/at", "no-outage")]),
        (a_manifest(at="2031-03-18T19:59:59Z"), OUTAGE, []),
        (a_manifest(at="2031-03-18T20:00:00Z"), OUTAGE, [("/at", "no-outage")]),
        (a_manifest(), None, [("/at", "no-outage")]),
        (a_manifest(at="2031-03-19T20:00:01Z"), Outage(OPENS, None), [("/at", "in-the-future")]),
        (a_manifest(signed_by="cbp-0417"), OUTAGE, [("/signed_by", "same-person")]),
    ],
)
def test_a_sheet_stands_in_for_the_channel_while_it_was_down(
    manifest: Manifest, outage: Outage | None, expected: list[tuple[str, str]]
) -> None:
    """Two people sign for a time within the outage that is not ahead of us."""
    now = CLOSES + timedelta(days=1)
    faults = outage_faults(manifest, outage, now=now)
    assert [(fault.pointer, fault.code) for fault in faults] == expected


def test_paper_waives_the_channel_and_nothing_else() -> None:
    """A hold, a missing answer or a family apart stops on paper as it does on the wire."""
    assert {"channel-down"} == WAIVED_ON_PAPER
    found = tuple(Condition(name, says) for name, says in CONDITIONS.items())
    left = [one.name for one in still_unmet_on_paper(found)]
    assert left == [name for name in CONDITIONS if name != "channel-down"]


def test_what_is_entered_a_day_after_the_return_is_late() -> None:
    """It counts from the channel's return, and never while the outage lasts."""
    day = timedelta(days=1)
    assert not is_entered_late(OUTAGE, now=CLOSES + day, limits=LIMITS)
    assert is_entered_late(OUTAGE, now=CLOSES + day + SECOND, limits=LIMITS)
    assert not is_entered_late(Outage(OPENS, None), now=CLOSES + 9 * day, limits=LIMITS)


def test_nothing_personal_is_on_the_manifest() -> None:
    """Number, line, reason, time and two officers: the person is the handoff it is sent for."""
    assert set(Manifest.model_fields) == {
        *("number", "line", "reason", "at", "signed_by", "recorded_by"),
    }
