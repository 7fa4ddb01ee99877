"""The private keys of an installation, opened once by each process that needs them."""

from datetime import datetime
from pathlib import Path

from exchange.errors import NotConfigured, Sentence
from exchange.flow.keyring import Keyring
from exchange.installation.passphrase import read_passphrase
from exchange.installation.published import journal_keys, our_keys
from exchange.proof.custody import KeyEncryptionKey
from exchange.proof.envelope import Entropy
from exchange.proof.keyfiles import read_private_key, read_secret_key
from exchange.proof.keys import KeySet, KeyState, PrivateKey, PublicKey, Role
from exchange.settings import Settings

BODIES = "bodies"
SEARCH = "search"

_ALWAYS = (Role.SIGN, Role.LEDGER, Role.WITNESS)
_ROLES = {"hybrid": (*_ALWAYS, Role.PQ_SIGN), "es256": _ALWAYS}


def open_keyring(settings: Settings, *, now: datetime, entropy: Entropy) -> Keyring:
    """
    Return the keys that a running side signs and keeps with.

    Raises:
        NotConfigured: One is missing, may not sign at *now*, or cannot be opened.
    """
    ours = our_keys(settings)
    directory = settings.keys.directory
    passphrase = read_passphrase(settings.keys.passphrase_file)
    journal = journal_keys(settings, ours)
    signers = [
        key
        for key_set, role in (
            *((ours.key_set, role) for role in _ROLES[settings.signature_policy]),
            (journal, Role.JOURNAL),
        )
        for key in _signers(directory, key_set, role, passphrase, now)
    ]
    search = read_secret_key(directory / f"{SEARCH}.jwk", passphrase)
    return Keyring(
        signers={key.kid: key for key in signers},
        key_set=ours.key_set,
        journal_keys=journal,
        published=ours.line,
        key_encryption_key=_bodies(directory, passphrase),
        digest_key=search.octets,
        entropy=entropy,
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
    secret = read_secret_key(directory / f"{BODIES}.jwk", passphrase)
    return KeyEncryptionKey(secret.kid, secret.octets)


def _signers(
    directory: Path, key_set: KeySet, role: Role, passphrase: bytes, now: datetime
) -> list[PrivateKey]:
    """
    Return the keys of *role* that may sign now or later, of which the files are here.

    Raises:
        NotConfigured: The one that signs now is not among them, or a file holds another key.
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
    here = [key for key in others if _file_of(directory, key).is_file()]
    return [_read(directory, key, passphrase) for key in (signing, *here)]


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
