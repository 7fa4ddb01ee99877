"""Whoever runs into a limit is told so or hung up on, and it is counted by its setting's name."""

import asyncio
import re
import socket
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import uvloop
from aiohttp import web
from prometheus_client import CollectorRegistry

from exchange.settings.inbox import Inbox
from exchange.web.gate import TokenBucket
from exchange.web.limits import ConnectionLimits, Limit
from exchange.web.metrics import RequestCount
from tests.web.serving import FakeInbox, Moved, partner_door, partner_listening, say

GET = b"GET /v1/keys HTTP/1.1\r\nHost: us\r\n\r\n"
POST = b"POST /v1/messages HTTP/1.1\r\nHost: us\r\nContent-Type: application/jsonl\r\n"
SHORT = ConnectionLimits(
    head_seconds=0.1,
    keep_alive_seconds=0.1,
    answer_seconds=0.1,
    linger_seconds=0.1,
    head_line_bytes_max=1024,
    head_fields_max=16,
)
AT_LEISURE = replace(SHORT, head_seconds=60, keep_alive_seconds=60)
DOCUMENT = Path(__file__).parents[2] / "docs/reliability.md"


def hits(registry: CollectorRegistry) -> dict[str, int]:
    """Return how often each limit was hit, those that were not left out."""
    return {
        sample.labels["limit"]: int(sample.value)
        for family in registry.collect()
        for sample in family.samples
        if sample.name == "exchange_limits_hit_total" and sample.value
    }


@pytest.mark.parametrize(
    ("limit", "octets", "answer"),
    [
        (Limit.HEAD_SECONDS, GET[:20], b""),
        (Limit.KEEP_ALIVE_SECONDS, GET, b"HTTP/1.1 200 "),
        (Limit.HEAD_LINE, GET[:-2] + b"X: " + b"y" * 2048 + b"\r\n\r\n", b"HTTP/1.0 400 "),
        (Limit.HEAD_LINE, b"GET /" + b"y" * 2048 + GET[5:], b"HTTP/1.0 400 "),
        (Limit.HEAD_FIELDS, GET[:-2] + b"X: y\r\n" * 16 + b"\r\n", b"HTTP/1.0 400 "),
        (Limit.BODY_SECONDS, POST + b"Content-Length: 9\r\n\r\n{", b"HTTP/1.1 408 "),
        (Limit.BODY_SIZE, POST + b"Content-Length: 9999999\r\n\r\n", b"HTTP/1.1 413 "),
    ],
)
async def test_a_limit_is_told_and_counted(limit: Limit, octets: bytes, answer: bytes) -> None:
    """The connection is closed after the answer, if there is one, and the count has its name."""
    registry = CollectorRegistry()
    limits = replace(AT_LEISURE, head_seconds=SHORT.head_seconds)
    if limit is Limit.KEEP_ALIVE_SECONDS:
        limits = replace(AT_LEISURE, keep_alive_seconds=SHORT.keep_alive_seconds)
    door = partner_door(FakeInbox(), body_seconds=0.1)
    async with partner_listening(door, limits=limits, registry=registry) as listener:
        said = await say(listener.port, octets)
    assert said[: len(answer) or 1] == answer
    counted = hits(registry)
    assert counted.pop(limit) == 1
    assert set(counted) <= {Limit.LINGER_SECONDS}  # the rest of a body that was never sent


async def test_the_rest_of_a_refused_body_is_not_waited_for() -> None:
    """Who goes on with a body that was refused is hung up on, and that is counted."""
    registry = CollectorRegistry()
    async with partner_listening(
        partner_door(FakeInbox()), limits=AT_LEISURE, registry=registry
    ) as listener:
        await say(listener.port, POST + b"Content-Length: 9999999\r\n\r\n")
    assert hits(registry) == {Limit.BODY_SIZE: 1, Limit.LINGER_SECONDS: 1}


