"""What tests of the web share: an application on a free port, and a plain socket to it."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from aiohttp import web
from prometheus_client import CollectorRegistry

from exchange.flow.inbox import Inbox
from exchange.web.app import partner_app
from exchange.web.gate import Drain, TokenBucket
from exchange.web.limits import ConnectionLimits, Hit, nobody_counts
from exchange.web.listeners import Listener
from exchange.web.metrics import RequestCount
from exchange.web.partner import PartnerDoor

NOW = datetime(2019, 3, 19, 15, 0, tzinfo=UTC)


@dataclass
class FakeInbox:
    """Remembers what it was given, and answers with what it was told to, or raises it."""

    answer: bytes | Exception = b'{"receipt":true}\n'
    given: list[bytes] = field(default_factory=list)

    async def receive(self, octets: bytes) -> bytes:
        """Take the octets as the real inbox does."""
        self.given.append(octets)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@dataclass
class Moved:
    """A clock in seconds that only a test moves."""

    seconds: float = 0.0

    def __call__(self) -> float:
        """Return the seconds."""
        return self.seconds


def partner_door(
    inbox: FakeInbox | Inbox,
    *,
    drain: Drain | None = None,
    bucket: TokenBucket | None = None,
    party_of: Callable[[web.Request], str] | None = None,
    body_seconds: float = 5.0,
    note_held: Callable[[], None] = lambda: None,
) -> PartnerDoor:
    """Return a door to *inbox* that is open wide but for what the test says."""
    return PartnerDoor(
        receive=inbox.receive,
        partner="urn:handoff:mx:inm:test",
        published_keys=lambda: b'{"payload":"a2V5cw","signatures":[]}',
        note_held=note_held,
        clock=lambda: NOW,
        drain=drain or Drain(),
        bucket=bucket or TokenBucket(per_second=1e6, burst=1e6, monotonic=Moved()),
        party_of=party_of,
        request_bytes_max=4 * 1024 * 1024,
        body_seconds=body_seconds,
    )


@asynccontextmanager
async def listening(
    app: web.Application,
    *,
    limits: ConnectionLimits | None = None,
    tls: ssl.SSLContext | None = None,
    address: tuple[str, int] | Path = ("127.0.0.1", 0),
    hit: Hit = nobody_counts,
) -> AsyncIterator[Listener]:
    """Serve *app* for as long as the block lasts."""
    listener = Listener(app, address=address, limits=limits or ConnectionLimits(), tls=tls, hit=hit)
    await listener.start()
    try:
        yield listener
    finally:
        await listener.stop(drain_seconds=1)


def partner_listening(
    door: PartnerDoor,
    *,
    limits: ConnectionLimits | None = None,
    tls: ssl.SSLContext | None = None,
    address: tuple[str, int] | Path = ("127.0.0.1", 0),
    registry: CollectorRegistry | None = None,
) -> AbstractAsyncContextManager[Listener]:
    """Serve *door*'s application for as long as the block lasts, counting in *registry*."""
    requests = RequestCount(registry or CollectorRegistry())
    return listening(
        partner_app(door, requests),
        limits=limits,
        tls=tls,
        address=address,
        hit=requests.hits_of("partner"),
    )


async def say(port: int, octets: bytes) -> bytes:
    """Write *octets* to *port* and return everything that comes back until it is closed."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(octets)
    await writer.drain()
    try:
        return await asyncio.wait_for(reader.read(), 10)
    finally:
        writer.close()
