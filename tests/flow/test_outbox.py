"""The outbox: what goes when, at what pace, and what it outlives."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson
import pytest

from exchange.domain.handoff import HandoffId, Stage
from exchange.errors import StoreBusy
from exchange.flow import outbox, outcomes, sealing
from exchange.flow.changes import Changes
from exchange.flow.delivery import Answer
from exchange.flow.intake import Taken
from exchange.store.depth import get_depth
from exchange.store.handoffs import Stale
from exchange.store.lanes import Lane
from exchange.store.outbox import list_outbox
from tests.builders import a_decision_document
from tests.sides import BothSides, DeliveryByRoad


async def test_a_busy_database_is_waited_for(
    both: BothSides, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A look that the database does not answer is one that comes later, and ends nothing."""
    await both.us.intake.submit(orjson.dumps(a_decision_document()), actor="port")
    read, looks = both.us.store.read, []

    async def busy_twice(function: Any) -> Any:
        looks.append(function)
        if len(looks) <= 2:
            raise StoreBusy
        return await read(function)

    monkeypatch.setattr(outbox, "POLL_SECONDS", 0.001)
    monkeypatch.setattr(both.us.store, "read", busy_twice)
    running = asyncio.create_task(both.us.outbox.run())
    async with asyncio.timeout(10):
        while (await read(get_depth)).waiting:
            await both.us.changes.wait(both.us.changes.rung, 0.05)
    both.us.outbox.drain()
    await running


async def test_who_loses_every_race_tries_later(
    both: BothSides, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where others seal first again and again, the message waits for the end of its lease."""

    def lost(*_: object) -> None:
        raise Stale

    await both.us.intake.submit(orjson.dumps(a_decision_document()), actor="port")
    monkeypatch.setattr(sealing, "update_handoffs", lost)
    assert await both.us.send() == 1
    monkeypatch.undo()
    both.clock.pass_seconds(61)
    assert await both.us.send() == 1
    assert (await both.us.store.read(get_depth)).waiting == 0


async def test_two_requests_that_bring_the_same_receipt_end_nothing(
    both: BothSides, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One receipt may come back to two requests at once: who is second tries again later."""
    for number in (1, 2):
        decision = a_decision_document(decision_id=f"00000000-0000-4000-8000-{number:012d}")
        await both.us.intake.submit(orjson.dumps(decision), actor="port")
    assert await both.us.send("lost-answer") == 2
    both.clock.pass_seconds(61)
    monkeypatch.setattr(both.us.outbox, "_pace", outbox.Pace(lines_per_request_max=1))
    assert await both.us.send() == 1
    monkeypatch.setattr(outcomes, "find_receipts", lambda *_: {})
    assert await both.us.send() == 1
    assert (await both.us.store.read(get_depth)).waiting == 1
    monkeypatch.undo()
    both.clock.pass_seconds(61)
    assert await both.us.send() == 1
    assert (await both.us.store.read(get_depth)).waiting == 0


@dataclass(slots=True)
class Held:
    """The US side's outbox at work, on a road where each request waits to be let through."""

    both: BothSides
    arrived: list[int] = field(default_factory=list)
    gate: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0))
    moved: asyncio.Event = field(default_factory=asyncio.Event)
    is_at_rest: bool = False

    async def carry(self, request: bytes) -> Answer:
        """Note of how many lines the request is, and wait."""
        self.arrived.append(request.count(b"\n") + 1)
        self.moved.set()
        await self.gate.acquire()
        return await self.both.us.road.carry(request)

    def let_through(self, requests: int = 1) -> None:
        """Let so many requests go on to the other side."""
        for _ in range(requests):
            self.gate.release()

    async def rest(self, rung: int, seconds: float) -> bool:
        """Do as the bell does, and tell that the outbox sends no more for now."""
        self.is_at_rest = self.both.us.changes.rung == rung
        self.moved.set()
        return await Changes.wait(self.both.us.changes, rung, seconds)

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Return once something is so."""
        while not is_so():
            self.moved.clear()
            await self.moved.wait()

    async def looked(self) -> None:
        """Return once the outbox has looked again at all that waits, and started what may go."""
        self.is_at_rest = False
        self.both.us.changes.announce()
        await self.until(lambda: self.is_at_rest)

    async def claimed(self) -> int:
        """Return how many messages of those that wait were ever claimed, once it has looked."""
        await self.looked()
        rows = await self.both.us.store.read(list_outbox)
        return sum(row.attempts > 0 for row in rows)


@asynccontextmanager
async def running(both: BothSides, **pace: Any) -> AsyncIterator[Held]:
    """Run the US side's outbox; at the end it drains, and what is under way goes through."""
    held, outbox_of_us = Held(both), both.us.outbox
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DeliveryByRoad, "_post", lambda _, request: held.carry(request))
        patch.setattr(both.us.changes, "wait", held.rest)
        patch.setattr(outbox_of_us, "_pace", outbox.Pace(**pace))
        run = asyncio.create_task(outbox_of_us.run())
        async with asyncio.timeout(20):
            yield held
            outbox_of_us.drain()
            held.let_through(100)
            await run


