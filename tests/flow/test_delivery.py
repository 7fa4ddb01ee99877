"""One request to the partner, over a real connection, and what its answer means."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import orjson
import pytest
from aiohttp import web

from exchange.domain.deadlines import Limits
from exchange.domain.parties import Side
from exchange.flow import delivery as module
from exchange.flow.agreement import Agreement
from exchange.flow.delivery import (
    Answer,
    Delivered,
    Delivery,
    Outcome,
    RefusedByPartner,
    Unreachable,
    read_refusal,
)
from exchange.flow.partner import Partner
from exchange.proof.jws import Line
from exchange.proof.policy import DEFAULT
from tests.builders import a_notice, places, rule_book
from tests.keys import MX, US
from tests.partner import OtherGovernment


@asynccontextmanager
async def delivery_to(url: str) -> AsyncIterator[Delivery]:
    """Give the US side's road to an address."""
    agreement = Agreement(
        side=Side(US.side),
        ours=US.urn,
        theirs=MX.urn,
        we_sign=DEFAULT,
        they_sign=DEFAULT,
        places=places(),
        rules=rule_book(),
        limits=Limits(),
    )
    partner = Partner(key_set=OtherGovernment().key_set, monotonic=lambda: 0, chance=lambda: 0)
    async with aiohttp.ClientSession() as session:
        yield Delivery(
            session=session, url=url, agreement=agreement, partner=partner, timeout_seconds=5
        )


def notices(count: int) -> list[Line]:
    """Return so many lines of the US side."""
    us = OtherGovernment(US, MX)
    return [us.line(a_notice()) for _ in range(count)]


async def sent_to(partner: OtherGovernment, count: int = 2) -> Outcome:
    """Send so many lines to a partner on loopback, and return what came of it."""
    async with partner.listening() as url, delivery_to(url) as delivery:
        return await delivery.deliver(notices(count))


async def test_receipts_that_verify_are_delivered() -> None:
    """One receipt names every line that the partner took."""
    outcome = await sent_to(OtherGovernment())
    assert isinstance(outcome, Delivered)
    (receipt,) = outcome.receipts
    assert [item.pld for item in receipt.receipt.items] == [line.pld for line in notices(2)]
    assert outcome.ignored == 0


@pytest.mark.parametrize("signer", ["stranger", "impostor", "retired"])
async def test_a_receipt_that_does_not_verify_is_none(signer: str) -> None:
    """Whoever else signs, nothing is delivered: the request counts as one that was refused."""
    partner = OtherGovernment()
    partner.knobs.signs_with = signer  # type: ignore[assignment]  # one of the four
    assert await sent_to(partner) == RefusedByPartner("no-receipt")


async def test_a_connection_that_breaks_is_a_partner_that_is_away() -> None:
    """Nobody says anything of the lines, so nothing is held against them."""
    partner = OtherGovernment()
    partner.knobs.loses_answer = True
    assert isinstance(await sent_to(partner), Unreachable)


async def test_where_nobody_listens_the_partner_is_away() -> None:
    """A refused connection is no answer."""
    async with OtherGovernment().listening() as url:
        pass
    async with delivery_to(url) as delivery:
        assert isinstance(await delivery.deliver(notices(1)), Unreachable)


async def test_an_answer_without_end_is_not_read_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """More than an answer may have is cut off, and what is cut is no receipt."""
    monkeypatch.setattr(module, "ANSWER_BYTES_MAX", 100)
    assert await sent_to(OtherGovernment()) == RefusedByPartner("no-receipt")


async def test_a_redirection_is_not_followed() -> None:
    """A person's data goes to the address that we were given, and to no other."""
    asked, elsewhere = [], "/elsewhere"

    async def redirects(request: web.Request) -> web.Response:
        asked.append(request.path)
        raise web.HTTPPermanentRedirect(elsewhere)

    app = web.Application()
    app.router.add_post("/{any:.*}", redirects)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with delivery_to(f"http://127.0.0.1:{runner.addresses[0][1]}") as delivery:
        outcome = await delivery.deliver([])
    await runner.cleanup()
    assert outcome == RefusedByPartner("http-308")
    assert asked == ["/v1/messages"]


@pytest.mark.parametrize(
    ("status", "document", "outcome"),
    [
        (400, {"code": "bad-request"}, RefusedByPartner("bad-request")),
        (
            400,
            {"code": "lines-refused", "lines": [{"line": 2, "code": "unknown-key"}]},
            RefusedByPartner("lines-refused", ((1, "unknown-key"),)),
        ),
        (404, {}, RefusedByPartner("http-404")),
        (408, {"code": "request-too-slow"}, RefusedByPartner("request-too-slow")),
        (413, {"code": "too-large"}, RefusedByPartner("too-large", is_final=True)),
        (415, {}, RefusedByPartner("http-415", is_final=True)),
        (500, {"code": "internal"}, RefusedByPartner("internal")),
        (500, {"lines": [{"line": 1, "code": "internal"}]}, RefusedByPartner("http-500")),
        (429, {"code": "rate-limited"}, Unreachable("http-429")),
        (502, {}, Unreachable("http-502")),
        (503, {"code": "draining"}, Unreachable("http-503")),
        (504, {}, Unreachable("http-504")),
    ],
)
def test_what_an_answer_says_of_the_request(
    status: int, document: dict[str, object], outcome: Outcome
) -> None:
    """Some answers are about the partner, all others about the request that got them."""
    assert read_refusal(Answer(status, orjson.dumps(document), None), lines_sent=3) == outcome


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"\xff",
        b"[]",
        b"{",
        b'{"code":7}',
        orjson.dumps({"code": "x" * 33}),
        b'{"code":"a\\u0000"}',
    ],
)
def test_a_code_that_is_none_is_not_repeated(octets: bytes) -> None:
    """What cannot be a code is neither stored nor logged: the status stands in its place."""
    assert read_refusal(Answer(500, octets, None), lines_sent=1) == RefusedByPartner("http-500")


@pytest.mark.parametrize(
    ("lines", "named"),
    [
        ([{"line": 1, "code": "Name of a person"}, {"line": 3}], ((0, "unnamed"), (2, "unnamed"))),
        ([{"line": 0}, {"line": 4}, {"line": -1}, {"line": True}, {"line": "1"}, {}, 1, None], ()),
        ({"line": 1}, ()),
        ("1", ()),
    ],
)
def test_only_lines_that_were_sent_can_be_named(
    lines: object, named: tuple[tuple[int, str], ...]
) -> None:
    """A partner that names what it was never sent names nothing."""
    answer = Answer(400, orjson.dumps({"code": "lines-refused", "lines": lines}), None)
    assert read_refusal(answer, lines_sent=3) == RefusedByPartner("lines-refused", named)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7.0),
        (" 30 ", 30.0),
        ("0", 0.0),
        (None, None),
        ("", None),
        ("-1", None),
        ("1.5", None),
        ("²", None),
        ("9" * 400, None),
        ("Tue, 19 Mar 2019 12:00:00 GMT", None),
    ],
)
def test_when_to_come_back_is_a_number_of_seconds(
    header: str | None, seconds: float | None
) -> None:
    """Any other form is as if nothing had been said."""
    assert read_refusal(Answer(503, b"", header), lines_sent=1) == Unreachable("http-503", seconds)
