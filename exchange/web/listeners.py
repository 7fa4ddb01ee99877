"""
A listening socket whose connections are bounded in number, in size and in time.

When the connections are used up, one that waits for its peer makes room, in the order that
`waiting` says; where all are at work a new one is turned away.
"""

import asyncio
import ssl
from pathlib import Path

from aiohttp import web

from exchange.web.accepting import TlsServer, bound_buffers, listen
from exchange.web.connections import Connections
from exchange.web.limits import ConnectionLimits, Hit, nobody_counts


class Listener:
    """One application on one address: ``start`` it, read its ``port``, ``stop`` it gracefully."""

    def __init__(
        self,
        app: web.Application,
        *,
        address: tuple[str, int] | Path,
        limits: ConnectionLimits,
        tls: ssl.SSLContext | None = None,
        hit: Hit = nobody_counts,
    ) -> None:
        self._runner = web.AppRunner(app, access_log=None)
        self._address = address
        self._limits = limits
        self._tls = tls
        self._hit = hit
        self._server: asyncio.Server | TlsServer | None = None

    async def start(self) -> None:
        """Listen; connections are taken from now on."""
        await self._runner.setup()
        server = self._runner.server
        assert server is not None  # noqa: S101  # the runner was set up above
        connections = Connections(server, self._limits, self._hit)
        loop = asyncio.get_running_loop()
        backlog = self._limits.waiting_max
        if isinstance(self._address, Path):
            self._address.unlink(missing_ok=True)
            self._server = await loop.create_unix_server(
                connections.accept, self._address, backlog=backlog
            )
            self._address.chmod(0o660)
            return
        if self._tls is None:
            host, port = self._address
            self._server = await loop.create_server(connections.accept, host, port, backlog=backlog)
            for listening in self._server.sockets:
                bound_buffers(listening, self._limits)
            return
        self._server = TlsServer(
            connections,
            listen(self._address, self._limits),
            self._tls,
            handshake_seconds=self._limits.head_seconds,
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
