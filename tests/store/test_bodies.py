"""Bodies and their keys: readable while the key is there, and never after."""

import datetime as dt

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from exchange.store.bodies import (
    Body,
    NewBody,
    delete_pools,
    erase_data_key,
    find_data_keys,
    find_pool_key,
    insert_data_keys,
    insert_pool_key,
    list_bodies,
    record_bodies,
)
from tests.store.rows import NOON, stored_handoff

TODAY = NOON.date()


def test_a_body_comes_back_with_its_key(connection: Connection) -> None:
    """A body is given with the wrapped key of its handoff, or of its pool."""
    handoff = stored_handoff(connection).number
    insert_data_keys(connection, {handoff: b"wrapped"})
    insert_pool_key(connection, TODAY, b"pool")
    numbers = record_bodies(
        connection,
        [NewBody(b"one", handoff=handoff), NewBody(b"two", pool_on=TODAY)],
    )
    assert list_bodies(connection, numbers) == {
        numbers[0]: Body(numbers[0], handoff, b"one", b"wrapped"),
        numbers[1]: Body(numbers[1], None, b"two", b"pool"),
    }
    assert find_data_keys(connection, [handoff, handoff + 1]) == {handoff: b"wrapped"}


def test_without_its_key_a_body_is_only_ciphertext(connection: Connection) -> None:
    """Once the key is erased nothing that opens the body is given, and erasing again is calm."""
    handoff = stored_handoff(connection).number
    insert_data_keys(connection, {handoff: b"wrapped"})
    (number,) = record_bodies(connection, [NewBody(b"one", handoff=handoff)])
    assert erase_data_key(connection, handoff)
    assert not erase_data_key(connection, handoff)
    assert list_bodies(connection, [number])[number].wrapped is None


def test_rejected_bodies_go_with_their_pool(connection: Connection) -> None:
    """Bodies of the days before a date are deleted with their keys, and no others."""
    yesterday = TODAY - dt.timedelta(days=1)
    for day in (yesterday, TODAY):
        insert_pool_key(connection, day, b"pool")
    old, new = record_bodies(
        connection,
        [NewBody(b"old", pool_on=yesterday), NewBody(b"new", pool_on=TODAY)],
    )
    assert delete_pools(connection, before=TODAY) == 1
    assert list(list_bodies(connection, [old, new])) == [new]
    assert find_pool_key(connection, yesterday) is None
    assert find_pool_key(connection, TODAY) == b"pool"


def test_a_body_is_under_exactly_one_key(connection: Connection) -> None:
    """A body under no key, or under two, is stopped by the database."""
    with pytest.raises(IntegrityError):
        record_bodies(connection, [NewBody(b"bare")])
