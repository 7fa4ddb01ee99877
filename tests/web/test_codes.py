"""
Every row of the code table (design §4), made to happen at the partner's door of a whole side.

For each: its code, nothing of a refused request recorded, a rejected message kept and answered
with a signed receipt, no value echoed, and the next good message accepted.
"""

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import pytest

from exchange import errors
from exchange.domain.parties import Side
from exchange.proof.jws import Line, Signature, Typ, sign_line
from exchange.proof.receipts import ReceiptItem
from exchange.store import Store
from exchange.store.alarms import count_open
from exchange.store.ledger import Entry, list_entries
from exchange.web.gate import TokenBucket
from tests import keys
from tests.builders import (
    HANDOFF,
    NOW,
    a_notice,
    a_reception,
    a_visa_issuance,
    an_acknowledgment,
)
from tests.partner import Heard, OtherGovernment
from tests.web.installation import Installation
from tests.web.serving import Moved, partner_door, partner_listening

CANARY = "Xochiquetzal"
"""A name that stands in what is sent and must stand in no answer."""


@dataclass
class Door:
    """The partner's door of the US side, and the Mexican side before it."""

    side: Installation
    other: OtherGovernment
    url: str
    bucket: TokenBucket

    async def entries(self) -> list[Entry]:
        """Return the ledger."""
        return await self.side.store.read(partial(list_entries, limit=100))

    async def send(self, *lines: Line) -> Heard:
        """Send lines as they are."""
        return await self.other.send(self.url, lines)

    async def item(self, *lines: Line) -> ReceiptItem:
        """Send lines, and return what the one receipt says of the last."""
        heard = await self.send(*lines)
        assert heard.status == 200, heard.octets
        return self.other.receipts_in(heard)[-1].items[-1]

    async def assert_takes_more(self) -> None:
        """The next good message is accepted."""
        item = await self.item(self.good())
        assert item.status == "accepted"

    def good(self, **changes: Any) -> Line:
        """Return a good message: a reception of somebody we have not heard of."""
        return self.other.line(a_reception(), handoff=_fresh_handoff(self.other), **changes)


def _fresh_handoff(other: OtherGovernment) -> str:
    return f"00000000-0000-4000-8000-{other.seq:012d}"


@pytest.fixture
async def door(store: Store) -> AsyncIterator[Door]:
    """The door of the US side, open on loopback, on each kind of database."""
    side = Installation(store, Side.US)
    bucket = TokenBucket(1000, 1000, Moved())
    door = replace(partner_door(side.inbox), bucket=bucket, drain=side.drain)
    async with partner_listening(door) as listener:
        yield Door(side, side.other, f"http://127.0.0.1:{listener.port}", bucket)


# --- The request as a whole ------------------------------------------------------------------


async def test_too_many_lines(door: Door) -> None:
    """65 lines are 413, and nothing is recorded."""
    heard = await door.other.post(door.url, b"\n".join([door.good().octets()] * 65))

    assert (heard.status, heard.problem["code"]) == (413, "too-many-lines")
    assert not await door.entries()
    await door.assert_takes_more()


async def test_too_large_a_line(door: Door) -> None:
    """A line over 256 KiB is 413, and nothing is recorded."""
    heard = await door.other.post(door.url, b"x" * (256 * 1024 + 1))

    assert (heard.status, heard.problem["code"]) == (413, "too-large")
    assert not await door.entries()
    await door.assert_takes_more()


async def test_rate_limited(door: Door) -> None:
    """Too many requests are 429 with a time, and the same lines are taken later."""
    door.bucket._tokens = 0.0  # noqa: SLF001  # the test spends what a thousand requests would
    line = door.good()
    heard = await door.send(line)

    assert (heard.status, heard.problem["code"]) == (429, "rate-limited")
    assert heard.headers["Retry-After"]
    door.bucket._tokens = 1.0  # noqa: SLF001  # and time gives it back
    assert (await door.item(line)).status == "accepted"


async def test_draining(door: Door) -> None:
    """A side that stops answers 503 with a time, and records nothing."""
    door.side.drain.begin()
    heard = await door.send(door.good())

    assert (heard.status, heard.problem["code"]) == (503, "draining")
    assert heard.headers["Retry-After"]
    assert not await door.entries()


# --- A line before its signatures hold -------------------------------------------------------


def _malformed(door: Door) -> bytes:
    return b'{"payload":"' + CANARY.encode() + b'"}'


def _unknown_key(door: Door) -> bytes:
    door.other.knobs.signs_with = "stranger"
    return door.good().octets()


def _key_not_active(door: Door) -> bytes:
    door.other.knobs.signs_with = "retired"
    return door.good().octets()


def _bad_signature(door: Door) -> bytes:
    door.other.knobs.tampers = "payload"
    return door.good().octets()


