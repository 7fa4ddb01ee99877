"""The private keys of an installation, opened once by each process that needs them."""

from datetime import datetime
from pathlib import Path

from exchange.errors import NotConfigured
from exchange.flow.keyring import Keyring
from exchange.installation.passphrase import read_passphrase
from exchange.installation.published import our_keys
from exchange.proof.custody import KeyEncryptionKey
from exchange.proof.envelope import Entropy
from exchange.proof.keyfiles import read_private_key, read_secret_key
from exchange.proof.keys import KeySet, PrivateKey, Role
from exchange.settings import Settings

BODIES = "bodies"
SEARCH = "search"

_ROLES = {"hybrid": (Role.SIGN, Role.PQ_SIGN), "es256": (Role.SIGN,)}


def open_keyring(settings: Settings, *, now: datetime, entropy: Entropy) -> Keyring:
    """
    Return the keys that a running side signs and keeps with.

    Raises:
        NotConfigured: One is missing, may not sign at *now*, or cannot be opened.
    """
    ours = our_keys(settings)
    directory = settings.keys.directory
    passphrase = read_passphrase(settings.keys.passphrase_file)
    signers = [
        _signer(directory, ours.key_set, role, passphrase, now)
        for role in _ROLES[settings.signature_policy]
    ]
    search = read_secret_key(directory / f"{SEARCH}.jwk", passphrase)
    return Keyring(
        signers={key.alg: key for key in signers},
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


def _signer(
    directory: Path, key_set: KeySet, role: Role, passphrase: bytes, now: datetime
) -> PrivateKey:
    public = key_set.find_active(role, now)
    if public is None:
        raise NotConfigured([f"keys: no key of role {role} may sign now"])
    found = [directory / f"{public.kid}{ending}" for ending in (".jwk", ".pem")]
    key = read_private_key(next(filter(Path.is_file, found), found[0]), passphrase)
    if key.half.public.jwk() != public.half.jwk():
        raise NotConfigured([f"keys: the file of {public.kid} holds another key than published"])
    return key
