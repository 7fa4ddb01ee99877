"""
An outage of six hours with people at the gate.

As it was reported: the line to the other side went dead at the busiest hour, people stood at the
gate, and lists were kept by hand. Afterwards nobody could tell who of the lists had crossed under
which notice, and one was on them whom somebody had asked to hold (domain.md T17, R25).
"""

from datetime import datetime, timedelta
from functools import partial

import pytest

from exchange.domain.alarms import AlarmKind
from exchange.domain.handoff import Stage
from exchange.domain.wire import utc_text
from exchange.errors import Invalid
from exchange.flow.watch import Watch
from exchange.store.partner import record_contact
from tests.flow.gates import IN_WINDOW, accepted, alarmed, depart, gate, hold, names, sheet, to
from tests.flow.standing import events
from tests.flow.watching import watch_of
from tests.ledgers import assert_agree
from tests.scenarios.desks import POINT
from tests.sides import BothSides, SideOfTests

ON_PAPER_AT = IN_WINDOW + timedelta(minutes=30)
BACK_AT = IN_WINDOW + timedelta(hours=6)


@pytest.fixture
async def watches(both: BothSides) -> list[Watch]:
    """Return what looks, on each side, for a channel that is down."""
    both.clock.at = IN_WINDOW - timedelta(hours=12)
    return [watch_of(both.us), watch_of(both.mx)]


async def heard(side: SideOfTests, at: datetime) -> None:
    """Let a side hear the other."""
    side.partner.heard(at)
    await side.store.write(partial(record_contact, at=at))


async def look(both: BothSides, watches: list[Watch], at: datetime) -> None:
    """Let both sides look at a time."""
    both.clock.at = at
    for watch in watches:
        await watch.look()


async def cut_off(both: BothSides, watches: list[Watch]) -> None:
    """Cut the line at the opening of the gate; both sides see it within minutes."""
    for side in (both.us, both.mx):
        await heard(side, IN_WINDOW)
    await look(both, watches, IN_WINDOW + timedelta(minutes=3))
    for side in (both.us, both.mx):
        assert await alarmed(side, AlarmKind.CHANNEL_DOWN) == ["partner"]
    both.clock.at = ON_PAPER_AT


async def back_again(both: BothSides, watches: list[Watch]) -> None:
    """Let the line come back, six hours later."""
    both.clock.at = BACK_AT
    for side in (both.us, both.mx):
        await heard(side, BACK_AT)
    await look(both, watches, BACK_AT + timedelta(seconds=10))
    for side in (both.us, both.mx):
        assert await alarmed(side, AlarmKind.CHANNEL_DOWN) == []


async def test_what_was_on_paper_is_in_both_ledgers(both: BothSides, watches: list[Watch]) -> None:
    """
    One crossed before, one on paper, one was held meanwhile: afterwards both sides say the same.

    While the line is dead nobody is told to go; what the supervisor signs is entered once it is
    back, with its own hour, and a person on each side compares the sheets.
    """
    us, mx = both.us, both.mx
    before, on_paper, afraid = [await accepted(both, number) for number in (1, 2, 3)]
    to(both, IN_WINDOW)
    assert (await depart(both, before)).recorded
    await us.send()

    await cut_off(both, watches)
    assert names(await depart(both, on_paper)) == ["channel-down"]
    assert names(await gate(both, afraid)) == ["channel-down"]
    await hold(both, afraid)
    assert names(await gate(both, afraid)) == ["cancelled", "held", "channel-down"]

    await back_again(both, watches)
    written = sheet(at=utc_text(ON_PAPER_AT))
    assert (await depart(both, on_paper, written)).recorded
    received = {
        "outcome": "received",
        "at": utc_text(ON_PAPER_AT + timedelta(minutes=5)),
        "receiving_point": POINT,
        "identity": "match",
        "manifest": {**written.model_dump(), "number": "TIJ-2031-0004"},
    }
    await mx.answers.record_reception(on_paper, received, actor="desk")
    await both.settle()

    for side in (us, mx):
        stages = [(await side.shared(one)).stage for one in (before, on_paper, afraid)]
        assert stages == [Stage.DEPARTED, Stage.RECEIVED, Stage.CANCELLED]
        assert (await side.shared(on_paper)).departed_at == ON_PAPER_AT
        assert await alarmed(side, AlarmKind.OUTAGE_OVERRIDE) == [on_paper]
    for side, kind in ((us, "departure.overridden"), (mx, "reception.decided")):
        (event,) = await events(side, kind)
        assert (event.data["reason"], event.data["late"]) == ("partner-away", False)
    await assert_agree(both)


async def test_a_list_does_not_overrule_a_hold(both: BothSides, watches: list[Watch]) -> None:
    """Somebody held who is on the list all the same is recalled, and no crossing is recorded."""
    us, afraid = both.us, await accepted(both)
    to(both, IN_WINDOW)
    await cut_off(both, watches)
    await hold(both, afraid)
    await back_again(both, watches)

    stopped = await depart(both, afraid, sheet(at=utc_text(ON_PAPER_AT)))

    assert names(stopped) == ["cancelled", "held"]
    assert await alarmed(us, AlarmKind.RECALL) == [afraid]
    await both.settle()
    assert (await both.mx.shared(afraid)).stage is Stage.CANCELLED
    assert await events(us, "departure.overridden") == []
    await assert_agree(both)


async def test_a_sheet_of_an_hour_without_an_outage_is_no_evidence(
    both: BothSides, watches: list[Watch]
) -> None:
    """Once the line was back its record shows until when a sheet may stand in for it."""
    handoff = await accepted(both)
    to(both, IN_WINDOW)
    await cut_off(both, watches)
    await back_again(both, watches)
    to(both, BACK_AT + timedelta(hours=1))
    for at in (IN_WINDOW - timedelta(minutes=1), BACK_AT + timedelta(minutes=1)):
        with pytest.raises(Invalid) as refused:
            await depart(both, handoff, sheet(at=utc_text(at)))
        assert [one.code for one in refused.value.faults] == ["no-outage"]
