"""
Key sets on the wire: a line that all roots of a party signed, over its published keys.

A key set is believed because of the roots, whose fingerprint two people compared. Its serial
only rises, and no key that was ever in it goes, changes or comes back from revocation.
"""

from collections.abc import Sequence
from types import MappingProxyType
from typing import Annotated, Literal, TypeAlias

import orjson
from pydantic import BaseModel, ConfigDict, Field

from exchange.errors import GrammarBroken, KeySetRefused, NotConfigured, Sentence, WrongIssuer
from exchange.proof import grammar
from exchange.proof.algorithms import read_public_jwk
from exchange.proof.encoding import Seconds, instant, seconds
from exchange.proof.envelope import Urn
from exchange.proof.jws import KeyId, Typ, read_line, sign_line
from exchange.proof.keys import ALGORITHMS, KeySet, PublicKey, Role, RootKey, Roots, Signer
from exchange.proof.signatures import (
    KID_PATTERN,
    check_algorithms,
    check_set,
    check_signatures,
    check_typ,
    find_keys,
)

KEYS_MAX = 256
_WIDTH_MAX = 4096


class _Closed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


Base64url: TypeAlias = Annotated[str, Field(max_length=_WIDTH_MAX, pattern="^[A-Za-z0-9_-]+$")]


class _Published(_Closed):
    kid: str = Field(pattern=KID_PATTERN, description="The name of the key, used once for ever")
    role: Literal["sign", "pq-sign", "encrypt", "ledger", "witness"] = Field(
        description="What the key is for"
    )
    iat: Seconds = Field(description="When it was made")
    nbf: Seconds = Field(description="From when it may sign")
    exp: Seconds = Field(description="Until when it may sign")
    revoked: Seconds | None = Field(description="The second from which it may not, or null")


class EcKey(_Published):
    """A published key on a NIST curve (RFC 7518 §6.2)."""

    kty: Literal["EC"]
    crv: Literal["P-256", "P-384"]
    alg: Literal["ES256", "ES384", "ECDH-ES"]
    x: Base64url
    y: Base64url


class AkpKey(_Published):
    """A published ML-DSA key (RFC 9964 §3)."""

    kty: Literal["AKP"]
    alg: Literal["ML-DSA-44", "ML-DSA-65", "ML-DSA-87"]
    pub: Base64url


class OkpKey(_Published):
    """A published Ed25519 key (RFC 8037 §2)."""

    kty: Literal["OKP"]
    crv: Literal["Ed25519"]
    alg: Literal["Ed25519"]
    x: Base64url


PublishedKey: TypeAlias = Annotated[EcKey | AkpKey | OkpKey, Field(discriminator="kty")]


class JournalKey(OkpKey):
    """A key of our journal, which no partner is given."""

    role: Literal["journal"] = Field(description="What the key is for")  # type: ignore[assignment] # narrower, and apart from the published


class _Members(_Closed):
    iss: Urn = Field(description="The party whose keys these are")
    serial: int = Field(ge=1, le=grammar.INTEGER_MAX, description="Rises with every set")
    iat: Seconds = Field(description="When the roots signed it")
    exp: Seconds = Field(description="When a newer one is due")
    schemas: list[Urn] = Field(
        max_length=KEYS_MAX, description="Every message type and version the party understands"
    )


class KeySetPayload(_Members):
    """What a key set's line signs."""

    keys: list[PublishedKey] = Field(
        max_length=KEYS_MAX, description="Every key the party ever published"
    )


class JournalPayload(_Members):
    """What the line of our journal's keys signs: the same, and never sent."""

    keys: list[JournalKey] = Field(max_length=KEYS_MAX, description="Every key the journal had")


AnyPayload: TypeAlias = KeySetPayload | JournalPayload


def write_key_set(
    key_set: KeySet, roots: Sequence[Signer], model: type[AnyPayload] = KeySetPayload
) -> bytes:
    """The line of *key_set*, signed by every one of *roots* in order."""
    payload = {
        "iss": key_set.iss,
        "serial": key_set.serial,
        "iat": seconds(key_set.issued_at),
        "exp": seconds(key_set.expires_at),
        "schemas": list(key_set.schemas),
        "keys": [_publish(key) for key in key_set.keys.values()],
    }
    model.model_validate(payload)
    return sign_line(grammar.canonical(payload), roots, Typ.KEYS).octets()


