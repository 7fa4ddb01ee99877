"""A held person goes nowhere, and nobody over there can tell that or why."""

from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from exchange.domain.causes import HOLD_CAUSES, Cause
from exchange.domain.handoff import LocalStage, Stage
from exchange.domain.ticks import next_tick
from exchange.errors import Invalid, NotFound, NotHeld
from exchange.flow.holds import is_held
from exchange.store.bodies import list_bodies
from exchange.store.handoffs import Handoff
from exchange.store.outbox import URGENT
from tests.builders import HANDOFF
from tests.flow.holding import hold, lift
from tests.flow.meddling import before_next_write
from tests.flow.standing import drafted, drafts, events, noticed, row_of
from tests.ledgers import assert_agree
from tests.sides import BothSides


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
