"""Every key of a new installation, made once."""

from dataclasses import replace
from datetime import datetime, timedelta

from exchange.installation.opening import BODIES, SEARCH
from exchange.installation.published import (
    JOURNAL_KEYS,
    KEY_SET,
    LIFE,
    ROOTS_FILE,
    replace_file,
    understood,
)
from exchange.proof import grammar
from exchange.proof.algorithms import SEED_BYTES, PublicHalf, new_private
from exchange.proof.custody import KEY_BYTES
from exchange.proof.encoding import digest
from exchange.proof.envelope import Entropy
from exchange.proof.jws import KeyId
from exchange.proof.keyfiles import (
    SecretKey,
    new_salt,
    write_opening_key,
    write_private_key,
    write_secret_key,
)
from exchange.proof.keys import KeySet, PrivateKey, PublicKey, Role, Roots
from exchange.proof.keysets import JournalPayload, write_key_set, write_roots
from exchange.proof.policy import ROOTS
from exchange.proof.sealing import OpeningKey, new_opening_half
from exchange.settings import Settings

EARLIER = timedelta(hours=1)
"""How long before it was made a key may sign: the partner's clock may be behind ours."""

FIRST = {
    Role.SIGN: "ES256",
    Role.PQ_SIGN: "ML-DSA-65",
    Role.LEDGER: "Ed25519",
    Role.WITNESS: "ML-DSA-44",
}
"""The roles of which a new installation publishes a key, and the algorithm of each."""


def make_keys(settings: Settings, passphrase: bytes, *, now: datetime, entropy: Entropy) -> Roots:
    """
    Make every key of a new installation where *settings* say, and return its roots.

    Raises:
        NotConfigured: There is a key already; none is ever written over.
    """
    directory, side = settings.keys.directory, settings.side
    roots = [new_key(side, "root", alg, entropy) for alg in ROOTS]
    salt = new_salt(entropy)  # the roots are taken elsewhere: what opens them opens nothing else
    for key in roots:
        file = directory / f"roots/{key.kid}.jwk"
        write_private_key(file, key, passphrase, entropy=entropy, salt=salt)
    published = [new_key(side, role, alg, entropy) for role, alg in FIRST.items()]
    journal = new_key(side, Role.JOURNAL, "Ed25519", entropy)
    salt = new_salt(entropy)  # the others are opened together, at every start
    for key in (*published, journal):
        file = directory / f"{key.kid}.jwk"
        write_private_key(file, key, passphrase, entropy=entropy, salt=salt)
    opening = opening_key(side, entropy)
    file = directory / f"{opening.kid}.jwk"
    write_opening_key(file, opening, passphrase, entropy=entropy, salt=salt)
    for name in (BODIES, SEARCH):
        secret = SecretKey(KeyId(f"{side}-{name}"), name, entropy(KEY_BYTES))
        file = directory / f"{name}.jwk"
        write_secret_key(file, secret, passphrase, entropy=entropy, salt=salt)
    for_partner: tuple[PrivateKey | OpeningKey, ...] = (*published, opening)
    key_set = KeySet(
        iss=settings.party,
        serial=1,
        issued_at=now,
        expires_at=now + LIFE,
        schemas=understood(side),
        keys={key.kid: public_of(key, now) for key in for_partner},
    )
    journal_keys = replace(key_set, schemas=(), keys={journal.kid: public_of(journal, now)})
    replace_file(directory / ROOTS_FILE, write_roots(Roots.of(roots)))
    replace_file(directory / KEY_SET, write_key_set(key_set, roots) + b"\n")
    replace_file(
        directory / JOURNAL_KEYS, write_key_set(journal_keys, roots, JournalPayload) + b"\n"
    )
    return Roots.of(roots)


def new_key(side: str, role: str, alg: str, entropy: Entropy) -> PrivateKey:
    """Return a fresh key of *side*, named after itself: no name is ever used for two keys."""
    half = new_private(alg, entropy(SEED_BYTES))
    return PrivateKey(_named(f"{side}-{role}", half.public), role, half)


def opening_key(side: str, entropy: Entropy) -> OpeningKey:
    """Return a fresh key of *side* that opens what is sealed for it, named after itself."""
    half = new_opening_half(entropy(SEED_BYTES))
    return OpeningKey(_named(f"{side}-{Role.ENCRYPT}", half.public), half)


def _named(prefix: str, half: PublicHalf) -> KeyId:
    return KeyId(f"{prefix}-{digest(grammar.canonical(dict(half.jwk()))).hex()[:12]}")


def public_of(key: PrivateKey | OpeningKey, now: datetime) -> PublicKey:
    """Return *key* as it is published when it may be used from now on."""
    return PublicKey(
        kid=key.kid,
        role=Role.ENCRYPT if isinstance(key, OpeningKey) else Role(key.role),
        half=key.half.public,
        issued_at=now,
        active_from=now - EARLIER,
        expires_at=now + LIFE,
    )
