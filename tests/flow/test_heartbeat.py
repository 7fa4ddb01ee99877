"""The partner's key set is asked for: what it answers badly is an alarm or a missed beat."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import aiohttp
import pytest
from aiohttp import web

from exchange.flow.heartbeat import Heartbeat
from exchange.proof.keysets import write_key_set
from exchange.store.alarms import count_open
from exchange.store.partner import Contact, find_key_set, get_contact
from tests import keys
from tests.sides import BothSides

Answers = Callable[[web.Request], Awaitable[web.Response]]


@asynccontextmanager
async def heartbeat(both: BothSides, answers: Answers) -> AsyncIterator[Heartbeat]:
    """Give our heartbeat to a partner whose key route *answers*."""
    app = web.Application()
    app.router.add_get("/v1/keys", answers)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with aiohttp.ClientSession() as session:
        yield heartbeat_at(both, session, runner.addresses[0][1])
    await runner.cleanup()


def heartbeat_at(both: BothSides, session: aiohttp.ClientSession, port: int) -> Heartbeat:
    """Return our heartbeat, which asks on *port*."""
    return Heartbeat(
        store=both.us.store,
        session=session,
        url=f"http://127.0.0.1:{port}",
        agreement=both.us.agreement,
        partner=both.us.partner,
        roots=keys.MX.roots,
        clock=both.clock,
        every_seconds=5,
    )


@pytest.mark.parametrize("date", ["yesterday", "Fri, 31 Dec 9999 23:59:59 -2300"])
async def test_a_date_that_is_none_is_not_read(both: BothSides, date: str) -> None:
    """The partner's Date header, whatever it says, ends no beat."""

    async def answers(_: web.Request) -> web.Response:
        return web.Response(body=keys.MX.key_set_line, headers={"Date": date})

    async with heartbeat(both, answers) as ours:
        await ours.beat()
    assert both.us.partner.skew_seconds is None
    assert both.us.partner.heard_at == both.clock()


async def test_a_key_set_that_was_refused_is_refused_until_it_is_mended(both: BothSides) -> None:
    """The alarm about a bad key set stands while the partner still publishes it."""

    async def answers(request: web.Request) -> web.Response:
        if request.headers.get("If-None-Match") == '"bad"':
            return web.Response(status=304, headers={"ETag": '"bad"'})
        return web.Response(body=b"no key set", headers={"ETag": '"bad"'})

    async with heartbeat(both, answers) as ours:
        await ours.beat()
        await ours.beat()
    assert await both.us.store.read(count_open) == {"keys-refused": 1}


async def test_a_redirection_is_no_sign_of_life(both: BothSides) -> None:
    """We ask at the address that we were given and at no other."""
    asked, elsewhere = [], "/v1/keys?elsewhere"

    async def answers(request: web.Request) -> web.Response:
        asked.append(request.path)
        raise web.HTTPTemporaryRedirect(elsewhere)

    async with heartbeat(both, answers) as ours:
        with pytest.raises(aiohttp.ClientResponseError):
            await ours.beat()
    assert len(asked) == 1
    assert both.us.partner.heard_at is None


@pytest.mark.parametrize("tag", [b'"a\x01"', b'"\xff"', b"bare", b'"' + b"x" * 300 + b'"', b'""'])
async def test_a_tag_that_cannot_be_said_again_is_not_kept(both: BothSides, tag: bytes) -> None:
    """Whatever the partner names its key set, the next beat is heard like the first."""
    asked = []

    async def answers(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        line = keys.MX.key_set_line
        head = b"HTTP/1.1 200 OK\r\nConnection: close\r\nETag: %b\r\nContent-Length: %d\r\n\r\n"
        writer.write(head % (tag, len(line)) + line)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answers, "127.0.0.1", 0)
    async with server, aiohttp.ClientSession() as session:
        ours = heartbeat_at(both, session, server.sockets[0].getsockname()[1])
        await ours.beat()
        await ours.beat()
    assert [b"If-None-Match" in head for head in asked] == [False, tag == b'""']


async def test_who_publishes_no_key_set_is_not_the_partner(both: BothSides) -> None:
    """Somebody else at the address is no sign of life, and no measure of the partner's clock."""

    async def answers(_: web.Request) -> web.Response:
        late = {"Date": "Mon, 17 Mar 2031 20:00:00 GMT"}
        return web.Response(body=keys.US.key_set_line, headers=late)

    async with heartbeat(both, answers) as ours:
        await ours.beat()
    assert both.us.partner.heard_at is None
    assert both.us.partner.skew_seconds is None
    assert await both.us.store.read(get_contact) == Contact(None, None)
    assert await both.us.store.read(count_open) == {"keys-refused": 1}


async def test_an_answer_to_a_question_that_was_not_asked_is_none(both: BothSides) -> None:
    """That nothing changed says something only of a key set that was believed before."""

    async def answers(_: web.Request) -> web.Response:
        return web.Response(status=304)

    async with heartbeat(both, answers) as ours:
        with pytest.raises(aiohttp.ClientResponseError):
            await ours.beat()
    assert both.us.partner.heard_at is None


async def test_that_nothing_changed_is_a_sign_of_life(both: BothSides) -> None:
    """Once a key set was believed, 304 says that the partner is there, and ends its alarm."""
    bodies = [keys.MX.key_set_line, b"no key set", None]

    async def answers(_: web.Request) -> web.Response:
        body = bodies.pop(0)
        status = 304 if body is None else 200
        tag = "a tag" if body == keys.MX.key_set_line else "another"
        return web.Response(status=status, body=body, headers={"ETag": f'"{tag}"'})

    async with heartbeat(both, answers) as ours:
        await ours.beat()
        heard_at = both.us.partner.heard_at
        both.clock.pass_seconds(60)
        await ours.beat()
        assert both.us.partner.heard_at == heard_at
        assert await both.us.store.read(count_open) == {"keys-refused": 1}
        both.clock.pass_seconds(60)
        await ours.beat()
    assert both.us.partner.heard_at == both.clock()
    assert await both.us.store.read(count_open) == {}


async def test_a_newer_key_set_is_in_force_at_once_and_after_a_restart(both: BothSides) -> None:
    """What the roots signed under a higher serial is stored, and replaces what we had."""
    newer = replace(keys.MX.key_set, serial=2, schemas=())

    async def answers(_: web.Request) -> web.Response:
        return web.Response(body=write_key_set(newer, keys.MX.root_keys))

    async with heartbeat(both, answers) as ours:
        await ours.beat()
    assert both.us.partner.key_set == newer
    stored = await both.us.store.read(find_key_set)
    assert stored is not None
    assert stored.serial == 2
