"""
Ports and officials, played by one process that costs the two sides as little as it can.

A port posts decisions; officials follow the Mexican side's change feed and answer each handoff
three times. A handoff counts once the Mexican side has sealed its visa issuance, and a run ends
once nothing waits in either outbox.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from http import HTTPStatus

import orjson

from bench.client import Client
from bench.people import answers, decision, of_its_own
from bench.sides import Pair

POSTS_IN_FLIGHT = 32
FEED_PAUSE_SECONDS = 0.02
RUN_SECONDS_MAX = 300


@dataclass(slots=True)
class Tally:
    """What the driver saw: when each handoff was asked for and when it was documented."""

    handoffs: int
    asked_at: dict[str, float] = field(default_factory=dict)
    documented_at: dict[str, float] = field(default_factory=dict)
    done: asyncio.Event = field(default_factory=asyncio.Event)

    def document(self, handoff: str) -> bool:
        """Note that a handoff came to its end, and say whether that is news."""
        if handoff in self.documented_at:
            return False
        self.documented_at[handoff] = time.time()
        if len(self.documented_at) == self.handoffs:
            self.done.set()
        return True


class Driver:
    """Plays every port and official of a running pair."""

    def __init__(self, pair: Pair) -> None:
        self._pair = pair
        self._port = pair.us.client()
        self._officials = pair.mx.client()
        self._feed = pair.mx.client()
        self._posts = asyncio.Semaphore(POSTS_IN_FLIGHT)
        self._cursor = "0"

    async def catch_up(self) -> None:
        """Pass over what the change feed has to tell of earlier runs."""
        more = True
        while more:
            _, octets = await self._feed.get(f"/v1/handoffs?after={self._cursor}&limit=500")
            feed = orjson.loads(octets)
            self._cursor, more = feed["next"], bool(feed["handoffs"])

    async def as_fast_as(
        self, handoffs: int, *, under_way_max: int, tally: Tally | None = None
    ) -> Tally:
        """
        Push *handoffs* through, never more than *under_way_max* between port and visa.

        A *tally* that is given can be watched meanwhile.
        """
        tally, room = tally or Tally(handoffs), asyncio.Semaphore(under_way_max)
        pause = FEED_PAUSE_SECONDS if under_way_max > 1 else 0
        async with self._officials_at_work(tally, room, pause):
            async with asyncio.TaskGroup() as tasks:
                for _ in range(handoffs):
                    await room.acquire()
                    tasks.create_task(self._enter(tally))
            await self._settled(tally)
        return tally

    async def at_rate(self, handoffs: int, *, per_second: float) -> Tally:
        """Push *handoffs* through, a new one each so often whatever became of the last."""
        tally, room = Tally(handoffs), asyncio.Semaphore(handoffs)
        began = asyncio.get_running_loop().time()
        async with self._officials_at_work(tally, room, FEED_PAUSE_SECONDS):
            async with asyncio.TaskGroup() as tasks:
                for number in range(handoffs):
                    due = began + number / per_second
                    await asyncio.sleep(max(0.0, due - asyncio.get_running_loop().time()))
                    tasks.create_task(self._enter(tally))
            await self._settled(tally)
        return tally

    def close(self) -> None:
        """Hang up."""
        for client in (self._port, self._officials, self._feed):
            client.close()

    async def _enter(self, tally: Tally) -> None:
        octets = decision()
        asked_at = time.time()
        async with self._posts:
            taken = await _posted(self._port, "/v1/return-decisions", octets)
        tally.asked_at[taken["handoff"]] = asked_at

    @asynccontextmanager
    async def _officials_at_work(
        self, tally: Tally, room: asyncio.Semaphore, pause: float
    ) -> AsyncIterator[None]:
        following = asyncio.create_task(self._follow(tally, room, pause))
        try:
            yield
        finally:
            following.cancel()
            with suppress(asyncio.CancelledError):
                await following
            self._feed.close()

    async def _follow(self, tally: Tally, room: asyncio.Semaphore, pause: float) -> None:
        """Answer whatever the feed shows to be waiting for an official."""
        next_step = answers()
        async with asyncio.TaskGroup() as tasks:
            while True:
                path = f"/v1/handoffs?after={self._cursor}&wait=30&limit=500"
                _, octets = await self._feed.get(path)
                feed = orjson.loads(octets)
                self._cursor = feed["next"]
                for row in feed["handoffs"]:
                    if row["stage"] == "documented":
                        if tally.document(row["handoff"]):
                            room.release()
                    elif row["intent"] is None:
                        route, document = next_step[row["stage"]]
                        tasks.create_task(self._answer(row["handoff"], route, document))
                await asyncio.sleep(pause)

    async def _answer(self, handoff: str, route: str, document: bytes) -> None:
        async with self._posts:
            path = f"/v1/handoffs/{handoff}/{route}"
            await _posted(self._officials, path, of_its_own(document))

    async def _settled(self, tally: Tally) -> None:
        async with asyncio.timeout(RUN_SECONDS_MAX):
            await tally.done.wait()
            for client in (self._port, self._officials):
                while await _waiting(client):  # noqa: ASYNC110  # another process: no event
                    await asyncio.sleep(0.02)


async def _posted(client: Client, path: str, document: bytes) -> dict[str, str]:
    status, octets = await client.post(path, document)
    if status != HTTPStatus.ACCEPTED:
        message = f"{path} answered {status}: {octets.decode()}"
        raise RuntimeError(message)
    answer: dict[str, str] = orjson.loads(octets)
    return answer


async def _waiting(client: Client) -> bool:
    _, octets = await client.get("/metrics")
    depth = b'exchange_outbox_depth{state="waiting"} '
    return float(octets.partition(depth)[2].partition(b"\n")[0]) > 0
