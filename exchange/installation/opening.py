"""The private keys of an installation, opened once by each process that needs them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from exchange.errors import NotConfigured, Sentence
from exchange.flow.keyring import Keyring
from exchange.installation.passphrase import read_passphrase
from exchange.installation.published import journal_keys, our_keys
from exchange.proof.custody import KeyEncryptionKey
from exchange.proof.envelope import Entropy
from exchange.proof.jws import KeyId, Signer
from exchange.proof.keyfiles import read_opening_key, read_private_key, read_secret_key
from exchange.proof.keys import KeySet, KeyState, PrivateKey, PublicKey, Role
from exchange.proof.sealing import OpeningKey
from exchange.settings import Settings

BODIES = "bodies"
BODIES_BEFORE = "bodies-before"
"""What is left of a key-encryption key that another takes over from, until nothing needs it."""
SEARCH = "search"

_ALWAYS = (Role.SIGN, Role.LEDGER, Role.WITNESS)
_ROLES = {"hybrid": (*_ALWAYS, Role.PQ_SIGN), "es256": _ALWAYS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What we publish, what our journal is signed with, and the private keys that are here."""

    key_set: KeySet
    journal_keys: KeySet
    published: bytes = field(repr=False)
    signers: Mapping[KeyId, Signer]
    opening: Mapping[KeyId, OpeningKey]


def open_keyring(settings: Settings, *, now: datetime, entropy: Entropy) -> Keyring:
    """
    Return the keys that a running side signs and keeps with.

    Raises:
        NotConfigured: One is missing, may not sign at *now*, or cannot be opened.
    """
    held = open_held(settings, now=now)
    directory = settings.keys.directory
    passphrase = read_passphrase(settings.keys.passphrase_file)
    search = read_secret_key(directory / f"{SEARCH}.jwk", passphrase)
    return Keyring(
        signers=held.signers,
        key_set=held.key_set,
        journal_keys=held.journal_keys,
        published=held.published,
        opening=held.opening,
        key_encryption_key=_bodies(directory, passphrase),
        digest_key=search.octets,
        entropy=entropy,
    )


def open_held(settings: Settings, *, now: datetime, before: Keyring | None = None) -> Held:
    """
    Return what signs at *now* and later, as published; what is open *before* is not read again.

    What opens is here for as long as its file is, whatever became of it: the other side may have
    sealed something before it knew.

    Raises:
        NotConfigured: A key is missing, may not sign at *now*, or cannot be opened.
    """
    ours = our_keys(settings)
    journal = journal_keys(settings, ours)
    passphrase = read_passphrase(settings.keys.passphrase_file)
    wanted = [
        *((ours.key_set, role) for role in _ROLES[settings.signature_policy]),
        (journal, Role.JOURNAL),
    ]
    published = [
        key
        for key_set, role in wanted
        for key in _published(settings.keys.directory, key_set, role, now)
    ]
    signers = {
        key.kid: (before.signers.get(key.kid) if before else None)
        or _read(settings.keys.directory, key, passphrase)
        for key in published
    }
    opening = {
        key.kid: (before.opening.get(key.kid) if before else None)
        or read_opening_key(file, passphrase)
        for key in ours.key_set.keys.values()
        if key.role is Role.ENCRYPT and (file := _file_of(settings.keys.directory, key)).is_file()
    }
    return Held(
        key_set=ours.key_set,
        journal_keys=journal,
        published=ours.line,
        signers=signers,
        opening=opening,
    )


def open_bodies(settings: Settings) -> KeyEncryptionKey:
    """
    Return the one key that opens stored bodies, for commands that only read.

    Raises:
        NotConfigured: It is missing or cannot be opened.
    """
    passphrase = read_passphrase(settings.keys.passphrase_file)
    return _bodies(settings.keys.directory, passphrase)


def _bodies(directory: Path, passphrase: bytes) -> KeyEncryptionKey:
    secret, before = read_secret_key(directory / f"{BODIES}.jwk", passphrase), None
    if (old := directory / f"{BODIES_BEFORE}.jwk").exists():
        ending = read_secret_key(old, passphrase)
        before = KeyEncryptionKey(ending.kid, ending.octets)
    return KeyEncryptionKey(secret.kid, secret.octets, before)


def _published(directory: Path, key_set: KeySet, role: Role, now: datetime) -> Iterator[PublicKey]:
    """
    Give the keys of *role* that may sign now or later, of which the files are here.

    The one begun last is given first whether its file is here or not: it has to be.

    Raises:
        NotConfigured: None may sign now.
    """
    signing = key_set.find_active(role, now)
    if signing is None:
        raise NotConfigured(
            [
                Sentence(
                    f"keys: no key of role {role} may sign now",
                    f"keys: ninguna llave de la función {role} puede firmar ahora",
                )
            ]
        )
    others = (
        key
        for key in key_set.keys.values()
        if key.role is role
        and key.kid != signing.kid
        and key.state_at(now) in {KeyState.ACTIVE, KeyState.STAGED}
    )
    yield signing
    yield from (key for key in others if _file_of(directory, key).is_file())


def _read(directory: Path, public: PublicKey, passphrase: bytes) -> PrivateKey:
    key = read_private_key(_file_of(directory, public), passphrase)
    if key.half.public.jwk() != public.half.jwk():
        raise NotConfigured(
            [
                Sentence(
                    f"keys: the file of {public.kid} holds another key than published",
                    f"keys: el archivo de {public.kid} contiene otra llave que la publicada",
                )
            ]
        )
    return key


def _file_of(directory: Path, key: PublicKey) -> Path:
    """Return where the private half of a published key is, or would be."""
    found = [directory / f"{key.kid}{ending}" for ending in (".jwk", ".pem")]
    return next(filter(Path.is_file, found), found[0])
