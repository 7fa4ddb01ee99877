"""A road on which each request with a notice takes its time, and every other passes at once."""

import asyncio
from base64 import urlsafe_b64decode
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Self

import orjson
from aiohttp import ClientError, ClientSession, ClientTimeout, web

NOTICE = "urn:handoff:schema:return-notice:"
_PASSED_ON = ("Content-Type", "If-None-Match", "Retry-After", "ETag", "Date")
_BYTES_MAX = 8 * 1024 * 1024


class SlowRoad:
    """Roads to partners that take long for notices: a partner whose officials' system is slow."""

    def __init__(self, seconds_for_a_notice: float) -> None:
        self._open = AsyncExitStack()
        self._seconds = seconds_for_a_notice
        self.is_slow = False
        """Whether notices take their time already."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._open.aclose()

    async def to(self, port: int) -> int:
        """Return a port of loopback from which the road leads to *port*."""
        session = await self._open.enter_async_context(
            ClientSession(f"http://127.0.0.1:{port}", timeout=ClientTimeout(total=60))
        )

        async def carry(request: web.Request) -> web.Response:
            return await self._carry(session, request)

        app = web.Application(client_max_size=_BYTES_MAX)
        app.router.add_route("*", "/{path:.*}", carry)
        runner = web.AppRunner(
            app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1
        )
        await runner.setup()
        self._open.push_async_callback(runner.cleanup)
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        found: int = runner.addresses[0][1]
        return found

    async def _carry(self, session: ClientSession, request: web.Request) -> web.Response:
        octets = await request.read()
        if self.is_slow and brings_a_notice(octets):
            await asyncio.sleep(self._seconds)
        headers = {name: request.headers[name] for name in _PASSED_ON if name in request.headers}
        asking = session.request(request.method, request.path, data=octets, headers=headers)
        try:
            async with asking as answer:
                said = {name: answer.headers[name] for name in _PASSED_ON if name in answer.headers}
                return web.Response(status=answer.status, body=await answer.read(), headers=said)
        except ClientError:  # the far side is not up yet, or has gone
            return web.Response(status=502)


def brings_a_notice(octets: bytes) -> bool:
    """Say whether any line of a request is a notice, by its envelope."""
    lines = (orjson.loads(line) for line in octets.split(b"\n") if line)
    return any(_schema(line["payload"]).startswith(NOTICE) for line in lines)


def _schema(payload: str) -> str:
    envelope = orjson.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return str(envelope["schema"])
