"""A body is taken in any size of pieces, and stopped when it is too long or too slow."""

import asyncio

import pytest

from tests.web.serving import FakeInbox, partner_door, partner_listening, say

HEAD = (
    b"POST /v1/messages HTTP/1.1\r\nHost: us\r\nConnection: close\r\n"
    b"Content-Type: application/jsonl\r\n"
)


async def test_a_chunked_body_is_taken() -> None:
    """A body without a length, in chunks, is one body."""
    inbox = FakeInbox()
    async with partner_listening(partner_door(inbox)) as listener:
        answer = await say(
            listener.port,
            HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n3\r\n\n{}\r\n0\r\n\r\n",
        )
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert inbox.given == [b"{}\n{}"]


async def test_who_waits_for_100_continue_is_told_to_go_on() -> None:
    """With Expect: 100-continue the body is asked for, and then taken."""
    inbox = FakeInbox()
    async with partner_listening(partner_door(inbox)) as listener:
        reader, writer = await asyncio.open_connection("127.0.0.1", listener.port)
        writer.write(HEAD + b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\n")
        assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        writer.write(b"{}")
        assert (await reader.read()).startswith(b"HTTP/1.1 200 ")
        writer.close()
    assert inbox.given == [b"{}"]


async def test_another_expectation_is_left_unmet() -> None:
    """An expectation we do not know changes nothing and is not repeated."""
    async with partner_listening(partner_door(FakeInbox())) as listener:
        answer = await say(listener.port, HEAD + b"Expect: coffee\r\nContent-Length: 2\r\n\r\n{}")
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b"coffee" not in answer


async def test_an_announced_length_over_the_limit_is_413_unread() -> None:
    """A Content-Length over 4 MiB is refused before any of the body is sent."""
    inbox = FakeInbox()
    async with partner_listening(partner_door(inbox)) as listener:
        answer = await say(listener.port, HEAD + b"Content-Length: 4194305\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b'"code":"too-large"' in answer
    assert inbox.given == []


@pytest.mark.parametrize(("chunks", "status"), [(4, b"200"), (5, b"413")])
async def test_the_limit_holds_while_reading(chunks: int, status: bytes) -> None:
    """A body in chunks is stopped where it passes 4 MiB, not where it ends."""
    async with partner_listening(partner_door(FakeInbox())) as listener:
        chunk = b"100000\r\n" + b"x" * 0x100000 + b"\r\n"
        body = chunk * chunks + b"0\r\n\r\n"
        answer = await say(listener.port, HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + body)
    assert answer.startswith(b"HTTP/1.1 " + status)


async def test_a_slow_body_is_ended() -> None:
    """A body that is not whole in its time is answered with 408 and the connection closed."""
    inbox = FakeInbox()
    async with partner_listening(partner_door(inbox, body_seconds=0.05)) as listener:
        answer = await say(listener.port, HEAD + b"Content-Length: 10\r\n\r\n{}")
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b'"code":"request-too-slow"' in answer
    assert inbox.given == []


@pytest.mark.parametrize(("cut", "status"), [(0, b"400"), (7, b"408")])
async def test_broken_chunks_are_a_problem(cut: int, status: bytes) -> None:
    """Chunks that are none get a problem: at once with their head, in the body's time after it."""
    inbox = FakeInbox()
    octets = HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\nMARIA\r\n"
    async with partner_listening(partner_door(inbox, body_seconds=0.1)) as listener:
        reader, writer = await asyncio.open_connection("127.0.0.1", listener.port)
        writer.write(octets[: len(octets) - cut])
        await asyncio.sleep(0.01)
        writer.write(octets[len(octets) - cut :])
        answer = await asyncio.wait_for(reader.read(), 10)
        writer.close()
    assert answer.split(b" ")[1] == status
    assert b"application/problem+json" in answer
    assert b"MARIA" not in answer
    assert inbox.given == []


async def test_a_caller_who_leaves_midway_is_no_failure(capfd: pytest.CaptureFixture[str]) -> None:
    """When the caller goes away in the middle of a body, nothing is recorded or logged."""
    inbox = FakeInbox()
    async with partner_listening(partner_door(inbox)) as listener:
        _, writer = await asyncio.open_connection("127.0.0.1", listener.port)
        writer.write(HEAD + b"Content-Length: 10\r\n\r\n{}")
        await writer.drain()
        writer.close()
        await writer.wait_closed()
    assert inbox.given == []
    assert capfd.readouterr() == ("", "")
