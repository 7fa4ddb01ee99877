"""
A duty officer is told of each level that an alarm reaches, by a signed webhook.

What is told is which alarm, how grave, and how far up it has come; never about whom. Who is
told reads the rest where reading is allowed and journaled. A level is told once or more: the
same one again bears the same ``webhook-id``. The webhook has its own connections and its own
back-off, so that nothing said to the partner ever waits for it.
"""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

import aiohttp
import orjson
import structlog

from exchange.domain.alarms import ALARMS
from exchange.domain.parties import Side
from exchange.domain.wire import utc_text
from exchange.errors import StoreBusy, StoreFailed
from exchange.flow.clock import Clock
from exchange.flow.delivery import read_seconds
from exchange.flow.partner import FarSide
from exchange.proof.webhooks import signed_headers
from exchange.store.alarms import Alarm, find_alarm
from exchange.store.columns import microseconds
from exchange.store.engine import Connection, Duplicate, Store
from exchange.store.wakings import (
    Waking,
    claim_waking,
    is_any_due,
    record_told,
    release_waking,
)

log = structlog.get_logger()

POLL_SECONDS = 1.0
ANSWER_BYTES_MAX = 4096
"""How much of an answer is read: nothing in it matters."""
_OK = range(200, 300)


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where duty officers are told, under which secret, and how long one telling may take."""

    url: str
    secret: bytes = field(repr=False)
    timeout_seconds: float = 15.0
    lease_seconds: float = 60.0


class Duty:
    """Tells duty officers, for as long as it runs."""

    def __init__(
        self,
        *,
        side: Side,
        store: Store,
        session: aiohttp.ClientSession,
        webhook: Webhook,
        far: FarSide,
        clock: Clock,
    ) -> None:
        self._side = side
        self._store = store
        self._session = session
        self._webhook = webhook
        self._far = far
        self._clock = clock
        self._timeout = aiohttp.ClientTimeout(total=webhook.timeout_seconds)

    async def run(self) -> None:
        """Tell whatever is to be told, the most urgent first, until cancelled."""
        while True:
            seconds = self._far.pause_seconds()
            if not seconds and not await self._tell_or_wait():
                seconds = POLL_SECONDS
            await asyncio.sleep(seconds)

    async def _tell_or_wait(self) -> bool:
        try:
            return await self.tell_next()
        except (StoreBusy, StoreFailed, Duplicate) as error:  # the lease ends by itself
            log.warning("waking.postponed", error=type(error).__name__)
            return False

    async def tell_next(self) -> bool:
        """Tell one level of one alarm, where one is due; say whether that was tried."""
        now = self._clock()
        if not await self._store.read(partial(is_any_due, now=now)):
            return False
        lease_until = now + timedelta(seconds=self._webhook.lease_seconds)
        claimed = await self._store.write(partial(_claim, now=now, lease_until=lease_until))
        if claimed is None:
            return False
        claim, alarm = claimed
        await self._settle(claim, await self._tell(claim, alarm))
        return True

    async def _tell(self, claim: Waking, alarm: Alarm) -> "_Answered":
        """Return what the webhook made of it; that nobody answers is as ordinary as an answer."""
        body = _body(claim, alarm)
        headers = signed_headers(
            self._webhook.secret, _identity(self._side, claim, alarm), body, at=self._clock()
        )
        try:
            async with self._session.post(
                self._webhook.url,
                data=body,
                headers={"Content-Type": "application/json", **headers},
                timeout=self._timeout,
                allow_redirects=False,  # it is told where the operator said, and nowhere else
            ) as response:
                await response.content.read(ANSWER_BYTES_MAX)
                return _Answered(f"http-{response.status}", *_meaning(response))
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return _Answered(type(error).__name__, told=False)

    async def _settle(self, claim: Waking, answered: "_Answered") -> None:
        now = self._clock()
        if answered.told:
            self._far.answered()
            await self._store.write(partial(record_told, claim=claim, at=now))
            log.info("duty.told", told=claim.level.value, attempts=claim.attempts)
            return
        self._far.failed(answered.retry_after_seconds)
        log.warning("duty.untold", reason=answered.why, failures=self._far.failures)
        due_at = now + timedelta(seconds=self._far.pause_seconds())
        await self._store.write(partial(release_waking, claim=claim, due_at=due_at))


@dataclass(frozen=True, slots=True)
class _Answered:
    """What came of one telling."""

    why: str
    told: bool
    retry_after_seconds: float | None = None


def _meaning(response: aiohttp.ClientResponse) -> tuple[bool, float | None]:
    """Return whether an answer means that somebody was told, and how long it asks to wait."""
    return response.status in _OK, read_seconds(response.headers.get("Retry-After"))


def _claim(
    connection: Connection, *, now: datetime, lease_until: datetime
) -> tuple[Waking, Alarm] | None:
    claim = claim_waking(connection, now=now, lease_until=lease_until)
    alarm = None if claim is None else find_alarm(connection, claim.alarm)
    return None if claim is None or alarm is None else (claim, alarm)


def _identity(side: Side, claim: Waking, alarm: Alarm) -> str:
    """Return what names this level of this alarm for ever, whatever database it stands in."""
    return f"{side}-{claim.alarm}-{claim.level}-{microseconds(alarm.opened_at)}"


def _body(claim: Waking, alarm: Alarm) -> bytes:
    """Return all that is told: no subject, no place, nobody."""
    told = {
        "type": "alarm.open",
        "alarm": alarm.number,
        "kind": alarm.kind.value,
        "severity": ALARMS[alarm.kind].severity.value,
        "level": claim.level.value,
        "opened_at": utc_text(alarm.opened_at),
    }
    return orjson.dumps(told)
