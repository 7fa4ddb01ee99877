"""The partner's door takes lines, and refuses everything else with a problem."""

import json
from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientSession

from exchange.errors import LineFault, LinesRefused, StoreFailed, TooManyLines
from exchange.web.gate import Drain, TokenBucket
from tests.web.serving import FakeInbox, Moved, partner_door, partner_listening

LINES = {"Content-Type": "application/jsonl"}


@pytest.fixture
async def http() -> AsyncIterator[ClientSession]:
    """Return a client that leaves headers to the test."""
    async with ClientSession(skip_auto_headers=["Content-Type"]) as session:
        yield session


async def test_lines_are_answered_with_receipts(http: ClientSession) -> None:
    """The octets reach the inbox as they came, and its receipts go back as application/jsonl."""
    inbox = FakeInbox()
    async with partner_listening(partner_door(inbox)) as listener:
        url = f"http://127.0.0.1:{listener.port}/v1/messages"
        async with http.post(url, data=b"{}\n{}", headers=LINES) as answer:
            assert (answer.status, answer.content_type) == (200, "application/jsonl")
            assert await answer.read() == inbox.answer
    assert inbox.given == [b"{}\n{}"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "application/jsonl; charset=utf-8"},
        {"Content-Type": "Application/JSONL;v=1"},
        {"Content-Type": "application/jsonl", "Content-Encoding": "identity"},
    ],
)
async def test_parameters_and_identity_mean_nothing(
    http: ClientSession, headers: dict[str, str]
) -> None:
    """Parameters of the media type, its case, and the identity encoding change nothing."""
    async with partner_listening(partner_door(FakeInbox())) as listener:
        url = f"http://127.0.0.1:{listener.port}/v1/messages"
        async with http.post(url, data=b"{}", headers=headers) as answer:
            assert answer.status == 200


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({}, "bad-content-type"),
        ({"Content-Type": "application/json"}, "bad-content-type"),
        ({"Content-Type": "application/jsonlines"}, "bad-content-type"),
        ({**LINES, "Content-Encoding": "gzip"}, "bad-encoding"),
        ({**LINES, "Content-Encoding": "identity, br"}, "bad-encoding"),
    ],
)
async def test_another_form_is_415(http: ClientSession, headers: dict[str, str], code: str) -> None:
    """Another media type, or any encoding, is a problem with 415, and the inbox sees nothing."""
    inbox = FakeInbox()
    async with partner_listening(partner_door(inbox)) as listener:
        url = f"http://127.0.0.1:{listener.port}/v1/messages"
        async with http.post(url, data=b"{}", headers=headers) as answer:
            assert answer.status == 415
            assert answer.content_type == "application/problem+json"
            assert (await answer.json(content_type=None))["code"] == code
    assert inbox.given == []


async def test_bad_lines_are_named(http: ClientSession) -> None:
    """Lines that fail before their signatures hold come back as numbers and codes, status 400."""
    inbox = FakeInbox(answer=LinesRefused([LineFault(2, "unknown-key"), LineFault(5, "malformed")]))
    async with partner_listening(partner_door(inbox)) as listener:
        url = f"http://127.0.0.1:{listener.port}/v1/messages"
        async with http.post(url, data=b"{}", headers=LINES) as answer:
            assert answer.status == 400
            document = json.loads(await answer.read())
    assert document["type"] == "urn:handoff:problem:lines-refused"
    assert document["lines"] == [
        {"line": 2, "code": "unknown-key"},
        {"line": 5, "code": "malformed"},
    ]


@pytest.mark.parametrize(
    ("error", "status"), [(TooManyLines(), 413), (StoreFailed(), 503), (RuntimeError("x"), 500)]
)
async def test_what_the_inbox_raises_is_a_problem(
    http: ClientSession, error: Exception, status: int
) -> None:
    """Whatever the inbox raises is answered with a problem, and the next request is served."""
    inbox = FakeInbox(answer=error)
    async with partner_listening(partner_door(inbox)) as listener:
        url = f"http://127.0.0.1:{listener.port}/v1/messages"
        async with http.post(url, data=b"{}", headers=LINES) as answer:
            assert answer.status == status
            assert answer.content_type == "application/problem+json"
        inbox.answer = b"receipts"
        async with http.post(url, data=b"{}", headers=LINES) as answer:
            assert answer.status == 200


