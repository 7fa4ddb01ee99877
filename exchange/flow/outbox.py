"""
(5) What is due is claimed, sealed and handed to delivery, and the outcome recorded.

A claim is a lease: a worker that dies loses it and the same sealed message goes out again.
There are three lanes (``store/lanes``): urgent messages never wait behind a thousand notices,
and what the partner refused goes apart from everything else. Back-off belongs to the partner:
while it is away one request at a time, of any lane, asks whether it is back.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import structlog

from exchange.errors import StoreBusy, StoreFailed
from exchange.flow.changes import Changes
from exchange.flow.clock import Clock
from exchange.flow.delivery import (
    Delivered,
    Delivery,
    Outcome,
    RefusedByPartner,
    Unreachable,
)
from exchange.flow.isolation import company_max
from exchange.flow.outcomes import Outcomes
from exchange.flow.partner import Partner
from exchange.flow.resending import Outgoing
from exchange.flow.sealing import Sealer
from exchange.store.engine import Connection, Duplicate, Store
from exchange.store.lanes import Lane, Next, are_due, claim_due, find_next
from exchange.store.outbox import Waiting, release

log = structlog.get_logger()

POLL_SECONDS = 1.0
RACED_SECONDS = 0.001
"""How long to wait where something was due and another process claimed it first."""
FILLING_SECONDS = 0.25
"""How long a request may wait to be full while another of its lane is under way."""


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
        self._under_way: Counter[Lane] = Counter()
        self._draining = False

    async def run(self) -> None:
        """
        Send whatever falls due, until cancelled; once drained, until what is on its way is done.

        Raises:
            ExceptionGroup: A leg failed in a way nobody foresaw, or the store did: stop.
        """
        async with asyncio.TaskGroup() as tasks:
            while not self._draining:
                rung = self._changes.rung
                if seconds := await self._send_what_may_go(tasks):
                    await self._changes.wait(rung, seconds)

    def drain(self) -> None:
        """Claim nothing more; `run` then ends by itself."""
        self._draining = True
        self._changes.announce()

    async def send_due(self, lane: Lane) -> int:
        """Send one request's worth of what is due in a lane, and return of how many messages."""
        found = await self._store.read(partial(find_next, lane=lane))
        claims = await self._claim(found) if found else []
        if claims:
            await self._send(claims)
        return len(claims)

    async def _send_what_may_go(self, tasks: asyncio.TaskGroup) -> float:
        """Start each request that may go now, and return after how long to look again."""
        lanes = [lane for lane in Lane if self._has_room(lane)]
        seconds = self._partner.pause_seconds()
        if seconds > 0 or not lanes:
            return seconds or POLL_SECONDS
        seconds = POLL_SECONDS
        for found, wait in await self._look(lanes):
            if wait > 0:
                seconds = min(seconds, wait)
            elif self._has_room(found.lane):
                seconds = min(seconds, await self._start(tasks, found))
        return seconds

    async def _start(self, tasks: asyncio.TaskGroup, found: Next) -> float:
        """Start one request, and return after how long to look whether there is more."""
        try:
            claims = await self._claim(found)
        except (StoreBusy, StoreFailed):  # what it claimed all the same falls due again
            return POLL_SECONDS
        if not claims:
            return RACED_SECONDS
        self._under_way[found.lane] += 1
        tasks.create_task(self._send_in(found.lane, claims))
        return 0.0

    def _has_room(self, lane: Lane) -> bool:
        """Say whether one request more may be under way in *lane*."""
        if self._partner.failing:
            return not self._under_way.total()
        at_once = self._pace.requests_in_flight_max if lane is Lane.NORMAL else 1
        return self._under_way[lane] < at_once

    async def _look(self, lanes: Sequence[Lane]) -> list[tuple[Next, float]]:
        """Return what goes next in each lane where something waits, and in how many seconds."""
        try:
            return await self._store.read(partial(self._find, lanes))
        except StoreBusy:
            return []

    def _find(self, lanes: Sequence[Lane], connection: Connection) -> list[tuple[Next, float]]:
        found = [find_next(connection, lane) for lane in lanes]
        return [(one, self._seconds_until(connection, one)) for one in found if one is not None]

    def _seconds_until(self, connection: Connection, found: Next) -> float:
        """
        Return in how many seconds *found* may go.

        A request is the cheaper for each line the more of them it has. So while another of its
        lane is under way, what would not fill one waits for that answer, though not for long;
        what is full, and whatever comes when nothing is under way, goes at once.
        """
        now = self._clock()
        seconds = (found.due_at - now).total_seconds()
        if seconds > 0 or not self._under_way[found.lane]:
            return max(seconds, 0.0)
        full = self._pace.lines_per_request_max
        if seconds <= -FILLING_SECONDS or are_due(connection, found.lane, full, now=now):
            return 0.0
        return seconds + FILLING_SECONDS

    async def _claim(self, found: Next) -> list[Waiting]:
        if self._draining:
            return []
        now = self._clock()
        claim = partial(
            claim_due,
            lane=found.lane,
            now=now,
            lease_until=now + timedelta(seconds=self._pace.lease_seconds),
            limit=min(self._pace.lines_per_request_max, company_max(found.isolated)),
            isolated=found.isolated,
        )
        return await self._store.write(claim)

    async def _send_in(self, lane: Lane, claims: Sequence[Waiting]) -> None:
        try:
            await self._send(claims)
        finally:
            self._under_way[lane] -= 1
            self._changes.announce()

    async def _send(self, claims: Sequence[Waiting]) -> None:
        """Send one request, and record what came of it."""
        try:
            outgoing = await self._sealer.sealed(claims)
            if outgoing:
                outcome = await self._delivery.deliver([one.line for one in outgoing])
                await self._settle(outgoing, outcome)
        except StoreBusy:
            log.warning("outbox.postponed", reason="store-busy")  # the lease ends by itself
        except Duplicate:  # another request, or process, recorded the same receipt just now
            log.warning("outbox.postponed", reason="duplicate")
        except StoreFailed:  # the service stops if the store is lost; else the lease ends
            log.warning("outbox.postponed", reason="store-failed")

    async def _settle(self, outgoing: Sequence[Outgoing], outcome: Outcome) -> None:
        now = self._clock()
        match outcome:
            case Delivered():
                self._partner.heard(now)
                await self._outcomes.delivered(outgoing, outcome, now)
            case RefusedByPartner(code):
                if outcome.blames_the_request:
                    self._partner.heard(now)
                elif self._partner.failing or not outgoing[0].claim.isolated:
                    # Of what is known to be refused one refusal more says nothing of the partner.
                    self._partner.failed()
                    log.info("partner.failing", reason=code, failures=self._partner.failures)
                await self._outcomes.refused(outgoing, outcome, now)
            case Unreachable(why, retry_after_seconds):
                self._partner.failed(retry_after_seconds)
                log.info("partner.unreachable", reason=why, failures=self._partner.failures)
                claims = [one.claim for one in outgoing]
                await self._store.write(partial(release, claimed=claims, due_at=now))
