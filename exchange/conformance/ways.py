"""
The ways in which a step's octets reach the partner; each gives what came back, in order.

A way that hears nothing on purpose (the answer is lost, the request is never whole) gives no
answer at all; the step after it shows what the partner made of it.
"""

import asyncio
import contextlib
import zlib
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias

from exchange.conformance.road import Heard, Road, read_answer

Way: TypeAlias = Callable[[Road, bytes], Awaitable[Sequence[Heard]]]

SILENT = 60
AT_ONCE = 4


async def post(road: Road, octets: bytes) -> Sequence[Heard]:
    """One request."""
    return [await road.post(octets)]


def posted(**options: str | None) -> Way:
    """Return a request with other headers; *media_type* None sends none."""

    async def way(road: Road, octets: bytes) -> Sequence[Heard]:
        return [await road.post(octets, **options)]  # type: ignore[arg-type]  # headers, by name

    return way


async def chunked(road: Road, octets: bytes) -> Sequence[Heard]:
    """One request whose length nobody announces."""
    return [await road.post(octets, is_chunked=True)]


async def expecting(road: Road, octets: bytes) -> Sequence[Heard]:
    """One request that asks for leave with ``Expect: 100-continue``."""
    return [await road.post(octets, expects=True)]


async def compressed(road: Road, octets: bytes) -> Sequence[Heard]:
    """One request whose body is compressed."""
    packed = zlib.compressobj(wbits=31)
    body = packed.compress(octets) + packed.flush()
    return [await road.post(body, Content_Encoding="gzip")]


async def in_two_languages(road: Road, octets: bytes) -> Sequence[Heard]:
    """The same request in English, then in Spanish."""
    return [await road.post(octets, Accept_Language=language) for language in ("en", "es-MX")]


async def at_once(road: Road, octets: bytes) -> Sequence[Heard]:
    """The same request on several connections at the same moment."""
    return await asyncio.gather(*(road.post(octets) for _ in range(AT_ONCE)))


async def half_sent(road: Road, octets: bytes) -> Sequence[Heard]:
    """The head and half of the body; then the connection is cut."""
    with contextlib.suppress(OSError, TimeoutError):
        async with road.connection() as (_, writer):
            writer.write(road.head(len(octets)) + octets[: len(octets) // 2])
            await writer.drain()
    return []


async def answer_lost(road: Road, octets: bytes) -> Sequence[Heard]:
    """The whole request; the connection is cut as soon as an answer begins."""
    with contextlib.suppress(OSError, TimeoutError):
        async with road.connection() as (reader, writer):
            writer.write(road.head(len(octets)) + octets)
            await writer.drain()
            async with asyncio.timeout(road.patience.answer_seconds):
                await reader.read(1)
    return []


async def body_too_slow(road: Road, octets: bytes) -> Sequence[Heard]:
    """The head and half of the body; the rest never comes."""
    return [await _by_hand(road, road.head(len(octets)) + octets[: len(octets) // 2])]


async def head_too_slow(road: Road, octets: bytes) -> Sequence[Heard]:
    """Half of a head; the rest never comes."""
    return [await _by_hand(road, road.head(len(octets))[:40])]


async def not_http(road: Road, octets: bytes) -> Sequence[Heard]:
    """The lines alone, as if the connection were for them and not for HTTP."""
    return [await _by_hand(road, octets + b"\r\n\r\n")]


async def beside_silent_ones(road: Road, octets: bytes) -> Sequence[Heard]:
    """One request while many connections are open on which nothing is said."""
    async with contextlib.AsyncExitStack() as held:
        with contextlib.suppress(OSError, TimeoutError):
            for _ in range(SILENT):
                await held.enter_async_context(road.connection())
        return [await road.post(octets)]


def asked(method: str, path: str) -> Way:
    """Return a request of another kind; the step's octets stay at home."""

    async def way(road: Road, octets: bytes) -> Sequence[Heard]:
        del octets
        return [await road.ask(method, path)]

    return way


async def keys_asked_again(road: Road, octets: bytes) -> Sequence[Heard]:
    """The key set, asked for with the ``ETag`` that it had the first time."""
    del octets
    first = await road.ask("GET", "/v1/keys")
    tag = {"If-None-Match": first.headers.get("etag", '"none"')}
    return [await road.ask("GET", "/v1/keys", headers=tag)]


async def keys_asked_with_another_tag(road: Road, octets: bytes) -> Sequence[Heard]:
    """The key set, asked for with an ``ETag`` that it never had."""
    del octets
    return [await road.ask("GET", "/v1/keys", headers={"If-None-Match": '"another"'})]


async def without_certificate(road: Road, octets: bytes) -> Sequence[Heard]:
    """The key set, asked for over TLS by somebody who shows no certificate."""
    del octets
    return [await road.ask_without_certificate()]


async def _by_hand(road: Road, octets: bytes) -> Heard:
    try:
        async with road.connection() as (reader, writer):
            writer.write(octets)
            await writer.drain()
            return await read_answer(reader, road.patience.slow_seconds)
    except (OSError, TimeoutError) as error:
        return Heard(0, why=type(error).__name__)
