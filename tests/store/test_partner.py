"""What we hold of the partner."""

from sqlalchemy import Connection

from exchange.store.partner import (
    Contact,
    StoredKeySet,
    find_key_set,
    get_contact,
    record_contact,
    record_key_set,
)
from tests.store.rows import NOON, SECOND


def test_the_highest_serial_is_in_force(connection: Connection) -> None:
    """Of the key sets stored, that of the highest serial is given, in the octets it came in."""
    assert find_key_set(connection) is None
    sets = [StoredKeySet(serial, b"line %d" % serial, NOON) for serial in (1, 10, 9)]
    for one in sets:
        record_key_set(connection, one)
    assert find_key_set(connection) == sets[1]


def test_contact_is_kept_with_the_last_skew_measured(connection: Connection) -> None:
    """A contact without a measurement leaves the skew as it was."""
    assert get_contact(connection) == Contact(None, None)
    record_contact(connection, at=NOON, skew_milliseconds=-1500)
    record_contact(connection, at=NOON + SECOND)
    assert get_contact(connection) == Contact(NOON + SECOND, -1500)