def _policy(door: Door) -> bytes:
    line = door.good()
    return replace(line, signatures=line.signatures[:1]).octets()


def _swapped(door: Door) -> bytes:
    line = door.good()
    return replace(line, signatures=tuple(reversed(line.signatures))).octets()


def _wrong_type(door: Door) -> bytes:
    line = door.good()
    signed = sign_line(line.payload, keys.MX.classical, Typ.RECEIPT, body=line.body)
    one = sign_line(line.payload, keys.MX.signers[1:], Typ.RECEIPT, body=line.body)
    return replace(line, signatures=signed.signatures + one.signatures).octets()


def _blank(_: Door) -> bytes:
    return b""


def _carriage_return(door: Door) -> bytes:
    return door.good().octets() + b"\r"


def _outer_space(door: Door) -> bytes:
    return b" " + door.good().octets()


@pytest.mark.parametrize(
    ("code", "make"),
    [
        ("malformed", _malformed),
        ("unknown-key", _unknown_key),
        ("key-not-active", _key_not_active),
        ("bad-signature", _bad_signature),
        ("policy", _policy),
        ("policy", _swapped),
        ("wrong-type", _wrong_type),
        ("malformed", _blank),
        ("malformed", _carriage_return),
        ("malformed", _outer_space),
    ],
)
async def test_a_line_that_nobody_signed(
    door: Door, code: str, make: Callable[[Door], bytes]
) -> None:
    """It is 400 with the line's number and code; nothing of the request is recorded or signed."""
    good = door.good().octets()
    heard = await door.other.post(door.url, good + b"\n" + make(door) + b"\n")

    assert heard.status == 400
    assert heard.problem["lines"] == [{"line": 2, "code": code}]
    assert CANARY.encode() not in heard.octets
    assert not await door.entries()
    door.other.knobs.signs_with, door.other.knobs.tampers = "own", None
    await door.assert_takes_more()


# --- A message that was signed and cannot take effect ------------------------------------------


def _wrong_envelope(door: Door, octets: bytes) -> Line:
    line = door.good()
    return sign_line(octets, keys.MX.signers, Typ.MESSAGE, body=line.body)


def _grammar(door: Door) -> Line:
    return _wrong_envelope(door, b'{"iss":1.5,"name":"' + CANARY.encode() + b'"}')


def _duplicate_member(door: Door) -> Line:
    payload = door.good().payload
    return _wrong_envelope(door, payload[:-1] + b',"sub":null}')


def _no_subject(door: Door) -> Line:
    return door.good(sub=None)


def _answers_nothing(door: Door) -> Line:
    return door.other.line(an_acknowledgment(), HANDOFF, irt=None)


def _wrong_audience(door: Door) -> Line:
    return door.good(aud="urn:handoff:us:ice:test")


def _wrong_issuer(door: Door) -> Line:
    return door.good(iss="urn:handoff:mx:comar:test")


def _unsupported_schema(door: Door) -> Line:
    return door.good(schema="urn:handoff:schema:reception:9")


def _not_permitted(door: Door) -> Line:
    return door.other.line(a_notice(), HANDOFF)


def _other_body(door: Door) -> Line:
    return replace(door.good(), body=b"{}")


def _no_body(door: Door) -> Line:
    return replace(door.good(), body=None)


def _breaks_schema(door: Door) -> Line:
    broken = a_visa_issuance().model_copy(update={"document": CANARY})
    return door.other.line(broken, HANDOFF)


def _jti_of(line: Line) -> str:
    return str(json.loads(line.payload)["jti"])


@pytest.mark.parametrize(
    ("code", "pointer", "make"),
    [
        ("grammar", None, _grammar),
        ("grammar", None, _duplicate_member),
        ("grammar", None, _no_subject),
        ("grammar", None, _answers_nothing),
        ("wrong-audience", None, _wrong_audience),
        ("wrong-issuer", None, _wrong_issuer),
        ("unsupported-schema", None, _unsupported_schema),
        ("not-permitted", None, _not_permitted),
        ("body-digest", None, _other_body),
        ("body-digest", None, _no_body),
        ("breaks-schema", "/body/document", _breaks_schema),
    ],
)
async def test_a_message_that_cannot_take_effect(
    door: Door, code: str, pointer: str | None, make: Callable[[Door], Line]
) -> None:
    """It is kept, and its signed receipt says why; no value of it is repeated."""
    line = make(door)
    heard = await door.send(line)

    (receipt,) = door.other.receipts_in(heard)
    (item,) = receipt.items
    assert (item.status, item.code, item.pointer) == ("rejected", code, pointer)
    assert (item.pld, item.sig) == (line.pld, line.sig)
    assert CANARY.encode() not in heard.octets
    message, _ = await door.entries()
    assert (message.status, message.envelope) == ("rejected", line.payload)
    assert (await door.send(line)).octets == heard.octets
    await door.assert_takes_more()


