"""
One line of a request: a JWS in General JSON Serialization with the body beside it.

::

    {"payload":"…","signatures":[{"protected":"…","signature":"…"},…],"body":"…"}

What is signed is the base64url text of header and payload (RFC 7515 §5.1). The JSON around
them carries no meaning and is never hashed, so a line can be taken apart, stored as octets and
rebuilt (``Line.octets``) without touching what the signatures cover.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import NewType, NoReturn, Protocol

import orjson

from exchange.errors import (
    GrammarBroken,
    LineRefused,
    Malformed,
    TooLarge,
    TooManyLines,
)
from exchange.proof import grammar
from exchange.proof.encoding import b64u, digest, unb64u

KeyId = NewType("KeyId", str)

LINE_BYTES_MAX = 256 * 1024
LINES_MAX = 64
HEADER_BYTES_MAX = 1024
_HEADER = frozenset({"alg", "kid", "typ"})
_SIGNATURE = frozenset({"protected", "signature"})
_MEMBERS = (
    frozenset({"payload", "signatures"}),
    frozenset({"payload", "signatures", "body"}),
    frozenset({"payload", "signatures", "sealed"}),
)


class Typ(StrEnum):
    """What a line is, as its protected header says it: no line is taken for another kind."""

    MESSAGE = "handoff-message+jws"
    RECEIPT = "handoff-receipt+jws"
    KEYS = "handoff-keys+jws"
    CONFORMANCE = "handoff-conformance+jws"
    REPORT = "handoff-report+jws"
    EVIDENCE = "handoff-evidence+jws"


class Signer(Protocol):
    """A private key, wherever it is kept, under the name its public half is published by."""

    @property
    def kid(self) -> KeyId:
        """The name of the key."""
        ...

    @property
    def alg(self) -> str:
        """The JOSE name of its algorithm."""
        ...

    def sign(self, octets: bytes, /) -> bytes:
        """The signature over *octets*, in the form JWS gives the algorithm."""
        ...


@dataclass(frozen=True, slots=True)
class Header:
    """What a protected header states."""

    alg: str
    kid: str
    typ: str


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature: the octets of its protected header, and its own."""

    protected: bytes
    signature: bytes

    @property
    def header(self) -> Header:
        """
        What the protected header states.

        Raises:
            Malformed: It is not exactly a header, or it is over 1 KiB: headers are remembered.
        """
        if len(self.protected) > HEADER_BYTES_MAX:
            raise Malformed
        return _read_header(self.protected)


@dataclass(frozen=True)
class Line:
    """One line, taken apart. *body* is None where it was erased, is sealed or never was."""

    payload: bytes
    signatures: tuple[Signature, ...]
    body: bytes | None = None
    sealed: str | None = None

    @cached_property
    def pld(self) -> bytes:
        """The digest that names the message: SHA-256 of the payload octets."""
        return digest(self.payload)

    @cached_property
    def sig(self) -> bytes:
        """
        The digest that names the evidence.

        SHA-256 of the ASCII ``payload.protected.signature[.protected.signature…]``: two lines
        with the same message and other signatures have one ``pld`` and two ``sig``.
        """
        parts = [b64u(self.payload)]
        for one in self.signatures:
            parts += b64u(one.protected), b64u(one.signature)
        return digest(".".join(parts).encode("ascii"))

    def octets(self) -> bytes:
        """The line as it goes on the wire, without a line feed."""
        signatures = ",".join(
            f'{{"protected":"{b64u(one.protected)}","signature":"{b64u(one.signature)}"}}'
            for one in self.signatures
        )
        beside = ""
        if self.body is not None:
            beside = f',"body":"{b64u(self.body)}"'
        elif self.sealed is not None:
            beside = f',"sealed":"{self.sealed}"'
        text = f'{{"payload":"{b64u(self.payload)}","signatures":[{signatures}]{beside}}}'
        return text.encode("ascii")


def sign_line(
    payload: bytes, signers: Sequence[Signer], typ: Typ, *, body: bytes | None = None
) -> Line:
    """A line whose payload each of *signers* has signed, in their order."""
    text = b64u(payload)
    signatures = []
    for signer in signers:
        protected = _write_header(signer.alg, signer.kid, typ)
        covered = f"{b64u(protected)}.{text}".encode("ascii")
        signatures.append(Signature(protected, signer.sign(covered)))
    return Line(payload, tuple(signatures), body)


