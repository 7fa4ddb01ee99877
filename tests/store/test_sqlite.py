"""Group commit on SQLite, and what happens when the disk fails under it."""

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import URL, Connection, Engine, event
from sqlalchemy.exc import OperationalError

from exchange.domain.alarms import AlarmKind
from exchange.errors import EvidenceBroken, StoreBusy, StoreFailed
from exchange.store import Store
from exchange.store.alarms import count_open, raise_alarm
from exchange.store.bodies import NewBody, record_bodies
from exchange.store.columns import Pool
from tests.store.rows import NOON


@pytest.fixture
async def store(sqlite_url: URL) -> AsyncIterator[Store]:
    """An open store on a fresh SQLite file."""
    opened = Store(sqlite_url, lock_timeout_seconds=0.01)
    await opened.open()
    yield opened
    await opened.close()


@contextlib.contextmanager
def listening(name: str, listener: Callable[..., object]) -> Iterator[None]:
    """Call *listener* at an event of every connection."""
    event.listen(Engine, name, listener)
    try:
        yield
    finally:
        event.remove(Engine, name, listener)


async def write_many(store: Store, count: int) -> list[bool]:
    """Let *count* callers write at once."""
    raised = partial(raise_alarm, kind=AlarmKind.CHANNEL_DOWN, at=NOON)
    writes = [partial(raised, subject=f"us-{number}") for number in range(count)]
    return await asyncio.gather(*map(store.write, writes))


async def test_those_who_wait_together_are_committed_together(store: Store) -> None:
    """A hundred writes that wait at once reach the disk under one commit."""
    commits: list[Connection] = []
    with listening("commit", commits.append):
        assert await write_many(store, 100) == [True] * 100
    assert len(commits) == 1
    assert await store.read(count_open) == {"channel-down": 100}


async def test_one_that_raises_fails_alone(store: Store) -> None:
    """Of three writes that wait together, the one that raises leaves nothing, the others all."""

    def broken(connection: Connection) -> None:
        raise_alarm(connection, AlarmKind.CLOCK_SKEW, "us", at=NOON)
        raise LookupError

    first, second, third = await asyncio.gather(
        store.write(lambda c: raise_alarm(c, AlarmKind.KEYS_REFUSED, "us", at=NOON)),
        store.write(broken),
        store.write(lambda c: raise_alarm(c, AlarmKind.SEQUENCE_GAP, "us", at=NOON)),
        return_exceptions=True,
    )
    assert (first, third) == (True, True)
    assert isinstance(second, LookupError)
    assert await store.read(count_open) == {"keys-refused": 1, "sequence-gap": 1}


async def test_a_full_disk_stops_the_store(store: Store) -> None:
    """When the disk is full every waiting caller gets StoreFailed, and all later ones."""
    await store.write(lambda c: c.exec_driver_sql("PRAGMA max_page_count = 1"))

    def large(connection: Connection) -> list[int]:
        return record_bodies(
            connection, [NewBody(bytes(10**6), pool=Pool.REJECTED, pool_on=NOON.date())]
        )

    outcomes = await asyncio.gather(
        store.write(large),
        store.write(lambda c: raise_alarm(c, AlarmKind.CHANNEL_DOWN, "us", at=NOON)),
        return_exceptions=True,
    )
    assert [type(outcome) for outcome in outcomes] == [StoreFailed, StoreFailed]
    assert store.failed.is_set()
    with pytest.raises(StoreFailed):
        await write_many(store, 1)


async def test_a_commit_that_fails_is_never_tried_again(store: Store) -> None:
    """A commit that fails is made once; nobody is told that anything was kept."""
    commits: list[Connection] = []

    def fail(connection: Connection) -> None:
        commits.append(connection)
        raise OperationalError(None, None, sqlite3.OperationalError())

    with listening("commit", fail), pytest.raises(StoreFailed):
        await write_many(store, 3)
    assert len(commits) == 1
    assert store.failed.is_set()


async def test_a_transaction_that_is_gone_is_not_taken_for_a_commit(store: Store) -> None:
    """When SQLite gave the transaction up meanwhile, the store fails rather than answers."""

    def swallowed(connection: Connection) -> None:
        connection.exec_driver_sql("ROLLBACK")

    with pytest.raises(StoreFailed):
        await store.write(swallowed)


async def test_a_lock_of_another_process_is_waited_for_then_reported(
    store: Store,
    sqlite_url: URL,
) -> None:
    """While another process keeps the write lock callers get StoreBusy; after it, service."""
    with contextlib.closing(sqlite3.connect(str(sqlite_url.database))) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreBusy):
            await write_many(store, 1)
        other.rollback()
    assert await write_many(store, 1) == [True]
    assert not store.failed.is_set()


async def test_a_caller_who_left_is_not_served(store: Store) -> None:
    """A call that was cancelled before its turn is not run."""
    first = asyncio.ensure_future(write_many(store, 1))
    left = asyncio.ensure_future(
        store.write(lambda c: raise_alarm(c, AlarmKind.VISA_OVERDUE, "us", at=NOON)),
    )
    await asyncio.sleep(0)
    left.cancel()
    await first
    assert "visa-overdue" not in await store.read(count_open)


async def test_close_finishes_what_waits(sqlite_url: URL) -> None:
    """Closing the store first answers the writes that wait."""
    store = Store(sqlite_url)
    await store.open()
    waiting = [asyncio.ensure_future(store.write(lambda c: c.closed)) for _ in range(5)]
    await asyncio.sleep(0)
    await store.close()
    assert await asyncio.gather(*waiting) == [False] * 5
    with pytest.raises(StoreBusy):
        await write_many(store, 1)


def damage(file: Path) -> None:
    """Overwrite some pages of a database file."""
    octets = bytearray(file.read_bytes())
    octets[8192:40960] = bytes(40960 - 8192)
    file.write_bytes(octets)


async def test_a_damaged_file_is_not_opened(sqlite_url: URL) -> None:
    """A file that SQLite finds damaged is refused before anything is read of it."""
    damage(Path(str(sqlite_url.database)))
    store = Store(sqlite_url)
    with pytest.raises(EvidenceBroken):
        await store.open()
    await store.close()
