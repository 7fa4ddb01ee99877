"""Nobody who is slow, silent or talks nonsense keeps others out."""

import asyncio
import gc
from contextlib import suppress

import pytest
from aiohttp import ClientSession
from aiohttp.http_exceptions import HttpProcessingError

from exchange.web.limits import ConnectionLimits
from tests.web.serving import FakeInbox, partner_door, partner_listening, say

REQUEST = b"GET /v1/keys HTTP/1.1\r\nHost: us\r\n\r\n"
SHORT = ConnectionLimits(head_seconds=0.1, keep_alive_seconds=75)


@pytest.mark.parametrize("octets", [b"", b"GET /v1/keys HT", REQUEST[:-2]])
async def test_a_head_that_does_not_come_is_ended(octets: bytes) -> None:
    """A connection with nothing, or with a part of a head, is closed when its time is over."""
    async with partner_listening(partner_door(FakeInbox()), limits=SHORT) as listener:
        assert await say(listener.port, octets) == b""


async def test_a_later_head_has_its_time_too() -> None:
    """On a kept connection the time for a head starts with its first octet."""
    async with partner_listening(partner_door(FakeInbox()), limits=SHORT) as listener:
        reader, writer = await asyncio.open_connection("127.0.0.1", listener.port)
        writer.write(REQUEST)
        await reader.readuntil(b"}")
        writer.write(REQUEST[:20])
        assert await asyncio.wait_for(reader.read(), 10) == b""
        writer.close()


async def test_a_head_in_pieces_is_served_and_the_connection_kept() -> None:
    """A head that arrives in pieces in its time is served, as is the next on its connection."""
    limits = ConnectionLimits(head_seconds=5)
    async with partner_listening(partner_door(FakeInbox()), limits=limits) as listener:
        reader, writer = await asyncio.open_connection("127.0.0.1", listener.port)
        for _ in range(2):
            writer.write(REQUEST[:9])
            await writer.drain()
            await asyncio.sleep(0)
            writer.write(REQUEST[9:])
            assert (await reader.readuntil(b"}")).startswith(b"HTTP/1.1 200 ")
        writer.close()


async def test_an_idle_connection_is_closed_later() -> None:
    """A connection that was served is closed when it stays silent for the keep-alive time."""
    limits = ConnectionLimits(head_seconds=5, keep_alive_seconds=0.1)
    async with partner_listening(partner_door(FakeInbox()), limits=limits) as listener:
        assert (await say(listener.port, REQUEST)).startswith(b"HTTP/1.1 200 ")


async def test_silent_connections_block_nobody() -> None:
    """With every connection taken by a silent one, the next caller is served at once."""
    limits = ConnectionLimits(head_seconds=60, connections_max=60)
    async with partner_listening(partner_door(FakeInbox()), limits=limits) as listener:
        silent = [await asyncio.open_connection("127.0.0.1", listener.port) for _ in range(60)]
        url = f"http://127.0.0.1:{listener.port}/v1/keys"
        async with ClientSession() as http, http.get(url) as answer:
            assert answer.status == 200
        assert await asyncio.wait_for(silent[0][0].read(), 10) == b""
        for _, writer in silent:
            writer.close()


async def test_who_does_not_take_its_answer_makes_room_first() -> None:
    """One more connection ends the one with an untaken answer, not one that is silent longer."""
    limits = ConnectionLimits(connections_max=2)
    door = partner_door(FakeInbox(b"x" * (32 * 1024 * 1024)))
    head = b"POST /v1/messages HTTP/1.1\r\nHost: us\r\nContent-Type: application/jsonl\r\n"
    async with partner_listening(door, limits=limits) as listener:
        silent, asking = [
            await asyncio.open_connection("127.0.0.1", listener.port, limit=1024) for _ in range(2)
        ]
        asking[1].write(head + b"Content-Length: 2\r\n\r\n{}")
        assert (await asking[0].readuntil(b"\r\n")).startswith(b"HTTP/1.1 200 ")
        more = await asyncio.open_connection("127.0.0.1", listener.port)
        for reader, writer in (silent, more):
            writer.write(REQUEST)
            assert (await reader.readuntil(b"}")).startswith(b"HTTP/1.1 200 ")
        with suppress(ConnectionError):
            while await asyncio.wait_for(asking[0].read(65_536), 10):
                pass
        for _, writer in (silent, asking, more):
            writer.close()


