"""The listeners serve alike on the loop of the service and on the one that tests run on."""

import asyncio
import socket
import ssl
from collections.abc import Callable
from pathlib import Path

import pytest
import uvloop
from aiohttp import ClientSession, TCPConnector

from exchange.web.connections import Connection
from exchange.web.limits import ConnectionLimits
from exchange.web.tls import client_context, server_context
from tests.web.certificates import Authority
from tests.web.serving import FakeInbox, partner_door, partner_listening

LOOPS = [asyncio.new_event_loop, uvloop.new_event_loop]
LIMITS = ConnectionLimits(head_seconds=5, connections_max=8)
POURED_BYTES = 32 * 1024 * 1024
READ_BYTES_MAX = 512 * 1024
"""One read of a socket, and what TLS had read before it."""


@pytest.mark.parametrize("loop", LOOPS, ids=["asyncio", "uvloop"])
@pytest.mark.parametrize("secure", [False, True])
def test_silent_connections_block_nobody_on_either_loop(
    loop: Callable[[], asyncio.AbstractEventLoop], *, secure: bool, tmp_path: Path
) -> None:
    """With more silent connections than there may be, a caller is served, over TLS too."""
    with asyncio.Runner(loop_factory=loop) as runner:
        assert runner.run(_served_beside_silence(tmp_path, secure=secure)) == 200


@pytest.mark.parametrize("loop", LOOPS, ids=["asyncio", "uvloop"])
@pytest.mark.parametrize("secure", [False, True])
def test_who_pours_has_its_turn_and_no_more(
    loop: Callable[[], asyncio.AbstractEventLoop],
    *,
    secure: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """In each turn of the loop no more is taken of one connection than one read holds."""
    taken: list[int] = []
    receive = Connection.data_received

    def noted(connection: Connection, data: bytes) -> None:
        taken[-1] += len(data)
        receive(connection, data)

    monkeypatch.setattr(Connection, "data_received", noted)
    with asyncio.Runner(loop_factory=loop) as runner:
        runner.run(_poured(tmp_path, taken, secure=secure))
    assert sum(taken) >= POURED_BYTES
    assert max(taken) <= READ_BYTES_MAX


async def _poured(directory: Path, taken: list[int], *, secure: bool) -> None:
    """Pour one body in from a thread, and note how much was *taken* in each turn."""
    accepts, speaks = _contexts(directory)
    running = asyncio.get_running_loop()

    def turn() -> None:
        taken.append(0)
        running.call_soon(turn)

    turn()
    door = partner_door(FakeInbox(), body_seconds=60)
    tls = accepts if secure else None
    async with partner_listening(door, limits=LIMITS, tls=tls) as listener:
        await asyncio.to_thread(_pour, listener.port, speaks if secure else None)


def _pour(port: int, tls: ssl.SSLContext | None) -> None:
    head = b"POST /v1/messages HTTP/1.1\r\nHost: us\r\nContent-Type: application/jsonl\r\n"
    plain = socket.create_connection(("127.0.0.1", port), timeout=60)
    with tls.wrap_socket(plain, server_hostname="127.0.0.1") if tls else plain as pouring:
        chunk = b"1;" + b"e" * 8000 + b"\r\nx\r\n"  # much to read, and little of it is kept
        pouring.sendall(head + b"Transfer-Encoding: chunked\r\n\r\n")
        pouring.sendall(chunk * (POURED_BYTES // len(chunk) + 1) + b"0\r\n\r\n")
        assert pouring.recv(12) == b"HTTP/1.1 200"


def _contexts(directory: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Return how a listener accepts and how its partner speaks."""
    authority = Authority(directory)
    server, client = authority.issue("server"), authority.issue("client")
    accepts = server_context(
        certificate=server.certificate, key=server.key, client_authorities=authority.certificate
    )
    speaks = client_context(
        authorities=authority.certificate, certificate=client.certificate, key=client.key
    )
    return accepts, speaks


async def _served_beside_silence(directory: Path, *, secure: bool) -> int:
    accepts, speaks = _contexts(directory)
    tls = accepts if secure else None
    async with partner_listening(partner_door(FakeInbox()), limits=LIMITS, tls=tls) as listener:
        silent = [await asyncio.open_connection("127.0.0.1", listener.port) for _ in range(20)]
        url = f"{'https' if secure else 'http'}://127.0.0.1:{listener.port}/v1/keys"
        connector = TCPConnector(ssl=speaks)
        async with ClientSession(connector=connector) as http, http.get(url) as answer:
            await answer.read()
        assert await asyncio.wait_for(silent[0][0].read(), 10) == b""
        for _, writer in silent:
            writer.close()
    return answer.status
