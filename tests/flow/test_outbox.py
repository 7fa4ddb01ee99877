"""The outbox runs on while its database does not answer for a while."""

import asyncio
from typing import Any

import orjson
import pytest

from exchange.errors import StoreBusy
from exchange.flow import outbox, outcomes, sealing
from exchange.store.depth import get_depth
from exchange.store.handoffs import Stale
from tests.builders import a_decision_document
from tests.sides import BothSides


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