async def test_who_asks_ahead_makes_room_even_at_work() -> None:
    """With the only connection at work on the first of two requests, one more is served."""
    entered, may_leave = asyncio.Event(), asyncio.Event()

    class Slow(FakeInbox):
        async def receive(self, octets: bytes) -> bytes:
            entered.set()
            await may_leave.wait()
            return octets

    head = b"POST /v1/messages HTTP/1.1\r\nHost: us\r\nContent-Type: application/jsonl\r\n"
    limits = ConnectionLimits(connections_max=1)
    async with partner_listening(partner_door(Slow()), limits=limits) as listener:
        reader, writer = await asyncio.open_connection("127.0.0.1", listener.port)
        writer.write((head + b"Content-Length: 2\r\n\r\n{}") * 2)
        await entered.wait()
        more, asking = await asyncio.open_connection("127.0.0.1", listener.port)
        asking.write(REQUEST)
        assert (await more.readuntil(b"}")).startswith(b"HTTP/1.1 200 ")
        with suppress(ConnectionError):
            assert await asyncio.wait_for(reader.read(), 10) == b""
        may_leave.set()
        for one in (writer, asking):
            one.close()


@pytest.mark.parametrize(
    "octets",
    [
        b"MARIA GOMEZ\r\n\r\n",
        b"GET /MARIA HTTP/9.9\r\n\r\n",
        b"GET / HTTP/1.1\r\nMARIA GOMEZ\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03MARIA\r\n\r\n",
        b"GET / HTTP/1.1\r\nX: " + b"MARIA" * 4000 + b"\r\n\r\n",
    ],
)
async def test_nonsense_is_a_problem_that_repeats_nothing(
    octets: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    """What is not HTTP is answered with a problem; neither it nor the log repeats anything."""
    async with partner_listening(partner_door(FakeInbox())) as listener:
        answer = await say(listener.port, octets)
    assert answer.split(b" ")[1] == b"400"
    assert b"application/problem+json" in answer
    assert b"MARIA" not in answer
    assert capfd.readouterr() == ("", "")


async def test_what_follows_nonsense_is_not_kept() -> None:
    """Of a head that cannot be read nothing stays in memory, however much comes after it."""
    gc.collect()
    gc.disable()
    try:
        async with partner_listening(partner_door(FakeInbox())) as listener:
            reader, writer = await asyncio.open_connection("127.0.0.1", listener.port)
            writer.write(b"GET / HTTP/1.1\r\nX: " + b"MARIA" * 100_000)
            with suppress(ConnectionError):  # it is closed while something still comes
                await asyncio.wait_for(reader.read(), 10)
            writer.close()
        kept = [one for one in gc.get_objects() if isinstance(one, HttpProcessingError)]
    finally:
        gc.enable()
    assert kept == []


async def test_a_request_under_way_ends_before_the_listener_stops() -> None:
    """Stopping closes the door at once and lets what is inside finish."""
    entered, may_leave = asyncio.Event(), asyncio.Event()

    class Slow(FakeInbox):
        async def receive(self, octets: bytes) -> bytes:
            entered.set()
            await may_leave.wait()
            return b"receipts"

    async with partner_listening(partner_door(Slow())) as listener:
        url = f"http://127.0.0.1:{listener.port}/v1/messages"
        async with ClientSession() as http:
            posting = asyncio.create_task(
                http.post(url, data=b"{}", headers={"Content-Type": "application/jsonl"})
            )
            await entered.wait()
            stopping = asyncio.create_task(listener.stop(drain_seconds=5))
            await asyncio.sleep(0)
            may_leave.set()
            answer = await posting
            assert (answer.status, await answer.read()) == (200, b"receipts")
            await stopping
