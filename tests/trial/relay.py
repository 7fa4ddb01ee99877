"""
A relay of TCP connections on loopback: bytes pass, until something happens to one of them.

Where a connection leads and what happens to it are given: `Relay` knows of neither TLS nor HTTP.
A mishap counts the bytes that pass one way before it, so that it can be placed in a handshake, in
a head, in a body or in an answer.
"""

import asyncio
import itertools
import socket
import struct
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum
from random import Random
from typing import Self

PIECE = 64 * 1024
_RESETS_AT_CLOSE = struct.pack("ii", 1, 0)  # SO_LINGER: on, for no time at all


class Way(Enum):
    """Which way bytes pass: from whoever opened the connection, or back."""

    THERE = "there"
    BACK = "back"


@dataclass(frozen=True, slots=True)
class Reset:
    """Both ends find the connection reset."""

    after_bytes: int


@dataclass(frozen=True, slots=True)
class Cut:
    """Both ends find the connection closed, wherever what was being carried stood."""

    after_bytes: int


@dataclass(frozen=True, slots=True)
class HalfClose:
    """Nothing more passes this way, and its receiver sees the end; the other way goes on."""

    after_bytes: int


@dataclass(frozen=True, slots=True)
class Stall:
    """Nothing passes this way for a while, and nobody is told; then all of it does."""

    after_bytes: int
    seconds: float


Mishap = Reset | Cut | HalfClose | Stall
Leads = Callable[[], Iterable[int]]
"""The ports that the next connection is tried at, in order."""
Happens = Callable[[Way], Iterator[Mishap]]
"""What happens to the next connection on one way: each counts its bytes from the last one's end."""


def to(port: int) -> Leads:
    """Return that every connection leads to *port*."""
    return lambda: (port,)


def in_turn(ports: Sequence[int]) -> Leads:
    """Return that each connection leads to the next of *ports* that takes one."""
    turn = itertools.count()

    def leads() -> Sequence[int]:
        first = next(turn) % len(ports)
        return (*ports[first:], *ports[:first])

    return leads


def nothing(way: Way) -> Iterator[Mishap]:
    """Return that nothing happens."""
    del way
    return iter(())


def now_and_then(chance: Random, *, bytes_between: int, stall_seconds_max: float) -> Happens:
    """Return that *chance* resets, cuts or stalls each way after *bytes_between* on average."""

    def happens(way: Way) -> Iterator[Mishap]:
        del way
        while True:
            after = round(chance.expovariate(1 / bytes_between))
            stall = Stall(after, chance.uniform(0, stall_seconds_max))
            yield chance.choice((Reset(after), Cut(after), stall))

    return happens


@dataclass(eq=False, slots=True)
class Carried:
    """One connection: both its ends, and how many bytes have passed each way."""

    ends: tuple[asyncio.StreamWriter, asyncio.StreamWriter]
    bytes: Counter[Way] = field(default_factory=Counter)
    _forgotten: bool = False
    _gone: asyncio.Event = field(default_factory=asyncio.Event)

    async def passes(self) -> None:
        """Return where bytes pass; what was forgotten returns once it is given up."""
        if self._forgotten:
            await self._gone.wait()

    async def stall(self, seconds: float) -> None:
        """Return after *seconds*, or once it is given up."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._gone.wait()

    def vanish(self) -> None:
        """Let nothing pass any more, and tell nobody: so ends what a router has forgotten."""
        self._forgotten = True

    def close(self) -> None:
        """Close both ends."""
        for end in self.ends:
            end.close()

    def abort(self) -> None:
        """Give it up: both ends are closed, whatever was on its way."""
        self._gone.set()
        for end in self.ends:
            end.transport.abort()

    def reset(self) -> None:
        """Have both ends find the connection reset."""
        for end in self.ends:
            with suppress(OSError):  # it may be closed already
                end.get_extra_info("socket").setsockopt(
                    socket.SOL_SOCKET, socket.SO_LINGER, _RESETS_AT_CLOSE
                )
        self.abort()


class Relay:
    """Listens on *port* of loopback, or on one that the system chooses, until it is stopped."""

    def __init__(self, leads: Leads, happens: Happens = nothing, *, port: int = 0) -> None:
        self.leads = leads
        self.happens = happens
        self.mishaps: Counter[str] = Counter()
        self.open: list[Carried] = []
        """What is being carried, the oldest first."""
        self._port = port
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Listen."""
        self._server = await asyncio.start_server(self._take, "127.0.0.1", self._port)
        self._port = int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Take no more, and hang up on everybody."""
        if self._server is not None:
            self._server.close()
        for one in self.open:
            one.abort()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def __aenter__(self) -> Self:
        """Listen for as long as the block lasts."""
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Take no more, and hang up on everybody."""
        await self.stop()

    @property
    def port(self) -> int:
        """The port in use."""
        return self._port

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        with suppress(asyncio.CancelledError):  # asked to stop, and nothing is left to do
            await self._join(reader, writer)
        writer.close()
        self._tasks.discard(task)

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        found = await _first_of(self.leads())
        if found is None:
            return
        far_reader, far_writer = found
        one = Carried((writer, far_writer))
        self.open.append(one)
        there = self._carry(one, Way.THERE, reader, far_writer, self.happens(Way.THERE))
        back = self._carry(one, Way.BACK, far_reader, writer, self.happens(Way.BACK))
        try:
            await asyncio.gather(there, back)
        finally:
            self.open.remove(one)
            far_writer.close()

    async def _carry(
        self,
        one: Carried,
        way: Way,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        mishaps: Iterator[Mishap],
    ) -> None:
        """Carry one way until it ends, and let its receiver see that."""
        with suppress(OSError):
            for mishap in mishaps:
                if not await _pass(one, way, reader, writer, mishap.after_bytes):
                    break
                self.mishaps[type(mishap).__name__] += 1
                match mishap:
                    case Stall(seconds=seconds):
                        await one.stall(seconds)
                    case Reset():
                        one.reset()
                        return
                    case Cut():
                        one.close()
                        return
                    case HalfClose():
                        writer.write_eof()
                        await _drop(reader)
                        return
            else:
                await _pass(one, way, reader, writer, None)
        with suppress(OSError, RuntimeError):  # the other way has closed it meanwhile
            writer.write_eof()


async def _pass(
    one: Carried,
    way: Way,
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    most: int | None,
) -> bool:
    """Bring *most* bytes from one end to the other, or all; False once there are no more."""
    left = most
    while left is None or left > 0:
        piece = await reader.read(PIECE if left is None else min(PIECE, left))
        await one.passes()
        if not piece:
            return False
        writer.write(piece)
        await writer.drain()
        one.bytes[way] += len(piece)
        if left is not None:
            left -= len(piece)
    return True


async def _drop(reader: asyncio.StreamReader) -> None:
    while await reader.read(PIECE):
        pass


async def _first_of(
    ports: Iterable[int],
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
    """Return a connection to the first of *ports* that takes one."""
    for port in ports:
        with suppress(OSError):
            return await asyncio.open_connection("127.0.0.1", port)
    return None
