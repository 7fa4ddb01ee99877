"""
A family of four, one in hospital, a newborn.

As it was reported: a father and his son were returned while the mother lay in hospital, and
weeks later the mother was returned with the child that was born meanwhile, whom nobody had
decided about. Three notices had been answered each by itself (domain.md F7).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from types import MappingProxyType
from typing import Any

import pytest

from exchange.access.rights import RIGHTS, Role, right_to_lift
from exchange.domain.departures import GROUP_INCOMPLETE
from exchange.domain.families import Group, Member, gaps
from exchange.domain.handoff import Stage
from exchange.domain.messages.catalogue import RETURN_CANCELLATION
from exchange.domain.messages.return_cancellation import ReturnCancellation
from exchange.errors import AlreadyAnswered, Held, Invalid
from exchange.flow.intake import Intake
from exchange.flow.keyring import context_of
from exchange.proof import grammar
from exchange.store.bodies import list_bodies
from exchange.store.handoffs import find_handoff, list_handoffs
from tests.builders import rule_book
from tests.flow.gates import IN_WINDOW, READ_LATE, depart, gate, names, to
from tests.flow.standing import events, noticed
from tests.ledgers import assert_agree
from tests.scenarios.desks import expected, to_do
from tests.sides import BothSides, SideOfTests

ACCEPTED = {"answer": "accepted", "officer": "INM-77"}
MEDICAL = {"cause": "medical"}
GROUP = "5f0c1e2d-3b4a-4958-8677-695a4b3c2d1e"
WITH_NEWBORN = "5f0c1e2d-3b4a-4958-8677-695a4b3c2d1f"
BORN = {
    "mother": "2002-06-04",
    "father": "2000-11-23",
    "son": "2024-01-15",
    "daughter": "2027-09-30",
    "newborn": "2031-03-17",
}
NEXT_DAY = {
    "decided_at": "2031-03-18T17:10:00Z",
    "return__window__from_": "2031-03-19T16:00:00Z",
    "return__window__to": "2031-03-19T20:00:00Z",
    "hearing__source_as_of": "2031-03-18T17:00:00Z",
}
ROLES = {"mother": "PARENT", "father": "PARENT"}


@dataclass(frozen=True, slots=True)
class FamilyOfTests:
    """A family whom both sides know: each member's handoff, by who they are."""

    both: BothSides
    handoffs: dict[str, str]

    async def group(self, counted: int | None = None) -> Group:
        """Return the family as the US side has it; an officer may have *counted* heads."""
        members = []
        for handoff in self.handoffs.values():
            row = await self.both.us.store.read(partial(find_handoff, handoff=handoff))
            assert row is not None
            members.append(Member(await self.both.us.shared(handoff), held=bool(row.holds)))
        return Group(tuple(members), counted)

    async def cases(self) -> dict[str, str]:
        """Return the case of each member."""
        shared = {one: await self.both.us.shared(it) for one, it in self.handoffs.items()}
        return {one: known.case for one, known in shared.items() if known.case is not None}

    async def accept(self) -> None:
        """Let Mexico accept everybody."""
        for handoff in self.handoffs.values():
            await self.both.mx.answers.acknowledge(handoff, ACCEPTED, actor="desk")
        await self.both.settle()

    async def stages(self, side: SideOfTests) -> set[Stage]:
        """Return the stages in which one side has the family."""
        return {(await side.shared(handoff)).stage for handoff in self.handoffs.values()}


async def announced(
    both: BothSides,
    who: tuple[str, ...],
    group: str,
    first: int,
    *,
    size: int,
    cases: Mapping[str, str] = MappingProxyType({}),
    **changes: object,
) -> FamilyOfTests:
    """Return those of a family of *size* people whom both sides know for one window."""
    handoffs = {
        one: await noticed(
            both,
            number,
            person__birth_date=BORN[one],
            person__given_names=one.capitalize(),
            family={"group": group, "size": size, "role": ROLES.get(one, "CHILD")},
            case=cases.get(one),
            **(READ_LATE | changes),
        )
        for number, one in enumerate(who, first)
    }
    await both.settle()
    return FamilyOfTests(both, handoffs)


@pytest.fixture
async def family(both: BothSides) -> FamilyOfTests:
    """Return a family of four whom Mexico has accepted, under the rules that let children be."""
    us = both.us
    us.intake = Intake(
        store=us.store,
        agreement=replace(us.agreement, rules=rule_book("us-2019-01")),
        keyring=us.keyring,
        partner=us.partner,
        changes=us.changes,
        clock=us.clock,
        tally=us.tally,
    )
    found = await announced(both, ("mother", "father", "son", "daughter"), GROUP, 1, size=4)
    await found.accept()
    return found


async def test_a_mother_in_hospital_keeps_the_family(family: FamilyOfTests) -> None:
    """One medical hold takes all four back on one tick, and what Mexico hears tells of nobody."""
    both = family.both
    assert gaps(await family.group(counted=4)) == ()

    placed = await both.us.holds.place(family.handoffs["mother"], MEDICAL, actor="port")
    assert set(placed.family) == set(family.handoffs.values()) - {family.handoffs["mother"]}
    assert "member-held" in gaps(await family.group())
    await both.settle()

    assert await family.stages(both.mx) == {Stage.CANCELLED}
    assert await to_do(both.mx, "2031-03-18") == []
    assert await heard(both.mx) == [{"revision": 1, "reason": "withdrawn"}] * 4
    assert len({one.at for one in await events(both.us, "hold.placed", "handoff.withdrawn")}) == 1
    await assert_agree(both)


