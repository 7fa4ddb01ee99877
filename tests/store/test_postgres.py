"""Transactions on PostgreSQL: what is tried again, and what is unknown for ever."""

import asyncio
import threading
from collections.abc import AsyncIterator
from functools import partial

import pytest
from sqlalchemy import URL, Connection, create_engine
from sqlalchemy.pool import NullPool

from exchange.domain.alarms import AlarmKind
from exchange.errors import StoreBusy, StoreFailed
from exchange.store import Store
from exchange.store.alarms import count_open, raise_alarm
from exchange.store.columns import Direction
from exchange.store.heads import Head, take_numbers
from exchange.store.lanes import Lane, claim_due
from exchange.store.ledger import list_entries, record_entries
from exchange.store.postgres import (
    PAUSE_FIRST_SECONDS,
    PAUSE_MAX_SECONDS,
    PostgresTransactions,
    pause_seconds,
)
from tests.store.rows import NOON, SECOND, entry, sent, stored_draft, stored_handoff

_OWN_BACKEND = "SELECT pg_backend_pid()"
_TERMINATE = "SELECT pg_terminate_backend(%s, 5000)"


@pytest.fixture
async def store(postgres_url: URL) -> AsyncIterator[Store]:
    """An open store on a fresh PostgreSQL database."""
    opened = Store(postgres_url, readers_max=8, lock_timeout_seconds=0.5)
    await opened.open()
    yield opened
    await opened.close()


def end_backend(connection: Connection, url: URL) -> None:
    """End the server's process of *connection* from outside."""
    backend = connection.exec_driver_sql(_OWN_BACKEND).scalar_one()
    other = create_engine(url, poolclass=NullPool)
    with other.connect() as outside:
        outside.exec_driver_sql(_TERMINATE, (backend,))


async def test_a_connection_lost_before_the_commit_is_tried_again(
    store: Store,
    postgres_url: URL,
) -> None:
    """A function whose connection is lost while it runs is run again and has one effect."""
    runs: list[int] = []

    def interrupted(connection: Connection) -> bool:
        runs.append(1)
        if len(runs) == 1:
            end_backend(connection, postgres_url)
        return raise_alarm(connection, AlarmKind.CHANNEL_DOWN, "us", at=NOON)

    assert await store.write(interrupted)
    assert len(runs) == 2
    assert await store.read(count_open) == {"channel-down": 1}


async def test_a_connection_lost_in_the_commit_is_an_unknown_outcome(
    store: Store,
    postgres_url: URL,
) -> None:
    """A connection lost in the commit gives StoreFailed to that caller alone; nothing repeats."""
    runs: list[int] = []

    def cut_off(connection: Connection) -> None:
        runs.append(1)
        end_backend(connection, postgres_url)

    with pytest.raises(StoreFailed):
        await store.write(cut_off)
    assert len(runs) == 1
    assert not store.failed.is_set()
    assert await store.write(lambda c: raise_alarm(c, AlarmKind.CHANNEL_DOWN, "us", at=NOON))


async def test_a_deadlock_is_tried_again(store: Store) -> None:
    """Two functions that lock two heads in opposite orders both succeed in the end."""
    both_hold_one = threading.Barrier(2)
    met: set[Head] = set()

    def crosswise(connection: Connection, first: Head, second: Head) -> int:
        take_numbers(connection, first, 1)
        if first not in met:
            met.add(first)
            both_hold_one.wait(timeout=10)
        return take_numbers(connection, second, 1)[0]

    await asyncio.gather(
        store.write(lambda c: crosswise(c, Head.SEQ, Head.CHANGES)),
        store.write(lambda c: crosswise(c, Head.CHANGES, Head.SEQ)),
    )
    assert await store.write(lambda c: take_numbers(c, Head.SEQ, 1)[0]) == 3


async def test_a_lock_held_too_long_is_reported(store: Store, postgres_url: URL) -> None:
    """A caller who waits too long for a lock gets StoreBusy, and nothing is written."""
    engine = create_engine(postgres_url, poolclass=NullPool)
    with engine.begin() as other:
        take_numbers(other, Head.SEQ, 1)
        with pytest.raises(StoreBusy):
            await store.write(lambda c: take_numbers(c, Head.SEQ, 1))
    assert await store.write(lambda c: take_numbers(c, Head.SEQ, 1)[0]) == 2


async def test_claimers_never_get_the_same_row(store: Store) -> None:
    """Four claimers at once get distinct rows, each within its limit, and all of them."""

    def fill(connection: Connection) -> None:
        for _ in range(40):
            stored_draft(connection, stored_handoff(connection).number)

    await store.write(fill)
    claims = await asyncio.gather(
        *(
            store.write(
                lambda c: claim_due(
                    c, now=NOON, lease_until=NOON + 60 * SECOND, limit=12, lane=Lane.NORMAL
                ),
            )
            for _ in range(4)
        ),
    )
    numbers = [row.number for rows in claims for row in rows]
    assert len(numbers) == len(set(numbers)) == 40
    assert max(map(len, claims)) <= 12


async def test_numbers_are_gapless_under_concurrency(store: Store) -> None:
    """Writers at once, some of whom fail, leave no hole in seq or in the ledger."""

    def say(connection: Connection, number: int) -> None:
        seq = take_numbers(connection, Head.SEQ, 1)[0]
        record_entries(connection, [sent(seq=seq), entry()])
        if number % 3 == 0:
            raise LookupError

    await asyncio.gather(
        *(store.write(partial(say, number=number)) for number in range(30)),
        return_exceptions=True,
    )
    entries = await store.read(list_entries)
    assert [one.number for one in entries] == list(range(40))
    seqs = [one.seq for one in entries if one.direction is Direction.SENT]
    assert seqs == list(range(1, 21))


async def test_between_two_tries_there_is_a_pause(postgres_url: URL) -> None:
    """What fails in passing is tried again later each time, spread by chance, and not for ever."""
    paused: list[float] = []
    transactions = PostgresTransactions(
        postgres_url,
        connections_max=1,
        lock_timeout_seconds=1,
        commit_timeout_seconds=1,
        chance=lambda: 0.5,
        pause=paused.append,
    )

    def cut_off(connection: Connection) -> None:
        end_backend(connection, postgres_url)
        connection.exec_driver_sql(_OWN_BACKEND)

    with pytest.raises(StoreBusy):
        await transactions.write(cut_off)
    await transactions.close()
    assert paused == [pause_seconds(tries, chance=0.5) for tries in (1, 2, 3)]


def test_a_pause_grows_within_its_bounds() -> None:
    """Pauses double up to the longest, and chance moves each within its upper half."""
    assert pause_seconds(1, chance=0.0) == PAUSE_FIRST_SECONDS / 2
    assert pause_seconds(2, chance=0.0) == PAUSE_FIRST_SECONDS
    assert pause_seconds(99, chance=0.0) == PAUSE_MAX_SECONDS / 2
    assert pause_seconds(99, chance=0.999) < PAUSE_MAX_SECONDS
