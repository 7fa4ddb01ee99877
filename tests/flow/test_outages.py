"""A crossing that paper says: what it stands in for, how it is shown, and what it never does."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

import pytest

from exchange.domain.alarms import AlarmKind
from exchange.domain.handoff import Stage
from exchange.domain.wire import utc_text
from exchange.errors import Invalid
from exchange.store.alarms import close_alarms, raise_alarm
from tests.flow.gates import (
    IN_WINDOW,
    READ_LATE,
    alarmed,
    at_the_gate,
    depart,
    hold,
    names,
    sheet,
    to,
)
from tests.flow.standing import events, noticed, row_of
from tests.ledgers import assert_agree
from tests.sides import BothSides, SideOfTests


async def outage(us: SideOfTests, since: datetime, until: datetime | None) -> None:
    """Put on record that the partner was silent."""
    raised = partial(raise_alarm, kind=AlarmKind.CHANNEL_DOWN, subject="partner", at=since)
    await us.store.write(raised)
    if until is not None:
        closed = partial(close_alarms, kind=AlarmKind.CHANNEL_DOWN, subjects=["partner"], at=until)
        await us.store.write(closed)


async def test_a_sheet_is_entered_once_the_channel_is_back(both: BothSides) -> None:
    """The crossing is told with the hour of the sheet; journal and alarm say how it came."""
    us, handoff = both.us, await at_the_gate(both)
    await outage(us, IN_WINDOW, IN_WINDOW + timedelta(hours=6))
    to(both, IN_WINDOW + timedelta(hours=7))
    assert names(await depart(both, handoff)) == ["after-window", "hearing-source-old"]

    checked = await depart(both, handoff, sheet())

    assert checked.recorded
    (event,) = await events(us, "departure.overridden")
    assert event.data["manifest"] == "SYS-2031-0007"
    assert (event.data["signed_by"], event.data["late"]) == ("CBP-0099", False)
    assert await alarmed(us, AlarmKind.OUTAGE_OVERRIDE) == [handoff]
    await both.settle()
    assert (await both.mx.shared(handoff)).departed_at == IN_WINDOW
    again = await depart(both, handoff, sheet())
    assert (again.recorded, again.crossed) == (False, checked.crossed)
    await assert_agree(both)


async def test_a_sheet_may_be_entered_while_the_channel_is_down(both: BothSides) -> None:
    """During the outage the crossing is recorded too, and waits."""
    handoff = await at_the_gate(both)
    both.clock.pass_seconds(1800)
    assert names(await depart(both, handoff)) == ["channel-down"]
    assert (await depart(both, handoff, sheet(at=utc_text(both.clock())))).recorded


async def test_a_sheet_after_a_day_is_entered_and_shown_as_late(both: BothSides) -> None:
    """A person did cross: what comes late is entered, and the journal says so."""
    us, handoff = both.us, await at_the_gate(both)
    await outage(us, IN_WINDOW, IN_WINDOW + timedelta(hours=6))
    to(both, IN_WINDOW + timedelta(hours=31))
    assert (await depart(both, handoff, sheet())).recorded
    (event,) = await events(us, "departure.overridden")
    assert event.data["late"] is True


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        ({}, [("/manifest/at", "no-outage")]),
        ({"signed_by": "CBP-0417", "reason": "no-power"}, [("/manifest/signed_by", "same-person")]),
        (
            {"at": "2031-03-18T17:00:00Z", "reason": "no-power"},
            [("/manifest/at", "in-the-future")],
        ),
    ],
)
async def test_a_sheet_that_is_no_evidence_is_refused(
    both: BothSides, changes: dict[str, object], faults: Sequence[tuple[str, str]]
) -> None:
    """A channel that lived, one person's word or an hour ahead of us: the pointer says which."""
    handoff = await at_the_gate(both)
    with pytest.raises(Invalid) as refused:
        await depart(both, handoff, sheet(**changes))
    assert [(one.pointer, one.code) for one in refused.value.faults] == list(faults)
    assert await events(both.us, "departure.overridden") == []


async def test_a_port_without_power_has_its_sheet(both: BothSides) -> None:
    """What our own record cannot show is no fault of the sheet."""
    handoff = await at_the_gate(both)
    assert (await depart(both, handoff, sheet(reason="no-power"))).recorded


