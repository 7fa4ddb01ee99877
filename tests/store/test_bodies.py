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
    rewrap_data_keys,
    rewrap_pool_keys,
)
from exchange.store.columns import Pool
from tests.store.rows import NOON, stored_handoff

TODAY = NOON.date()


def test_a_body_comes_back_with_its_key(connection: Connection) -> None:
    """A body is given with the wrapped key of its handoff, or of its pool."""
    handoff = stored_handoff(connection).number
    insert_data_keys(connection, {handoff: b"wrapped"})
    insert_pool_key(connection, Pool.REJECTED, TODAY, b"pool")
    insert_pool_key(connection, Pool.BULLETINS, TODAY, b"bulletins")
    numbers = record_bodies(
        connection,
        [
            NewBody(b"one", handoff=handoff),
            NewBody(b"two", pool=Pool.REJECTED, pool_on=TODAY),
            NewBody(b"three", pool=Pool.BULLETINS, pool_on=TODAY),
        ],
    )
    assert list_bodies(connection, numbers) == {
        numbers[0]: Body(numbers[0], handoff, None, b"one", b"wrapped"),
        numbers[1]: Body(numbers[1], None, Pool.REJECTED, b"two", b"pool"),
        numbers[2]: Body(numbers[2], None, Pool.BULLETINS, b"three", b"bulletins"),
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
    """Rejected bodies of the days before a date are deleted with their keys, and no others."""
    yesterday = TODAY - dt.timedelta(days=1)
    places = [(Pool.REJECTED, yesterday), (Pool.REJECTED, TODAY), (Pool.BULLETINS, yesterday)]
    for pool, day in places:
        insert_pool_key(connection, pool, day, b"pool")
    old, *kept = record_bodies(
        connection, [NewBody(b"body", pool=pool, pool_on=day) for pool, day in places]
    )
    assert delete_pools(connection, before=TODAY) == 1
    assert list(list_bodies(connection, [old, *kept])) == kept
    assert find_pool_key(connection, Pool.REJECTED, yesterday) is None
    for pool, day in places[1:]:
        assert find_pool_key(connection, pool, day) == b"pool"


def test_a_body_is_under_exactly_one_key(connection: Connection) -> None:
    """A body under no key, or under two, is stopped by the database."""
    with pytest.raises(IntegrityError):
        record_bodies(connection, [NewBody(b"bare")])


def test_keys_are_rewrapped_in_batches(connection: Connection) -> None:
    """Each batch says where it ended; what is as it should be stays."""
    handoffs = [stored_handoff(connection).number for _ in range(3)]
    insert_data_keys(connection, dict(zip(handoffs, (b"old1", b"new2", b"old3"), strict=True)))
    insert_pool_key(connection, Pool.REJECTED, TODAY, b"old4")

    def rewrap(wrapped: bytes) -> bytes:
        return wrapped.replace(b"old", b"new")

    first = rewrap_data_keys(connection, rewrap, after=handoffs[0] - 1, limit=2)
    assert first == (handoffs[1], 1)
    assert rewrap_data_keys(connection, rewrap, after=handoffs[1], limit=2) == (handoffs[2], 1)
    assert rewrap_data_keys(connection, rewrap, after=handoffs[2], limit=2) == (None, 0)
    assert find_data_keys(connection, handoffs) == dict(
        zip(handoffs, (b"new1", b"new2", b"new3"), strict=True)
    )
    assert (rewrap_pool_keys(connection, rewrap), rewrap_pool_keys(connection, rewrap)) == (1, 0)
    assert find_pool_key(connection, Pool.REJECTED, TODAY) == b"new4"
