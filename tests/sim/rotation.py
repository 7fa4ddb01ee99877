"""What the custodian of one side does with its keys while the service runs: add one, end one."""

from dataclasses import replace
from datetime import datetime, timedelta

from exchange.installation.passphrase import read_passphrase
from exchange.installation.published import KEY_SET, our_keys, replace_file
from exchange.proof.algorithms import SEED_BYTES, new_private
from exchange.proof.jws import KeyId
from exchange.proof.keyfiles import read_private_key, write_private_key
from exchange.proof.keys import KeySet, PrivateKey, PublicKey, Role
from exchange.proof.keysets import write_key_set
from exchange.settings import Settings
from tests.keys import entropy_from

EARLIER = timedelta(hours=1)
LATER = timedelta(seconds=600)
"""How long after it is published the end of a key comes: longer than clocks are apart."""


def add_key(settings: Settings, now: datetime) -> None:
    """A new signing key is in its file and in the key set; the next start signs with it."""
    ours = our_keys(settings).key_set
    entropy = entropy_from(f"{settings.side} key {ours.serial}")
    old = _signing(ours)[-1]
    half = new_private(old.alg, entropy(SEED_BYTES))
    key = PrivateKey(KeyId(f"{settings.side}-sign-{ours.serial}"), Role.SIGN.value, half)
    directory = settings.keys.directory
    passphrase = read_passphrase(settings.keys.passphrase_file)
    write_private_key(directory / f"{key.kid}.jwk", key, passphrase, entropy=entropy)
    public = PublicKey(
        kid=key.kid,
        role=Role.SIGN,
        half=half.public,
        issued_at=now,
        active_from=old.active_from + timedelta(seconds=ours.serial),
        expires_at=old.expires_at,
    )
    _publish(settings, replace(ours, keys={**ours.keys, key.kid: public}), now)


def end_old_keys(settings: Settings, now: datetime) -> None:
    """Every signing key but the last ends soon; none that ends already ends later."""
    ours = our_keys(settings).key_set
    keys = dict(ours.keys)
    for old in _signing(ours)[:-1]:
        keys[old.kid] = replace(old, expires_at=min(old.expires_at, now + LATER))
    _publish(settings, replace(ours, keys=keys), now)


def _signing(key_set: KeySet) -> list[PublicKey]:
    keys = [key for key in key_set.keys.values() if key.role is Role.SIGN]
    return sorted(keys, key=lambda key: key.active_from)


def _publish(settings: Settings, key_set: KeySet, now: datetime) -> None:
    directory = settings.keys.directory
    passphrase = read_passphrase(settings.keys.passphrase_file)
    roots = [
        read_private_key(directory / f"roots/{root.kid}.jwk", passphrase)
        for root in our_keys(settings).roots.keys
    ]
    newer = replace(key_set, serial=key_set.serial + 1, issued_at=now)
    replace_file(directory / KEY_SET, write_key_set(newer, roots) + b"\n")
