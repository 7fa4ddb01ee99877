"""A family is split: two groups that never were, said to the partner like any revision."""

import asyncio
from collections.abc import Collection
from typing import Any

import pytest

from exchange.domain.handoff import LocalStage, Stage
from exchange.domain.messages.capacity_advisory import CapacityAdvisory
from exchange.errors import AlreadyAnswered, Held, Invalid, NotFound, WindowFull
from exchange.flow.splitting import ALONE, FamilySplit
from tests import keys
from tests.builders import a_capacity_advisory
from tests.flow.gates import (
    GROUP,
    IN_WINDOW,
    accepted,
    depart,
    family_of,
    gate,
    hold,
    names,
    to,
)
from tests.flow.meddling import before_next_write
from tests.flow.standing import drafted, drafts, events, noticed, row_of
from tests.ledgers import assert_agree
from tests.partner import OtherGovernment
from tests.sides import BothSides, SideOfTests

ACCEPTED = {"answer": "accepted", "officer": "INM-77"}


async def split(us: SideOfTests, handoff: str, *leaving: str, **asked: Any) -> FamilySplit:
    """Take some out of the family of a handoff."""
    asked = {"group": GROUP, "actor": "supervisor"} | asked
    return await us.splitting.split(handoff, leaving=frozenset(leaving), **asked)


async def refused(us: SideOfTests, handoff: str, *leaving: str) -> list[tuple[str, str]]:
    """Return why a split is refused, and that nothing came of it."""
    before = [await row_of(us, one) for one in {handoff, *leaving}]
    with pytest.raises(Invalid) as caught:
        await split(us, handoff, *leaving)
    assert [await row_of(us, one.handoff) for one in before] == before
    return [(fault.pointer, fault.code) for fault in caught.value.faults]


async def group_of(side: SideOfTests, handoff: str) -> tuple[str | None, int | None]:
    """Return the family that was declared of a person last."""
    notice = (await side.shared(handoff)).notice
    assert notice is not None
    return notice.family_group, notice.family_size


async def accept(both: BothSides, handoffs: Collection[str]) -> None:
    """Let Mexico accept everybody."""
    for handoff in handoffs:
        await both.mx.answers.acknowledge(handoff, ACCEPTED, actor="desk")
    await both.mx.send()


async def test_drafts_are_replaced(both: BothSides) -> None:
    """Before anything was said Mexico hears of two groups only, each in its first notice."""
    us = both.us
    first, second, third = [await drafted(us, one, **family_of(3)) for one in (1, 2, 3)]

    made = await split(us, first, third)

    assert (made.group, made.leaving.group, made.leaving.members) == (GROUP, None, (third,))
    assert set(made.staying.members) == {first, second}
    assert (made.staying.size, made.staying.announced, made.staying.apart) == (2, True, ())
    assert len(await drafts(us)) == 3
    await both.settle()
    for handoff in (first, second):
        assert await group_of(both.mx, handoff) == (made.staying.group, 2)
        assert (await both.mx.shared(handoff)).revision == 1
    assert await group_of(both.mx, third) == (None, None)
    assert GROUP not in {made.staying.group, made.leaving.group}
    for event in await events(us, "family.split"):
        assert (event.actor, event.data["of"]) == ("supervisor", GROUP)
    await assert_agree(both)


@pytest.mark.parametrize("answered", [False, True])
async def test_what_was_announced_gets_a_revision(both: BothSides, *, answered: bool) -> None:
    """Everybody is asked for anew, at one moment, and the old group is nobody's any more."""
    us = both.us
    family = [await noticed(both, one, **family_of(4)) for one in range(1, 5)]
    if answered:
        await accept(both, family)

    made = await split(us, family[0], *family[2:])

    assert len(await events(us, "family.split")) == len(await drafts(us)) == 4
    await both.settle()
    for side in (both.us, both.mx):
        for part, members in ((made.staying, family[:2]), (made.leaving, family[2:])):
            for one in members:
                shared = await side.shared(one)
                assert (shared.revision, shared.stage) == (2, Stage.NOTICED)
                assert await group_of(side, one) == (part.group, 2)
                assert (await row_of(side, one)).family_group == part.group
    assert len({made.staying.group, made.leaving.group, GROUP}) == 3
    await assert_agree(both)


