"""
The life of our own keys: a new one, one that gives way to it, one that is ended at once.

Each of these changes the next key set, which the roots then sign (``publish``). A key that was
published stays in the set for ever, with its end, so that what it signed can be verified.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from exchange.errors import NotFound, Sentence, UsageWrong
from exchange.installation.new_keys import FIRST, new_key, opening_key, public_of
from exchange.installation.passphrase import read_passphrase
from exchange.installation.published import (
    journal_keys,
    our_keys,
    sign_set,
)
from exchange.proof.envelope import Entropy
from exchange.proof.jws import KeyId
from exchange.proof.keyfiles import write_opening_key, write_private_key
from exchange.proof.keys import KeySet, KeyState, PrivateKey, PublicKey, Role
from exchange.proof.sealing import OpeningKey
from exchange.settings import Settings

LEAD = timedelta(days=7)
"""How long before it may sign a key is published: the partner has it long before."""
OVERLAP = timedelta(days=14)
"""How long the old key may still sign once the new one may: what is under way arrives."""
LIFE = timedelta(days=366)
"""How long a key that takes over may sign."""

_ALGORITHMS = {**FIRST, Role.JOURNAL: "Ed25519"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Custodian:
    """Who changes the keys of one installation; the root keys are in *roots* meanwhile."""

    settings: Settings
    entropy: Entropy
    roots: Path | None = None

    def add(self, role: Role, *, now: datetime, begins_at: datetime) -> PublicKey:
        """
        Return a new key of *role* that may sign from *begins_at* on, its file here, its set signed.

        Raises:
            NotConfigured: A root key is not here: nothing was changed.
        """
        return self._begin(role, (), now=now, begins_at=begins_at)

    def rotate(
        self, role: Role, *, now: datetime, begins_at: datetime, overlap: timedelta = OVERLAP
    ) -> PublicKey:
        """
        Return a new key of *role*; those that sign now end *overlap* after it begins.

        Raises:
            NotConfigured: A root key is not here: nothing was changed.
        """
        ends_at = begins_at + overlap
        old = [
            replace(key, expires_at=min(key.expires_at, ends_at))
            for key in self._set_of(role).keys.values()
            if key.role is role and key.state_at(now) in {KeyState.ACTIVE, KeyState.STAGED}
        ]
        return self._begin(role, old, now=now, begins_at=begins_at)

    def revoke(self, kid: str, *, now: datetime, revoked_at: datetime) -> PublicKey:
        """
        Return the key of that name, which is not to be trusted from *revoked_at* on.

        Where no other of its role may sign then, a new one takes its place at once: nothing that
        waits is held up.

        Raises:
            NotFound: We never published it.
            UsageWrong: It is revoked from that second or an earlier one: none is ever put off.
            NotConfigured: A root key is not here: nothing was changed.
        """
        ours = our_keys(self.settings)
        journal = journal_keys(self.settings, ours)
        old = ours.key_set.keys.get(KeyId(kid)) or journal.keys.get(KeyId(kid))
        if old is None:
            raise NotFound(_NO_SUCH_KEY)
        if old.revoked_at is not None and old.revoked_at <= revoked_at:
            raise UsageWrong(_REVOKED_BEFORE)
        ended = replace(old, revoked_at=revoked_at)
        others = self._set_of(old.role).keys.values()
        follows = any(
            key.role is old.role and key.kid != old.kid and key.state_at(now) is KeyState.ACTIVE
            for key in others
        )
        if follows:
            self._keep(old.role, [ended], now)
        else:
            self._begin(old.role, [ended], now=now, begins_at=revoked_at)
        return ended

    def _begin(
        self, role: Role, changed: Iterable[PublicKey], *, now: datetime, begins_at: datetime
    ) -> PublicKey:
        """Write a new private key and publish it; one that no set comes to list is not kept."""
        side, entropy = self.settings.side, self.entropy
        key: PrivateKey | OpeningKey
        if role is Role.ENCRYPT:
            key = opening_key(side, entropy)
        else:
            key = new_key(side, role, _ALGORITHMS[role], entropy)
        public = replace(public_of(key, now), active_from=begins_at, expires_at=begins_at + LIFE)
        directory = self.settings.keys.directory
        passphrase = read_passphrase(self.settings.keys.passphrase_file)
        file = directory / f"{key.kid}.jwk"
        if isinstance(key, OpeningKey):
            write_opening_key(file, key, passphrase, entropy=entropy)
        else:
            write_private_key(file, key, passphrase, entropy=entropy)
        try:
            self._keep(role, [*changed, public], now)
        except BaseException:
            file.unlink()
            raise
        return public

    def _set_of(self, role: Role) -> KeySet:
        ours = our_keys(self.settings)
        return journal_keys(self.settings, ours) if role is Role.JOURNAL else ours.key_set

    def _keep(self, role: Role, changed: Iterable[PublicKey], now: datetime) -> None:
        """Sign and put in place the next set in which *changed* are as they are given."""
        before = self._set_of(role)
        after = replace(before, keys={**before.keys, **{key.kid: key for key in changed}})
        sign_set(self.settings, after, now=now, roots=self.roots, journal=role is Role.JOURNAL)


_NO_SUCH_KEY = Sentence("no key of that name was published here", "aquí no se publicó esa llave")
_REVOKED_BEFORE = Sentence(
    "it is revoked from an earlier second already", "ya está revocada desde un segundo anterior"
)
