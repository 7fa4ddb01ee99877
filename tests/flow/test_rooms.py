"""Ports respect what Mexico takes: a full window is refused with the next one that has room."""

import asyncio
from typing import Any
from uuid import uuid4

import orjson
import pytest

from exchange.domain.alarms import AlarmKind
from exchange.domain.messages.capacity_advisory import CapacityAdvisory
from exchange.domain.screening import Withheld
from exchange.errors import WindowFull
from exchange.flow.intake import Taken
from exchange.store.alarms import list_open
from exchange.store.outbox import list_outbox
from tests import keys
from tests.builders import a_capacity_advisory, a_decision_document
from tests.partner import OtherGovernment
from tests.sides import BothSides, SideOfTests

FAMILY = {"group": str(uuid4()), "size": 2, "role": "PARENT"}


@pytest.fixture
def other(both: BothSides) -> OtherGovernment:
    """The Mexican side in memory, which speaks to our US side."""
    return OtherGovernment(keys.MX, keys.US, clock=both.clock)


@pytest.fixture
def us(both: BothSides) -> SideOfTests:
    """Return our US side."""
    return both.us


async def hear(us: SideOfTests, other: OtherGovernment, *bodies: CapacityAdvisory) -> None:
    """Let Mexico say what a point takes."""
    for body in bodies:
        await us.inbox.receive(other.line(body, None).octets())


async def decide(us: SideOfTests, **changes: Any) -> Taken | Withheld:
    """Enter a decision of somebody new."""
    document = a_decision_document(decision_id=str(uuid4()), **changes)
    return await us.intake.submit(orjson.dumps(document), actor="port")


async def refused(us: SideOfTests, **changes: Any) -> tuple[str, str, tuple[str, str] | None]:
    """Return where and why a decision is refused, and the next window given."""
    with pytest.raises(WindowFull) as caught:
        await decide(us, **changes)
    (fault,) = caught.value.faults
    return fault.pointer, fault.code, caught.value.next_window


async def no_room(us: SideOfTests) -> set[str]:
    """Return the handoffs for which there is no room any more."""
    return {one.subject for one in await us.store.read(list_open) if one.kind is AlarmKind.NO_ROOM}


async def test_a_day_without_an_advisory_is_not_limited(
    us: SideOfTests, other: OtherGovernment
) -> None:
    """What Mexico said of another day or point stops nobody."""
    await hear(
        us,
        other,
        a_capacity_advisory(people_max=0, on="2031-03-19"),
        a_capacity_advisory(people_max=0, receiving_point="MX-JUAREZ"),
    )
    assert isinstance(await decide(us), Taken)


async def test_a_full_day_is_refused_with_the_next_that_has_room(
    us: SideOfTests, other: OtherGovernment
) -> None:
    """The place after the last is refused, and the same hours of the next day are given."""
    await hear(us, other, a_capacity_advisory(people_max=2))
    for _ in range(2):
        assert isinstance(await decide(us), Taken)
    following = ("2031-03-19T16:00:00Z", "2031-03-19T20:00:00Z")
    assert await refused(us) == ("/return/window", "over-capacity", following)
    await hear(us, other, a_capacity_advisory(people_max=0, on="2031-03-19"))
    *_, later = await refused(us)
    assert later == ("2031-03-20T16:00:00Z", "2031-03-20T20:00:00Z")


async def test_a_closed_point_and_wrong_hours_are_named(
    us: SideOfTests, other: OtherGovernment
) -> None:
    """Closed all day is a fault of the point; outside its hours is one of the window."""
    await hear(us, other, a_capacity_advisory(people_max=0))
    assert (await refused(us))[:2] == ("/return/receiving_point", "point-closed")
    await hear(us, other, a_capacity_advisory(opens="12:00", closes="17:30"))
    assert await refused(us) == (
        "/return/window",
        "outside-hours",
        ("2031-03-18T19:00:00Z", "2031-03-18T23:00:00Z"),
    )


async def test_who_was_taken_back_leaves_a_place(us: SideOfTests, other: OtherGovernment) -> None:
    """A handoff that was withdrawn, or whose cancellation waits, is not counted."""
    await hear(us, other, a_capacity_advisory(people_max=1))
    drafted = await decide(us)
    assert isinstance(drafted, Taken)
    await us.cancellations.withdraw(drafted.handoff, {"cause": "other"}, actor="port")
    announced = await decide(us)
    assert isinstance(announced, Taken)
    await us.send()
    await refused(us)
    await us.cancellations.withdraw(announced.handoff, {"cause": "other"}, actor="port")
    assert isinstance(await decide(us), Taken)


