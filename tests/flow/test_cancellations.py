"""A handoff is taken back once: unheard of before the notice, with the next tick after it."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from exchange.domain.handoff import HandoffId, LocalStage, Stage
from exchange.domain.ticks import next_tick
from exchange.errors import AlreadyAnswered, NotFound, NotPossible, StoreBusy
from exchange.flow.cancellations import Withdrawn, check_withdrawable
from exchange.store.handoffs import Handoff, Stale
from exchange.store.journal import RecordedEvent
from exchange.store.outbox import URGENT
from tests.builders import HANDOFF, NOW
from tests.flow.meddling import before_next_write, refuse_writes
from tests.flow.standing import drafted, drafts, events, noticed, row_of
from tests.sides import BothSides, SideOfTests

CAUSE = {"cause": "custody"}


async def withdrawals(us: SideOfTests) -> list[RecordedEvent]:
    """Return the journal's entries about handoffs taken back."""
    return await events(us, "handoff.withdrawn")


async def test_before_the_notice_it_vanishes(both: BothSides) -> None:
    """A draft that was never sealed is gone, the handoff is withdrawn, the cause is journaled."""
    us = both.us
    handoff = await drafted(us)

    result = await us.cancellations.withdraw(handoff, CAUSE, actor="port")

    assert result == Withdrawn(HandoffId(handoff), told=False)
    row = await row_of(us, handoff)
    assert (row.local_stage, row.due_at, row.intent) == (LocalStage.WITHDRAWN, None, None)
    assert await drafts(us) == []
    (event,) = await withdrawals(us)
    assert (event.actor, event.handoff, event.data) == ("port", row.number, {"cause": "custody"})


async def test_after_the_notice_it_waits_for_the_tick(both: BothSides) -> None:
    """Once the partner has the notice the cancellation is an urgent draft for the next tick."""
    us = both.us
    handoff = await noticed(both)
    both.clock.pass_seconds(7)

    result = await us.cancellations.withdraw(handoff, CAUSE, actor="port")

    assert result == Withdrawn(HandoffId(handoff), told=True)
    assert (await row_of(us, handoff)).intent == Stage.CANCELLED
    (draft,) = await drafts(us)
    tick = next_tick(both.clock(), us.agreement.release_seconds)
    assert (draft.due_at, draft.priority, draft.irt_jti) == (tick, URGENT, None)
    assert len(await withdrawals(us)) == 1


async def test_what_is_stored_too_late_for_its_tick_waits_for_the_next(
    both: BothSides, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An act that takes until its tick has passed is not heard the moment it is stored."""
    us = both.us
    handoff = await noticed(both)
    tick = next_tick(both.clock(), us.agreement.release_seconds)
    both.clock.at = tick - timedelta(seconds=1)
    after_the_tick = tick + timedelta(milliseconds=5)

    async def it_takes_long() -> None:
        both.clock.at = after_the_tick

    before_next_write(monkeypatch, us.store, it_takes_long)
    await us.cancellations.withdraw(handoff, CAUSE, actor="port")

    (draft,) = await drafts(us)
    assert draft.due_at == next_tick(after_the_tick, us.agreement.release_seconds)
    assert len(await withdrawals(us)) == 1


async def test_a_notice_sealed_meanwhile_is_cancelled(
    both: BothSides, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the notice leaves between look and withdrawal, the partner is told after all."""
    us = both.us
    handoff = await drafted(us)
    before_next_write(monkeypatch, us.store, us.send)

    result = await us.cancellations.withdraw(handoff, CAUSE, actor="port")

    assert result.told
    await both.settle()
    assert (await both.mx.shared(handoff)).stage is Stage.CANCELLED
    assert len(await withdrawals(us)) == 1


@pytest.mark.parametrize("told", [False, True])
async def test_of_two_at_once_one_withdraws(both: BothSides, *, told: bool) -> None:
    """Of two who take a handoff back at once one does, and the other is told what stands."""
    us = both.us
    handoff = await (noticed(both) if told else drafted(us))

    results = await asyncio.gather(
        *(us.cancellations.withdraw(handoff, CAUSE, actor="port") for _ in range(2)),
        return_exceptions=True,
    )

    assert sum(isinstance(one, Withdrawn) for one in results) == 1
    (second,) = (one for one in results if isinstance(one, AlreadyAnswered))
    assert second.standing == ("cancelled" if told else "withdrawn")
    assert len(await withdrawals(us)) == 1
    assert len(await drafts(us)) == int(told)


@pytest.mark.parametrize("told", [False, True])
async def test_what_is_kept_stands_or_falls_with_it(both: BothSides, *, told: bool) -> None:
    """What a caller keeps gets the result within the transaction, and undoes it by raising."""
    us = both.us
    handoff = await (noticed(both) if told else drafted(us))
    before = (await row_of(us, handoff), await drafts(us))

    def refuse(_connection: object, result: Withdrawn) -> None:
        assert result.told is told
        raise LookupError

    with pytest.raises(LookupError):
        await us.cancellations.withdraw(handoff, CAUSE, actor="port", keep=refuse)

    assert (await row_of(us, handoff), await drafts(us)) == before
    assert await withdrawals(us) == []


async def test_a_handoff_that_never_rests_is_busy(
    both: BothSides, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After some attempts the port is asked to come again, and nothing was done."""
    handoff = await drafted(both.us)
    refuse_writes(monkeypatch, both.us.store, Stale)

    with pytest.raises(StoreBusy):
        await both.us.cancellations.withdraw(handoff, CAUSE, actor="port")
    assert len(await drafts(both.us)) == 1


async def test_a_handoff_of_another_port_is_not_there(both: BothSides) -> None:
    """An unknown handoff and one of another port look the same to whoever asks."""
    withdraw = both.us.cancellations.withdraw
    handoff = await drafted(both.us)

    with pytest.raises(NotFound):
        await withdraw(HANDOFF, CAUSE, actor="port")
    with pytest.raises(NotFound):
        await withdraw(handoff, CAUSE, actor="port", ports=frozenset({"2402"}))
    assert not (await withdraw(handoff, CAUSE, actor="port", ports=frozenset({"2504"}))).told


def a_row(**members: Any) -> Handoff:
    """Return a handoff that was noticed, with members changed."""
    given: dict[str, Any] = {
        "number": 1,
        "version": 1,
        "changed": 1,
        "handoff": HANDOFF,
        "created_at": NOW,
        "stage": Stage.NOTICED,
    }
    return Handoff(**(given | members))


@pytest.mark.parametrize("stage", Stage)
def test_it_is_possible_until_the_person_is_at_the_line(stage: Stage) -> None:
    """The partner is told of what it knows and has not seen; of all else the stage is given."""
    told = {Stage.NOTICED, Stage.ACCEPTED, Stage.REFUSED, Stage.DEFERRED}
    if stage in told:
        check_withdrawable(a_row(stage=stage))
        return
    fault = AlreadyAnswered if stage is Stage.CANCELLED else NotPossible
    with pytest.raises(fault):
        check_withdrawable(a_row(stage=stage))


def test_what_waits_counts_as_done() -> None:
    """A cancellation that waits to be said stands already; so does a vanished draft."""
    with pytest.raises(AlreadyAnswered):
        check_withdrawable(a_row(intent=Stage.CANCELLED))
    with pytest.raises(AlreadyAnswered):
        check_withdrawable(a_row(stage=Stage.UNANNOUNCED, local_stage=LocalStage.WITHDRAWN))
    check_withdrawable(a_row(stage=Stage.UNANNOUNCED, local_stage=LocalStage.DRAFTED))