async def test_father_and_son_do_not_go_alone(family: FamilyOfTests) -> None:
    """While she is held nobody of the family departs, and nobody gets a handoff of their own."""
    both = family.both
    await both.us.holds.place(family.handoffs["mother"], MEDICAL, actor="port")
    await both.settle()

    to(both, IN_WINDOW)
    father = family.handoffs["father"]
    for asked in (gate, depart):
        stopped = await asked(both, father)
        assert {"cancelled", GROUP_INCOMPLETE} <= set(names(stopped))
        assert "member-held" in stopped.conditions[-1].because
    case = (await family.cases())["father"]
    alone = {"family": {"group": GROUP, "size": 2, "role": "PARENT"}}
    for number, changes in ((8, {"case": case}), (9, alone)):
        with pytest.raises(Held):
            await noticed(both, number, person__birth_date=BORN["father"], **changes)
    with pytest.raises(AlreadyAnswered):
        await both.us.cancellations.withdraw(
            family.handoffs["son"], {"cause": "family"}, actor="port"
        )


async def test_only_the_medical_officer_lets_her_go(family: FamilyOfTests) -> None:
    """What a doctor stopped a doctor lifts, and the lift brings no handoff back."""
    both, mother = family.both, family.handoffs["mother"]
    await both.us.holds.place(mother, MEDICAL, actor="port")
    lifts = right_to_lift("medical")
    assert [role for role, rights in RIGHTS.items() if lifts in rights] == [Role.MEDICAL_OFFICER]
    await both.us.holds.lift(mother, MEDICAL, actor="doctor")
    await both.settle()
    assert await family.stages(both.us) == {Stage.CANCELLED}


async def test_the_newborn_is_a_person_of_its_own(family: FamilyOfTests) -> None:
    """With the child there are five: nobody crosses on four notices, and all on five."""
    both = family.both
    assert gaps(await family.group(counted=5)) == ("person-without-decision",)
    mother = family.handoffs["mother"]
    await both.us.holds.place(mother, MEDICAL, actor="port")
    await both.us.holds.lift(mother, MEDICAL, actor="doctor")
    await both.settle()

    cases = await family.cases()
    everybody = ("mother", "father", "son", "daughter", "newborn")
    known = await announced(both, everybody[:-1], WITH_NEWBORN, 10, size=5, cases=cases)
    await known.accept()
    assert gaps(await known.group(counted=5)) == ("member-missing", "person-without-decision")
    four_of_five = await gate(both, known.handoffs["mother"])
    assert [one.because for one in four_of_five.conditions if one.because] == [("member-missing",)]

    child = await announced(both, ("newborn",), WITH_NEWBORN, 14, size=5)
    assert gaps(await child.group()) == ("member-missing", "member-not-accepted")
    await child.accept()
    whole = FamilyOfTests(both, known.handoffs | child.handoffs)
    assert gaps(await whole.group(counted=5)) == ()
    assert set(await expected(both.mx, "2031-03-18")) >= set(whole.handoffs.values())
    assert {one.handoff for one in await to_do(both.mx, "2031-03-18")} == set(
        whole.handoffs.values()
    )
    await assert_agree(both)


async def test_a_supervisor_lets_three_go_and_the_mother_follows(family: FamilyOfTests) -> None:
    """Split, then held, she alone is taken back; healed, she crosses with the child born there."""
    both, us = family.both, family.both.us
    mother, *others = family.handoffs.values()
    with pytest.raises(Invalid, match="invalid"):
        await us.splitting.split(mother, GROUP, frozenset(others[1:]), actor="supervisor")

    made = await us.splitting.split(mother, GROUP, frozenset({mother}), actor="supervisor")
    await us.send()
    placed = await us.holds.place(mother, MEDICAL, actor="port")
    assert (placed.family, made.staying.size, made.staying.announced) == ((), 3, True)
    await both.settle()
    three = FamilyOfTests(both, {one: it for one, it in family.handoffs.items() if it != mother})
    assert await three.stages(both.mx) == {Stage.NOTICED}
    assert await heard(both.mx) == [{"revision": 2, "reason": "withdrawn"}]
    declared = {(await both.mx.shared(one)).notice for one in others}
    assert {(one.family_group, one.family_size) for one in declared if one} == {
        (made.staying.group, 3)
    }

    to(both, IN_WINDOW)
    assert "not-accepted" in names(await gate(both, others[0]))
    await three.accept()
    assert "held" in names(await gate(both, mother))
    for one in others:
        assert (await depart(both, one)).recorded

    cases = await family.cases()
    await us.holds.lift(mother, MEDICAL, actor="doctor")
    both.clock.pass_seconds(3600)
    pair = await announced(
        both, ("mother", "newborn"), WITH_NEWBORN, 20, size=2, cases=cases, **NEXT_DAY
    )
    await pair.accept()
    to(both, IN_WINDOW + timedelta(days=1))
    for one in pair.handoffs.values():
        assert (await depart(both, one)).recorded
    await both.settle()
    assert await pair.stages(both.mx) == await three.stages(both.mx) == {Stage.DEPARTED}
    assert (await both.us.shared(pair.handoffs["mother"])).case == cases["mother"]
    await assert_agree(both)


async def heard(mx: SideOfTests) -> list[dict[str, Any]]:
    """Return what the Mexican side was told of who was taken back, without the salts."""
    entries = [one for one in await mx.entries() if one.schema == RETURN_CANCELLATION.schema]
    found = await mx.store.read(partial(list_bodies, numbers=[one.body or 0 for one in entries]))
    rows = await mx.store.read(
        partial(list_handoffs, numbers=[one.handoff or 0 for one in entries])
    )
    said = []
    for one in entries:
        context = context_of(rows[one.handoff or 0].handoff)
        octets = mx.keyring.unlock(found[one.body or 0], context=context)
        body = ReturnCancellation.model_validate(grammar.parse(octets or b""))
        said.append(body.model_dump(exclude={"salt"}))
    return said
