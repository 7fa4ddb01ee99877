"""
A person crosses, and the other side does not say whether anybody came.

As it was reported: people were walked over the line and for days nobody on the other side could
say who had been received; the port that asked had nobody to ask, and whoever could have asked
did not know (domain.md F2, F9).
"""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from exchange.domain.escalation import Escalation
from exchange.domain.limits import Limits
from exchange.domain.parties import Side
from exchange.domain.wire import utc_text
from exchange.errors import AlreadyAnswered, NotFound
from exchange.flow.alarms import Alarms, Sight
from exchange.store.alarms import count_open, list_open
from exchange.store.journal import list_events
from tests.duty import DutyOffice, duty_of
from tests.flow.gates import at_the_gate, depart
from tests.flow.watching import watch_of
from tests.scenarios.desks import POINT
from tests.sides import BothSides, SideOfTests

HOUR = 3600
QUICK = Limits(
    whereabouts_seconds=24 * HOUR,
    escalation=Escalation(region_after_high_seconds=HOUR, headquarters_after_high_seconds=3 * HOUR),
)
"""An authority that wants its region to know of a person at the line within the hour."""
OVERDUE = "reception-overdue"
SAN_YSIDRO = Sight(Side.US, frozenset({"2504"}), knows_holds=True, operates=False)
EL_PASO = Sight(Side.US, frozenset({"2402"}), knows_holds=True, operates=False)


@pytest.fixture
async def office() -> AsyncIterator[DutyOffice]:
    """Who is called at night on the US side."""
    async with DutyOffice().listening() as listening:
        yield listening


@pytest.fixture
async def crossed(both: BothSides) -> str:
    """Return a person who has crossed, as the other side knows."""
    for side in (both.us, both.mx):
        side.agreement = replace(side.agreement, limits=QUICK)
    handoff = await at_the_gate(both)
    await depart(both, handoff)
    await both.us.send()
    return handoff


async def after(both: BothSides, office: DutyOffice, seconds: int) -> list[str]:
    """Return which levels were told of in all, once so much time has passed."""
    both.clock.pass_seconds(seconds)
    both.us.partner.heard(both.clock())
    await watch_of(both.us, told_within=timedelta(minutes=5)).look()
    async with duty_of(both.us, office.url) as duty:
        while await duty.tell_next():
            pass
    assert {kind for kind, _ in office.gists} <= {OVERDUE}
    return [level for _, level in office.gists]


def alarms_of(side: SideOfTests) -> Alarms:
    """Return what the officials of a side do about alarms."""
    return Alarms(store=side.store, side=side.agreement.side, clock=side.clock)


async def open_number(us: SideOfTests) -> int:
    """Return the number of the alarm about the person."""
    (alarm,) = [one for one in await us.store.read(list_open) if one.kind == OVERDUE]
    return alarm.number


async def test_silence_wakes_the_port_then_the_region_then_headquarters(
    both: BothSides, office: DutyOffice, crossed: str
) -> None:
    """Each at its time and once; nobody is told whom it is about."""
    assert await after(both, office, HOUR) == []
    assert await after(both, office, 1) == ["port"]
    assert await after(both, office, HOUR - 1) == ["port"]
    assert await after(both, office, 1) == ["port", "region"]
    assert await after(both, office, 2 * HOUR) == ["port", "region", "headquarters"]
    assert await after(both, office, HOUR) == ["port", "region", "headquarters"]
    assert crossed not in str([one.body for one in office.told])


async def test_whoever_takes_it_up_lets_the_others_sleep(
    both: BothSides, office: DutyOffice, crossed: str
) -> None:
    """The port's officer has it: no region is woken, the alarm stands, the journal has who."""
    await after(both, office, HOUR + 1)
    number, alarms = await open_number(both.us), alarms_of(both.us)
    with pytest.raises(NotFound):
        await alarms.acknowledge(number, actor="el-paso", sight=EL_PASO)
    await alarms.acknowledge(number, actor="night-shift", sight=SAN_YSIDRO)
    with pytest.raises(AlreadyAnswered):
        await alarms.acknowledge(number, actor="day-shift", sight=SAN_YSIDRO)
    assert await after(both, office, 9 * HOUR) == ["port"]
    assert (await both.us.store.read(count_open))[OVERDUE] == 1
    (taken,) = [
        one for one in await both.us.store.read(list_events) if one.kind == "alarm.acknowledged"
    ]
    assert (taken.actor, taken.data["subject"]) == ("night-shift", crossed)


async def test_the_answer_ends_it_before_anybody_else_is_woken(
    both: BothSides, office: DutyOffice, crossed: str
) -> None:
    """Once Mexico says that the person is there nobody further is told, taken up or not."""
    await after(both, office, HOUR + 1)
    seen = {
        "outcome": "received",
        "identity": "match",
        "receiving_point": POINT,
        "at": utc_text(both.clock()),
    }
    await both.mx.answers.record_reception(crossed, seen, actor="desk")
    await both.mx.send()
    assert await after(both, office, 9 * HOUR) == ["port"]
    assert OVERDUE not in await both.us.store.read(count_open)


async def test_an_office_that_was_away_is_told_all_of_it_once(
    both: BothSides, office: DutyOffice, crossed: str
) -> None:
    """A webhook that fails loses nothing: what was reached meanwhile is told when it is back."""
    assert crossed
    office.answers = [(503, {})]
    await after(both, office, HOUR + 1)
    await after(both, office, HOUR)
    office.told.clear()
    office.answers = [(204, {})]
    assert await after(both, office, 120) == ["port", "region"]
    untold = partial(after, both, office)
    assert await untold(60) == ["port", "region"]