async def test_what_the_other_side_saw_bears_the_sheet_out(both: BothSides) -> None:
    """A reception that came first is no reason against entering the crossing."""
    us, handoff = both.us, await at_the_gate(both)
    received = {
        "outcome": "received",
        "at": utc_text(IN_WINDOW),
        "receiving_point": "MX-CHAPARRAL",
        "identity": "match",
    }
    both.clock.pass_seconds(600)
    await both.mx.answers.record_reception(handoff, received, actor="desk")
    await both.mx.send()
    assert names(await depart(both, handoff)) == ["departed"]
    assert (await depart(both, handoff, sheet(reason="no-power"))).recorded
    assert (await row_of(us, handoff)).intent is None
    await both.settle()
    assert (await both.mx.shared(handoff)).departed_at == IN_WINDOW
    assert (await depart(both, handoff, sheet(reason="no-power"))).recorded is False
    await assert_agree(both)


async def test_a_sheet_about_somebody_held_is_a_recall(both: BothSides) -> None:
    """No paper stands in for a hold: nothing is recorded, and somebody is woken."""
    us, handoff = both.us, await at_the_gate(both)
    await hold(both, handoff)
    stopped = await depart(both, handoff, sheet(reason="no-power"))
    assert names(stopped) == ["cancelled", "held"]
    assert await alarmed(us, AlarmKind.RECALL) == [handoff]
    assert await alarmed(us, AlarmKind.OUTAGE_OVERRIDE) == []
    await both.settle()
    assert (await both.mx.shared(handoff)).stage is Stage.CANCELLED


async def test_no_paper_stands_in_for_an_answer(both: BothSides) -> None:
    """A person whom Mexico has not accepted stays, outage or not, and nobody is woken."""
    handoff = await noticed(both, **READ_LATE)
    to(both, IN_WINDOW)
    stopped = await depart(both, handoff, sheet(reason="no-power"))
    assert names(stopped) == ["not-accepted"]
    assert await alarmed(both.us, AlarmKind.RECALL) == []


# --- On the Mexican side --------------------------------------------------------------------

RECEIVED = {
    "outcome": "received",
    "at": utc_text(IN_WINDOW),
    "receiving_point": "MX-CHAPARRAL",
    "identity": "match",
}


def written() -> dict[str, object]:
    """Return a line of a sheet as an official gives it."""
    return {**sheet().model_dump(), "number": "TIJ-2031-0004"}


async def test_a_reception_on_paper_is_in_our_journal_alone(both: BothSides) -> None:
    """The message is any reception's; the sheet is journaled, and a person compares the two."""
    mx, handoff = both.mx, await at_the_gate(both)
    await outage(mx, IN_WINDOW, IN_WINDOW + timedelta(hours=6))
    both.clock.pass_seconds(7 * 3600)

    document = {**RECEIVED, "manifest": written()}
    await mx.answers.record_reception(handoff, document, actor="desk")

    (event,) = await events(mx, "reception.decided")
    assert (event.data["manifest"], event.data["late"]) == ("TIJ-2031-0004", False)
    assert await alarmed(mx, AlarmKind.OUTAGE_OVERRIDE) == [handoff]
    await both.settle()
    assert (await both.us.shared(handoff)).received_at == IN_WINDOW
    assert await alarmed(both.us, AlarmKind.OUTAGE_OVERRIDE) == []
    await assert_agree(both)


async def test_a_reception_without_a_sheet_wakes_nobody(both: BothSides) -> None:
    """No sheet, or none given: nothing of paper is journaled, and no alarm is raised."""
    mx, handoff = both.mx, await at_the_gate(both)
    await mx.answers.record_reception(handoff, {**RECEIVED, "manifest": None}, actor="desk")
    (event,) = await events(mx, "reception.decided")
    assert "manifest" not in event.data
    assert await alarmed(mx, AlarmKind.OUTAGE_OVERRIDE) == []


@pytest.mark.parametrize(
    ("manifest", "fault"),
    [
        (written(), ("/manifest/at", "no-outage")),
        ({**written(), "line": 0}, ("/manifest/line", "out-of-range")),
        ("TIJ-2031-0004", ("/manifest", "wrong-type")),
    ],
)
async def test_a_reception_on_paper_that_is_no_evidence_is_refused(
    both: BothSides, manifest: object, fault: tuple[str, str]
) -> None:
    """Without its outage, or no line of a sheet at all: the pointer says which."""
    handoff = await at_the_gate(both)
    both.mx.partner.heard(both.clock())
    document = {**RECEIVED, "manifest": manifest}
    with pytest.raises(Invalid) as refused:
        await both.mx.answers.record_reception(handoff, document, actor="desk")
    assert [(one.pointer, one.code) for one in refused.value.faults] == [fault]
    assert await events(both.mx, "reception.decided") == []
