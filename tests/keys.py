"""
Keys of both parties for tests, made when needed from fixed seeds: no private key is in a file.

``US`` and ``MX`` are two parties of a test installation. Their keys are active from 2018 to
2038, so that a test may choose its own day.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha512
from types import MappingProxyType

from exchange.domain.messages.catalogue import MESSAGE_TYPES
from exchange.proof.algorithms import new_private
from exchange.proof.jws import KeyId
from exchange.proof.keyfiles import SecretKey
from exchange.proof.keys import KeySet, PrivateKey, PublicKey, Role, Roots
from exchange.proof.keysets import write_key_set
from exchange.proof.sealing import OpeningKey, new_opening_half

ACTIVE_FROM = datetime(2018, 1, 1, tzinfo=UTC)
EXPIRES_AT = datetime(2038, 1, 1, tzinfo=UTC)
PASSPHRASE = b"a passphrase of the tests"
SCHEMAS = tuple(sorted(kind.schema for kind in MESSAGE_TYPES))


def private_key(kid: str, role: str, alg: str) -> PrivateKey:
    """The private key that the name *kid* alone determines."""
    return PrivateKey(KeyId(kid), role, new_private(alg, sha512(kid.encode()).digest()))


def secret_key(kid: str, role: str) -> SecretKey:
    """The symmetric key that the name *kid* alone determines."""
    return SecretKey(KeyId(kid), role, sha512(kid.encode()).digest()[:32])


def publish(
    key: PrivateKey,
    *,
    active_from: datetime = ACTIVE_FROM,
    expires_at: datetime = EXPIRES_AT,
    revoked_at: datetime | None = None,
) -> PublicKey:
    """The published form of *key*, active in the tests' years unless told otherwise."""
    return PublicKey(
        kid=key.kid,
        role=Role(key.role),
        half=key.half.public,
        issued_at=ACTIVE_FROM,
        active_from=active_from,
        expires_at=expires_at,
        revoked_at=revoked_at,
    )


def publish_opening(key: OpeningKey) -> PublicKey:
    """The published form of a key that opens, active in the tests' years."""
    return PublicKey(
        kid=key.kid,
        role=Role.ENCRYPT,
        half=key.half.public,
        issued_at=ACTIVE_FROM,
        active_from=ACTIVE_FROM,
        expires_at=EXPIRES_AT,
    )


def key_set_of(iss: str, keys: Sequence[PublicKey], *, serial: int = 1) -> KeySet:
    """A key set of *iss* with *keys*."""
    return KeySet(
        iss=iss,
        serial=serial,
        issued_at=ACTIVE_FROM,
        expires_at=EXPIRES_AT,
        schemas=SCHEMAS,
        keys=MappingProxyType({key.kid: key for key in keys}),
    )


def entropy_from(seed: str) -> Callable[[int], bytes]:
    """A source of octets that gives the same ones in every run."""
    count = 0

    def entropy(size: int) -> bytes:
        nonlocal count
        count += 1
        return sha512(f"{seed} {count}".encode()).digest()[:size]

    return entropy


@dataclass(frozen=True, slots=True)
class Party:
    """One party of a test installation, with everything it keeps to itself."""

    side: str
    urn: str
    sign: PrivateKey
    pq_sign: PrivateKey
    root_keys: tuple[PrivateKey, ...]
    ledger: PrivateKey
    witness: PrivateKey
    journal: PrivateKey
    opening: OpeningKey
    wrap: SecretKey
    search: SecretKey

    @property
    def signers(self) -> tuple[PrivateKey, ...]:
        """Who signs its messages under the default policy, in order."""
        return (self.sign, self.pq_sign)

    @property
    def held(self) -> tuple[PrivateKey, ...]:
        """Every key that its running side signs with."""
        return (*self.signers, self.ledger, self.witness, self.journal)

    @property
    def classical(self) -> tuple[PrivateKey, ...]:
        """Who signs its receipts, and its messages under the ES256-only policy."""
        return (self.sign,)

    @property
    def roots(self) -> Roots:
        """Its root public keys."""
        return Roots.of(self.root_keys)

    @property
    def key_set(self) -> KeySet:
        """What it publishes."""
        keys = (self.sign, self.pq_sign, self.ledger, self.witness)
        return key_set_of(self.urn, [*map(publish, keys), publish_opening(self.opening)])

    @property
    def journal_keys(self) -> KeySet:
        """The keys of its journal, which it gives to nobody."""
        return key_set_of(self.urn, [publish(self.journal)])

    @property
    def key_set_line(self) -> bytes:
        """Its key set as its roots signed it."""
        return write_key_set(self.key_set, self.root_keys)


def _party(side: str, urn: str) -> Party:
    return Party(
        side=side,
        urn=urn,
        sign=private_key(f"{side}-sign-2019a", "sign", "ES256"),
        pq_sign=private_key(f"{side}-pq-2019a", "pq-sign", "ML-DSA-65"),
        root_keys=(
            private_key(f"{side}-root-2019a", "root", "ES384"),
            private_key(f"{side}-root-pq-2019a", "root", "ML-DSA-87"),
        ),
        ledger=private_key(f"{side}-ledger-2019a", "ledger", "Ed25519"),
        witness=private_key(f"{side}-witness-2019a", "witness", "ML-DSA-44"),
        journal=private_key(f"{side}-journal-2019a", "journal", "Ed25519"),
        opening=OpeningKey(
            KeyId(f"{side}-encrypt-2019a"),
            new_opening_half(sha512(f"{side}-encrypt-2019a".encode()).digest()),
        ),
        wrap=secret_key(f"{side}-wrap-2019a", "wrap"),
        search=secret_key(f"{side}-search-2019a", "search"),
    )


US = _party("us", "urn:handoff:us:cbp:test")
MX = _party("mx", "urn:handoff:mx:inm:test")