async def test_an_answer_that_nobody_takes_is_given_up() -> None:
    """Who asks and does not read is hung up on, and that is counted."""
    registry = CollectorRegistry()
    door = partner_door(FakeInbox(b"x" * (32 * 1024 * 1024)))
    async with partner_listening(door, limits=AT_LEISURE, registry=registry) as listener:
        _, writer = await asyncio.open_connection("127.0.0.1", listener.port)
        writer.write(POST + b"Content-Length: 2\r\n\r\n{}")
        async with asyncio.timeout(10):
            while not hits(registry):  # noqa: ASYNC110  # a count rings no bell
                await asyncio.sleep(0)
        writer.transport.abort()
    assert hits(registry) == {Limit.ANSWER_SECONDS: 1}


async def test_one_connection_too_many_makes_the_oldest_end() -> None:
    """The one that has waited longest is closed for one more, and that is counted."""
    registry = CollectorRegistry()
    limits = replace(AT_LEISURE, connections_max=1)
    async with partner_listening(
        partner_door(FakeInbox()), limits=limits, registry=registry
    ) as listener:
        reader, writer = await asyncio.open_connection("127.0.0.1", listener.port)
        _, another = await asyncio.open_connection("127.0.0.1", listener.port)
        assert await asyncio.wait_for(reader.read(), 10) == b""
        for one in (writer, another):
            one.close()
    assert hits(registry) == {Limit.CONNECTIONS: 1}


async def test_who_asks_too_often_is_told_when_to_come_back() -> None:
    """Beyond its rate the partner gets 429 with Retry-After, and that is counted."""
    registry = CollectorRegistry()
    bucket = TokenBucket(per_second=1, burst=1, monotonic=Moved())
    limits = replace(AT_LEISURE, keep_alive_seconds=0.1)
    door = partner_door(FakeInbox(), bucket=bucket)
    async with partner_listening(door, limits=limits, registry=registry) as listener:
        said = await say(listener.port, GET + GET)
    assert re.findall(rb"HTTP/1\.1 (\d+)", said) == [b"200", b"429"]
    assert b"Retry-After: 1" in said
    assert hits(registry)[Limit.RATE] == 1


@pytest.mark.parametrize(
    "loop", [asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"]
)
def test_the_system_keeps_little_of_a_connection(
    loop: Callable[[], asyncio.AbstractEventLoop],
) -> None:
    """An accepted connection has the buffers that its limit says, which Linux doubles."""
    kept: set[int] = set()

    def look(request: web.Request) -> str:
        accepted = request.get_extra_info("socket")
        for buffer in (socket.SO_SNDBUF, socket.SO_RCVBUF):
            kept.add(accepted.getsockopt(socket.SOL_SOCKET, buffer))
        return "urn:handoff:mx:inm:test"

    async def ask() -> bytes:
        limits = replace(AT_LEISURE, keep_alive_seconds=0.1, buffer_bytes_max=65_536)
        door = partner_door(FakeInbox(), party_of=look)
        async with partner_listening(door, limits=limits) as listener:
            return await say(listener.port, GET)

    with asyncio.Runner(loop_factory=loop) as runner:
        assert runner.run(ask()).startswith(b"HTTP/1.1 200 ")
    assert kept == {2 * 65_536}


def test_the_size_of_a_body_has_a_name_on_each_listener() -> None:
    """Our own callers run into the limit of a document, the partner into that of a request."""
    registry = CollectorRegistry()
    requests = RequestCount(registry)
    for listener in ("partner", "internal"):
        requests.hits_of(listener)(Limit.BODY_SIZE)
    assert hits(registry) == {Limit.BODY_SIZE: 1, Limit.DOCUMENT_SIZE: 1}


def test_the_documented_limits_are_the_settings() -> None:
    """The table names every setting of [inbox] once, with its default and its label."""
    section = (
        DOCUMENT.read_text(encoding="utf-8").split("\n## Hostile input\n")[1].split("\n## ")[0]
    )
    rows = [
        [cell.strip().strip("`") for cell in line.strip("|").split("|")]
        for line in section.splitlines()
        if re.match(r"\| `\w+` \|", line)
    ]
    assert {name: default.replace(",", "") for name, default, *_ in rows} == {
        name: f"{field.default:g}" if isinstance(field.default, float) else str(field.default)
        for name, field in Inbox.model_fields.items()
    }
    assert len(rows) == len(Inbox.model_fields)
    assert all(gets for _, _, gets, _ in rows)
    labels = {name: label for name, _, _, label in rows if label in set(Limit)}
    assert labels == {limit.value: limit.value for limit in Limit}