async def test_a_hold_after_it_takes_one_part_back(both: BothSides) -> None:
    """From the split on, said or not, who stays is not taken back with who left."""
    us = both.us
    family = [await accepted(both, one, **family_of(3)) for one in (1, 2, 3)]
    await split(us, family[0], family[2])
    assert (await us.holds.place(family[2], {"cause": "medical"}, actor="port")).family == ()
    await both.settle()
    stages = [(await both.mx.shared(one)).stage for one in family]
    assert stages == [Stage.NOTICED, Stage.NOTICED, Stage.CANCELLED]
    await accept(both, family[:2])
    to(both, IN_WINDOW)
    for one in family[:2]:
        assert (await depart(both, one)).recorded
    assert "held" in names(await gate(both, family[2]))


async def test_an_answer_to_the_old_group_joins_nobody_again(both: BothSides) -> None:
    """An acceptance that comes while the revisions wait moves nobody back to the old group."""
    us = both.us
    family = [await noticed(both, one, **family_of(2)) for one in (1, 2)]
    await split(us, family[0], family[1])
    await accept(both, family)
    assert [(await row_of(us, one)).family_group for one in family] == [None, None]
    assert "not-accepted" in names(await gate(both, family[0]))
    await both.settle()
    assert [(await us.shared(one)).stage for one in family] == [Stage.NOTICED] * 2


async def test_after_a_hold_it_says_who_travels_without_whom(both: BothSides) -> None:
    """Where all were taken back nothing is said; those who stay need not wait for the lift."""
    us = both.us
    family = [await noticed(both, one, **family_of(3)) for one in (1, 2, 3)]
    cases = [(await row_of(us, one)).case_id for one in family]
    await hold(both, family[2])
    with pytest.raises(Held):
        await drafted(us, 4, case=cases[0])

    made = await split(us, family[2], family[2])

    assert (made.staying.announced, made.staying.size) == (False, 2)
    assert set(made.staying.members) == set(family[:2])
    await both.settle()
    assert [(await both.mx.shared(one)).stage for one in family] == [Stage.CANCELLED] * 3
    new = {"family": {"group": made.staying.group, "size": 2, "role": "ADULT"}}
    again = [await drafted(us, 4 + one, case=cases[one], **new) for one in (0, 1)]
    with pytest.raises(Held):
        await drafted(us, 6, case=cases[2])
    assert [(await row_of(us, one)).local_stage for one in again] == [LocalStage.DRAFTED] * 2


async def test_who_was_taken_back_stands_apart(both: BothSides) -> None:
    """One who was withdrawn is of no group, and the others are a family of their own size."""
    us = both.us
    family = [await accepted(both, one, **family_of(4)) for one in range(1, 5)]
    await us.cancellations.withdraw(family[1], {"cause": "custody"}, actor="port")
    made = await split(us, family[0], family[3])
    assert (made.staying.size, made.staying.apart) == (2, (family[1],))
    assert (await row_of(us, family[1])).family_group is None
    await both.settle()
    await accept(both, (family[0], family[2]))
    to(both, IN_WINDOW)
    assert names(await gate(both, family[0])) == []


async def test_those_over_the_line_keep_what_was_said(both: BothSides) -> None:
    """Where one has crossed the rest becomes two new groups, and may follow once accepted."""
    family = [await accepted(both, one, **family_of(4)) for one in range(1, 5)]
    to(both, IN_WINDOW)
    assert (await depart(both, family[0])).recorded

    made = await split(both.us, family[1], family[3])

    assert (made.leaving.members, made.staying.size) == ((family[3],), 2)
    await both.us.send()
    assert await group_of(both.mx, family[0]) == (GROUP, 4)
    assert await group_of(both.mx, family[1]) == (made.staying.group, 2)
    assert names(await gate(both, family[1])) == ["not-accepted", "group-incomplete"]
    await accept(both, family[1:3])
    for one in family[1:3]:
        assert (await depart(both, one)).recorded