def covered_octets(line: Line, signature: Signature) -> bytes:
    """The octets that *signature* has to cover (RFC 7515 §5.1)."""
    return f"{b64u(signature.protected)}.{b64u(line.payload)}".encode("ascii")


def split_request(octets: bytes) -> tuple[bytes, ...]:
    """
    The lines of a request; what is between them is one line feed, and the last may lack it.

    Raises:
        TooManyLines: There are more than 64.
        TooLarge: One is over 256 KiB.
    """
    lines = octets.removesuffix(b"\n").split(b"\n", LINES_MAX)
    if len(lines) > LINES_MAX:
        raise TooManyLines
    if max(map(len, lines)) > LINE_BYTES_MAX:
        raise TooLarge
    return tuple(lines)


def read_lines(octets: bytes) -> tuple[Line | LineRefused, ...]:
    """
    Each line of a request, or why it is none: one bad line does not spoil the others.

    An empty request is one line that is malformed.

    Raises:
        TooManyLines: There are more than 64.
        TooLarge: One is over 256 KiB.
    """
    outcomes: list[Line | LineRefused] = []
    for line in split_request(octets):
        try:
            outcomes.append(read_line(line))
        except LineRefused as refused:
            outcomes.append(refused.as_value())
    return tuple(outcomes)


def read_line(octets: bytes) -> Line:
    """
    Take one line apart, without believing anything in it.

    Checked here are the first two steps of the verifier: the outer object is closed and each
    text in it canonical base64url, and each protected header has exactly its three members.
    What comes after is ``lines.verify``; between the two a receiver looks up ``Line.sig``.

    Raises:
        Malformed: It is not such a line.
    """
    try:
        outer = orjson.loads(octets)
        line = _read_outer(outer)
        if orjson.dumps(outer) != octets:
            _read_unusual(octets)
        for one in line.signatures:
            _ = one.header
    except (ValueError, GrammarBroken) as fault:
        raise Malformed from fault
    return line


def _read_outer(outer: object) -> Line:
    if not isinstance(outer, dict) or outer.keys() not in _MEMBERS:
        _refuse("the outer members are others")
    signatures = outer["signatures"]
    if not isinstance(signatures, list) or not signatures:
        _refuse("there is no list of signatures")
    return Line(
        payload=_read_octets(outer["payload"]),
        signatures=tuple(map(_read_signature, signatures)),
        body=_read_octets(outer["body"]) if "body" in outer else None,
        sealed=_read_compact(outer["sealed"]) if "sealed" in outer else None,
    )


def _read_signature(member: object) -> Signature:
    if not isinstance(member, dict) or member.keys() != _SIGNATURE:
        _refuse("the members of a signature are others")
    return Signature(_read_octets(member["protected"]), _read_octets(member["signature"]))


def _read_octets(member: object) -> bytes:
    if not isinstance(member, str):
        _refuse("a member is no text")
    return unb64u(member)


def _read_compact(text: object) -> str:
    """A compact JWE's text: five base64url parts; nothing more is known of it here."""
    parts = text.split(".") if isinstance(text, str) else []
    if len(parts) != 5:  # noqa: PLR2004 - RFC 7516 §7.1
        _refuse("not a compact JWE")
    for part in parts:
        unb64u(part)
    return ".".join(parts)


def _read_unusual(octets: bytes) -> None:
    """Accept another order or spacing than ours, but no member twice and nothing around it."""
    if octets != octets.strip() or b"\r" in octets:
        _refuse("there is space around the line, or a carriage return in it")
    grammar.parse(octets)


@lru_cache(maxsize=256)
def _write_header(alg: str, kid: KeyId, typ: Typ) -> bytes:
    return grammar.canonical({"alg": alg, "kid": kid, "typ": typ})


@lru_cache(maxsize=256)
def _read_header(protected: bytes) -> Header:
    """
    The three members of a protected header.

    A party signs with few keys, so few headers come again and again.

    Raises:
        Malformed: It has other members, or one is no string.
    """
    try:
        members = grammar.parse(protected)
    except GrammarBroken as fault:
        raise Malformed from fault
    if not isinstance(members, dict) or members.keys() != _HEADER:
        raise Malformed
    alg, kid, typ = members["alg"], members["kid"], members["typ"]
    if not (isinstance(alg, str) and isinstance(kid, str) and isinstance(typ, str)):
        raise Malformed
    return Header(alg, kid, typ)


def _refuse(why: str) -> NoReturn:
    raise ValueError(why)
