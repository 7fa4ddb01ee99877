"""
The envelope: who says what kind of thing to whom, when, about which handoff.

It is what the signatures cover, and it holds nothing about a person: the body is bound by its
digest, so it can be erased and the rest still proves what was said.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, ClassVar, NewType, TypeAlias

import orjson
from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from exchange.errors import GrammarBroken
from exchange.proof import grammar
from exchange.proof.encoding import Digest, Seconds, b64u, digest, instant, seconds

MessageId = NewType("MessageId", str)

Entropy: TypeAlias = Callable[[int], bytes]
"""Gives as many octets of chance as it is asked for."""

_HEX = "[0-9a-f]"
_JTI = f"^{_HEX}{{8}}-{_HEX}{{4}}-7{_HEX}{{3}}-[89ab]{_HEX}{{3}}-{_HEX}{{12}}$"
_HANDOFF = f"^{_HEX}{{8}}-{_HEX}{{4}}-4{_HEX}{{3}}-[89ab]{_HEX}{{3}}-{_HEX}{{12}}$"

Urn = Annotated[
    str,
    Field(
        strict=True,
        max_length=128,
        pattern="^urn:[a-z0-9][a-z0-9-]{0,31}:[a-z0-9][a-z0-9.:-]*$",
    ),
]
Jti = Annotated[MessageId, Field(strict=True, pattern=_JTI)]
Subject = Annotated[str, Field(strict=True, pattern=_HANDOFF)]
Counter = Annotated[int, Field(strict=True, ge=1, le=grammar.INTEGER_MAX)]


@dataclass(frozen=True, slots=True)
class InReplyTo:
    """The message that another one answers."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    jti: Annotated[Jti, Field(description="Its number")]
    pld: Annotated[Digest, Field(description="SHA-256 of its envelope octets, base64url")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What the signatures of a message cover."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    iss: Annotated[Urn, Field(description="Who speaks; the owner of every key that signed")]
    aud: Annotated[Urn, Field(description="To whom")]
    jti: Annotated[Jti, Field(description="The message's own number, UUIDv7, once for ever")]
    iat: Annotated[Seconds, Field(description="When it was sealed, in seconds since the epoch")]
    seq: Annotated[Counter, Field(description="Counts the sender's messages from 1, gapless")]
    schema: Annotated[Urn, Field(description="Type and version of the body")]
    sub: Annotated[Subject | None, Field(description="The handoff, or null where it is about none")]
    irt: Annotated[InReplyTo | None, Field(description="The message this one answers, or null")]
    bod: Annotated[Digest, Field(description="SHA-256 of the body octets, base64url")]

    @property
    def sealed_at(self) -> datetime:
        """When the sender says it sealed the message."""
        return instant(self.iat)

    def octets(self) -> bytes:
        """The canonical form: the octets that are signed."""
        irt = self.irt
        return orjson.dumps(
            {
                "aud": self.aud,
                "bod": b64u(self.bod),
                "iat": self.iat,
                "irt": None if irt is None else {"jti": irt.jti, "pld": b64u(irt.pld)},
                "iss": self.iss,
                "jti": self.jti,
                "schema": self.schema,
                "seq": self.seq,
                "sub": self.sub,
            },
            option=orjson.OPT_SORT_KEYS,
        )


ENVELOPE = TypeAdapter(Envelope)
_JTI_ALONE = TypeAdapter(Jti)


def make_envelope(  # noqa: PLR0913 - an envelope has nine members, each by its name
    *,
    iss: str,
    aud: str,
    jti: MessageId,
    sealed_at: datetime,
    seq: int,
    schema: str,
    sub: str | None,
    irt: InReplyTo | None,
    body: bytes,
) -> Envelope:
    """
    The envelope that binds *body*.

    Raises:
        ValueError: A value is outside the closed envelope, so no partner would read it.
    """
    members = {
        "iss": iss,
        "aud": aud,
        "jti": jti,
        "iat": seconds(sealed_at),
        "seq": seq,
        "schema": schema,
        "sub": sub,
        "irt": irt,
        "bod": digest(body),
    }
    return ENVELOPE.validate_python(members)


def parse_envelope(octets: bytes) -> Envelope:
    """
    The envelope that *octets* state.

    Raises:
        GrammarBroken: They are outside the grammar, or not the closed envelope.
    """
    try:
        return ENVELOPE.validate_python(grammar.parse_object(octets))
    except ValidationError as fault:
        raise GrammarBroken from fault


def find_jti(octets: bytes) -> MessageId | None:
    """The ``jti`` of an envelope, however wrong the rest of it is; None when unreadable."""
    try:
        return _JTI_ALONE.validate_python(grammar.parse_object(octets).get("jti"))
    except (GrammarBroken, ValidationError):
        return None


def new_jti(at: datetime, entropy: Entropy) -> MessageId:
    """A fresh UUIDv7 (RFC 9562 §5.7) for *at*, to the millisecond."""
    milliseconds = int(at.timestamp() * 1000) & (1 << 48) - 1
    chance = int.from_bytes(entropy(10), "big")
    number = milliseconds << 80 | chance
    number = number & ~(0xF << 76) | 7 << 76
    number = number & ~(0b11 << 62) | 0b10 << 62
    text = f"{number:032x}"
    return MessageId(f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}")
