"""
The kit's own working directory and keys.

It is an ordinary working directory of a test party whose key set also holds a key of every
state in which none may sign: expired, revoked, not yet begun, and one that is not for signing.
The partner under test trusts it once, by fingerprint, like any partner.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from exchange.errors import NotConfigured, Sentence
from exchange.installation.directory import Plan, make_directory, plan_of
from exchange.installation.opening import open_keyring
from exchange.installation.passphrase import read_passphrase
from exchange.installation.published import KEY_SET, LIFE, Published, our_keys, replace_file
from exchange.proof import grammar
from exchange.proof.algorithms import SEED_BYTES, new_private, read_public_jwk
from exchange.proof.encoding import digest
from exchange.proof.envelope import Entropy
from exchange.proof.jws import KeyId, Typ
from exchange.proof.keyfiles import read_private_key, write_private_key
from exchange.proof.keys import KeySet, KeyState, PrivateKey, PublicKey, Role, Signer
from exchange.proof.keysets import write_key_set
from exchange.proof.policy import DEFAULT, ES256_ONLY
from exchange.settings import CONFIG_NAME, Settings, load_settings

TEST = ":test"
DAY = timedelta(days=1)
POLICIES = {"hybrid": DEFAULT, "es256": ES256_ONLY}
_NOT_PREPARED = Sentence(
    "keys: wants the keys that `exchange conformance --prepare DIR` makes",
    "keys: debe tener las llaves que crea `exchange conformance --prepare DIR`",
)
UNUSABLE = (KeyState.EXPIRED, KeyState.REVOKED, KeyState.STAGED)


@dataclass(frozen=True, slots=True)
class KitKeys:
    """Everything the kit signs with, and ought not to."""

    signers: tuple[Signer, ...]
    unusable: dict[KeyState, PrivateKey] = field(repr=False)
    stranger: PrivateKey = field(repr=False)
    not_for_signing: KeyId
    published: Published
    roots: tuple[PrivateKey, ...] = field(repr=False)
    directory: Path
    passphrase: bytes = field(repr=False)

    @property
    def first(self) -> Signer:
        """The key of the first signature, which alone signs receipts."""
        return self.signers[0]


def kit_plan(side: str, policy: str) -> Plan:
    """Return the plan of a kit that plays *side*: parties of a test installation, and no other."""
    plan = plan_of(side)
    return replace(
        plan, party=plan.party + TEST, partner=plan.partner + TEST, signature_policy=policy
    )


def prepare(directory: Path, plan: Plan, *, now: datetime, entropy: Entropy) -> Published:
    """
    Make *directory* the kit's working directory, and return what the partner is to trust.

    Raises:
        UsageWrong: It is a working directory already.
        NotConfigured: The plan does not hold.
    """
    make_directory(directory, plan, now=now, entropy=entropy)
    settings = load_settings(directory / CONFIG_NAME)
    ours = our_keys(settings)
    passphrase = read_passphrase(settings.keys.passphrase_file)
    added = []
    for state, life in _lives(now).items():
        key = new_key(f"{plan.side}-{state}", entropy)
        write_private_key(
            settings.keys.directory / f"{key.kid}.jwk", key, passphrase, entropy=entropy
        )
        added.append(replace(life, kid=key.kid, half=key.half.public))
    added.append(_not_for_signing(plan.side, now, entropy))
    roots = _roots(settings, ours, passphrase)
    return publish_with(settings.keys.directory, ours, roots, added, now=now)


def publish_with(
    directory: Path,
    ours: Published,
    roots: Sequence[PrivateKey],
    keys: Sequence[PublicKey],
    *,
    now: datetime,
) -> Published:
    """Sign and keep the next key set, in which *keys* are added or stand in place of their own."""
    changed = {key.kid: key for key in keys}
    key_set = replace(
        ours.key_set,
        serial=ours.key_set.serial + 1,
        issued_at=now,
        expires_at=now + LIFE,
        keys={**ours.key_set.keys, **changed},
    )
    line = write_key_set(key_set, roots)
    replace_file(directory / KEY_SET, line + b"\n")
    return Published(ours.roots, key_set, line)


def open_keys(settings: Settings, *, now: datetime, entropy: Entropy) -> KitKeys:
    """
    Return the keys of the kit's directory.

    Raises:
        NotConfigured: A key is missing or cannot be opened, or the directory is not a kit's.
    """
    ours = our_keys(settings)
    passphrase = read_passphrase(settings.keys.passphrase_file)
    keyring = open_keyring(settings, now=now, entropy=entropy)
    states = {key.state_at(now): key.kid for key in _signing(ours.key_set)}
    others = [key.kid for key in ours.key_set.keys.values() if key.role is Role.ENCRYPT]
    if not others or not {*UNUSABLE} <= states.keys():
        raise NotConfigured([_NOT_PREPARED])
    directory = settings.keys.directory
    return KitKeys(
        signers=keyring.signers_for(Typ.MESSAGE, POLICIES[settings.signature_policy], now),
        unusable={
            state: read_private_key(directory / f"{states[state]}.jwk", passphrase)
            for state in UNUSABLE
        },
        stranger=new_key(f"{settings.side}-stranger", entropy),
        not_for_signing=others[0],
        published=ours,
        roots=_roots(settings, ours, passphrase),
        directory=directory,
        passphrase=passphrase,
    )


def new_key(prefix: str, entropy: Entropy) -> PrivateKey:
    """Return a fresh ES256 key, named after itself."""
    half = new_private("ES256", entropy(SEED_BYTES))
    name = digest(grammar.canonical(dict(half.public.jwk()))).hex()[:12]
    return PrivateKey(KeyId(f"{prefix}-{name}"), Role.SIGN, half)


def public_of(key: PrivateKey, now: datetime) -> PublicKey:
    """Return *key* as it is published when it may sign from now on."""
    return PublicKey(
        kid=key.kid,
        role=Role(key.role),
        half=key.half.public,
        issued_at=now,
        active_from=now - DAY,
        expires_at=now + LIFE,
    )


def _lives(now: datetime) -> dict[KeyState, PublicKey]:
    """Return, for each state in which a key may not sign, one whose life is so at *now*."""
    any_key = public_of(new_key("any", lambda size: b"\1" * size), now)
    began = replace(any_key, issued_at=now - 3 * DAY, active_from=now - 2 * DAY)
    return {
        KeyState.EXPIRED: replace(began, expires_at=now - DAY),
        KeyState.REVOKED: replace(began, revoked_at=now - DAY),
        KeyState.STAGED: replace(any_key, active_from=now + LIFE, expires_at=now + 2 * LIFE),
    }


def _not_for_signing(side: str, now: datetime, entropy: Entropy) -> PublicKey:
    key = new_key(f"{side}-encrypt", entropy)
    half = read_public_jwk(key.half.public.jwk() | {"alg": "ECDH-ES"})
    return replace(public_of(key, now), role=Role.ENCRYPT, half=half)


def _signing(key_set: KeySet) -> list[PublicKey]:
    return [key for key in key_set.keys.values() if key.role is Role.SIGN]


def _roots(settings: Settings, ours: Published, passphrase: bytes) -> tuple[PrivateKey, ...]:
    files = [settings.keys.directory / f"roots/{root.kid}.jwk" for root in ours.roots.keys]
    return tuple(read_private_key(file, passphrase) for file in files)
