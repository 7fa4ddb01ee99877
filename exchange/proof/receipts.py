"""
Receipts: a signed "these messages are stored, and this is what I made of them".

One fresh receipt covers all new messages of a request. Each item names a message (``pld``) and
the evidence that was received for it (``sig``). A stored receipt is sent again byte for byte,
and there is no age at which one stops to count: it is verified with its key's state at its own
``iat``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, ClassVar, Final, Literal

import orjson
from pydantic import ConfigDict, Field, TypeAdapter, model_validator
from pydantic.config import JsonDict

from exchange.errors import GrammarBroken, WrongAudience, WrongIssuer
from exchange.proof import grammar
from exchange.proof.encoding import Digest, Seconds, b64u, instant, seconds
from exchange.proof.envelope import Jti, MessageId, Urn
from exchange.proof.jws import Line, Signer, Typ, sign_line
from exchange.proof.keys import KeySet
from exchange.proof.policy import SignatureSets
from exchange.proof.signatures import (
    check_algorithms,
    check_roles,
    check_set,
    check_signatures,
    check_states,
    check_typ,
    find_keys,
)

SCHEMA: Final = "urn:handoff:schema:receipt:1"
ITEMS_MAX = 64


class Status(StrEnum):
    """Whether a message was taken."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"


_REJECTED_HAS_CODE: JsonDict = {
    "if": {"properties": {"status": {"const": "rejected"}}},
    "then": {"properties": {"code": {"type": "string"}}},
}
_Code = Annotated[str, Field(strict=True, max_length=32, pattern="^[a-z]+(-[a-z]+)*$")]
_Pointer = Annotated[str, Field(strict=True, max_length=256, pattern="^/body(/[!-~]*)?$")]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptItem:
    """What became of one message; a rejection always says why."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(
        extra="forbid", json_schema_extra=_REJECTED_HAS_CODE
    )

    jti: Annotated[Jti | None, Field(description="Its number; null when it cannot be read")]
    pld: Annotated[Digest, Field(description="SHA-256 of its envelope octets, base64url")]
    sig: Annotated[Digest, Field(description="SHA-256 of its signed text, base64url")]
    status: Annotated[Status, Field(description="Whether it was taken")]
    code: Annotated[
        _Code | None,
        Field(description="Why not, or that it had no effect; null when there is nothing to say"),
    ]
    pointer: Annotated[
        _Pointer | None, Field(description="Where in the body the fault lies (RFC 6901)")
    ]

    @model_validator(mode="after")
    def _rejected_has_code(self) -> "ReceiptItem":
        if self.status is Status.REJECTED and self.code is None:
            raise ValueError
        return self

    def members(self) -> dict[str, object]:
        """The item as it stands in the receipt."""
        return {
            "jti": self.jti,
            "pld": b64u(self.pld),
            "sig": b64u(self.sig),
            "status": self.status.value,
            "code": self.code,
            "pointer": self.pointer,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What the signature of a receipt covers."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    iss: Annotated[Urn, Field(description="Who received the messages")]
    aud: Annotated[Urn, Field(description="The owner of the keys that signed them")]
    jti: Annotated[Jti, Field(description="The receipt's own number, UUIDv7")]
    iat: Annotated[Seconds, Field(description="When it was signed, in seconds since the epoch")]
    items: Annotated[
        tuple[ReceiptItem, ...],
        Field(min_length=1, max_length=ITEMS_MAX, description="One for each new message"),
    ]
    schema: Annotated[
        Literal["urn:handoff:schema:receipt:1"], Field(description="That this is a receipt")
    ]

    @property
    def signed_at(self) -> datetime:
        """When the receiver says it signed."""
        return instant(self.iat)

    def octets(self) -> bytes:
        """The canonical form: the octets that are signed."""
        return orjson.dumps(
            {
                "iss": self.iss,
                "aud": self.aud,
                "jti": self.jti,
                "iat": self.iat,
                "schema": self.schema,
                "items": [item.members() for item in self.items],
            },
            option=orjson.OPT_SORT_KEYS,
        )


RECEIPT = TypeAdapter(Receipt)
_ITEM = TypeAdapter(ReceiptItem)


def make_receipt(
    *, iss: str, aud: str, jti: MessageId, signed_at: datetime, items: Sequence[ReceiptItem]
) -> Receipt:
    """The receipt of *iss*, at *signed_at*, for what the owner *aud* of some keys signed."""
    return Receipt(
        iss=iss, aud=aud, jti=jti, iat=seconds(signed_at), items=tuple(items), schema=SCHEMA
    )


def write_receipt(receipt: Receipt, signers: Sequence[Signer]) -> Line:
    """
    The line of *receipt*, signed by each of *signers* in order.

    Raises:
        ValueError: An item that says more than "accepted" is outside the schema, so no partner
            would read the receipt.
    """
    for item in receipt.items:
        if item.code is not None or item.pointer is not None:
            _ITEM.validate_python(item.members())
    return sign_line(receipt.octets(), signers, Typ.RECEIPT)


def read_receipt(line: Line, trusted: KeySet, *, accepted: SignatureSets, audience: str) -> Receipt:
    """
    The receipt that *line* is, once it is proven to be the partner's and for us.

    Its time is the partner's own word, so its keys are judged only after the signatures hold.

    Raises:
        LineRefused: A signature, key or kind of line is not as agreed.
        GrammarBroken: The payload is outside the grammar or not the closed receipt.
        WrongIssuer: The issuer is not the owner of the keys.
        WrongAudience: It is addressed to someone else.
    """
    keys = find_keys(line, trusted.keys)
    halves = [key.half for key in keys]
    check_algorithms(line, halves)
    check_roles(keys)
    check_set(halves, accepted.ever(Typ.RECEIPT))
    check_signatures(line, halves)
    check_typ(line, Typ.RECEIPT)
    try:
        receipt = _parse(line.payload)
    except ValueError as fault:
        raise GrammarBroken from fault
    check_states(keys, receipt.signed_at)
    check_set(halves, accepted.accepted(Typ.RECEIPT, receipt.signed_at))
    if receipt.iss != trusted.iss:
        raise WrongIssuer
    if receipt.aud != audience:
        raise WrongAudience
    return receipt


def _parse(octets: bytes) -> Receipt:
    return RECEIPT.validate_python(grammar.parse_object(octets))