async def test_of_two_that_are_left_one_may_go_alone(both: BothSides) -> None:
    """Whoever has crossed is who stays."""
    first, second = [await accepted(both, one, **family_of(2)) for one in (1, 2)]
    to(both, IN_WINDOW)
    await depart(both, first)
    made = await split(both.us, second, second)
    assert (made.staying.size, made.staying.members, made.leaving.members) == (0, (), (second,))


async def test_what_is_no_split_is_refused(both: BothSides) -> None:
    """Strangers do not leave, somebody stays, and a window that has closed is revised first."""
    us = both.us
    first, second = [await accepted(both, one, **family_of(2)) for one in (1, 2)]
    stranger = await drafted(us, 3)
    assert await refused(us, first, stranger) == [("/members", "not-a-member")]
    assert await refused(us, first, first, second) == [("/members", "not-a-part")]
    assert await refused(us, first) == [("/members", "not-a-part")]
    to(both, IN_WINDOW.replace(hour=23))
    assert await refused(us, first, second) == [("/members", "window-over")]


async def test_of_two_supervisors_one_wins(both: BothSides) -> None:
    """Who comes second is told which group the person is of by now, and changes nothing."""
    us = both.us
    family = [await noticed(both, one, **family_of(4)) for one in range(1, 5)]
    done = await asyncio.gather(
        split(us, family[0], family[3]), split(us, family[0], family[2]), return_exceptions=True
    )
    (made,) = [one for one in done if isinstance(one, FamilySplit)]
    (late,) = [one for one in done if isinstance(one, AlreadyAnswered)]
    assert late.standing == made.staying.group
    assert len(await drafts(us)) == len(await events(us, "family.split")) == 4
    (alone,) = made.leaving.members
    with pytest.raises(AlreadyAnswered) as caught:
        await split(us, alone, alone)
    assert caught.value.standing == ALONE


async def test_who_joins_meanwhile_is_split_too(
    both: BothSides, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A member whose decision comes between look and split is not left in the old group."""
    us = both.us
    first, second = [await drafted(us, one, **family_of(3)) for one in (1, 2)]
    joined: list[str] = []

    async def join() -> None:
        joined.append(await drafted(us, 3, **family_of(3)))

    before_next_write(monkeypatch, us.store, join)
    made = await split(us, first, second)
    assert set(made.staying.members) == {first, *joined}
    assert (await row_of(us, joined[0])).family_group == made.staying.group


async def test_a_group_that_was_split_is_never_used_again(both: BothSides) -> None:
    """Nobody of it is announced with the old name: Mexico never sees it with another size."""
    us = both.us
    family = [await noticed(both, one, **family_of(3)) for one in (1, 2, 3)]
    case = (await row_of(us, family[0])).case_id
    await split(us, family[0], family[2])
    await both.settle()
    await us.cancellations.withdraw(family[0], {"cause": "custody"}, actor="port")
    await both.settle()
    with pytest.raises(Invalid) as caught:
        await drafted(us, 4, case=case, **family_of(2))
    assert [(one.pointer, one.code) for one in caught.value.faults] == [
        ("/family/group", "reduced-group")
    ]


async def test_two_families_are_more_than_one(both: BothSides) -> None:
    """Where Mexico takes one family on that day a split in two families finds no room."""
    us = both.us
    family = [await noticed(both, one, **family_of(4)) for one in range(1, 5)]
    other = OtherGovernment(keys.MX, keys.US, clock=both.clock)
    body: CapacityAdvisory = a_capacity_advisory(on="2031-03-18", families_max=1)
    await us.inbox.receive(other.line(body, None).octets())
    with pytest.raises(WindowFull):
        await split(us, family[0], *family[2:])
    assert (await split(us, family[0], family[3])).staying.size == 3


async def test_a_handoff_of_another_port_is_not_there(both: BothSides) -> None:
    """Nobody splits a family that is returned elsewhere."""
    first, second = [await drafted(both.us, one, **family_of(2)) for one in (1, 2)]
    with pytest.raises(NotFound):
        await split(both.us, first, second, ports=frozenset({"2402"}))
