"""
How octets and times become values on the wire, and how octets are named by digest.

Every octet string has exactly one text: base64url without padding (RFC 7515 §2), and no other
text is read as it. A signature over the text is thus a signature over the octets.
"""

from binascii import a2b_base64, b2a_base64
from datetime import UTC, datetime
from hashlib import sha256
from typing import Annotated

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema

DIGEST_BYTES = 32
_TO_URL = bytes.maketrans(b"+/", b"-_")
_FROM_URL = bytes.maketrans(b"-_", b"+/")


def b64u(octets: bytes) -> str:
    """The one text of *octets*: base64url, unpadded."""
    return b2a_base64(octets, newline=False).rstrip(b"=").translate(_TO_URL).decode("ascii")


def unb64u(text: str) -> bytes:
    """
    The octets whose one text is *text*.

    Python's decoder skips characters that are not of the alphabet and ignores trailing bits,
    so whatever it returns is encoded again and must give *text* back.

    Raises:
        ValueError: *text* is padded, has a foreign character or non-zero trailing bits.
    """
    octets = a2b_base64(text.encode("ascii").translate(_FROM_URL) + b"=" * (-len(text) % 4))
    if b64u(octets) != text:
        raise ValueError
    return octets


def b64(octets: bytes) -> str:
    """The text of *octets* in a signed note: base64 with its padding (RFC 4648 §4)."""
    return b2a_base64(octets, newline=False).decode("ascii")


def unb64(text: str) -> bytes:
    """
    The octets whose text in a signed note is *text*, as strictly as ``unb64u`` reads its own.

    Raises:
        ValueError: *text* has a foreign character, other padding or non-zero trailing bits.
    """
    octets = a2b_base64(text.encode("ascii"))
    if b64(octets) != text:
        raise ValueError
    return octets


def digest(octets: bytes) -> bytes:
    """SHA-256 of *octets*: 32 raw octets."""
    return sha256(octets).digest()


def _read_digest(value: object) -> bytes:
    octets = unb64u(value) if isinstance(value, str) else value
    if not isinstance(octets, bytes) or len(octets) != DIGEST_BYTES:
        raise ValueError
    return octets


Digest = Annotated[
    bytes,
    BeforeValidator(_read_digest),
    PlainSerializer(b64u, return_type=str),
    WithJsonSchema({"type": "string", "pattern": "^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$"}),
]
"""32 raw octets in Python; their base64url text on the wire."""

SECONDS_MAX = 253_402_300_799
"""The last second of the year 9999: beyond it there is no date."""

Seconds = Annotated[int, Field(strict=True, ge=0, le=SECONDS_MAX)]
"""A time on the wire: whole seconds since the epoch, UTC."""


def instant(seconds: int) -> datetime:
    """The aware UTC time of *seconds* since the epoch."""
    return datetime.fromtimestamp(seconds, UTC)


def seconds(at: datetime) -> int:
    """The whole seconds since the epoch at *at*; a part of one is dropped."""
    return int(at.timestamp())
