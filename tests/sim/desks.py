"""Whoever asks a service for something in the simulated world, through its internal listener."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import aiohttp
import orjson

from tests.sim.history import History, Operation, Outcome
from tests.sim.sides import INTERNAL_PORT, SideOfWorld, drop_client
from tests.sim.world import World

PATIENCE_SECONDS = 15.0
PAUSE_SECONDS = 5.0
FEED_WAIT_SECONDS = 50
NOT_SAID = {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}


@dataclass(slots=True)
class Desk:
    """A machine from which people call one service; every call is in the history."""

    world: World
    history: History
    name: str
    side: SideOfWorld
    token: str = field(repr=False)
    look: Callable[[str, Operation], None] | None = None
    """Who looks at each operation that is known to be done."""
    _session: aiohttp.ClientSession | None = None

    async def call(
        self,
        kind: str,
        subject: str,
        path: str,
        document: Mapping[str, Any],
        *,
        key: str | None,
    ) -> Operation:
        """Ask once, and return what is known of it after a while."""
        operation = self.history.invoke(
            self.world.now,
            actor=self.name,
            kind=kind,
            subject=subject,
            key=key,
            document=document,
        )
        try:
            status, answer = await self._ask("POST", path, document, key)
        except (aiohttp.ClientError, TimeoutError, OSError):
            operation.outcome = Outcome.UNKNOWN
        else:
            operation.status, operation.answer = status, answer
            operation.outcome = _outcome(status)
            if self.look is not None and operation.outcome is Outcome.OK:
                self.look(self.side.side, operation)
        operation.ended_at = self.world.now
        shown = f"{operation.outcome} {operation.status or ''}"
        self.world.say(f"{self.name}: {kind} {subject[:8]} -> {shown}")
        return operation

    async def insist(
        self,
        kind: str,
        subject: str,
        path: str,
        document: Mapping[str, Any],
        *,
        key: str | None,
    ) -> Operation:
        """Ask the same again and again until the answer is known."""
        while True:
            operation = await self.call(kind, subject, path, document, key=key)
            if operation.is_definite:
                return operation
            await asyncio.sleep(PAUSE_SECONDS)

    async def read(self, path: str) -> dict[str, Any] | None:
        """Return what the service shows, or None where it did not answer."""
        try:
            status, answer = await self._ask("GET", path, None, None)
        except (aiohttp.ClientError, TimeoutError, OSError):
            return None
        return answer if status == HTTPStatus.OK else None

    async def _ask(
        self, method: str, path: str, document: Mapping[str, Any] | None, key: str | None
    ) -> tuple[int, dict[str, Any]]:
        if self._session is None:
            self._session = aiohttp.ClientSession()
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        if key is not None:
            headers["Idempotency-Key"] = key
        async with self._session.request(
            method,
            f"http://{self.side.side}:{INTERNAL_PORT}{path}",
            data=None if document is None else orjson.dumps(document),
            headers=headers,
            timeout=aiohttp.ClientTimeout(
                total=PATIENCE_SECONDS + (FEED_WAIT_SECONDS if method == "GET" else 0)
            ),
        ) as response:
            answer = orjson.loads(await response.read() or b"{}")
            return response.status, answer

    async def close(self) -> None:
        """Hang up."""
        if self._session is not None:
            await self._session.close()

    def let_go(self) -> None:
        """Drop the client, where a run ends before its end."""
        drop_client(self._session)


def _outcome(status: int) -> Outcome:
    if status in NOT_SAID:
        return Outcome.UNKNOWN
    return Outcome.OK if status < HTTPStatus.BAD_REQUEST else Outcome.FAILED
