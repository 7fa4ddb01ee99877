"""
Our own keys: those that sign, and those under which a person's data is kept.

Bodies are kept under a data key per handoff, so that deleting that key erases the person
(design §9). The handoff's id is part of what is authenticated: a body moved to another
handoff's row does not open.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from exchange.errors import KeyNotActive, KeysUnusable, UnknownKey
from exchange.proof import custody
from exchange.proof.custody import KeyEncryptionKey
from exchange.proof.envelope import Entropy
from exchange.proof.jws import KeyId, Line, Signer, Typ
from exchange.proof.keys import SIGNING_ROLES, KeySet, KeyState, PublicKey, Role
from exchange.proof.keysets import accept_newer
from exchange.proof.policy import SignatureSets
from exchange.proof.sealing import OpeningKey
from exchange.proof.signatures import check_states, find_keys
from exchange.store.bodies import Body
from exchange.store.columns import Pool

KEY_SET = "key-set"
"""What an alarm names where it is our whole key set that ends soon."""


KNOWN_AFTER = timedelta(days=1)
"""How long after it was made a key is taken to be known: a set is asked for every minute."""


@dataclass(frozen=True, slots=True)
class DataKey:
    """The key of one handoff's bodies, open and as it is stored."""

    key: bytes = field(repr=False)
    wrapped: bytes = field(repr=False)


@dataclass(slots=True, kw_only=True)
class Keyring:
    """
    What signs and what keeps.

    *signers* are the signing keys that we hold, by name. Whether one may sign is asked of our
    *key_set* each time, so that a key that ends while we run signs nothing more, and one
    that begins takes over. *opening* are those that open what was sealed for us. What the
    custodian publishes meanwhile is taken up (``renew``). *held_by_partner* are the keys that the
    partner was seen to have: it asked for our set by the mark of the one in force.
    """

    signers: Mapping[KeyId, Signer]
    key_set: KeySet
    journal_keys: KeySet
    published: bytes = field(repr=False)
    key_encryption_key: KeyEncryptionKey
    digest_key: bytes = field(repr=False)
    entropy: Entropy
    opening: Mapping[KeyId, OpeningKey] = field(default_factory=dict, repr=False)
    held_by_partner: frozenset[KeyId] = frozenset()

    def note_held(self) -> None:
        """Know that the partner has the set in force: it shows so each time that it asks."""
        self.held_by_partner = frozenset(self.key_set.keys)

    def renew(
        self,
        *,
        key_set: KeySet,
        journal_keys: KeySet,
        published: bytes,
        signers: Mapping[KeyId, Signer],
        opening: Mapping[KeyId, OpeningKey],
    ) -> None:
        """
        Sign from now on with *signers*, as the newer sets say.

        Raises:
            KeySetRefused: One goes back behind what we published before. Nothing was changed.
        """
        newer = accept_newer(self.key_set, key_set)
        self.journal_keys = accept_newer(self.journal_keys, journal_keys)
        self.key_set, self.published = newer, published
        self.signers, self.opening = signers, opening

    def signers_for(self, typ: Typ, sets: SignatureSets, at: datetime) -> tuple[Signer, ...]:
        """
        Return who signs a line of *typ* at *at*, in the order the agreement asks for.

        Raises:
            KeysUnusable: No key that we hold may sign with one of the algorithms.
        """
        keys = [self._find_usable(algorithm, at) for algorithm in sets.preferred(typ, at)]
        if None in keys:
            raise KeysUnusable
        return tuple(self.signers[key.kid] for key in keys if key is not None)

    def signer_of(self, role: Role, at: datetime) -> Signer:
        """
        Return who signs at *at* for our ledger, as a witness, or for our journal.

        Raises:
            KeysUnusable: No key of that role that we hold may sign.
        """
        key = (self.journal_keys if role is Role.JOURNAL else self.key_set).find_active(role, at)
        signer = None if key is None else self.signers.get(key.kid)
        if signer is None:
            raise KeysUnusable
        return signer

    def may_sign(self, line: Line, at: datetime) -> bool:
        """Say whether every key that signed *line*, one of ours, may still sign at *at*."""
        try:
            check_states(find_keys(line, self.key_set.keys), at)
        except (KeyNotActive, UnknownKey):
            return False
        return True

    def find_unusable(self, sets: SignatureSets, at: datetime) -> set[str]:
        """Return the algorithms that the agreement asks for and no key of ours may use at *at*."""
        return {one for one in _asked(sets, at) if self._find_usable(one, at) is None}

    def find_expiring(self, sets: SignatureSets, at: datetime, *, by: datetime) -> set[str]:
        """Return the keys that sign at *at* and have ended *by* then with none in their place."""
        signing = {one: self._find_usable(one, at) for one in _asked(sets, at)}
        ending = {
            str(key.kid)
            for algorithm, key in signing.items()
            if key is not None and self._find_usable(algorithm, by) is None
        }
        for role in (Role.ENCRYPT, Role.LEDGER, Role.WITNESS, Role.JOURNAL):
            key_set = self.journal_keys if role is Role.JOURNAL else self.key_set
            key = key_set.find_active(role, at)
            if key is not None and key_set.find_active(role, by) is None:
                ending.add(str(key.kid))
        return ending | ({KEY_SET} if self.key_set.expires_at <= by else set())

    def _find_usable(self, algorithm: str, at: datetime) -> PublicKey | None:
        """
        Return the key that may sign with *algorithm* at *at*.

        Of several it is the one begun last that the partner has, by its asking or by now; the
        first where it has none of them yet, so that it refuses nothing for a key too new to it.
        """
        usable = [
            key
            for kid, key in self.key_set.keys.items()
            if kid in self.signers
            and key.alg == algorithm
            and key.role in SIGNING_ROLES
            and key.state_at(at) is KeyState.ACTIVE
        ]
        usable.sort(key=lambda key: key.active_from)
        held = [key for key in usable if self._is_held(key, at)]
        return held[-1] if held else next(iter(usable), None)

    def _is_held(self, key: PublicKey, at: datetime) -> bool:
        return key.kid in self.held_by_partner or at - key.issued_at >= KNOWN_AFTER

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


def _asked(sets: SignatureSets, at: datetime) -> set[str]:
    """Return every algorithm with which we sign something at *at*."""
    return {one for typ in (Typ.MESSAGE, Typ.RECEIPT) for one in sets.preferred(typ, at)}


def context_of(handoff: str) -> bytes:
    """Return the context under which the bodies of *handoff* are kept."""
    return handoff.encode("ascii")


def context_in(pool: Pool) -> bytes:
    """Return the context under which the bodies of *pool* are kept, which belong to no handoff."""
    return pool.value.encode("ascii")


def context_of_body(body: Body, handoff: str | None) -> bytes:
    """Return the context of a stored body: that of its *handoff*, or of its pool."""
    if handoff is not None:
        return context_of(handoff)
    return context_in(body.pool or Pool.REJECTED)
