"""
Keys: what a party publishes of them, when each may sign, and the roots that vouch for them.

A key has one role and one life: *staged* until it may sign, *active*, then *expired*, or
*revoked* from the second its owner names. The state is a function of a time that the caller
gives, and a published key stays in its set for ever, so a line can be verified years later.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from exchange.proof import grammar
from exchange.proof.algorithms import PrivateHalf, PublicHalf
from exchange.proof.encoding import digest
from exchange.proof.jws import KeyId, Signer

__all__ = [
    "KeyId",
    "KeySet",
    "KeyState",
    "PrivateKey",
    "PublicKey",
    "Role",
    "RootKey",
    "Roots",
    "Signer",
    "fingerprint",
    "fingerprint_matches",
]


class Role(StrEnum):
    """What a key is for; no key has two."""

    SIGN = "sign"
    PQ_SIGN = "pq-sign"
    ENCRYPT = "encrypt"
    LEDGER = "ledger"
    WITNESS = "witness"
    JOURNAL = "journal"
    """It signs our journal's checkpoints. It is in no key set that a partner is given."""


ALGORITHMS: Mapping[Role, frozenset[str]] = {
    Role.SIGN: frozenset({"ES256", "ES384"}),
    Role.PQ_SIGN: frozenset({"ML-DSA-65", "ML-DSA-87"}),
    Role.ENCRYPT: frozenset({"ECDH-ES"}),
    Role.LEDGER: frozenset({"Ed25519"}),
    Role.WITNESS: frozenset({"ML-DSA-44"}),
    Role.JOURNAL: frozenset({"Ed25519"}),
}
SIGNING_ROLES = frozenset({Role.SIGN, Role.PQ_SIGN})


class KeyState(StrEnum):
    """Where a key is in its life at some time."""

    STAGED = "staged"
    ACTIVE = "active"
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicKey:
    """A key as its owner published it. It may sign from *active_from* until *expires_at*."""

    kid: KeyId
    role: Role
    half: PublicHalf = field(repr=False)
    issued_at: datetime
    active_from: datetime
    expires_at: datetime
    revoked_at: datetime | None = None

    @property
    def alg(self) -> str:
        """The JOSE name of its algorithm."""
        return self.half.alg

    def verify(self, octets: bytes, signature: bytes) -> bool:
        """Whether *signature* covers exactly *octets*, whatever the state of the key."""
        return self.half.verify(octets, signature)

    def state_at(self, at: datetime) -> KeyState:
        """The state of the key at *at*; revocation goes before everything else."""
        if self.revoked_at is not None and at >= self.revoked_at:
            return KeyState.REVOKED
        if at < self.active_from:
            return KeyState.STAGED
        return KeyState.ACTIVE if at < self.expires_at else KeyState.EXPIRED


@dataclass(frozen=True, slots=True)
class PrivateKey:
    """A private key held in memory: a ``Signer``, and a key file's content."""

    kid: KeyId
    role: str
    half: PrivateHalf = field(repr=False)

    @property
    def alg(self) -> str:
        """The JOSE name of its algorithm."""
        return self.half.alg

    def sign(self, octets: bytes, /) -> bytes:
        """The signature over *octets*; safe to call from several threads at once."""
        return self.half.sign(octets)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeySet:
    """What one party publishes: every key it ever had, and the schemas it understands."""

    iss: str
    serial: int
    issued_at: datetime
    expires_at: datetime
    schemas: tuple[str, ...]
    keys: Mapping[KeyId, PublicKey]

    def find_active(self, role: Role, at: datetime) -> PublicKey | None:
        """The key of *role* that may sign at *at*; the one begun last, where lives overlap."""
        active = [
            key
            for key in self.keys.values()
            if key.role is role and key.state_at(at) is KeyState.ACTIVE
        ]
        return max(active, key=lambda key: key.active_from, default=None)


@dataclass(frozen=True, slots=True)
class RootKey:
    """One of the offline keys that sign a key set, and nothing else."""

    kid: KeyId
    half: PublicHalf = field(repr=False)

    def jwk(self) -> dict[str, str]:
        """The public JWK with its ``kid``."""
        return self.half.jwk() | {"kid": self.kid}


@dataclass(frozen=True, slots=True)
class Roots:
    """The root keys of one party, in the order in which all of them sign its key sets."""

    keys: tuple[RootKey, ...]

    @property
    def signatures(self) -> tuple[str, ...]:
        """The signature set of a key set: the algorithm of each root, in order."""
        return tuple(key.half.alg for key in self.keys)

    def document(self) -> dict[str, grammar.Json]:
        """The roots as JSON, the form that the fingerprint covers."""
        return {"keys": [dict(key.jwk()) for key in self.keys], "signatures": [*self.signatures]}

    @classmethod
    def of(cls, keys: Sequence[PrivateKey]) -> "Roots":
        """The public side of the private root *keys*."""
        return cls(tuple(RootKey(key.kid, key.half.public) for key in keys))


def fingerprint(roots: Roots) -> str:
    """
    The name by which two people compare *roots*: twelve groups of five decimal digits.

    It is SHA-256 over the canonical JSON of ``Roots.document``, read as a big-endian integer,
    modulo 10^60, with leading zeros: 199 bits, short enough to read aloud.
    """
    number = int.from_bytes(digest(grammar.canonical(roots.document())), "big") % 10**60
    digits = f"{number:060d}"
    return " ".join(digits[at : at + 5] for at in range(0, 60, 5))


def fingerprint_matches(roots: Roots, text: str) -> bool:
    """Whether *text*, as someone typed it with any spaces or hyphens, names *roots*."""
    typed = "".join(text.split()).replace("-", "")
    return typed == fingerprint(roots).replace(" ", "")
