"""``exchange db rewrap``: a new key takes over, and every data key opens all the while."""

import pytest

from exchange.cli.database import write
from exchange.errors import EvidenceBroken
from exchange.installation.opening import open_bodies
from exchange.proof.custody import KeyEncryptionKey
from exchange.settings import Settings, load_settings
from exchange.store.bodies import find_data_keys, insert_data_keys
from exchange.store.engine import Connection
from exchange.store.handoffs import insert_handoffs
from exchange.store.journal import list_events
from tests.cli.commands import Commands
from tests.store.rows import new_handoff

DATA_KEY = bytes(range(32))


@pytest.fixture
def settings(commands: Commands) -> Settings:
    """The settings of the US side."""
    return load_settings(commands.directory / "us/exchange.toml")


def store(settings: Settings, key: KeyEncryptionKey) -> int:
    """Store the data key of a new handoff under *key*, and return the handoff's number."""

    def insert(connection: Connection) -> int:
        (number,) = insert_handoffs(connection, [new_handoff()])
        insert_data_keys(connection, {number: key.wrap(DATA_KEY)})
        return number

    return write(settings, insert)


def wrapped(settings: Settings, number: int) -> bytes:
    """Return a data key as it is stored."""
    return write(settings, lambda connection: find_data_keys(connection, [number])[number])


def test_a_new_key_takes_over_and_the_old_one_goes(commands: Commands, settings: Settings) -> None:
    """Until it is finished both open; afterwards the old key opens nothing and is gone."""
    old = open_bodies(settings)
    number = store(settings, old)
    assert ": 1 data keys wrapped" in commands.us("db", "rewrap").out
    fresh = open_bodies(settings)
    assert (fresh.kid != old.kid, fresh.before) == (True, old)
    with pytest.raises(EvidenceBroken):
        old.unwrap(wrapped(settings, number))
    late = store(settings, old)  # by a service that has not started anew
    assert commands.us("db", "rewrap", "--finish").code == 2
    assert fresh.before is not None
    assert ": 0 data keys wrapped" in commands.us("db", "rewrap").out
    assert "is gone" in commands.us("db", "rewrap", "--finish").out
    after = open_bodies(settings)
    assert (after.kid, after.before) == (fresh.kid, None)
    for one in (number, late):
        assert after.unwrap(wrapped(settings, one)) == DATA_KEY
    events = write(settings, list_events)
    assert [one.data["count"] for one in events] == [1, 1, 0, 0]


@pytest.mark.parametrize("moved", [False, True])
def test_cut_short_it_is_run_again(commands: Commands, settings: Settings, *, moved: bool) -> None:
    """With a key made ready and the old one moved away or not yet, the next run goes on."""
    old = open_bodies(settings)
    number = store(settings, old)
    keys = settings.keys.directory
    assert commands.us("db", "rewrap").code == 0
    ready = open_bodies(settings)
    (keys / "bodies.jwk").rename(keys / "bodies-next.jwk")
    if not moved:
        (keys / "bodies-before.jwk").rename(keys / "bodies.jwk")
    assert commands.us("db", "rewrap").code == 0
    assert open_bodies(settings) == ready
    assert ready.unwrap(wrapped(settings, number)) == DATA_KEY
