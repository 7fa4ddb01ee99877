"""
A road between two sides that breaks now and then: bytes pass, until a mishap ends or delays them.

Each connection carries a random number of bytes before something happens to it: it is reset, or
cut in the middle of what was being carried, or it stalls for a while and goes on.
"""

import asyncio
from collections import Counter
from contextlib import suppress
from random import Random
from typing import Self

BYTES_BETWEEN_MISHAPS = 2 * 1024 * 1024
STALL_SECONDS_MAX = 3.0
CHUNK = 64 * 1024
MISHAPS = ("reset", "cut", "stalled")


class BadRoad:
    """One relay for each port it is asked to lead to; ``mishaps`` counts what went wrong."""

    def __init__(self, seed: int, *, bytes_between: int = BYTES_BETWEEN_MISHAPS) -> None:
        self.mishaps: Counter[str] = Counter()
        self._chance = Random(seed)
        self._bytes_between = bytes_between
        self._servers: list[asyncio.Server] = []
        self._passing: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        """Begin with no relay at all."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close every relay and end what passes."""
        for server in self._servers:
            server.close()
        for task in self._passing:
            task.cancel()
        await asyncio.gather(*self._passing, return_exceptions=True)

    async def toward(self, port: int) -> int:
        """Return the port of a new relay that leads to *port* of this machine."""

        async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None
            self._passing.add(task)
            try:
                await self._pass(port, reader, writer)
            finally:
                self._passing.discard(task)

        server = await asyncio.start_server(accept, "127.0.0.1", 0)
        self._servers.append(server)
        return int(server.sockets[0].getsockname()[1])

    async def _pass(
        self, port: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            writer.transport.abort()
            return
        there = asyncio.create_task(self._carry(reader, far_writer))
        back = asyncio.create_task(self._carry(far_reader, writer))
        try:
            await asyncio.wait({there, back}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (there, back):
                task.cancel()
            await asyncio.gather(there, back, return_exceptions=True)
            for one in (writer, far_writer):
                one.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one direction until it ends or something ends it."""
        left = self._draw()
        with suppress(ConnectionError):
            while chunk := await reader.read(CHUNK):
                left -= len(chunk)
                if left <= 0:
                    mishap = self._chance.choice(MISHAPS)
                    self.mishaps[mishap] += 1
                    if mishap == "reset":
                        return
                    if mishap == "cut":
                        writer.write(chunk[: self._chance.randrange(len(chunk))])
                        await writer.drain()
                        return
                    await asyncio.sleep(self._chance.uniform(0, STALL_SECONDS_MAX))
                    left = self._draw()
                writer.write(chunk)
                await writer.drain()

    def _draw(self) -> float:
        return self._chance.expovariate(1 / self._bytes_between)
