"""The private keys of an installation: those that may sign, now or later, and are here."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType

import pytest

from exchange.errors import NotConfigured
from exchange.flow.keyring import Keyring
from exchange.installation.directory import make_directory, plan_of
from exchange.installation.opening import open_keyring
from exchange.installation.passphrase import read_passphrase
from exchange.installation.published import KEY_SET, our_keys, replace_file
from exchange.proof.keyfiles import read_private_key, write_private_key
from exchange.proof.keys import PrivateKey, PublicKey, Role
from exchange.proof.keysets import write_key_set
from exchange.proof.policy import DEFAULT
from exchange.settings import Settings, load_settings
from tests.keys import entropy_from, private_key

NOW = datetime(2031, 3, 17, 18, 0, tzinfo=UTC)
NEXT = private_key("us-sign-next", "sign", "ES256")
TOMORROW = NOW + timedelta(days=1)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A working directory of the US side, made now."""
    make_directory(tmp_path / "us", plan_of("us"), now=NOW, entropy=entropy_from("installation"))
    return load_settings(tmp_path / "us/exchange.toml")


def opened(settings: Settings, *, now: datetime = NOW) -> Keyring:
    """Return the keys as `serve` opens them."""
    return open_keyring(settings, now=now, entropy=entropy_from("opened"))


def publish_next(settings: Settings, *, active_from: datetime = TOMORROW) -> PublicKey:
    """Publish one more signing key, and return it as published."""
    ours = our_keys(settings)
    passphrase = read_passphrase(settings.keys.passphrase_file)
    files = [settings.keys.directory / f"roots/{root.kid}.jwk" for root in ours.roots.keys]
    signing = ours.key_set.find_active(Role.SIGN, NOW)
    assert signing is not None
    added = replace(signing, kid=NEXT.kid, half=NEXT.half.public, active_from=active_from)
    key_set = replace(
        ours.key_set,
        serial=2,
        keys=MappingProxyType({**ours.key_set.keys, NEXT.kid: added}),
    )
    roots = [read_private_key(file, passphrase) for file in files]
    replace_file(settings.keys.directory / KEY_SET, write_key_set(key_set, roots) + b"\n")
    return added


def keep(settings: Settings, key: PrivateKey, name: str) -> None:
    """Write a private key into the installation under a name."""
    passphrase = read_passphrase(settings.keys.passphrase_file)
    file = settings.keys.directory / f"{name}.jwk"
    write_private_key(file, key, passphrase, entropy=entropy_from(name))


def test_a_key_that_begins_later_is_opened_with_the_one_that_signs(settings: Settings) -> None:
    """The next key is at hand before its time, so that it takes over without a restart."""
    publish_next(settings)
    keep(settings, NEXT, NEXT.kid)
    ours = opened(settings)
    assert len(ours.signers) == 6
    assert len(ours.opening) == 1
    assert ours.find_unusable(DEFAULT, NOW) == set()
    assert NEXT.kid in ours.signers


def test_a_later_key_that_is_not_here_is_left_out(settings: Settings) -> None:
    """A key that is published and kept elsewhere does not hinder the one that signs."""
    publish_next(settings)
    assert NEXT.kid not in opened(settings).signers


def test_the_key_that_signs_now_must_be_here(settings: Settings) -> None:
    """Without its file, with another key in it, or after its end nothing is opened."""
    publish_next(settings, active_from=NOW)
    with pytest.raises(NotConfigured):
        opened(settings)
    keep(settings, private_key("us-sign-other", "sign", "ES256"), NEXT.kid)
    with pytest.raises(NotConfigured):
        opened(settings)
    with pytest.raises(NotConfigured):
        opened(settings, now=NOW + timedelta(days=800))
