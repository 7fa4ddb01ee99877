"""What the custodian publishes is taken up while the service runs."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from exchange.installation.directory import make_directory, plan_of
from exchange.installation.opening import open_keyring
from exchange.installation.published import KEY_SET, our_keys, publish, replace_file
from exchange.installation.rotating import Custodian
from exchange.proof.jws import KeyId, Typ
from exchange.proof.keys import Role
from exchange.proof.policy import DEFAULT
from exchange.service.our_keys import OurKeys
from exchange.settings import load_settings
from tests.keys import entropy_from

NOW = datetime(2031, 3, 17, 18, 0, tzinfo=UTC)
DAY = timedelta(days=1)


class Running:
    """A US side whose keys are open, and its custodian."""

    def __init__(self, directory: Path) -> None:
        entropy = entropy_from("our keys")
        make_directory(directory, plan_of("us"), now=NOW, entropy=entropy)
        self.settings = load_settings(directory / "exchange.toml")
        self.keyring = open_keyring(self.settings, now=NOW, entropy=entropy)
        self.ours = OurKeys(settings=self.settings, keyring=self.keyring, clock=lambda: NOW)
        self.custodian = Custodian(settings=self.settings, entropy=entropy)

    def signer(self, at: datetime = NOW) -> str:
        """Return the name of the key that signs receipts at *at*."""
        (signer,) = self.keyring.signers_for(Typ.RECEIPT, DEFAULT, at)
        return signer.kid


@pytest.fixture
def running(tmp_path: Path) -> Running:
    """A side that runs."""
    return Running(tmp_path / "us")


async def test_a_new_key_signs_from_its_beginning_without_a_restart(running: Running) -> None:
    """The key that was published meanwhile is held, and what we publish is the new set."""
    old = running.signer()
    added = running.custodian.rotate(Role.SIGN, now=NOW, begins_at=NOW + DAY)
    assert running.signer(NOW + DAY) == old
    await running.ours.look()
    assert (running.signer(), running.signer(NOW + DAY)) == (old, added.kid)
    assert running.keyring.published == our_keys(running.settings).line


async def test_a_revoked_key_signs_nothing_more(running: Running) -> None:
    """From the next look on the successor signs, and what the old one signed is to be replaced."""
    old = running.signer()
    running.custodian.revoke(old, now=NOW, revoked_at=NOW)
    await running.ours.look()
    assert running.signer() != old
    assert running.keyring.key_set.keys[KeyId(old)].revoked_at == NOW


async def test_a_set_that_goes_back_or_does_not_hold_changes_nothing(running: Running) -> None:
    """An older set, one whose key is not here and no set at all leave the last in force."""
    file = running.settings.keys.directory / KEY_SET
    first = file.read_bytes()
    publish(running.settings, now=NOW)
    await running.ours.look()
    stands = running.keyring.key_set
    added = running.custodian.add(Role.SIGN, now=NOW, begins_at=NOW)
    (running.settings.keys.directory / f"{added.kid}.jwk").unlink()
    await running.ours.look()
    assert running.keyring.key_set == stands
    for octets in (first, b"{}"):
        replace_file(file, octets)
        await running.ours.look()
        assert running.keyring.key_set == stands
    file.unlink()
    await running.ours.look()
    assert running.keyring.key_set == stands
