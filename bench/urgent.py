"""
How long a cancellation takes while notices queue behind a partner that is slow to take them.

Handoffs are noticed while the road is quick. Half of them are then held with nothing else to do,
which gives the unloaded delivery; the other half while so many notices wait, and while each
request with a notice takes seconds. A cancellation counts from the hold's answer until the
receipt is stored, the wait for the tick included.
"""

import asyncio
import math
import random
import sqlite3
import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from uuid import UUID

import orjson

from bench.client import Client
from bench.people import decision
from bench.sides import Installation, Pair, Side, running
from bench.slow import SlowRoad

TICK_SECONDS = 1
NOTICE_SECONDS = 5.0
POSTS_IN_FLIGHT = 32
WAIT_SECONDS_MAX = 120
PAUSE_SECONDS_MAX = 0.4
SETTINGS = {"EXCHANGE_CANCELLATION__RELEASE_SECONDS": str(TICK_SECONDS)}
POLICY = "hybrid"

_WAITING = "SELECT count(*) FROM outbox"
_RECEIPTED_AT = """
SELECT handoffs.handoff, receipt.recorded_at FROM handoffs
JOIN ledger AS said ON said.handoff = handoffs.number AND said.direction = 0
JOIN verdicts ON verdicts.message = said.number
JOIN ledger AS receipt ON receipt.number = verdicts.receipt
WHERE said.schema LIKE ?
"""
_NOTICES, _CANCELLATIONS = "%:return-notice:%", "%:return-cancellation:%"


@dataclass(frozen=True, slots=True)
class Held:
    """One hold: when it was answered, and when the receipt of its cancellation was stored."""

    answered_at: float
    receipted_at: float

    @property
    def seconds(self) -> float:
        """From the answer to the receipt."""
        return self.receipted_at - self.answered_at

    @property
    def after_its_tick(self) -> float:
        """
        From the tick at which it was due to the receipt.

        That is the first after the answer; or the one before, where it came while we answered.
        """
        ticks = math.floor(self.answered_at / TICK_SECONDS)
        if self.receipted_at >= (ticks + 1) * TICK_SECONDS:
            ticks += 1
        return self.receipted_at - ticks * TICK_SECONDS


@dataclass(frozen=True, slots=True)
class Urgent:
    """What was seen: how many notices waited, and the holds without and with them."""

    waiting: tuple[int, int]
    """Before the first hold with a queue, and after the last receipt."""
    alone: tuple[Held, ...]
    queued: tuple[Held, ...]

    @property
    def delivery_seconds(self) -> float:
        """The unloaded delivery: the median of what a cancellation alone takes after its tick."""
        return median(one.after_its_tick for one in self.alone)

    @property
    def worst_seconds(self) -> float:
        """The longest from a hold's answer to the receipt while notices wait."""
        return max(one.seconds for one in self.queued)

    @property
    def bound_seconds(self) -> float:
        """One tick and twice the unloaded delivery."""
        return TICK_SECONDS + 2 * self.delivery_seconds


async def measure_urgent(installation: Installation, *, waiting: int, held: int) -> Urgent:
    """Return what *held* holds took alone, and as many while *waiting* notices wait."""
    async with (
        SlowRoad(NOTICE_SECONDS) as road,
        running(installation, POLICY, road.to, SETTINGS) as pair,
    ):
        measuring = _Measuring(pair.us)
        noticed = await measuring.enter(2 * held)
        await measuring.until_receipted(_NOTICES, noticed)
        alone = await measuring.hold(noticed[:held])
        road.is_slow = True
        await measuring.queue(waiting)
        before = measuring.waiting()
        queued = await measuring.hold(noticed[held:])
        after = measuring.waiting()
        measuring.close()
        await _end_at_once(pair)
    return Urgent((before, after), alone, queued)


class _Measuring:
    """A port of the US side, with an eye on its database."""

    def __init__(self, us: Side) -> None:
        self._us = us
        self._client: Client = us.client()
        self._room = asyncio.Semaphore(POSTS_IN_FLIGHT)

    async def enter(self, count: int) -> list[str]:
        """Enter decisions as fast as they are taken, and return their handoffs."""
        return list(await asyncio.gather(*(self._enter() for _ in range(count))))

    async def queue(self, waiting: int) -> None:
        """Enter decisions until so many notices wait; some leave meanwhile."""
        while (missing := waiting - self.waiting()) > 0:
            await self.enter(min(missing, 2_000))

    async def hold(self, handoffs: Sequence[str]) -> tuple[Held, ...]:
        """Hold one after the other, at any moment of a tick, and return how long each took."""
        chance = random.Random(len(handoffs))  # noqa: S311  # the same moments in each run
        answered: dict[str, float] = {}
        for handoff in handoffs:
            await asyncio.sleep(chance.uniform(0, PAUSE_SECONDS_MAX))
            await self._post(f"/v1/handoffs/{handoff}/hold", b'{"cause":"medical"}')
            answered[handoff] = time.time()
        receipted = await self.until_receipted(_CANCELLATIONS, handoffs)
        return tuple(Held(at, receipted[handoff]) for handoff, at in answered.items())

    async def until_receipted(self, schema: str, handoffs: Sequence[str]) -> dict[str, float]:
        """Return when the receipt of each handoff's message was stored, once all are."""
        async with asyncio.timeout(WAIT_SECONDS_MAX):
            while not set(handoffs) <= (found := self._receipted(schema)).keys():  # noqa: ASYNC110  # another process: no event
                await asyncio.sleep(TICK_SECONDS / 4)
        return found

    def waiting(self) -> int:
        """Return how many messages wait in the outbox."""
        with _opened(self._us) as connection:
            count: int = connection.execute(_WAITING).fetchone()[0]
        connection.close()
        return count

    def close(self) -> None:
        """Hang up."""
        self._client.close()

    def _receipted(self, schema: str) -> dict[str, float]:
        with _opened(self._us) as connection:
            rows = connection.execute(_RECEIPTED_AT, (schema,)).fetchall()
        connection.close()
        return {str(UUID(bytes=handoff)): at / 1e6 for handoff, at in rows}

    async def _enter(self) -> str:
        taken = await self._post("/v1/return-decisions", decision())
        return str(orjson.loads(taken)["handoff"])

    async def _post(self, path: str, document: bytes) -> bytes:
        async with self._room:
            status, octets = await self._client.post(path, document)
        if status not in {200, 202}:
            message = f"{path} answered {status}: {octets.decode()}"
            raise RuntimeError(message)
        return octets


def _opened(side: Side) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{side.database}?mode=ro", uri=True)


async def _end_at_once(pair: Pair) -> None:
    """Let neither wait for requests that take seconds: nothing more is measured."""
    for side in (pair.us, pair.mx):
        side.process.kill()
        await side.process.wait()
