"""The listeners serve alike on the loop of the service and on the one that tests run on."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
import uvloop
from aiohttp import ClientSession, TCPConnector

from exchange.web.limits import ConnectionLimits
from exchange.web.tls import client_context, server_context
from tests.web.certificates import Authority
from tests.web.serving import FakeInbox, partner_door, partner_listening

LOOPS = [asyncio.new_event_loop, uvloop.new_event_loop]
LIMITS = ConnectionLimits(head_seconds=5, connections_max=8)


@pytest.mark.parametrize("loop", LOOPS, ids=["asyncio", "uvloop"])
@pytest.mark.parametrize("secure", [False, True])
def test_silent_connections_block_nobody_on_either_loop(
    loop: Callable[[], asyncio.AbstractEventLoop], *, secure: bool, tmp_path: Path
) -> None:
    """With more silent connections than there may be, a caller is served, over TLS too."""
    with asyncio.Runner(loop_factory=loop) as runner:
        assert runner.run(_served_beside_silence(tmp_path, secure=secure)) == 200


async def _served_beside_silence(directory: Path, *, secure: bool) -> int:
    authority = Authority(directory)
    server, client = authority.issue("server"), authority.issue("client")
    accepts = server_context(
        certificate=server.certificate, key=server.key, client_authorities=authority.certificate
    )
    speaks = client_context(
        authorities=authority.certificate, certificate=client.certificate, key=client.key
    )
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
