"""The relay does to requests what networks do, and knows what it did."""

import asyncio
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import sha256

import pytest
from aiohttp import ClientError, ClientSession, web
from aiohttp.test_utils import TestServer

from exchange.demo.directories import free_ports
from exchange.demo.relay import AWAY_SECONDS, MESSAGES, Relay

ENVELOPE = b'{"jti":"one"}'
LINE = b'{"payload":"' + urlsafe_b64encode(ENVELOPE).rstrip(b"=") + b'","signatures":[]}'
PLD = sha256(ENVELOPE).digest()


class Partner:
    """What stands behind the relay: it takes whatever comes and counts it."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []

    async def take(self, request: web.Request) -> web.Response:
        """Answer with how often it was asked."""
        self.bodies.append(await request.read())
        return web.Response(text=str(len(self.bodies)), headers={"ETag": '"1"'})


@asynccontextmanager
async def relayed(**faults: int) -> AsyncIterator[tuple[Relay, Partner, ClientSession]]:
    """Give a relay with *faults* before a partner, and a session that asks the relay."""
    partner = Partner()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", partner.take)
    async with TestServer(app) as server:
        (port,) = free_ports(1)
        relay = Relay(port=port, target=str(server.make_url("/")), **faults)
        await relay.start()
        async with ClientSession(f"http://127.0.0.1:{port}") as session:
            yield relay, partner, session
        await relay.stop()


async def test_a_request_is_handed_on_as_it_is() -> None:
    """Body, status and headers pass in both directions, and nothing is noted."""
    async with relayed() as (relay, partner, session):
        async with session.post(MESSAGES, data=LINE) as answer:
            assert (await answer.text(), answer.headers["ETag"]) == ("1", '"1"')
        assert partner.bodies == [LINE]
        assert (relay.unanswered, relay.doubled) == (set(), set())


async def test_a_request_is_delivered_twice() -> None:
    """The partner gets the chosen request twice; whoever sent it gets the second answer."""
    async with relayed(twice=2) as (relay, partner, session):
        said = []
        for _ in range(3):
            async with session.post(MESSAGES, data=LINE) as answer:
                said.append(await answer.text())
        assert said == ["1", "3", "4"]
        assert partner.bodies == [LINE] * 4
        assert relay.doubled == {PLD}


async def test_an_answer_is_lost_after_the_partner_acted() -> None:
    """The partner got the request, whoever sent it got nothing, and the relay knows which."""
    async with relayed(lost=1) as (relay, partner, session):
        with pytest.raises(ClientError):
            await session.post(MESSAGES, data=LINE)
        assert partner.bodies == [LINE]
        assert relay.unanswered == {PLD}


async def test_who_is_away_says_for_how_long() -> None:
    """While the partner is away everything is 503, and messages are noted."""
    async with relayed() as (relay, partner, session):
        relay.is_away = True
        async with session.get("/v1/keys") as answer:
            assert (answer.status, relay.turned_away.is_set()) == (503, False)
        async with session.post(MESSAGES, data=LINE) as answer:
            assert answer.headers["Retry-After"] == str(AWAY_SECONDS)
        assert (partner.bodies, relay.unanswered) == ([], {PLD})
        async with asyncio.timeout(1):
            await relay.turned_away.wait()


async def test_a_partner_that_is_dead_is_a_bad_gateway() -> None:
    """Where nobody listens behind the relay the answer is 502, and the messages go out again."""
    port, nobody = free_ports(2)
    relay = Relay(port=port, target=f"http://127.0.0.1:{nobody}")
    await relay.start()
    async with (
        ClientSession(f"http://127.0.0.1:{port}") as session,
        session.post(MESSAGES, data=LINE) as answer,
    ):
        assert answer.status == 502
    await relay.stop()
    assert relay.unanswered == {PLD}
