"""Two whole services speak over mutual TLS, made of nothing but settings and certificates."""

import asyncio
import re
import shutil
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientConnectionError, ClientSession, TCPConnector

from exchange.access.tokens import new_token, token_digest
from exchange.domain.parties import Side
from exchange.flow.clock import system_clock, system_entropy
from exchange.installation.directory import Plan, make_directory
from exchange.installation.published import our_keys, trust
from exchange.proof.keys import fingerprint
from exchange.service import Service
from exchange.settings import Settings, load_settings
from exchange.store.clients import NewClient, insert_client
from exchange.store.depth import get_depth
from exchange.store.handoffs import find_handoff
from exchange.web.tls import client_context
from tests.web.certificates import Authority

PARTIES = {Side.US: "urn:handoff:us:cbp:test", Side.MX: "urn:handoff:mx:inm:test"}
EXAMPLE = (Path(__file__).parents[2] / "examples/decisions.jsonl").read_bytes().splitlines()[0]
_NAMED_IN_TEMPLATE = "ca_file|client_certificate_file|client_key_file|certificate_file|key_file"
COMMENTED = re.compile(rf"^# ({_NAMED_IN_TEMPLATE}|client_ca_file) =", re.MULTILINE)


def free_ports(count: int) -> list[int]:
    """Return ports that nobody listens on."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def made(directory: Path, side: Side, listens: dict[Side, int], authority: Authority) -> Settings:
    """Make a working directory whose TLS files stand where its template says."""
    plan = Plan(
        side=side.value,
        party=PARTIES[side],
        partner=PARTIES[side.other],
        partner_url=f"https://127.0.0.1:{listens[side.other]}",
        listen_partner=f"127.0.0.1:{listens[side]}",
        listen_internal="127.0.0.1:0",
        signature_policy="es256",
    )
    make_directory(directory, plan, now=system_clock(), entropy=system_entropy)
    (directory / "tls").mkdir()
    shutil.copy(authority.certificate, directory / "tls/partner-ca.pem")
    for name in ("server", "client"):
        issued = authority.issue(f"{side}-{name}", uris=[PARTIES[side]])
        shutil.copy(issued.certificate, directory / f"tls/{name}.pem")
        shutil.copy(issued.key, directory / f"tls/{name}.key")
    file = directory / "exchange.toml"
    text = COMMENTED.sub(r"\1 =", file.read_text(encoding="utf-8"))
    # `tls` judges what stands before it, so it goes last in its table.
    text = re.sub(r'^tls = "none".*\n', "", text, flags=re.MULTILINE)
    file.write_text(text.replace("[database]", 'tls = "direct"\n\n[database]'), encoding="utf-8")
    return load_settings(file)


@pytest.fixture
async def sides(tmp_path: Path) -> AsyncIterator[dict[Side, Service]]:
    """Return both sides, running in this process, that trust each other's keys."""
    authority = Authority(tmp_path)
    listens = dict(zip(Side, free_ports(2), strict=True))
    settings = {side: made(tmp_path / side, side, listens, authority) for side in Side}
    for side in Side:
        theirs = settings[side.other].keys.directory
        trust(
            settings[side],
            roots_file=theirs / "roots.json",
            key_set_file=theirs / "public.jws",
            fingerprint=fingerprint(our_keys(settings[side.other]).roots),
        )
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
