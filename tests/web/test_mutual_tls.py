"""Two whole services speak over mutual TLS, made of nothing but settings and certificates."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientConnectionError, ClientSession, TCPConnector

from exchange.access.tokens import new_token, token_digest
from exchange.domain.parties import Side
from exchange.flow.clock import system_clock
from exchange.service import Service
from exchange.store.clients import NewClient, insert_client
from exchange.store.depth import get_depth
from exchange.store.handoffs import find_handoff
from exchange.web.tls import client_context
from tests.web.tls_sides import make_sides

EXAMPLE = (Path(__file__).parents[2] / "examples/decisions.jsonl").read_bytes().splitlines()[0]


@pytest.fixture
async def sides(tmp_path: Path) -> AsyncIterator[dict[Side, Service]]:
    """Return both sides, running in this process, that trust each other's keys."""
    settings = make_sides(tmp_path)
    services = {side: Service(settings[side]) for side in Side}
    for service in services.values():
        await service.start()
    yield services
    for service in services.values():
        await service.stop()


async def test_a_decision_crosses_over_mutual_tls(
    sides: dict[Side, Service], tmp_path: Path
) -> None:
    """A notice is delivered between certificates; who shows none gets no answer."""
    us, mx = sides[Side.US], sides[Side.MX]
    handoff = await decide(us)
    async with asyncio.timeout(20):
        while await stage_of(us, handoff) != "noticed" or await depth_of(us):
            await us.changes.wait(us.changes.rung, 0.05)
    assert await stage_of(mx, handoff) == "noticed"
    url = f"https://127.0.0.1:{us.ports[0]}/v1/keys"
    bare = client_context(authorities=tmp_path / "authority.pem")
    async with ClientSession(connector=TCPConnector(ssl=bare)) as http:
        with pytest.raises((ClientConnectionError, OSError)):
            await http.get(url)


async def decide(us: Service) -> str:
    """Push the first example decision, and return its handoff."""
    token = new_token()
    client = NewClient(
        name="san-ysidro",
        token_hash=token_digest(token),
        role="port-officer",
        ports=("*",),
        created_at=system_clock(),
    )
    await us.store.write(lambda connection: insert_client(connection, client))
    url = f"http://127.0.0.1:{us.ports[1]}/v1/return-decisions"
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    async with ClientSession() as http, http.post(url, data=EXAMPLE, headers=headers) as answer:
        document = await answer.json()
        assert answer.status == 202, document
        handoff: str = document["handoff"]
        return handoff


async def stage_of(side: Service, handoff: str) -> str | None:
    """Return the stage of the handoff on a side, None where it has not heard of it."""
    row = await side.store.read(lambda connection: find_handoff(connection, handoff))
    return row.stage if row else None


async def depth_of(side: Service) -> int:
    """Return how many messages of a side wait for their receipt."""
    return (await side.store.read(get_depth)).waiting
