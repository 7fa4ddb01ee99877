"""Commits that a synchronous standby holds up: never a false success, never a hang."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import URL, Connection

from exchange.errors import NotConfigured, StoreBusy, StoreFailed
from exchange.store import Store
from exchange.store.heads import Head, take_numbers
from tests.databases import PostgresOfTests

BOUND_SECONDS = 0.2


@pytest.fixture
async def store(postgres_url: URL) -> AsyncIterator[Store]:
    """An open store on PostgreSQL that does not wait long for a commit."""
    opened = Store(postgres_url, readers_max=2, commit_timeout_seconds=BOUND_SECONDS)
    await opened.open()
    yield opened
    await opened.close()


def count_one(connection: Connection) -> int:
    """Take the next number, which only a commit makes last."""
    return take_numbers(connection, Head.SEQ, 1)[0]


async def until_free(store: Store) -> None:
    """Return once no commit is held up any more."""
    async with asyncio.timeout(10):
        while store.commit_seconds:  # noqa: ASYNC110  # another process is waited for
            await asyncio.sleep(0.01)


async def test_a_commit_held_up_is_unknown_and_nothing_piles_up_behind_it(
    store: Store, postgres: PostgresOfTests
) -> None:
    """Its caller gets StoreFailed, later ones StoreBusy at once, and reads go on."""
    with postgres.standby_away():
        with pytest.raises(StoreFailed):
            await store.write(count_one)
        assert store.is_held_up
        assert store.commit_seconds >= BOUND_SECONDS
        with pytest.raises(StoreBusy):
            await store.write(count_one)
        assert await store.read(lambda c: c.exec_driver_sql("SELECT 1").scalar_one()) == 1
    await until_free(store)
    assert not store.is_held_up
    assert not store.failed.is_set()
    assert await store.write(count_one) == 2


async def test_writes_that_wait_behind_one_held_up_never_begin(
    store: Store, postgres: PostgresOfTests
) -> None:
    """What found no free connection gets StoreBusy, and is not done later either."""
    runs: list[int] = []

    def run(connection: Connection) -> int:
        runs.append(1)
        return count_one(connection)

    with postgres.standby_away():
        ends = await asyncio.gather(*(store.write(run) for _ in range(6)), return_exceptions=True)
    await until_free(store)
    kinds = [type(end) for end in ends]
    assert set(kinds) == {StoreBusy, StoreFailed}
    assert kinds.count(StoreBusy) >= 4
    assert len(runs) <= 2
    assert await store.write(count_one) <= 3


async def test_a_commit_whose_wait_was_cancelled_is_unknown(
    postgres_url: URL, postgres: PostgresOfTests
) -> None:
    """PostgreSQL calls it a success with a warning; its caller gets StoreFailed all the same."""
    store = Store(postgres_url)  # more patient than this test
    await store.open()
    with postgres.standby_away():
        writing = asyncio.create_task(store.write(count_one))
        async with asyncio.timeout(10):
            while not postgres.cancel_waits():  # noqa: ASYNC110  # another process is waited for
                await asyncio.sleep(0.01)
        with pytest.raises(StoreFailed):
            await writing
    assert not store.commit_seconds
    assert await store.write(count_one) == 2
    await store.close()


async def test_a_store_closes_while_a_commit_is_held_up(
    postgres_url: URL, postgres: PostgresOfTests
) -> None:
    """The wait is cut off; what is on the server settles there."""
    store = Store(postgres_url, readers_max=2, commit_timeout_seconds=BOUND_SECONDS)
    await store.open()
    with postgres.standby_away():
        with pytest.raises(StoreFailed):
            await store.write(count_one)
        async with asyncio.timeout(10):
            await store.close()
        with pytest.raises(StoreBusy):
            await store.read(lambda c: c.exec_driver_sql("SELECT 1").scalar_one())


@pytest.mark.parametrize(("value", "is_good"), [("off", False), ("local", False), ("on", True)])
async def test_a_database_that_answers_too_early_is_not_opened(
    postgres_url: URL, postgres: PostgresOfTests, value: str, *, is_good: bool
) -> None:
    """Where a commit returns before it is safe the store does not open, and says so."""
    postgres.set_for(postgres_url, "synchronous_commit", value)
    store = Store(postgres_url)
    try:
        if is_good:
            await store.open()
        else:
            with pytest.raises(NotConfigured, match="synchronous_commit"):
                await store.open()
    finally:
        await store.close()
