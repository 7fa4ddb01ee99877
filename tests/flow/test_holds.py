"""A held person goes nowhere, the family neither, and nobody over there can tell that or why."""

import asyncio
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from exchange.domain.alarms import AlarmKind
from exchange.domain.causes import HOLD_CAUSES, OVER_THE_LINE, Cause
from exchange.domain.handoff import LocalStage, Stage
from exchange.domain.ticks import next_tick
from exchange.domain.wire import utc_text
from exchange.errors import Held, Invalid, NotFound, NotHeld
from exchange.flow.holds import Lifted, Placed, is_held
from exchange.store.alarms import Alarm, list_open
from exchange.store.bodies import list_bodies
from exchange.store.handoffs import Handoff, update_handoffs
from exchange.store.outbox import URGENT
from tests.builders import HANDOFF
from tests.flow.meddling import before_next_write
from tests.flow.standing import drafted, drafts, events, noticed, row_of
from tests.ledgers import assert_agree
from tests.sides import BothSides, SideOfTests

GROUP = "5f0c1e2d-3b4a-4958-8677-695a4b3c2d1e"
FAMILY = {"family": {"group": GROUP, "size": 3, "role": "ADULT"}}


async def hold(us: SideOfTests, handoff: str, cause: str = "fear", **asked: Any) -> Placed:
    """Place a hold."""
    return await us.holds.place(handoff, {"cause": cause}, actor="port", **asked)


async def lift(us: SideOfTests, handoff: str, cause: str = "fear", **asked: Any) -> Lifted:
    """Lift a hold."""
    return await us.holds.lift(handoff, {"cause": cause}, actor="asylum", **asked)


async def alarms(us: SideOfTests) -> list[Alarm]:
    """Return the recalls that are open."""
    return [one for one in await us.store.read(list_open) if one.kind is AlarmKind.RECALL]


async def put(us: SideOfTests, handoff: str, **members: Any) -> None:
    """Put a handoff where other acts would have brought it."""
    row = await row_of(us, handoff)
    await us.store.write(lambda c: update_handoffs(c, [(row, replace(row, **members))]))


async def test_before_the_notice_it_vanishes(both: BothSides) -> None:
    """A hold before the notice is sealed deletes the draft: nobody ever hears of the person."""
    us = both.us
    handoff = await drafted(us)

    placed = await hold(us, handoff)

    assert (placed.told, placed.standing, placed.departed) == (False, ("fear",), None)
    row = await row_of(us, handoff)
    assert (row.local_stage, row.holds, row.due_at) == (LocalStage.WITHDRAWN, ("fear",), None)
    assert is_held(row)
    assert await drafts(us) == []
    (event,) = await events(us, "hold.placed")
    assert (event.actor, event.handoff) == ("port", row.number)
    assert event.data == {"cause": "fear", "version": row.version}
    await both.settle()
    assert us.road.requests == []


async def test_after_the_notice_it_waits_for_the_tick(both: BothSides) -> None:
    """After the notice a hold drafts a cancellation for the next tick, and the partner gets it."""
    us = both.us
    handoff = await noticed(both)
    both.clock.pass_seconds(7)

    placed = await hold(us, handoff)

    assert placed.told
    (draft,) = await drafts(us)
    tick = next_tick(both.clock(), us.agreement.release_seconds)
    assert (draft.due_at, draft.priority, draft.irt_jti) == (tick, URGENT, None)
    await both.settle()
    assert (await both.mx.shared(handoff)).stage is Stage.CANCELLED
    row = await row_of(us, handoff)
    assert (row.stage, row.intent, row.holds) == (Stage.CANCELLED, None, ("fear",))
    await assert_agree(both)


async def test_no_cause_can_be_told_from_another(both: BothSides) -> None:
    """Every hold, and a port that changed its mind, drafts the same: length, time, urgency."""
    us = both.us
    seen = set()
    causes = ["custody", *sorted(HOLD_CAUSES)]
    handoffs = [await noticed(both, number) for number in range(len(causes))]
    for cause, handoff in zip(causes, handoffs, strict=True):
        if cause == "custody":
            await us.cancellations.withdraw(handoff, {"cause": cause}, actor="port")
        else:
            await hold(us, handoff, cause)
    for draft in await drafts(us):
        body = (await us.store.read(partial(list_bodies, numbers=[draft.body])))[draft.body]
        told = replace(draft, number=0, handoff=0, body=0)
        seen.add((told, len(body.ciphertext)))
    assert len(await drafts(us)) == len(causes)
    assert len(seen) == 1


