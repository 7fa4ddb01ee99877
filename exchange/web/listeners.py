"""
A listening socket whose connections are bounded in number and in time.

aiohttp ends an idle connection but gives a head all the time it wants, and asyncio gives a TLS
handshake a minute. Here the handshake and the head each have their limit (the body's is in
``reading``), and when the connections are used up, the one that has been silent longest makes
room. What the HTTP parser cannot read is answered with a problem, and its text is not logged.
"""

import asyncio
import logging
import ssl
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Final

from aiohttp import web

from exchange.errors import CallerMistaken
from exchange.web.problems import problem, unforeseen
from exchange.web.routes import SERVER

_LINGER_SECONDS: Final = 2.0
_BACKLOG: Final = 512

_parser_log = logging.getLogger("exchange.web.connections")
_parser_log.disabled = True  # aiohttp's own words quote what was sent


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
    """How long and how many, so that nobody who is slow or silent keeps others out."""

    head_seconds: float = 10.0
    keep_alive_seconds: float = 75.0
    connections_max: int = 256


class Listener:
    """One application on one address: ``start`` it, read its ``port``, ``stop`` it gracefully."""

    def __init__(
        self,
        app: web.Application,
        *,
        address: tuple[str, int] | Path,
        limits: ConnectionLimits,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._runner = web.AppRunner(app, access_log=None)
        self._address = address
        self._limits = limits
        self._tls = tls
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Listen; connections are taken from now on."""
        await self._runner.setup()
        server = self._runner.server
        assert server is not None  # noqa: S101  # the runner was set up above
        connections = _Connections(server, self._limits)
        loop = asyncio.get_running_loop()
        limit = self._limits.head_seconds if self._tls else None
        if isinstance(self._address, Path):
            self._address.unlink(missing_ok=True)
            self._server = await loop.create_unix_server(
                connections.accept, self._address, backlog=_BACKLOG
            )
            self._address.chmod(0o660)
            return
        host, port = self._address
        self._server = await loop.create_server(
            connections.accept,
            host,
            port,
            ssl=self._tls,
            ssl_handshake_timeout=limit,
            ssl_shutdown_timeout=limit,
            backlog=_BACKLOG,
        )

    @property
    def port(self) -> int:
        """The port in use, which the system chose where the address said 0."""
        assert self._server is not None  # noqa: S101  # only a started listener has a port
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self, *, drain_seconds: float) -> None:
        """Take no new connection, let requests under way finish in *drain_seconds*, close all."""
        if self._server is not None:
            self._server.close()
        if self._runner.server is not None:
            self._runner.server.pre_shutdown()
            await self._runner.server.shutdown(drain_seconds)
        await self._runner.cleanup()
        if isinstance(self._address, Path):
            self._address.unlink(missing_ok=True)


class _Connections:
    """Makes the protocol of each connection, and makes room when there are too many."""

    def __init__(self, server: web.Server, limits: ConnectionLimits) -> None:
        self._server = server
        self._limits = limits
        self._loop = asyncio.get_running_loop()
        self._silent: dict[Connection, None] = {}  # in the order in which they fell silent

    def accept(self) -> "Connection":
        if len(self._server.connections) >= self._limits.connections_max and self._silent:
            next(iter(self._silent)).force_close()
        return Connection(self._server, self._limits, self._silent, loop=self._loop)


class Connection(web.RequestHandler):
    """One connection, which is silent from its start or last answer until a head is whole."""

    __slots__ = ("_answers", "_head_seconds", "_head_timer", "_silent")

    def __init__(
        self,
        server: web.Server,
        limits: ConnectionLimits,
        silent: "dict[Connection, None]",
        *,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        super().__init__(
            server,
            loop=loop,
            access_log=None,  # type: ignore[arg-type]  # None is aiohttp's word for no access log
            logger=_parser_log,
            keepalive_timeout=limits.keep_alive_seconds,
            lingering_time=_LINGER_SECONDS,
            auto_decompress=False,
        )
        self._head_seconds = limits.head_seconds
        self._head_timer: asyncio.TimerHandle | None = None
        self._silent = silent
        self._answers = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Give a new connection its time for a first head."""
        super().connection_made(transport)
        self._silent[self] = None
        self._give_time()

    def data_received(self, data: bytes) -> None:
        """Give a later head its time from its first octet; stop waiting once one is whole."""
        heads = self._request_count
        super().data_received(data)
        if self._request_count != heads:
            self._stop_waiting()
        elif self._head_timer is None and self in self._silent:
            self._give_time()

    async def finish_response(
        self, request: web.BaseRequest, resp: web.StreamResponse, start_time: float | None
    ) -> tuple[web.StreamResponse, bool]:
        """Answer; the connection is silent again when nothing more was asked meanwhile."""
        finished = await super().finish_response(request, resp, start_time)
        if resp.status == HTTPStatus.REQUEST_TIMEOUT:
            self.force_close()  # its time is over: the rest of the body is not waited for
        self._answers += 1
        if self._answers == self._request_count and self.transport is not None:
            self._silent[self] = None
        return finished

    def connection_lost(self, exc: BaseException | None) -> None:
        """Forget the connection."""
        self._stop_waiting()
        super().connection_lost(exc)

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer what is not HTTP, or what no handler answered, with a problem, and hang up."""
        del request, message  # both quote what was sent
        if status == HTTPStatus.BAD_REQUEST:
            response = problem(CallerMistaken(), "en")
        else:
            response = unforeseen(exc if isinstance(exc, Exception) else Exception(), "en")
        response.headers["Server"] = SERVER
        response.force_close()
        return response

    def _give_time(self) -> None:
        self._head_timer = self._loop.call_later(self._head_seconds, self.force_close)

    def _stop_waiting(self) -> None:
        self._silent.pop(self, None)
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None
