"""
(5) What is due is claimed, sealed and handed to delivery, and the outcome recorded.

A claim is a lease: a worker that dies loses it and the same sealed message goes out again.
Urgent messages have a lane of their own, so that a cancellation never waits behind a thousand
notices. Back-off belongs to the partner: while it is away only one request at a time asks
whether it is back.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog

from exchange.errors import StoreBusy, StoreFailed
from exchange.flow.changes import Changes
from exchange.flow.clock import Clock
from exchange.flow.delivery import (
    Delivered,
    Delivery,
    LinesRefusedByPartner,
    Outcome,
    RequestRefusedByPartner,
    Unreachable,
)
from exchange.flow.outcomes import Outcomes
from exchange.flow.partner import Partner
from exchange.flow.sealing import Outgoing, Sealer
from exchange.store.depth import find_next_due_at
from exchange.store.engine import Duplicate, Store
from exchange.store.outbox import Waiting, claim_due, release

log = structlog.get_logger()

POLL_SECONDS = 1.0
RACED_SECONDS = 0.001
"""How long to wait where something was due and another process claimed it first."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How much leaves at once, and how long a claim is left alone."""

    lines_per_request_max: int = 64
    requests_in_flight_max: int = 2
    lease_seconds: float = 60.0


class Outbox:
    """Sends what waits, for as long as it runs."""

    def __init__(
        self,
        *,
        store: Store,
        sealer: Sealer,
        delivery: Delivery,
        outcomes: Outcomes,
        partner: Partner,
        changes: Changes,
        clock: Clock,
        pace: Pace,
    ) -> None:
        self._store = store
        self._sealer = sealer
        self._delivery = delivery
        self._outcomes = outcomes
        self._partner = partner
        self._changes = changes
        self._clock = clock
        self._pace = pace
        self._draining = False

    async def run(self) -> None:
        """
        Send whatever falls due, until cancelled; once drained, until what is on its way is done.

        Raises:
            ExceptionGroup: A leg failed in a way nobody foresaw, or the store did: stop.
        """
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._lane(tasks, urgent=True))
            tasks.create_task(self._lane(tasks, urgent=False))

    def drain(self) -> None:
        """Claim nothing more; `run` then ends by itself."""
        self._draining = True
        self._changes.announce()

    async def _lane(self, tasks: asyncio.TaskGroup, *, urgent: bool) -> None:
        slots = asyncio.Semaphore(1 if urgent else self._pace.requests_in_flight_max)
        while not self._draining:
            rung = self._changes.rung
            pause = self._partner.pause_seconds()
            if pause > 0:
                await self._changes.wait(rung, pause)
                continue
            await slots.acquire()
            idle_seconds = await self._idle_seconds(urgent=urgent)
            claims = [] if idle_seconds else await self._claim(urgent=urgent)
            if not claims:
                slots.release()
                await self._changes.wait(rung, idle_seconds or RACED_SECONDS)
                continue
            task = tasks.create_task(self._send(claims))
            task.add_done_callback(lambda _: slots.release())
            if self._partner.failing:
                await asyncio.wait({task})

    async def send_due(self, *, urgent: bool = False) -> int:
        """Send one request's worth of what is due in one lane, and return of how many messages."""
        claims = await self._claim(urgent=urgent)
        if claims:
            await self._send(claims)
        return len(claims)

    async def _claim(self, *, urgent: bool) -> list[Waiting]:
        if self._draining:
            return []
        now = self._clock()
        lease = timedelta(seconds=self._pace.lease_seconds)
        limit = self._pace.lines_per_request_max
        due = partial(claim_due, now=now, lease_until=now + lease, limit=limit, urgent=urgent)
        try:
            return await self._store.write(due)
        except StoreBusy:
            return []

    async def _idle_seconds(self, *, urgent: bool) -> float:
        """Return how long nothing falls due, at most until others may have added rows."""
        try:
            due_at = await self._store.read(partial(find_next_due_at, urgent=urgent))
        except StoreBusy:
            return POLL_SECONDS
        if due_at is None:
            return POLL_SECONDS
        return min(max((due_at - self._clock()).total_seconds(), 0.0), POLL_SECONDS)

    async def _send(self, claims: Sequence[Waiting]) -> None:
        """Send one request's worth; lines that the partner could not verify go out alone."""
        try:
            requests = _requests(await self._sealer.sealed(claims))
            while requests:
                outgoing = requests.pop(0)
                outcome = await self._delivery.deliver([one.line for one in outgoing])
                await self._settle(outgoing, outcome)
                if isinstance(outcome, Unreachable):
                    rest = [one for later in requests for one in later]
                    await self._give_back(rest, self._clock())
                    return
        except StoreBusy:
            log.warning("outbox.postponed", reason="store-busy")  # the lease ends by itself
        except Duplicate:  # another request, or process, recorded the same receipt just now
            log.warning("outbox.postponed", reason="duplicate")
        except StoreFailed:  # the service stops if the store is lost; else the lease ends
            log.warning("outbox.postponed", reason="store-failed")
        finally:
            self._changes.announce()

    async def _settle(self, outgoing: Sequence[Outgoing], outcome: Outcome) -> None:
        now = self._clock()
        match outcome:
            case Delivered():
                self._partner.heard(now)
                await self._outcomes.delivered(outgoing, outcome, now)
            case LinesRefusedByPartner(lines):
                self._partner.heard(now)
                await self._outcomes.lines_refused(outgoing, dict(lines), now)
            case RequestRefusedByPartner(code):
                self._partner.heard(now)
                await self._outcomes.request_refused(outgoing, code, now)
            case Unreachable(why, retry_after_seconds):
                self._partner.failed(retry_after_seconds)
                log.info("partner.unreachable", reason=why, failures=self._partner.failures)
                await self._give_back(outgoing, now)

    async def _give_back(self, outgoing: Sequence[Outgoing], now: datetime) -> None:
        claims = [one.claim for one in outgoing]
        await self._store.write(lambda connection: release(connection, claims, due_at=now))


def _requests(outgoing: Sequence[Outgoing]) -> list[list[Outgoing]]:
    """Return *outgoing* as requests: together, but what was refused unverified each alone."""
    together = [one for one in outgoing if not one.claim.isolated]
    alone = [[one] for one in outgoing if one.claim.isolated]
    return ([together] if together else []) + alone
