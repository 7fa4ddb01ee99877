"""A call for help reaches both sides at once, and stands until a person answers."""

from functools import partial

import pytest

from exchange.domain.alarms import ALARMS, AlarmKind, Severity
from exchange.domain.handoff import Stage
from exchange.errors import Invalid, NotPossible
from exchange.flow.alarms import acknowledge_by_person
from exchange.store.alarms import Alarm, list_open
from exchange.store.handoffs import find_handoff
from exchange.store.journal import list_events
from tests.flow.test_journey import noticed, taken
from tests.sides import BothSides, SideOfTests

CALL = {"code": "child-alone"}


async def calls(side: SideOfTests) -> list[Alarm]:
    """Return the calls that nobody has answered yet."""
    alarms = await side.store.read(list_open)
    return [alarm for alarm in alarms if alarm.kind is AlarmKind.WELFARE_ALERT]


@pytest.mark.parametrize("from_us", [True, False])
async def test_an_alert_stands_on_both_sides_until_a_person_answers(
    both: BothSides, *, from_us: bool
) -> None:
    """It is raised at home at once and over there on arrival; each side ends its own."""
    handoff = await noticed(both)
    near, far = (both.us, both.mx) if from_us else (both.mx, both.us)

    said = await near.welfare.alert(handoff, CALL, actor="desk")

    assert said.stage is Stage.NOTICED
    assert [alarm.subject for alarm in await calls(near)] == [handoff]
    assert await calls(far) == []
    await near.send()
    (rung,) = await calls(far)
    assert rung.subject == handoff
    assert ALARMS[rung.kind].severity is Severity.CRITICAL
    (*_, event) = await far.store.read(list_events)
    assert (event.kind, event.data) == ("welfare-alert.received", {"code": "child-alone"})

    take = partial(acknowledge_by_person, number=rung.number, actor="duty", at=both.clock())
    taken_up = await far.store.write(take)
    assert (taken_up.acknowledged_by, taken_up.closed_at) == ("duty", both.clock())
    assert (await calls(far), len(await calls(near))) == ([], 1)


async def test_who_calls_after_somebody_answered_wakes_somebody_anew(both: BothSides) -> None:
    """What was answered is over; the next call is another alarm, with its own number."""
    handoff = await noticed(both)
    await both.us.welfare.alert(handoff, CALL, actor="desk")
    (first,) = await calls(both.us)
    take = partial(acknowledge_by_person, number=first.number, actor="duty", at=both.clock())
    await both.us.store.write(take)
    await both.us.welfare.alert(handoff, CALL, actor="desk")
    (second,) = await calls(both.us)
    assert (second.number > first.number, second.acknowledged_by) == (True, None)


async def test_an_alert_overtakes_what_waits(both: BothSides) -> None:
    """It leaves before messages of the same handoff that have waited longer."""
    handoff = await noticed(both)
    await both.mx.answers.acknowledge(
        handoff, {"answer": "accepted", "officer": "INM-31"}, actor="desk"
    )
    await both.mx.welfare.alert(handoff, CALL, actor="desk")
    await both.settle()
    sent = [one.schema for one in await both.mx.entries() if one.seq and one.schema][-2:]
    assert [schema.split(":")[3] for schema in sent] == ["welfare-alert", "acknowledgment"]


async def test_each_call_rings_again(both: BothSides) -> None:
    """Somebody who calls once more is heard: the alarm is one, and counts."""
    handoff = await noticed(both)
    for _ in range(2):
        await both.us.welfare.alert(handoff, CALL, actor="desk")
    await both.us.send()
    assert [alarm.times for alarm in await calls(both.mx)] == [2]


async def test_an_alert_says_nothing_of_whom_the_partner_never_heard(both: BothSides) -> None:
    """While the notice waits unsealed a call would be the first that the partner hears."""
    handoff = await taken(both)
    with pytest.raises(NotPossible):
        await both.us.welfare.alert(handoff, CALL, actor="desk")
    row = await both.us.store.read(partial(find_handoff, handoff=handoff))
    assert row is not None
    assert row.version == 1
    assert await calls(both.us) == []


@pytest.mark.parametrize("document", [{"code": "hospital"}, {}, [], {"code": "missing", "a": 1}])
async def test_an_alert_has_one_of_its_codes(both: BothSides, document: object) -> None:
    """Anything but one of the four codes is the caller's to mend; what it is goes by voice."""
    handoff = await noticed(both)
    with pytest.raises(Invalid):
        await both.mx.welfare.alert(handoff, document, actor="desk")
