"""What signatures cover: envelopes and receipts, each against its published schema."""

import json
from collections.abc import Iterator
from typing import Any

import orjson
import rfc8785

from exchange.errors import GrammarBroken, LineRefused, WrongAudience, WrongIssuer
from exchange.proof.encoding import SECONDS_MAX
from exchange.proof.envelope import find_jti, parse_envelope
from exchange.proof.jws import Typ, sign_line
from exchange.proof.policy import DEFAULT
from exchange.proof.receipts import ReceiptItem, Status, make_receipt, read_receipt
from tests.fuzz.references import Refused, is_valid, reference_json, same
from tests.fuzz.target import Target, wrong
from tests.keys import MX, US
from tests.proof.builders import ENVELOPE, JTI, NOW


def check_envelope(octets: bytes) -> bool:
    """Accept what the published schema accepts, and sign it in canonical form."""
    try:
        envelope = parse_envelope(octets)
    except GrammarBroken:
        _require_invalid("envelope.v1.json", octets)
        find_jti(octets)
        return False
    members = _require_valid("envelope.v1.json", octets)
    written = envelope.octets()
    if written != rfc8785.dumps(members) or parse_envelope(written) != envelope:
        wrong("the envelope is written with another meaning")
    if find_jti(octets) != envelope.jti or not same(members["iat"], envelope.iat):
        wrong("its members are read otherwise")
    _ = envelope.sealed_at
    return True


def check_receipt(octets: bytes) -> bool:
    """Accept what the partner signed for us and the published schema accepts."""
    line = sign_line(octets, MX.classical, Typ.RECEIPT)
    try:
        receipt = read_receipt(line, MX.key_set, accepted=DEFAULT, audience=US.urn)
    except GrammarBroken:
        _require_invalid("receipt.v1.json", octets)
        return False
    except (WrongIssuer, WrongAudience, LineRefused):
        _require_valid("receipt.v1.json", octets)
        return False
    members = _require_valid("receipt.v1.json", octets)
    if receipt.octets() != rfc8785.dumps(members):
        wrong("the receipt is written with another meaning")
    if (receipt.iss, receipt.aud) != (MX.urn, US.urn):
        wrong("a receipt of somebody else, or for somebody else")
    return True


def _require_valid(schema: str, octets: bytes) -> dict[str, Any]:
    try:
        members: dict[str, Any] = reference_json(octets)
    except Refused:
        wrong("accepted, though outside the grammar")
    if not is_valid(schema, members):
        wrong("accepted, though the published schema refuses it")
    return members


def _require_invalid(schema: str, octets: bytes) -> None:
    try:
        members = reference_json(octets)
    except Refused:
        return
    if is_valid(schema, members):
        wrong("refused, though the published schema accepts it")


def envelope_seeds() -> Iterator[bytes]:
    """Yield good envelopes, and for each member one that is just wrong."""
    good = json.loads(ENVELOPE.octets())
    yield ENVELOPE.octets()
    yield json.dumps(good, indent=1).encode()
    yield orjson.dumps(good | {"irt": {"jti": JTI, "pld": good["bod"]}, "sub": None})
    yield orjson.dumps(good | {"exp": 1})
    yield from _varied(good)


def receipt_seeds() -> Iterator[bytes]:
    """Yield good receipts, one for each way an item can be, and some that are just wrong."""
    accepted = ReceiptItem(
        jti=JTI, pld=bytes(32), sig=bytes(32), status=Status.ACCEPTED, code=None, pointer=None
    )
    rejected = ReceiptItem(
        jti=None,
        pld=bytes(32),
        sig=bytes(32),
        status=Status.REJECTED,
        code="breaks-schema",
        pointer="/body/person/sex",
    )
    receipt = make_receipt(
        iss=MX.urn, aud=US.urn, jti=JTI, signed_at=NOW, items=[accepted, rejected]
    )
    yield receipt.octets()
    good = json.loads(receipt.octets())
    yield orjson.dumps(good | {"items": []})
    yield orjson.dumps(good | {"items": good["items"][:1] * 65})
    yield orjson.dumps(good | {"items": [good["items"][1] | {"code": None}]})
    yield from _varied(good)


def _spoiled(value: object) -> object:
    match value:
        case str():
            return f"{value}\n"
        case int():
            return SECONDS_MAX + 1
    return True


def _varied(good: dict[str, object]) -> Iterator[bytes]:
    for name, value in good.items():
        yield orjson.dumps({key: held for key, held in good.items() if key != name})
        yield orjson.dumps(good | {name: _spoiled(value)})


_WORDS = ("iss", "aud", "jti", "iat", "seq", "schema", "sub", "irt", "bod", "pld")
TARGETS = (
    Target("envelope", check_envelope, envelope_seeds, is_json=True, words=_WORDS),
    Target(
        "receipt",
        check_receipt,
        receipt_seeds,
        is_json=True,
        words=("items", "sig", "status", "accepted", "rejected", "code", "pointer", "/body/"),
    ),
)