async def decide(both: BothSides, *numbers: int) -> list[HandoffId]:
    """Have the US side take decisions, and return their handoffs."""
    handoffs = []
    for number in numbers:
        decision = a_decision_document(decision_id=f"00000000-0000-4000-8000-{number:012d}")
        taken = await both.us.intake.submit(orjson.dumps(decision), actor="port")
        assert isinstance(taken, Taken)
        handoffs.append(taken.handoff)
    return handoffs


async def test_what_would_not_fill_a_request_waits_for_the_one_under_way(both: BothSides) -> None:
    """The first goes at once; what comes meanwhile goes together when its answer is there."""
    async with running(both) as held:
        await decide(both, 1)
        await held.until(lambda: held.arrived == [1])
        await decide(both, 2, 3, 4)
        assert await held.claimed() == 1
        held.let_through()
        await held.until(lambda: len(held.arrived) == 2)
        assert held.arrived == [1, 3]


async def test_a_full_request_goes_beside_another(both: BothSides) -> None:
    """Where enough is due to fill one, it does not wait; a third waits though it is full."""
    async with running(both, lines_per_request_max=2) as held:
        await decide(both, 1)
        await held.until(lambda: held.arrived == [1])
        await decide(both, 2, 3, 4, 5)
        await held.until(lambda: held.arrived == [1, 2])
        assert await held.claimed() == 3
        held.let_through()
        await held.until(lambda: held.arrived == [1, 2, 2])


async def test_nothing_waits_long_to_fill_a_request(both: BothSides) -> None:
    """Where the answer takes its time, what is there goes without it."""
    async with running(both) as held:
        await decide(both, 1)
        await held.until(lambda: held.arrived == [1])
        await decide(both, 2)
        assert await held.claimed() == 1
        both.clock.pass_seconds(outbox.FILLING_SECONDS)
        await held.looked()
        await held.until(lambda: held.arrived == [1, 1])


async def test_one_request_asks_whether_the_partner_is_back(both: BothSides) -> None:
    """While it is away nothing goes until the pause is over; then one request, urgent first."""
    (handoff,) = await decide(both, 1)
    await both.us.send()
    await both.us.cancellations.withdraw(handoff, {"cause": "data"}, actor="port")
    both.clock.pass_seconds(61)
    await decide(both, 2, 3)
    both.us.partner.failed()
    async with running(both, lines_per_request_max=1) as held:
        assert await held.claimed() == 0
        both.clock.pass_seconds(1)
        assert await held.claimed() == 1
        held.let_through()
        await held.until(lambda: not both.us.partner.failing)
        await held.until(lambda: len(held.arrived) == 3)
        assert (await both.mx.shared(handoff)).stage is Stage.CANCELLED


async def test_a_failure_stops_what_waited_for_its_place(both: BothSides) -> None:
    """The pause is looked at when a request may go, not when it began to wait for that."""
    async with running(both, lines_per_request_max=1, requests_in_flight_max=1) as held:
        await decide(both, 1, 2)
        await held.until(lambda: held.arrived == [1])
        both.us.road.mishaps.append("lost-request")
        held.let_through()
        await held.until(lambda: both.us.partner.failing)
        assert await held.claimed() == 1
        assert (held.arrived, both.us.partner.failures) == ([1], 1)


async def test_what_the_partner_asked_is_waited_out_though_it_speaks(both: BothSides) -> None:
    """After a Retry-After nothing goes before its time, whatever comes in."""
    await decide(both, 1)
    both.us.partner.failed(20)
    async with running(both) as held:
        both.us.partner.heard(both.clock())
        assert await held.claimed() == 0
        both.clock.pass_seconds(20)
        assert await held.claimed() == 1


async def test_what_was_set_apart_goes_one_request_at_a_time(both: BothSides) -> None:
    """Lines that the partner refused share no request, and hold up no other line."""
    await decide(both, 1, 2, 3)
    both.us.road.instead = lambda _: Answer(400, b'{"lines":[{"line":1},{"line":2}]}', None)
    await both.us.send()
    await both.us.outbox.send_due(Lane.NORMAL)
    assert both.us.road.requests[-1].count(b"\n") == 0
    both.us.road.instead = lambda _: None
    both.clock.pass_seconds(120)
    await decide(both, 4)
    async with running(both) as held:
        await held.until(lambda: len(held.arrived) == 2)
        assert held.arrived == [1, 1]
        await held.looked()
        assert held.arrived == [1, 1]
        held.let_through(2)
        await held.until(lambda: len(held.arrived) == 3)
