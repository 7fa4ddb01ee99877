"""The body of each message type: taken exactly when its published schema takes it."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import orjson

from exchange.domain.messages.catalogue import MESSAGE_TYPES, MessageType
from exchange.errors import BreaksSchema, GrammarBroken, Invalid
from exchange.proof import grammar
from exchange.proof.receipts import ReceiptItem, Status, make_receipt, write_receipt
from tests.bodies import GOOD
from tests.builders import NOW
from tests.fuzz.references import is_valid, same
from tests.fuzz.target import Target, wrong
from tests.keys import MX, US
from tests.proof.builders import JTI


def check(kind: MessageType, octets: bytes) -> bool:
    """Take a body when its schema does; refuse it with a pointer that a receipt can carry."""
    try:
        document = grammar.parse_object(octets)
    except GrammarBroken:
        return False
    valid = is_valid(kind.file_name, document)
    try:
        body = kind.read(document)
    except BreaksSchema as refused:
        if valid:
            wrong("refused, though the published schema accepts it")
        _require_sayable(refused)
        _require_composed_alike(kind, document)
        return False
    if not valid:
        wrong("accepted, though the published schema refuses it")
    if not same(body.model_dump(mode="json"), document) or kind.read(document) != body:
        wrong("the body is read as another")
    return True


def _require_sayable(refused: BreaksSchema) -> None:
    """Require that a receipt can say where the fault lies."""
    item = ReceiptItem(
        jti=JTI,
        pld=bytes(32),
        sig=bytes(32),
        status=Status.REJECTED,
        code=refused.code,
        pointer=refused.pointer,
    )
    receipt = make_receipt(iss=MX.urn, aud=US.urn, jti=JTI, signed_at=NOW, items=[item])
    write_receipt(receipt, ())


def _require_composed_alike(kind: MessageType, document: dict[str, Any]) -> None:
    try:
        kind.compose(document)
    except Invalid as refused:
        if not refused.faults:
            wrong("refused without a fault")
        return
    wrong("an official may say what a partner would refuse")


def seeds(kind: MessageType) -> Iterator[bytes]:
    """Yield good bodies, and each without a member, with one too many, with one of another kind."""
    for body in GOOD[kind.name]:
        good = body.model_dump(mode="json")
        yield orjson.dumps(good)
        yield orjson.dumps(good | {"note": "x"})
        for name in good:
            yield orjson.dumps({key: value for key, value in good.items() if key != name})
            yield orjson.dumps(good | {name: [good[name]]})


def _words(kind: MessageType) -> tuple[str, ...]:
    return tuple(kind.model.model_fields)


TARGETS = tuple(
    Target(
        f"body-{kind.name}",
        partial(check, kind),
        partial(seeds, kind),
        is_json=True,
        words=_words(kind),
    )
    for kind in MESSAGE_TYPES
)
