"""
Our own keys: those that sign, and those under which a person's data is kept.

Bodies are kept under a data key per handoff, so that deleting that key erases the person
(design §9). The handoff's id is part of what is authenticated: a body moved to another
handoff's row does not open.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from exchange.proof import custody
from exchange.proof.custody import KeyEncryptionKey
from exchange.proof.envelope import Entropy
from exchange.proof.jws import Signer, Typ
from exchange.proof.policy import SignatureSets
from exchange.store.bodies import Body

REJECTED = b"rejected"
"""The context of bodies that belong to no handoff: those of rejected messages."""


@dataclass(frozen=True, slots=True)
class DataKey:
    """The key of one handoff's bodies, open and as it is stored."""

    key: bytes = field(repr=False)
    wrapped: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyring:
    """What signs and what keeps; *signers* by algorithm, one active key each."""

    signers: Mapping[str, Signer]
    published: bytes = field(repr=False)
    key_encryption_key: KeyEncryptionKey
    digest_key: bytes = field(repr=False)
    entropy: Entropy

    def signers_for(self, typ: Typ, sets: SignatureSets, at: datetime) -> tuple[Signer, ...]:
        """Return who signs a line of *typ* at *at*, in the order the agreement asks for."""
        return tuple(self.signers[algorithm] for algorithm in sets.preferred(typ, at))

    def digest(self, octets: bytes) -> bytes:
        """Return the digest by which *octets* are known again; without the key it says nothing."""
        return custody.keyed_digest(self.digest_key, octets)

    def new_data_key(self) -> DataKey:
        """Return a fresh data key, open and wrapped."""
        key = custody.new_data_key(self.entropy)
        return DataKey(key, self.key_encryption_key.wrap(key))

    def open_data_key(self, wrapped: bytes) -> DataKey:
        """Return the data key that was stored as *wrapped*."""
        return DataKey(self.key_encryption_key.unwrap(wrapped), wrapped)

    def lock(self, key: DataKey, octets: bytes, *, context: bytes) -> bytes:
        """Return *octets* as they may be stored for the handoff (or purpose) *context*."""
        return custody.encrypt(key.key, octets, context=context, entropy=self.entropy)

    def unlock(self, body: Body, *, context: bytes) -> bytes | None:
        """Return the octets of a stored body, or None once its key was erased."""
        if body.wrapped is None:
            return None
        key = self.key_encryption_key.unwrap(body.wrapped)
        return custody.decrypt(key, body.ciphertext, context=context)


def context_of(handoff: str) -> bytes:
    """Return the context under which the bodies of *handoff* are kept."""
    return handoff.encode("ascii")
