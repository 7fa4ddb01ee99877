"""
(8) Whole requests that the partner really signed: whatever they say, each line has its item.

The octets are a JSON array of ``[envelope, body]``. What is bound is the body that stands
there, unless the envelope says another digest; ES256 alone signs, as a partner without
post-quantum keys does.
"""

from collections.abc import Iterator
from functools import partial
from types import MappingProxyType
from typing import Any

import orjson

from exchange.domain.deadlines import Limits
from exchange.domain.messages.body import Body
from exchange.domain.messages.catalogue import MESSAGE_TYPES
from exchange.domain.parties import Side
from exchange.domain.shared import SharedHandoff
from exchange.errors import GrammarBroken
from exchange.flow.agreement import Agreement
from exchange.flow.judging import Judgement, Memory, judge, open_line
from exchange.flow.rows import begun
from exchange.proof import grammar
from exchange.proof.encoding import b64u, digest
from exchange.proof.jws import Line, Typ, sign_line
from exchange.proof.policy import ES256_ONLY
from exchange.proof.receipts import ReceiptItem, Status, make_receipt, write_receipt
from tests.bodies import GOOD
from tests.builders import HANDOFF, NOW, places, rule_book
from tests.fuzz.references import is_valid
from tests.fuzz.target import Target, wrong
from tests.keys import MX, US, Party
from tests.proof.builders import JTI

_LINES_MAX = 4
_EMPTY = Memory(
    by_sig=MappingProxyType({}),
    by_jti=MappingProxyType({}),
    handoffs=MappingProxyType({}),
    data_keys=MappingProxyType({}),
    receipts=MappingProxyType({}),
)


def check(speaker: Party, hearer: Party, octets: bytes) -> bool:
    """Judge what was signed; the receipt can be written and the handoffs kept, twice the same."""
    lines = [_signed(speaker, one) for one in _pairs(octets)]
    if not lines:
        return False
    judgement = _judged(speaker, hearer, lines)
    again = _judged(speaker, hearer, lines)
    if (_items(judgement), judgement.moved) != (_items(again), again.moved):
        wrong("the same request is judged otherwise the second time")
    _check_receipt(hearer, speaker, judgement)
    for shared in judgement.moved.values():
        _check_kept(shared)
    return any(ruling.status is Status.ACCEPTED for ruling in judgement.rulings)


def _pairs(octets: bytes) -> list[list[Any]]:
    try:
        pairs = grammar.parse(octets)
    except GrammarBroken:
        return []
    if not isinstance(pairs, list):
        return []
    return [one for one in pairs[:_LINES_MAX] if isinstance(one, list) and len(one) == 2]


def _signed(speaker: Party, pair: list[Any]) -> Line:
    stated, said = pair
    body = orjson.dumps(said)
    if isinstance(stated, dict) and "bod" not in stated:
        stated = stated | {"bod": b64u(digest(body))}
    return sign_line(orjson.dumps(stated), speaker.classical, Typ.MESSAGE, body=body)


def _judged(speaker: Party, hearer: Party, lines: list[Line]) -> Judgement:
    agreement = Agreement(
        side=Side(hearer.side),
        ours=hearer.urn,
        theirs=speaker.urn,
        we_sign=ES256_ONLY,
        they_sign=ES256_ONLY,
        places=places(),
        rules=rule_book(),
        limits=Limits(),
    )
    opened = [open_line(line, speaker.key_set, agreement, NOW) for line in lines]
    return judge(opened, _EMPTY, agreement)


def _check_receipt(hearer: Party, speaker: Party, judgement: Judgement) -> None:
    receipt = make_receipt(
        iss=hearer.urn, aud=speaker.urn, jti=JTI, signed_at=NOW, items=_items(judgement)
    )
    write_receipt(receipt, ())
    if not is_valid("receipt.v1.json", orjson.loads(receipt.octets())):
        wrong("the receipt is not one that a partner would read")


def _items(judgement: Judgement) -> list[ReceiptItem]:
    return [ruling.item() for ruling in judgement.rulings]


def _check_kept(shared: SharedHandoff) -> None:
    row = begun(shared, Limits(), at=NOW)
    if SharedHandoff.model_validate_json(row.shared or "") != shared:
        wrong("the handoff is kept as another")


def seeds(speaker: Party, hearer: Party) -> Iterator[bytes]:
    """Yield every message that *speaker* may say, then those of the other side, then odd ones."""
    pairs = [
        [_envelope(speaker, hearer, number, schema=kind.schema), _document(body)]
        for number, kind in enumerate(MESSAGE_TYPES, 1)
        for body in GOOD[kind.name]
    ]
    yield from (orjson.dumps([pair]) for pair in pairs)
    yield orjson.dumps(pairs[:_LINES_MAX])
    yield orjson.dumps(pairs[-_LINES_MAX:])
    stated, said = pairs[0] if speaker is US else pairs[-1]
    yield from (
        orjson.dumps([[stated | change, said]])
        for change in (
            {"iat": 253402300799},
            {"iat": 0},
            {"seq": 2**53 - 1},
            {"bod": b64u(bytes(32))},
            {"sub": None},
            {"irt": None},
            {"aud": speaker.urn},
            {"iss": hearer.urn},
            {"schema": "urn:handoff:schema:nothing:1"},
        )
    )
    yield orjson.dumps([[stated, said], [stated, said], [stated, {}]])
    yield b'[["","" ]]'


def _document(body: Body) -> dict[str, Any]:
    document: dict[str, Any] = body.model_dump(mode="json")
    return document


def _envelope(speaker: Party, hearer: Party, number: int, *, schema: str) -> dict[str, Any]:
    return {
        "iss": speaker.urn,
        "aud": hearer.urn,
        "jti": f"01699649-7f80-7000-8000-{number:012x}",
        "iat": int(NOW.timestamp()),
        "seq": number,
        "schema": schema,
        "sub": HANDOFF,
        "irt": {"jti": JTI, "pld": b64u(bytes(32))},
    }


_WORDS = tuple(kind.schema for kind in MESSAGE_TYPES)
TARGETS = tuple(
    Target(
        f"messages-at-{hearer.side}",
        partial(check, speaker, hearer),
        partial(seeds, speaker, hearer),
        is_json=True,
        words=_WORDS,
    )
    for speaker, hearer in ((US, MX), (MX, US))
)
