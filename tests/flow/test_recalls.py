"""A hold for somebody who is over the line stands, and is a recall: an alarm at once."""

import pytest

from exchange.domain.alarms import AlarmKind
from exchange.domain.causes import OVER_THE_LINE
from exchange.domain.handoff import Stage
from exchange.flow.holds import Placed, is_held
from exchange.store.alarms import Alarm, list_open
from tests.flow.holding import hold, lift, put, received
from tests.flow.standing import drafts, events, noticed, row_of
from tests.sides import BothSides, SideOfTests


async def recalls(us: SideOfTests) -> list[Alarm]:
    """Return the recalls that are open."""
    return [one for one in await us.store.read(list_open) if one.kind is AlarmKind.RECALL]


@pytest.mark.parametrize("stage", Stage)
async def test_over_the_line_it_is_a_recall(both: BothSides, stage: Stage) -> None:
    """Where the person has departed the hold is recorded, and the alarm is there at once."""
    us = both.us
    handoff = await noticed(both)
    await put(us, handoff, intent=stage)

    placed = await hold(us, handoff)

    assert placed.departed == (stage if stage in OVER_THE_LINE else None)
    assert [one.subject for one in await recalls(us)] == [handoff] * (stage in OVER_THE_LINE)
    assert (await row_of(us, handoff)).holds == ("fear",)
    assert len(await events(us, "hold.placed")) == 1
    taken_back = {Stage.NOTICED, Stage.ACCEPTED, Stage.REFUSED, Stage.DEFERRED}
    assert placed.told == (stage in taken_back)
    assert len(await drafts(us)) == placed.told
    assert (await lift(us, handoff)).departed == placed.departed


async def test_a_recall_stands_or_falls_with_its_hold(both: BothSides) -> None:
    """Alarm, hold and what the caller is answered are stored together, or none is."""
    us = both.us
    handoff = await noticed(both)
    await put(us, handoff, intent=Stage.DEPARTED)

    def refuse(_connection: object, placed: Placed) -> None:
        assert placed.departed is Stage.DEPARTED
        raise LookupError

    with pytest.raises(LookupError):
        await hold(us, handoff, keep=refuse)
    assert (await recalls(us), is_held(await row_of(us, handoff))) == ([], False)


async def test_a_recall_that_a_person_closed_opens_at_the_next_hold(both: BothSides) -> None:
    """The alarm is counted at each hold, also of a cause that stands."""
    us = both.us
    handoff = await noticed(both)
    await put(us, handoff, intent=Stage.DEPARTED)
    for _ in range(2):
        await hold(us, handoff)
    (alarm,) = await recalls(us)
    assert alarm.times == 2


async def test_a_reception_that_crossed_the_hold_is_a_recall(both: BothSides) -> None:
    """Where the person was received before the cancellation came, the alarm opens, once."""
    us = both.us
    handoff = await noticed(both)
    await both.mx.answers.record_reception(handoff, received(both), actor="desk")
    await hold(us, handoff)
    await both.settle()

    (alarm,) = await recalls(us)
    assert (alarm.subject, alarm.times) == (handoff, 1)
    row = await row_of(us, handoff)
    assert (row.stage, row.holds) == (Stage.RECEIVED, ("fear",))
    assert await us.shared(handoff) == await both.mx.shared(handoff)
