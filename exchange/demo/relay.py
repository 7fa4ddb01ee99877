"""
A small relay on loopback between the two services: the network, with its faults.

Each side's ``partner.url`` points at a relay of its own. It hands on whatever comes, and on
the requests that it was told to spoil it does what networks do: it is away, it delivers a
request twice, it loses an answer after the other side has acted on the request.
"""

import asyncio
import hashlib
from base64 import urlsafe_b64decode

import orjson
from aiohttp import ClientError, ClientSession, ClientTimeout, web

MESSAGES = "/v1/messages"
AWAY_SECONDS = 2
"""What a partner that is away asks for with ``Retry-After``."""

_PASSED_ON = ("Content-Type", "If-None-Match", "Retry-After", "ETag", "Date")


class Relay:
    """One direction: what one side sends to the other, and what it was answered."""

    def __init__(
        self, *, port: int, target: str, twice: int | None = None, lost: int | None = None
    ) -> None:
        """
        Relay from *port* to *target*.

        *twice* and *lost* are the requests with messages, counted from 1 among those that
        were handed on, which are delivered twice and whose answer is lost.
        """
        self._port = port
        self._target = target
        self._twice = twice
        self._lost = lost
        self._requests = 0
        self.turned_away = asyncio.Event()
        self.is_away = False
        self.unanswered: set[bytes] = set()
        """The messages (by ``pld``) of which some delivery got no answer: they go out again."""
        self.doubled: set[bytes] = set()
        """The messages that arrived twice in one and the same request."""

    async def start(self) -> None:
        """Listen."""
        self._session = ClientSession(
            self._target, timeout=ClientTimeout(total=30), auto_decompress=False
        )
        app = web.Application(client_max_size=8 * 1024 * 1024)
        app.router.add_route("*", "/{path:.*}", self._pass_on)
        self._runner = web.AppRunner(
            app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1
        )
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()

    async def stop(self) -> None:
        """Hang up."""
        await self._session.close()
        await self._runner.cleanup()

    async def _pass_on(self, request: web.Request) -> web.StreamResponse:
        octets = await request.read()
        carries = request.path == MESSAGES
        if self.is_away:
            self._note_unanswered(octets, carries=carries)
            if carries:
                self.turned_away.set()
            return web.Response(status=503, headers={"Retry-After": str(AWAY_SECONDS)})
        number = self._count() if carries else 0
        try:
            response = await self._ask(request, octets)
            if carries and number == self._twice:
                self.doubled |= _messages(octets)
                response = await self._ask(request, octets)
        except (ClientError, OSError, TimeoutError):
            self._note_unanswered(octets, carries=carries)
            return web.Response(status=502)
        except asyncio.CancelledError:  # whoever asked has gone
            self._note_unanswered(octets, carries=carries)
            raise
        if carries and number == self._lost:
            self._note_unanswered(octets, carries=True)
            _hang_up(request)
        return response

    def _note_unanswered(self, octets: bytes, *, carries: bool) -> None:
        if carries:
            self.unanswered |= _messages(octets)

    def _count(self) -> int:
        self._requests += 1
        return self._requests

    async def _ask(self, request: web.Request, octets: bytes) -> web.Response:
        headers = {name: request.headers[name] for name in _PASSED_ON if name in request.headers}
        asking = self._session.request(
            request.method, request.path, data=octets or None, headers=headers
        )
        async with asking as answer:
            said = {name: answer.headers[name] for name in _PASSED_ON if name in answer.headers}
            return web.Response(status=answer.status, body=await answer.read(), headers=said)


def _hang_up(request: web.Request) -> None:
    """Break the connection, so that the answer that is written next goes nowhere."""
    if request.transport is not None:
        request.transport.abort()


def _messages(octets: bytes) -> set[bytes]:
    """Return the ``pld`` of every message in a request."""
    lines = (orjson.loads(line) for line in octets.split(b"\n") if line)
    return {hashlib.sha256(_unb64u(line["payload"])).digest() for line in lines}


def _unb64u(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
