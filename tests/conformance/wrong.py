"""
Wrong partners: our own side with one part replaced, as a hasty programmer would have it.

Each is a function of the partner and its door, and gives the door that it answers at.
"""

from collections.abc import Callable
from dataclasses import replace

import orjson
from aiohttp import web

from exchange.errors import LinesRefused, WrongAudience
from exchange.proof import grammar
from exchange.proof.encoding import b64u
from exchange.proof.envelope import Envelope, MessageId, parse_envelope
from exchange.proof.jws import Line, Typ, read_line, sign_line, split_request
from exchange.proof.lines import Verified
from exchange.proof.receipts import ReceiptItem, Status, make_receipt, write_receipt
from exchange.web.partner import PartnerDoor
from tests.conformance.partners import PARTIES, UnderTest
from tests.keys import Party


def _party(one: UnderTest) -> Party:
    return PARTIES[one.side.side]


def _signed(one: UnderTest, items: list[ReceiptItem], number: int) -> bytes:
    receipt = make_receipt(
        iss=one.kit.theirs,
        aud=one.kit.ours,
        jti=_jti(number),
        signed_at=one.side.now,
        items=items,
    )
    return write_receipt(receipt, _party(one).classical).octets()


def _jti(number: int) -> MessageId:
    return MessageId(f"01c1b890-9900-7000-8000-{number:012x}")


def signs_for_anybody(one: UnderTest, door: PartnerDoor) -> PartnerDoor:
    """Answer lines whose signatures do not hold with a signed rejection, as if they were read."""
    count = 0

    async def receive(octets: bytes) -> bytes:
        nonlocal count
        try:
            return await door.receive(octets)
        except LinesRefused as refused:
            count += 1
            faults = {fault.line: fault.code for fault in refused.lines}
            pieces = split_request(octets)
            items = [
                ReceiptItem(
                    jti=None,
                    pld=_digest_of(pieces[line - 1], "pld"),
                    sig=_digest_of(pieces[line - 1], "sig"),
                    status=Status.REJECTED,
                    code=code,
                    pointer=None,
                )
                for line, code in faults.items()
            ]
            return _signed(one, items, count)

    return replace(door, receive=receive)


def _digest_of(piece: bytes, name: str) -> bytes:
    try:
        line = read_line(piece)
    except Exception:  # noqa: BLE001 - it is no line, and this partner does not mind
        line = Line(piece, ())
    digest: bytes = getattr(line, name)
    return digest


def forgets(one: UnderTest, door: PartnerDoor) -> PartnerDoor:
    """Answer what is known with a receipt of today, in place of the stored one."""
    seen: set[bytes] = set()
    count = 0

    async def receive(octets: bytes) -> bytes:
        nonlocal count
        answer = await door.receive(octets)
        pieces = []
        for piece in answer.split(b"\n"):
            count += 1
            pieces.append(_anew(piece, count) if piece in seen else piece)
            seen.add(piece)
        return b"\n".join(pieces)

    def _anew(piece: bytes, number: int) -> bytes:
        said = orjson.loads(read_line(piece).payload) | {"jti": _jti(number)}
        signers = _party(one).classical
        return sign_line(grammar.canonical(said), signers, Typ.RECEIPT).octets()

    return replace(door, receive=receive)


def remembers_what_is_recent(one: UnderTest, door: PartnerDoor) -> PartnerDoor:
    """Keep the receipts of the last 200 lines alone: what is older is receipted anew."""
    recent: list[bytes] = []
    forget = forgets(one, door)

    async def receive(octets: bytes) -> bytes:
        names = [_digest_of(piece, "pld") for piece in split_request(octets)]
        is_recent = any(name in recent for name in names)
        recent.extend(names)
        del recent[:-200]
        return await (door if is_recent else forget).receive(octets)

    return replace(door, receive=receive)


def answers_rejections_by_status(one: UnderTest, door: PartnerDoor) -> PartnerDoor:
    """Answer a rejected message with 422 and no receipt, as other interfaces do."""
    del one

    async def receive(octets: bytes) -> bytes:
        answer = await door.receive(octets)
        for piece in answer.split(b"\n"):
            for item in orjson.loads(read_line(piece).payload)["items"]:
                if item["status"] == "rejected":
                    raise web.HTTPUnprocessableEntity(text=item["code"])
        return answer

    return replace(door, receive=receive)


def covers_what_never_came(one: UnderTest, door: PartnerDoor) -> PartnerDoor:
    """Receipt one message more than came, whenever two or more came together."""

    async def receive(octets: bytes) -> bytes:
        answer = await door.receive(octets)
        *stored, last = answer.split(b"\n")
        said = orjson.loads(read_line(last).payload)
        if len(said["items"]) == 1:
            return answer
        invented = said["items"][0] | {"pld": b64u(bytes(32)), "sig": b64u(bytes(32))}
        said["items"].append(invented)
        signed = sign_line(grammar.canonical(said), _party(one).classical, Typ.RECEIPT)
        return b"\n".join([*stored, signed.octets()])

    return replace(door, receive=receive)


def repeats_what_was_sent(one: UnderTest, door: PartnerDoor) -> PartnerDoor:
    """Say in the pointer of a rejection what the value was."""

    async def receive(octets: bytes) -> bytes:
        answer = await door.receive(octets)
        *stored, last = answer.split(b"\n")
        said = orjson.loads(read_line(last).payload)
        if said["items"][-1]["code"] != "breaks-schema":
            return answer
        (line,) = map(read_line, split_request(octets)[-1:])
        body = (line.body or b"").decode("utf-8", "replace")
        names = [word for word in body.split('"') if "Xochi" in word]
        said["items"][-1]["pointer"] = "/body/" + "".join(names)[:12].strip()
        signed = sign_line(grammar.canonical(said), _party(one).classical, Typ.RECEIPT)
        return b"\n".join([*stored, signed.octets()])

    return replace(door, receive=receive)


def lets_members_come_twice(pairs: list[tuple[str, grammar.Json]]) -> dict[str, grammar.Json]:
    """Take the last of two members of one name, as most parsers do."""
    return dict(pairs)


def hears_what_is_for_others(
    read_envelope: Callable[..., Envelope],
) -> Callable[..., Envelope]:
    """Take a message whomever it is addressed to."""

    def read(verified: Verified, *, audience: str) -> Envelope:
        try:
            return read_envelope(verified, audience=audience)
        except WrongAudience:
            return parse_envelope(verified.line.payload)

    return read


def answers_markup(one: UnderTest, door: PartnerDoor) -> PartnerDoor:
    """Answer with a page that would run if a browser believed it."""
    del one

    async def receive(octets: bytes) -> bytes:
        del octets
        return b"<script>alert(1)</script>"

    return replace(door, receive=receive)
