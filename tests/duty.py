"""
The duty office: what wakes an officer, on loopback, with knobs.

It verifies what it is told with nothing of ours, as its maker would after the specification
of Standard Webhooks.
"""

import asyncio
import base64
import hashlib
import hmac
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer

from exchange.domain.parties import Side
from exchange.flow.partner import BackOff, FarSide
from exchange.flow.waking import Duty, Webhook
from tests.sides import SideOfTests

OCTETS = bytes(range(32))
SECRET = f"whsec_{base64.b64encode(OCTETS).decode()}"


@dataclass(frozen=True)
class Told:
    """One thing that the office was told, its signature verified."""

    webhook: str
    timestamp: int
    body: Mapping[str, Any]

    @property
    def gist(self) -> tuple[str, str]:
        """Which kind of alarm, and who is woken."""
        return self.body["kind"], self.body["level"]


@dataclass
class DutyOffice:
    """Remembers what it is told; *answers* are given in turn, then always the last."""

    answers: list[tuple[int, dict[str, str]]] = field(default_factory=lambda: [(204, {})])
    told: list[Told] = field(default_factory=list)
    url: str = ""
    heard: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def gists(self) -> list[tuple[str, str]]:
        """What was told, in order."""
        return [one.gist for one in self.told]

    async def hear(self, request: web.Request) -> web.Response:
        """Verify and remember one request."""
        octets = await request.read()
        webhook, timestamp = request.headers["webhook-id"], request.headers["webhook-timestamp"]
        signed = f"{webhook}.{timestamp}.".encode() + octets
        code = base64.b64encode(hmac.new(OCTETS, signed, hashlib.sha256).digest()).decode()
        assert request.headers["webhook-signature"] == f"v1,{code}"
        assert request.headers["Content-Type"] == "application/json"
        self.told.append(Told(webhook, int(timestamp), orjson.loads(octets)))
        self.heard.set()
        status, headers = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return web.Response(status=status, headers=headers, body=b"x" * 10_000)

    @asynccontextmanager
    async def listening(self) -> AsyncIterator["DutyOffice"]:
        """Listen for as long as the block lasts."""
        app = web.Application()
        app.router.add_post("/wake", self.hear)
        async with TestServer(app) as server:
            self.url = str(server.make_url("/wake"))
            yield self


@asynccontextmanager
async def duty_of(side: SideOfTests, url: str) -> AsyncIterator[Duty]:
    """Give what tells the duty office of a side's alarms."""
    far = FarSide(
        monotonic=side.clock.monotonic,
        chance=lambda: 1.0,
        back_off=BackOff(first_seconds=2, max_seconds=60, retry_after_max_seconds=60),
    )
    async with ClientSession() as session:
        yield Duty(
            side=Side(side.agreement.side),
            store=side.store,
            session=session,
            webhook=Webhook(url, OCTETS),
            far=far,
            clock=side.clock,
        )