async def test_a_notice_sealed_meanwhile_is_cancelled(
    both: BothSides, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the notice is sealed between look and hold the hold is decided anew, and said."""
    us = both.us
    handoff = await drafted(us)
    before_next_write(monkeypatch, us.store, us.send)

    placed = await hold(us, handoff)

    assert placed.told
    await both.settle()
    assert (await both.mx.shared(handoff)).stage is Stage.CANCELLED
    assert len(await events(us, "hold.placed")) == 1


async def test_a_hold_meanwhile_keeps_the_notice_from_being_sealed(
    both: BothSides, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the hold comes while the notice is being signed, it never leaves."""
    us = both.us
    handoff = await drafted(us)
    write = us.store.write
    held: list[int] = []

    async def late(function: Any) -> Any:
        if not held and any(draft.attempts for draft in await drafts(us)):
            held.extend(
                draft.number for draft in await drafts(us)
            )  # claimed; this write would seal
            monkeypatch.setattr(us.store, "write", write)
            await hold(us, handoff)
        return await write(function)

    monkeypatch.setattr(us.store, "write", late)
    await us.send()

    assert held
    await both.settle()
    assert us.road.requests == []
    assert (await row_of(us, handoff)).local_stage == LocalStage.WITHDRAWN
    assert await us.entries() == []


async def test_several_causes_stand_and_each_is_lifted_by_itself(both: BothSides) -> None:
    """Causes stand beside each other, in one cancellation; a repeat says what stands."""
    us = both.us
    handoff = await noticed(both)
    assert (await hold(us, handoff, "medical")).told
    for _ in range(2):
        placed = await hold(us, handoff)
        assert (placed.told, placed.standing) == (False, ("fear", "medical"))
    assert len(await drafts(us)) == 1

    lifted = await lift(us, handoff)
    assert (lifted.standing, is_held(await row_of(us, handoff))) == (("medical",), True)
    with pytest.raises(NotHeld):
        await lift(us, handoff)
    assert (await lift(us, handoff, "medical")).standing == ()

    row = await row_of(us, handoff)
    assert (row.intent, row.holds, is_held(row)) == (Stage.CANCELLED, (), False)
    placed_ones = await events(us, "hold.placed", "hold.repeated", "hold.lifted")
    assert [(one.kind, one.data["cause"], one.actor) for one in placed_ones] == [
        ("hold.placed", "medical", "port"),
        ("hold.placed", "fear", "port"),
        ("hold.repeated", "fear", "port"),
        ("hold.lifted", "fear", "asylum"),
        ("hold.lifted", "medical", "asylum"),
    ]
    versions = [one.data["version"] for one in placed_ones]
    assert versions == sorted(set(versions))


async def test_what_was_taken_back_can_still_be_held(both: BothSides) -> None:
    """A hold on a handoff that is cancelled or vanished says nothing more, and stands."""
    us = both.us
    told, untold = await noticed(both, 1), await drafted(us, 2)
    for handoff in (told, untold):
        await us.cancellations.withdraw(handoff, {"cause": "custody"}, actor="port")
    before = await drafts(us)

    for handoff in (told, untold):
        placed = await hold(us, handoff)
        assert (placed.told, placed.standing) == (False, ("fear",))
    assert await drafts(us) == before


@pytest.mark.parametrize("stage", Stage)
async def test_over_the_line_it_is_a_recall(both: BothSides, stage: Stage) -> None:
    """Where the person has departed the hold is recorded, and the alarm is there at once."""
    us = both.us
    handoff = await noticed(both)
    await put(us, handoff, intent=stage)

    placed = await hold(us, handoff)

    assert placed.departed == (stage if stage in OVER_THE_LINE else None)
    assert [one.subject for one in await alarms(us)] == [handoff] * (stage in OVER_THE_LINE)
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
    assert (await alarms(us), is_held(await row_of(us, handoff))) == ([], False)


async def test_a_recall_that_a_person_closed_opens_at_the_next_hold(both: BothSides) -> None:
    """The alarm is counted at each hold, also of a cause that stands."""
    us = both.us
    handoff = await noticed(both)
    await put(us, handoff, intent=Stage.DEPARTED)
    for _ in range(2):
        await hold(us, handoff)
    (alarm,) = await alarms(us)
    assert alarm.times == 2


async def test_a_reception_that_crossed_the_hold_is_a_recall(both: BothSides) -> None:
    """Where the person was received before the cancellation came, the alarm opens, once."""
    us = both.us
    handoff = await noticed(both)
    await both.mx.answers.record_reception(handoff, received(both), actor="desk")
    await hold(us, handoff)
    await both.settle()

    (alarm,) = await alarms(us)
    assert (alarm.subject, alarm.times) == (handoff, 1)
    row = await row_of(us, handoff)
    assert (row.stage, row.holds) == (Stage.RECEIVED, ("fear",))
    assert await us.shared(handoff) == await both.mx.shared(handoff)


def received(both: BothSides) -> dict[str, str]:
    """Return an official's record that a person was received now."""
    return {
        "outcome": "received",
        "at": utc_text(both.clock()),
        "receiving_point": "MX-CHAPARRAL",
        "identity": "match",
    }


async def a_family(both: BothSides) -> list[str]:
    """Return four handoffs of one family: noticed twice, drafted, and one already received."""
    first, second, fourth = [await noticed(both, number, **FAMILY) for number in (1, 2, 4)]
    await both.mx.answers.record_reception(fourth, received(both), actor="desk")
    await both.mx.send()
    return [first, second, await drafted(both.us, 3, **FAMILY), fourth]


async def test_a_held_member_takes_the_whole_family_back(both: BothSides) -> None:
    """All of the group that are not at the line are taken back, on one tick; others are not."""
    us = both.us
    first, second, third, fourth = await a_family(both)
    stranger = await drafted(us, 5)

    placed = await hold(us, second)

    assert set(placed.family) == {first, third}
    assert (placed.told, placed.departed) == (True, None)
    rows = [await row_of(us, one) for one in (first, second, third, fourth, stranger)]
    assert [row.holds for row in rows] == [(), ("fear",), (), (), ()]
    assert [row.intent for row in rows] == [Stage.CANCELLED, Stage.CANCELLED, None, None, None]
    assert rows[2].local_stage == LocalStage.WITHDRAWN
    cancellations = [draft for draft in await drafts(us) if draft.priority == URGENT]
    assert {draft.handoff for draft in cancellations} == {rows[0].number, rows[1].number}
    assert len({draft.due_at for draft in cancellations}) == 1
    taken_back = await events(us, "handoff.withdrawn")
    assert [one.handoff for one in taken_back] == [rows[0].number, rows[2].number]
    assert [one.data for one in taken_back] == [{"cause": "family", "held": second}] * 2
    await both.settle()
    stages = [(await both.mx.shared(one)).stage for one in (first, second, fourth, stranger)]
    assert stages == [Stage.CANCELLED, Stage.CANCELLED, Stage.RECEIVED, Stage.NOTICED]


async def test_a_recalled_member_takes_the_rest_back(both: BothSides) -> None:
    """Where the held member is over the line, those of the family who are not stay here."""
    first, second, third, fourth = await a_family(both)
    placed = await hold(both.us, fourth)
    assert (placed.departed, set(placed.family)) == (Stage.RECEIVED, {first, second, third})


async def test_who_joins_the_family_meanwhile_is_taken_back_too(
    both: BothSides, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A member whose decision comes between look and hold does not slip through."""
    us = both.us
    first = await drafted(us, 1, **FAMILY)
    joined: list[str] = []

    async def join() -> None:
        joined.append(await drafted(us, 2, **FAMILY))

    before_next_write(monkeypatch, us.store, join)
    assert list((await hold(us, first)).family) == joined
    assert await drafts(us) == []


async def test_many_at_once_take_each_member_back_once(both: BothSides) -> None:
    """Of holds on all members and withdrawals at one moment each handoff is taken back once."""
    us = both.us
    members = [await noticed(both, number, **FAMILY) for number in range(3)]

    placed = await asyncio.gather(
        *(hold(us, one, cause) for one in members for cause in ("fear", "legal")),
        *(us.cancellations.withdraw(one, {"cause": "data"}, actor="port") for one in members),
        return_exceptions=True,
    )

    assert all(isinstance(one, Placed) for one in placed[:6])
    assert len(await drafts(us)) == len(members)
    assert [(await row_of(us, one)).holds for one in members] == [("fear", "legal")] * 3
    await both.settle()
    await assert_agree(both)


async def test_a_hold_does_not_wait_for_the_partner(both: BothSides) -> None:
    """While the partner takes no cancellation a hold stands alone; the next one drafts it."""
    us = both.us
    first, second = [await noticed(both, number, **FAMILY) for number in (1, 2)]
    key_set = us.partner.key_set
    us.partner.key_set = replace(key_set, schemas=())

    placed = await hold(us, first)
    assert (placed.told, placed.family, placed.standing) == (False, (), ("fear",))
    assert is_held(await row_of(us, first))
    assert await drafts(us) == []

    us.partner.key_set = key_set
    placed = await hold(us, first)
    assert (placed.told, placed.family) == (True, (second,))


async def test_nobody_held_is_returned_anew(both: BothSides) -> None:
    """While a hold stands no decision begins a handoff of the case or family; then one does."""
    us = both.us
    handoff = await drafted(us, 1, **FAMILY)
    case = (await row_of(us, handoff)).case_id
    await hold(us, handoff)
    for changes in ({"case": case}, FAMILY):
        with pytest.raises(Held):
            await drafted(us, 2, **changes)
    assert await drafted(us, 1, **FAMILY) == handoff
    assert await drafts(us) == []

    await lift(us, handoff)
    again = await drafted(us, 2, case=case, **FAMILY)
    assert again != handoff
    assert not is_held(await row_of(us, again))


async def test_a_hold_that_comes_first_stops_a_decision(
    both: BothSides, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hold placed while another member's decision is being stored is seen there."""
    us = both.us
    handoff = await drafted(us, 1, **FAMILY)
    before_next_write(monkeypatch, us.store, partial(hold, us, handoff))
    with pytest.raises(Held):
        await drafted(us, 2, **FAMILY)


async def test_a_handoff_of_another_port_is_not_there(both: BothSides) -> None:
    """An unknown handoff and one of another port look the same to whoever holds or lifts."""
    handoff = await drafted(both.us)
    for act in (hold, lift):
        with pytest.raises(NotFound):
            await act(both.us, HANDOFF)
        with pytest.raises(NotFound):
            await act(both.us, handoff, ports=frozenset({"2402"}))


@pytest.mark.parametrize("cause", sorted(set(Cause) - HOLD_CAUSES))
async def test_want_of_room_holds_nobody(both: BothSides, cause: str) -> None:
    """A cause that ends one return is none for which a person is held."""
    handoff = await drafted(both.us)
    for act in (hold, lift):
        with pytest.raises(Invalid):
            await act(both.us, handoff, cause)
    assert not is_held(await row_of(both.us, handoff))


async def test_nothing_that_is_shared_tells_of_it(both: BothSides) -> None:
    """What both sides know of a held handoff is what they know of a withdrawn one."""
    us = both.us
    held, withdrawn = await noticed(both, 1), await noticed(both, 2)
    await hold(us, held, "medical")
    await us.cancellations.withdraw(withdrawn, {"cause": "custody"}, actor="port")
    await both.settle()

    def known(row: Handoff) -> str:
        return (row.shared or "").replace(row.handoff, "")

    first, second = await row_of(us, held), await row_of(us, withdrawn)
    assert "medical" not in known(first)
    assert "hold" not in known(first)
    shapes = [
        sorted((await side.shared(one)).model_dump(exclude_none=True))
        for side in (us, both.mx)
        for one in (held, withdrawn)
    ]
    assert shapes == [shapes[0]] * 4
    assert (first.stage, first.due_at) == (second.stage, second.due_at)
