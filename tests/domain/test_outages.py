"""The paper of an outage: what it must say, and what it stands in for."""

from datetime import UTC, datetime, timedelta

import pytest

from exchange.domain.departures import CONDITIONS, Condition
from exchange.domain.limits import Limits
from exchange.domain.outages import (
    WAIVED_ON_PAPER,
    Manifest,
    Outage,
    before_it_was_seen,
    is_entered_late,
    outage_faults,
    outage_of,
    still_unmet_on_paper,
)
from tests.builders import (
    a_notice,
    a_reception,
    a_shared,
    a_visa_issuance,
    an_acknowledgment,
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


def test_what_happens_now_is_not_ahead() -> None:
    """A line written at the very second of the crossing stands."""
    at = OPENS + timedelta(minutes=30)
    assert outage_faults(a_manifest(), OUTAGE, now=at) == ()
    (ahead,) = outage_faults(a_manifest(), OUTAGE, now=at - SECOND)
    assert ahead.code == "in-the-future"


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


def test_a_sheet_belongs_to_the_outage_of_its_hour() -> None:
    """The outage that is on record at the hour of the sheet is its own, ended or not."""
    earlier = Outage(OPENS - timedelta(days=1), OPENS - SECOND)
    assert outage_of(a_manifest(), [earlier, OUTAGE]) == OUTAGE
    assert outage_of(a_manifest(), [Outage(OPENS, None)]) == Outage(OPENS, None)
    at, partner_away = OPENS + timedelta(minutes=30), a_manifest(reason="partner-away")
    first, second = Outage(OPENS, at), Outage(at, CLOSES)
    assert outage_of(partner_away, [first, second]) == second
    assert outage_of(partner_away, [first]) is None
    assert outage_of(a_manifest(reason="partner-away"), [earlier]) is None


@pytest.mark.parametrize("reason", ["no-network", "no-power", "system-down"])
def test_a_port_that_was_cut_off_has_only_its_sheet(reason: str) -> None:
    """Where our record can show no outage the sheet stands, and its time counts from its hour."""
    manifest = a_manifest(reason=reason)
    outage = outage_of(manifest, [])
    assert outage is not None
    assert outage_faults(manifest, outage, now=CLOSES) == ()
    at = OPENS + timedelta(minutes=30)
    assert not is_entered_late(outage, now=at + timedelta(days=1), limits=LIMITS)
    assert is_entered_late(outage, now=at + timedelta(days=1) + SECOND, limits=LIMITS)


def test_what_the_other_side_saw_does_not_stop_the_entry() -> None:
    """A reception bears the sheet out; that nobody was received does not."""
    ready = a_shared(a_notice(), an_acknowledgment())
    seen = a_shared(a_notice(), an_acknowledgment(), a_reception(), a_visa_issuance())
    assert before_it_was_seen(seen).stage is ready.stage
    refused = a_shared(a_notice(), an_acknowledgment(), a_reception(outcome="not-received"))
    assert before_it_was_seen(refused) is refused