async def test_a_family_takes_one_place_of_families(
    us: SideOfTests, other: OtherGovernment
) -> None:
    """Its second member comes with it; another family does not, and a single person does."""
    await hear(us, other, a_capacity_advisory(people_max=9, families_max=1))
    for _ in range(2):
        assert isinstance(await decide(us, family=FAMILY), Taken)
    another = FAMILY | {"group": str(uuid4())}
    assert (await refused(us, family=another))[1] == "over-capacity"
    assert isinstance(await decide(us), Taken)


async def test_of_many_who_ask_for_the_last_places_no_more_get_one(
    us: SideOfTests, other: OtherGovernment
) -> None:
    """Decisions that come at the same moment fill the day and never more."""
    await hear(us, other, a_capacity_advisory(people_max=3))
    found = await asyncio.gather(*(decide(us) for _ in range(8)), return_exceptions=True)
    assert sum(isinstance(one, Taken) for one in found) == 3
    assert sum(isinstance(one, WindowFull) for one in found) == 5


async def test_the_same_decision_again_keeps_its_place(
    us: SideOfTests, other: OtherGovernment
) -> None:
    """A repeat is answered as the first time, though the day is full or closed by now."""
    document = orjson.dumps(a_decision_document())
    first = await us.intake.submit(document, actor="port")
    await hear(us, other, a_capacity_advisory(people_max=0))
    assert await us.intake.submit(document, actor="port") == first


async def test_who_has_no_place_any_more_is_an_alarm(
    us: SideOfTests, other: OtherGovernment
) -> None:
    """An advisory that takes fewer raises those beyond it, and one that takes more ends that."""
    taken = [await decide(us) for _ in range(3)]
    handoffs = [one.handoff for one in taken if isinstance(one, Taken)]
    await hear(us, other, a_capacity_advisory(people_max=1))
    assert await no_room(us) == set()  # none of them was announced yet
    await us.send()
    await hear(us, other, a_capacity_advisory(people_max=2))
    assert await no_room(us) == {handoffs[2]}
    await hear(us, other, a_capacity_advisory(people_max=0))
    assert await no_room(us) == set(handoffs)
    await hear(us, other, a_capacity_advisory())
    assert await no_room(us) == set()


NEXT_DAY = {
    "return__window__from_": "2031-03-19T16:00:00Z",
    "return__window__to": "2031-03-19T20:00:00Z",
}


async def revise(us: SideOfTests, handoff: str, **changes: Any) -> None:
    """Enter a decision anew."""
    document = a_decision_document(decision_id=str(uuid4()), **changes)
    await us.revisions.revise(handoff, document, actor="port")


@pytest.mark.parametrize("is_announced", [False, True])
async def test_a_revision_moves_to_where_there_is_room(
    us: SideOfTests, other: OtherGovernment, *, is_announced: bool
) -> None:
    """A window of a full day is refused, drafted or announced; one with a last place is taken."""
    taken = await decide(us)
    assert isinstance(taken, Taken)
    if is_announced:
        await us.send()
    await hear(us, other, a_capacity_advisory(on="2031-03-19", people_max=0))
    with pytest.raises(WindowFull) as caught:
        await revise(us, taken.handoff, **NEXT_DAY)
    assert caught.value.faults[0].code == "point-closed"
    await hear(us, other, a_capacity_advisory(on="2031-03-19", people_max=1))
    await revise(us, taken.handoff, **NEXT_DAY)
    waiting = await us.store.read(list_outbox)
    assert len([one for one in waiting if one.ledger is None]) == 1


async def test_a_revision_that_moves_nobody_asks_for_no_room(
    us: SideOfTests, other: OtherGovernment
) -> None:
    """A name is put right though the point has closed; another hour of that day is refused."""
    taken = await decide(us)
    assert isinstance(taken, Taken)
    await hear(us, other, a_capacity_advisory(people_max=0))
    await revise(us, taken.handoff, person__second_surname="de la Pena")
    with pytest.raises(WindowFull):
        await revise(us, taken.handoff, return__window__from_="2031-03-18T17:00:00Z")
    await hear(us, other, a_capacity_advisory(people_max=1))
    await revise(us, taken.handoff, return__window__from_="2031-03-18T17:00:00Z")