def read_key_set(
    octets: bytes, roots: Roots, *, issuer: str, model: type[AnyPayload] = KeySetPayload
) -> KeySet:
    """
    The key set of *issuer* once it is proven that all of its *roots* signed it.

    A journal's keys are no key set, and a key set is no journal's: *model* says which is read.

    Raises:
        LineRefused: The line does not hold: malformed, other keys, other signatures.
        GrammarBroken: The payload is not the closed key set, or a key in it is none.
        WrongIssuer: It is the key set of someone else.
    """
    line = read_line(octets.removesuffix(b"\n"))
    keys = find_keys(line, {root.kid: root for root in roots.keys})
    halves = [key.half for key in keys]
    check_algorithms(line, halves)
    check_set(halves, (roots.signatures,))
    check_signatures(line, halves)
    check_typ(line, Typ.KEYS)
    try:
        payload = model.model_validate(grammar.parse(line.payload))
        key_set = _key_set(payload)
    except ValueError as fault:
        raise GrammarBroken from fault
    if key_set.iss != issuer:
        raise WrongIssuer
    return key_set


def accept_newer(current: KeySet, new: KeySet) -> KeySet:
    """
    *new*, when it may take the place of *current*; the same set again is calmly accepted.

    Raises:
        KeySetRefused: Its serial is lower, or the same with another content; or a key that
            was published is gone, is another key, or is no longer revoked as it was.
    """
    if new == current:
        return current
    if new.iss != current.iss or new.serial <= current.serial:
        raise KeySetRefused
    for kid, old in current.keys.items():
        key = new.keys.get(kid)
        if key is None or (key.role, key.half.jwk()) != (old.role, old.half.jwk()):
            raise KeySetRefused
        if old.revoked_at is not None and (
            key.revoked_at is None or key.revoked_at > old.revoked_at
        ):
            raise KeySetRefused
    return new


def write_roots(roots: Roots) -> bytes:
    """The file by which *roots* are handed over: public, and pinned by its fingerprint."""
    return orjson.dumps(roots.document(), option=orjson.OPT_INDENT_2) + b"\n"


def read_roots(octets: bytes) -> Roots:
    """
    The roots that a file of ``write_roots`` names; nothing makes them trusted but a person.

    Raises:
        NotConfigured: It is not such a file.
    """
    try:
        document = _RootsDocument.model_validate(grammar.parse(octets))
        roots = Roots(
            tuple(RootKey(KeyId(jwk["kid"]), read_public_jwk(jwk)) for jwk in document.keys)
        )
    except (ValueError, KeyError, GrammarBroken) as fault:
        raise NotConfigured([_NOT_ROOTS]) from fault
    if roots.document() != document.model_dump():
        raise NotConfigured([_NO_ROOT])
    return roots


_NOT_ROOTS = Sentence(
    "the roots file is not one that exchange wrote",
    "el archivo de raíces no es uno que exchange haya escrito",
)
_NO_ROOT = Sentence(
    "the roots file names members or signatures of no root",
    "el archivo de raíces nombra miembros o firmas de ninguna raíz",
)


class _RootsDocument(_Closed):
    keys: list[dict[str, str]] = Field(min_length=1, max_length=4)
    signatures: list[str]


def _publish(key: PublicKey) -> dict[str, object]:
    return {
        **key.half.jwk(),
        "kid": key.kid,
        "role": key.role.value,
        "iat": seconds(key.issued_at),
        "nbf": seconds(key.active_from),
        "exp": seconds(key.expires_at),
        "revoked": None if key.revoked_at is None else seconds(key.revoked_at),
    }


def _key_set(payload: AnyPayload) -> KeySet:
    keys = {KeyId(jwk.kid): _public_key(jwk) for jwk in payload.keys}
    if len(keys) != len(payload.keys):
        raise ValueError  # a name used twice
    return KeySet(
        iss=payload.iss,
        serial=payload.serial,
        issued_at=instant(payload.iat),
        expires_at=instant(payload.exp),
        schemas=tuple(payload.schemas),
        keys=MappingProxyType(keys),
    )


def _public_key(jwk: EcKey | AkpKey | OkpKey | JournalKey) -> PublicKey:
    role = Role(jwk.role)
    if jwk.alg not in ALGORITHMS[role]:
        raise ValueError(jwk.alg)
    return PublicKey(
        kid=KeyId(jwk.kid),
        role=role,
        half=read_public_jwk(jwk.model_dump(include={"kty", "crv", "alg", "x", "y", "pub"})),
        issued_at=instant(jwk.iat),
        active_from=instant(jwk.nbf),
        expires_at=instant(jwk.exp),
        revoked_at=None if jwk.revoked is None else instant(jwk.revoked),
    )
