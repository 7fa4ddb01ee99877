"""A tiny round-robin TCP proxy: each connection goes to the next replica that takes it."""

import asyncio
import itertools
from collections.abc import Sequence
from contextlib import suppress

_PIECE = 65_536


class RoundRobin:
    """Listens on one port of loopback for several; a replica that is away is passed over."""

    def __init__(self, port: int, replicas: Sequence[int]) -> None:
        self._port = port
        self._replicas = replicas
        self._turn = itertools.count()
        self._under_way: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Listen."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self._port)

    async def stop(self) -> None:
        """Take no more, and hang up on everybody."""
        if self._server is not None:
            self._server.close()
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._under_way.add(task)
        try:
            await self._join(reader, writer)
        except asyncio.CancelledError:
            pass  # asked to stop, and nothing is left to do
        finally:
            writer.close()
            self._under_way.discard(task)

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first = next(self._turn)
        for place in range(len(self._replicas)):
            port = self._replicas[(first + place) % len(self._replicas)]
            try:
                there, here = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                continue
            try:
                await asyncio.gather(_carry(reader, here), _carry(there, writer))
            finally:
                here.close()
            return


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Bring everything from one to the other, and then that there is no more."""
    with suppress(OSError):
        while piece := await reader.read(_PIECE):
            writer.write(piece)
            await writer.drain()
    with suppress(OSError):
        writer.close()