async def test_one_jti_under_two_envelopes(door: Door) -> None:
    """The second is rejected, kept as evidence and alarmed; the first stays accepted."""
    first = door.good()
    second = door.other.line(a_reception(), HANDOFF, jti=_jti_of(first))
    assert (await door.item(first)).status == "accepted"
    item = await door.item(second)

    assert (item.status, item.code) == ("rejected", "jti-conflict")
    assert [entry.pld for entry in await door.entries() if entry.kind == "message"] == [
        first.pld,
        second.pld,
    ]
    assert (await door.side.store.read(count_open))["jti-conflict"] == 1
    await door.assert_takes_more()


# --- A message that is accepted, with a word about it -----------------------------------------


async def test_what_had_no_effect_is_accepted_with_a_code(door: Door) -> None:
    """An answer about a handoff we never announced, the same again, and one out of its place."""
    reception = door.other.line(a_reception(), HANDOFF)
    again = door.other.line(a_reception(), HANDOFF)
    late = door.other.line(
        a_reception(outcome="not-received", code="NOT_SEEN", identity=None), HANDOFF
    )

    assert [(await door.item(one)).code for one in (reception, again, late)] == [
        "unknown-subject",
        "repeat",
        "unknown-subject",
    ]


async def test_a_known_line_is_answered_byte_for_byte(door: Door) -> None:
    """Alone, twice in one request, mixed with a new one, or with another body beside it."""
    old, new = door.good(), door.good()
    stored = (await door.send(old)).octets

    assert (await door.send(old, old)).octets == stored
    assert (await door.send(replace(old, body=b"{}"))).octets == stored
    mixed = (await door.send(old, new)).octets.split(b"\n")
    assert mixed[0] == stored
    assert len(mixed) == 2


async def test_a_known_line_is_answered_after_its_key_was_retired(door: Door) -> None:
    """The look-up comes before the key, so a lost answer can always be asked for again."""
    line = door.good()
    stored = (await door.send(line)).octets
    door.side.partner.key_set = keys.key_set_of(keys.MX.urn, [])

    assert (await door.send(line)).octets == stored


async def test_the_same_envelope_signed_anew_is_the_same_message(door: Door) -> None:
    """It gets the stored receipt, which names the first evidence."""
    line = door.good()
    stored = (await door.send(line)).octets
    anew = sign_line(line.payload, keys.MX.signers, Typ.MESSAGE, body=line.body)

    assert anew.sig != line.sig
    assert (await door.send(anew)).octets == stored
    assert len(await door.entries()) == 2


async def test_a_malleable_signature_is_no_second_message(door: Door) -> None:
    """ECDSA's (r, n-s) verifies, names other evidence, and has no second effect."""
    line = door.good()
    stored = (await door.send(line)).octets
    first, *others = line.signatures
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    s = order - int.from_bytes(first.signature[32:], "big")
    mirrored = Signature(first.protected, first.signature[:32] + s.to_bytes(32, "big"))

    assert (await door.send(replace(line, signatures=(mirrored, *others)))).octets == stored


async def test_a_clock_far_off_is_alarmed_and_never_refused(door: Door) -> None:
    """More than two minutes between their time and ours is a fact like any other."""
    item = await door.item(door.good(iat=int(NOW.timestamp()) - 121))

    assert item.status == "accepted"
    assert (await door.side.store.read(count_open))["clock-skew"] == 1


def test_the_table_here_is_the_whole_table() -> None:
    """Every code that goes to a partner is made to happen here or where its limit is tested."""
    elsewhere = {
        "bad-content-type", "bad-encoding", "request-too-slow",  # test_partner, test_reading
        "encryption-required",  # no agreement asks for sealed bodies yet
        "key-set-refused",  # said to our own operator alone
        "lines-refused",  # the frame of those that are made here
    }  # fmt: skip
    here = {
        "too-many-lines", "too-large", "rate-limited", "draining", "malformed", "unknown-key",
        "key-not-active", "bad-signature", "policy", "wrong-type", "grammar", "wrong-audience",
        "wrong-issuer", "unsupported-schema", "not-permitted", "body-digest", "breaks-schema",
        "jti-conflict",
    }  # fmt: skip
    wire = {kind.code for kind in _leaves(errors.MessageRefused)}

    assert wire == here | elsewhere


def _leaves(kind: type[errors.MessageRefused]) -> list[type[errors.MessageRefused]]:
    below = kind.__subclasses__()
    return [leaf for one in below for leaf in _leaves(one)] if below else [kind]
