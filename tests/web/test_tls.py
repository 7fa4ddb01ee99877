"""Between the authorities TLS is 1.3, both show a certificate, and it must be the partner's."""

import asyncio
import socket
import ssl
from pathlib import Path

import pytest
from aiohttp import ClientConnectionError, ClientSession, TCPConnector, UnixConnector

from exchange.web.limits import ConnectionLimits
from exchange.web.tls import (
    CERTIFICATE_HEADER,
    client_context,
    party_of_connection,
    party_of_header,
    server_context,
)
from tests.web.certificates import Authority, Certificate
from tests.web.serving import FakeInbox, partner_door, partner_listening

PARTNER = "urn:handoff:mx:inm:test"
LINES = {"Content-Type": "application/jsonl"}


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    """Return an authority that both sides believe."""
    return Authority(tmp_path)


@pytest.fixture
def context(authority: Authority) -> ssl.SSLContext:
    """Return the context of our partner listener."""
    ours = authority.issue("us")
    return server_context(
        certificate=ours.certificate, key=ours.key, client_authorities=authority.certificate
    )


async def post(port: int, authority: Authority, shown: Certificate | None) -> int:
    """Post a line with the certificate *shown*, and return the status."""
    context = client_context(
        authorities=authority.certificate,
        certificate=shown.certificate if shown else None,
        key=shown.key if shown else None,
    )
    async with (
        ClientSession(connector=TCPConnector(ssl=context)) as http,
        http.post(f"https://127.0.0.1:{port}/v1/messages", data=b"{}", headers=LINES) as answer,
    ):
        return answer.status


@pytest.mark.parametrize(
    ("uris", "common_name", "status"),
    [
        ([PARTNER], "x", 200),
        (["https://inm.example/", PARTNER], "x", 200),
        ([], PARTNER, 200),
        (["urn:handoff:us:cbp:test"], PARTNER, 403),
        ([PARTNER, "urn:handoff:us:cbp:test"], "x", 403),
        ([], "x", 403),
    ],
)
async def test_the_certificate_must_be_the_partners(
    authority: Authority,
    context: ssl.SSLContext,
    uris: list[str],
    common_name: str,
    status: int,
) -> None:
    """Only a certificate that names the partner, and no one else, may speak."""
    inbox = FakeInbox()
    door = partner_door(inbox, party_of=party_of_connection)
    shown = authority.issue("client", uris=uris, common_name=common_name)
    async with partner_listening(door, tls=context) as listener:
        assert await post(listener.port, authority, shown) == status
    assert bool(inbox.given) == (status == 200)


async def test_no_certificate_or_a_strangers_is_no_connection(
    authority: Authority, context: ssl.SSLContext, tmp_path: Path
) -> None:
    """Who shows no certificate, or one of another authority, is not spoken with."""
    stranger = Authority(tmp_path, "stranger").issue("strange", uris=[PARTNER])
    inbox = FakeInbox()
    door = partner_door(inbox, party_of=party_of_connection)
    async with partner_listening(door, tls=context) as listener:
        for shown in (None, stranger):
            with pytest.raises((ClientConnectionError, OSError)):
                await post(listener.port, authority, shown)
    assert inbox.given == []


async def test_older_tls_is_not_spoken(authority: Authority, context: ssl.SSLContext) -> None:
    """A client that knows TLS 1.2 at most gets no connection."""
    old = client_context(authorities=authority.certificate)
    old.minimum_version = ssl.TLSVersion.TLSv1_2
    old.maximum_version = ssl.TLSVersion.TLSv1_2
    async with partner_listening(partner_door(FakeInbox()), tls=context) as listener:
        with pytest.raises((ssl.SSLError, ConnectionError)):
            await asyncio.open_connection("127.0.0.1", listener.port, ssl=old)


async def test_a_silent_handshake_is_ended(context: ssl.SSLContext) -> None:
    """Who connects and never begins TLS is hung up on when the time for a head is over."""
    limits = ConnectionLimits(head_seconds=0.1)
    door = partner_door(FakeInbox())
    async with partner_listening(door, limits=limits, tls=context) as listener:
        reader, writer = await asyncio.open_connection("127.0.0.1", listener.port)
        assert await asyncio.wait_for(reader.read(), 10) == b""
        writer.close()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({CERTIFICATE_HEADER: PARTNER}, 200),
        ({CERTIFICATE_HEADER: f"CN={PARTNER},O=INM,C=MX"}, 200),
        ({CERTIFICATE_HEADER: "CN=urn:handoff:us:cbp:test,C=US"}, 403),
        ({CERTIFICATE_HEADER: f"CN={PARTNER},CN=urn:handoff:us:cbp:test"}, 403),
        ({CERTIFICATE_HEADER: f"O={PARTNER}"}, 403),
        ({}, 403),
    ],
)
async def test_behind_a_proxy_its_header_is_believed(
    tmp_path: Path, headers: dict[str, str], status: int
) -> None:
    """On the Unix socket the proxy's word on the certificate counts, and its absence too."""
    path = tmp_path / "partner.sock"
    door = partner_door(FakeInbox(), party_of=party_of_header)
    async with (
        partner_listening(door, address=path),
        ClientSession(connector=UnixConnector(str(path))) as http,
        http.post("http://us/v1/messages", data=b"{}", headers=LINES | headers) as answer,
    ):
        assert answer.status == status


async def test_two_headers_are_one_too_many(tmp_path: Path) -> None:
    """A header that slipped through the proxy beside its own makes the party unclear: 403."""
    path = tmp_path / "partner.sock"
    door = partner_door(FakeInbox(), party_of=party_of_header)
    async with partner_listening(door, address=path):
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(str(path))
        reader, writer = await asyncio.open_connection(sock=connection)
        head = "POST /v1/messages HTTP/1.1\r\nHost: us\r\nConnection: close\r\n"
        head += "Content-Type: application/jsonl\r\nContent-Length: 2\r\n"
        head += f"{CERTIFICATE_HEADER}: {PARTNER}\r\n{CERTIFICATE_HEADER}: {PARTNER}\r\n\r\n"
        writer.write(head.encode() + b"{}")
        assert (await reader.read()).startswith(b"HTTP/1.1 403 ")
        writer.close()


async def test_on_a_tcp_listener_the_header_is_nothing(
    authority: Authority, context: ssl.SSLContext
) -> None:
    """With direct TLS a header cannot say who speaks: the certificate alone does."""
    shown = authority.issue("client", uris=["urn:handoff:us:cbp:test"])
    client = client_context(
        authorities=authority.certificate, certificate=shown.certificate, key=shown.key
    )
    door = partner_door(FakeInbox(), party_of=party_of_connection)
    async with (
        partner_listening(door, tls=context) as listener,
        ClientSession(connector=TCPConnector(ssl=client)) as http,
        http.post(
            f"https://127.0.0.1:{listener.port}/v1/messages",
            data=b"{}",
            headers=LINES | {CERTIFICATE_HEADER: PARTNER},
        ) as answer,
    ):
        assert answer.status == 403
