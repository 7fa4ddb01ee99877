"""Receipts: written, proven to be the partner's, and judged by their own time."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from jsonschema import (
    Draft202012Validator,
)
from pydantic import ValidationError

from exchange.errors import GrammarBroken, MessageRefused
from exchange.proof import grammar, policy
from exchange.proof.encoding import b64u
from exchange.proof.envelope import MessageId
from exchange.proof.jws import Line, Typ, read_line
from exchange.proof.keys import KeySet
from exchange.proof.policy import SignatureSets
from exchange.proof.receipts import (
    Receipt,
    ReceiptItem,
    Status,
    make_receipt,
    read_receipt,
    write_receipt,
)
from exchange.proof.schemas import published
from tests.keys import MX, US, key_set_of, private_key, publish
from tests.proof.builders import JTI, LINE, NOW, signed

SCHEMA = Draft202012Validator(json.loads(published()["receipt.v1.json"]))
RECEIPT_JTI = MessageId("01699649-7f80-7000-8000-0000000000aa")
ACCEPTED = ReceiptItem(
    jti=JTI, pld=LINE.pld, sig=LINE.sig, status=Status.ACCEPTED, code=None, pointer=None
)
REJECTED = replace(
    ACCEPTED, jti=None, status=Status.REJECTED, code="breaks-schema", pointer="/body/person/sex"
)
SUPERSEDED = replace(ACCEPTED, code="superseded")
RECEIPT = make_receipt(
    iss=MX.urn,
    aud=US.urn,
    jti=RECEIPT_JTI,
    signed_at=NOW,
    items=[ACCEPTED, REJECTED, SUPERSEDED],
)
WRITTEN = write_receipt(RECEIPT, MX.classical)


def read(
    line: Line,
    *,
    trusted: KeySet = MX.key_set,
    accepted: SignatureSets = policy.DEFAULT,
    audience: str = US.urn,
) -> Receipt:
    """*line* as the United States reads it."""
    return read_receipt(read_line(line.octets()), trusted, accepted=accepted, audience=audience)


def stated(**changes: Any) -> dict[str, Any]:
    """What the good receipt states, with *changes*; a member given as ... is left out."""
    members = json.loads(RECEIPT.octets()) | changes
    return {name: value for name, value in members.items() if value is not ...}


def item_stated(index: int = 0, **changes: Any) -> dict[str, Any]:
    """The good receipt with *changes* in one item."""
    members = stated()
    item = members["items"][index] | changes
    members["items"][index] = {name: value for name, value in item.items() if value is not ...}
    return members


def receipt_line(members: Any, typ: Typ = Typ.RECEIPT) -> Line:
    """A line that the receiver really signed."""
    return signed(json.dumps(members).encode(), signers=MX.classical, typ=typ, body=None)


def test_a_receipt_comes_back_from_its_line() -> None:
    """It is canonical, states exactly its members, and reads as it was written."""
    assert read(WRITTEN) == RECEIPT
    assert RECEIPT.octets() == grammar.canonical(stated())
    assert stated() == {
        "iss": MX.urn,
        "aud": US.urn,
        "jti": RECEIPT_JTI,
        "iat": int(NOW.timestamp()),
        "schema": "urn:handoff:schema:receipt:1",
        "items": [
            {
                "jti": jti,
                "pld": b64u(LINE.pld),
                "sig": b64u(LINE.sig),
                "status": status,
                "code": code,
                "pointer": pointer,
            }
            for jti, status, code, pointer in (
                (JTI, "accepted", None, None),
                (None, "rejected", "breaks-schema", "/body/person/sex"),
                (JTI, "accepted", "superseded", None),
            )
        ],
    }
    assert RECEIPT.signed_at == NOW
    assert WRITTEN.body is None
    assert SCHEMA.is_valid(stated())


def test_a_receipt_covers_up_to_sixty_four_messages() -> None:
    """One receipt answers a whole request."""
    full = replace(RECEIPT, items=(ACCEPTED,) * 64)
    assert read(write_receipt(full, MX.classical)) == full


@pytest.mark.parametrize(
    "changes",
    [{"code": "", "status": Status.REJECTED}, {"code": "Ñ"}, {"pointer": "body"}, {"pointer": ""}],
    ids=repr,
)
def test_a_receipt_no_partner_could_read_is_not_signed(changes: dict[str, Any]) -> None:
    """An item with a code or pointer outside the schema is our own mistake, found in time."""
    wrong = replace(RECEIPT, items=(replace(ACCEPTED, **changes),))
    with pytest.raises(ValidationError):
        write_receipt(wrong, MX.classical)


BAD: dict[str, Any] = {
    "an array": [],
    "a member missing": stated(jti=...),
    "no schema": stated(schema=...),
    "another schema": stated(schema="urn:handoff:schema:receipt:2"),
    "a member too many": stated(exp=1),
    "no items": stated(items=[]),
    "too many items": stated(items=stated()["items"][:1] * 65),
    "items that are one item": stated(items=stated()["items"][0]),
    "an item member missing": item_stated(code=...),
    "an item without its pointer": item_stated(pointer=...),
    "an item member too many": item_stated(why="because"),
    "a status of ours": item_stated(status="stored"),
    "a rejection without a code": item_stated(1, code=None),
    "a code of many words": item_stated(1, code="it breaks the schema"),
    "a pointer outside the body": item_stated(1, pointer="/person"),
    "a pld cut short": item_stated(pld="AAAA"),
    "a sig of null": item_stated(sig=None),
    "an item's jti of version 4": item_stated(jti="1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed"),
    "an iat of text": stated(iat="now"),
}


@pytest.mark.parametrize("members", BAD.values(), ids=BAD)
def test_a_signed_line_that_is_no_closed_receipt_is_refused(members: Any) -> None:
    """The reader and the published schema refuse the same receipts."""
    with pytest.raises(GrammarBroken):
        read(receipt_line(members))
    assert not SCHEMA.is_valid(members)


def test_a_member_named_twice_is_no_receipt() -> None:
    """What two readers could read differently is not read."""
    payload = RECEIPT.octets()[:-1] + b',"iat":1}'
    with pytest.raises(GrammarBroken):
        read(signed(payload, signers=MX.classical, typ=Typ.RECEIPT, body=None))


OTHER_PURPOSE = private_key("mx-ledger-2019a", "ledger", "ES256")
CODES: dict[str, tuple[str, Line, dict[str, Any]]] = {
    "a key nobody gave us": ("unknown-key", WRITTEN, {"trusted": US.key_set}),
    "another payload": ("bad-signature", replace(WRITTEN, payload=b"{}"), {}),
    "more signatures than agreed": ("policy", write_receipt(RECEIPT, MX.signers), {}),
    "a key for another purpose": (
        "policy",
        write_receipt(RECEIPT, [OTHER_PURPOSE]),
        {"trusted": key_set_of(MX.urn, [publish(OTHER_PURPOSE)])},
    ),
    "a message": ("wrong-type", receipt_line(stated(), Typ.MESSAGE), {}),
    "another issuer": ("wrong-issuer", receipt_line(stated(iss="urn:example:x")), {}),
    "another audience": ("wrong-audience", receipt_line(stated(aud=MX.urn)), {}),
    "signed before its key was active": (
        "key-not-active",
        WRITTEN,
        {"trusted": key_set_of(MX.urn, [publish(MX.sign, active_from=NOW + timedelta(days=1))])},
    ),
    "signed by a revoked key": (
        "key-not-active",
        WRITTEN,
        {"trusted": key_set_of(MX.urn, [publish(MX.sign, revoked_at=NOW)])},
    ),
    "signed after its set was agreed to end": (
        "policy",
        WRITTEN,
        {"accepted": SignatureSets((policy.Accepted(Typ.RECEIPT, policy.CLASSICAL, until=NOW),))},
    ),
}


@pytest.mark.parametrize(("code", "line", "how"), CODES.values(), ids=CODES)
def test_a_receipt_that_is_not_the_partners_for_us_is_refused(
    code: str, line: Line, how: dict[str, Any]
) -> None:
    """What does not hold leaves the messages uncovered, and says by its code why."""
    with pytest.raises(MessageRefused) as refused:
        read(line, **how)
    assert refused.value.code == code


def test_a_receipt_has_no_age_limit() -> None:
    """A key that expired or was revoked since does not unsay what it signed before."""
    for key in (
        publish(MX.sign, expires_at=NOW + timedelta(seconds=1)),
        publish(MX.sign, revoked_at=NOW + timedelta(seconds=1)),
    ):
        assert read(WRITTEN, trusted=key_set_of(MX.urn, [key])) == RECEIPT


def test_what_a_partner_can_read_is_signed() -> None:
    """A rejection with its code and pointer comes back from its line as it was said."""
    refusal = replace(
        ACCEPTED, status=Status.REJECTED, code="breaks-schema", pointer="/body/person"
    )
    said = replace(RECEIPT, items=(refusal,))
    assert read(write_receipt(said, MX.classical)) == said