async def test_too_many_requests_wait(http: ClientSession) -> None:
    """When the bucket is empty the answer is 429 with Retry-After; a second later it is 200."""
    clock = Moved()
    bucket = TokenBucket(per_second=1, burst=2, monotonic=clock)
    async with partner_listening(partner_door(FakeInbox(), bucket=bucket)) as listener:
        url = f"http://127.0.0.1:{listener.port}/v1/messages"
        statuses = []
        for _ in range(3):
            async with http.post(url, data=b"{}", headers=LINES) as answer:
                statuses.append(answer.status)
        assert (statuses, answer.headers["Retry-After"]) == ([200, 200, 429], "1")
        clock.seconds += 1
        async with http.post(url, data=b"{}", headers=LINES) as answer:
            assert answer.status == 200


async def test_a_stopping_service_takes_no_lines(http: ClientSession) -> None:
    """While draining, lines are answered with 503, Retry-After and a closed connection."""
    inbox, drain = FakeInbox(), Drain()
    drain.begin()
    async with partner_listening(partner_door(inbox, drain=drain)) as listener:
        url = f"http://127.0.0.1:{listener.port}/v1/messages"
        async with http.post(url, data=b"{}", headers=LINES) as answer:
            assert (answer.status, answer.headers["Connection"]) == (503, "close")
            assert int(answer.headers["Retry-After"]) > 0
    assert inbox.given == []


async def test_keys_are_fetched_once(http: ClientSession) -> None:
    """Who has the set already, by its ETag, gets 304 and no more; we know that it has it."""
    held: list[str] = []
    door = partner_door(FakeInbox(), note_held=lambda: held.append("held"))
    async with partner_listening(door) as listener:
        url = f"http://127.0.0.1:{listener.port}/v1/keys"
        async with http.get(url) as answer:
            assert (answer.status, answer.content_type) == (200, "application/jose+json")
            assert answer.headers["Date"] == "Tue, 19 Mar 2019 15:00:00 GMT"
            tag = answer.headers["ETag"]
        async with http.get(url, headers={"If-None-Match": f'"other", {tag}'}) as answer:
            assert (answer.status, await answer.read()) == (304, b"")
            assert answer.headers["Date"] == "Tue, 19 Mar 2019 15:00:00 GMT"
        assert held == ["held"]
        async with http.get(url, headers={"If-None-Match": "*"}) as answer:
            assert answer.status == 304
        async with http.get(url, headers={"If-None-Match": '"other"'}) as answer:
            assert answer.status == 200
        assert held == ["held"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/messages", 405),
        ("POST", "/v1/keys", 405),
        ("GET", "/", 404),
        ("GET", "/v1/handoffs", 404),
        ("POST", "/v1/return-decisions", 404),
        ("GET", "/metrics", 404),
        ("GET", "/v1/keys/María", 404),
    ],
)
async def test_nothing_else_is_here(
    http: ClientSession, method: str, path: str, status: int
) -> None:
    """Another method or path is a problem that repeats nothing of what was asked."""
    async with partner_listening(partner_door(FakeInbox())) as listener:
        url = f"http://127.0.0.1:{listener.port}{path}"
        async with http.request(method, url, headers={"Accept-Language": "es-MX"}) as answer:
            assert (answer.status, answer.content_type) == (status, "application/problem+json")
            assert answer.headers["Content-Language"] == "es"
            assert "Mar" not in await answer.text()
            assert (answer.headers.get("Allow") is not None) == (status == 405)
            assert answer.headers["Server"] == "exchange"
