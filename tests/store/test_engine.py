"""The store's one door: what a write promises on both databases, and who may open it."""

import pytest
from sqlalchemy import URL, Connection, create_engine
from sqlalchemy.exc import DBAPIError, IntegrityError

from exchange.domain.alarms import AlarmKind
from exchange.errors import NotConfigured, StoreFailed
from exchange.store import Store, require_current
from exchange.store.alarms import count_open, raise_alarm
from tests.databases import PostgresOfTests
from tests.store.rows import NOON


def alarm(connection: Connection) -> bool:
    """Write something small."""
    return raise_alarm(connection, AlarmKind.CHANNEL_DOWN, "partner", at=NOON)


async def test_what_is_written_is_read_back(store: Store) -> None:
    """A write's effects are there for the next read."""
    assert await store.write(alarm)
    assert await store.read(count_open) == {"channel-down": 1}


async def test_a_write_that_raises_leaves_nothing(store: Store) -> None:
    """What a function raises is raised to its caller, and its effects are gone."""

    def half(connection: Connection) -> None:
        alarm(connection)
        raise LookupError

    with pytest.raises(LookupError):
        await store.write(half)
    assert await store.read(count_open) == {}
    assert not store.failed.is_set()


async def test_a_broken_rule_is_the_callers_and_the_store_goes_on(store: Store) -> None:
    """A constraint that stops a function is raised to its caller alone."""
    insert = "INSERT INTO partner (number) VALUES (2)"
    with pytest.raises(IntegrityError):
        await store.write(lambda c: c.exec_driver_sql(insert))
    assert await store.write(alarm)


async def test_a_read_cannot_write(store: Store) -> None:
    """A function given to read that tries to write is stopped by the database."""
    with pytest.raises(DBAPIError):
        await store.read(alarm)
    assert await store.read(count_open) == {}


async def test_a_failed_store_refuses_reads_and_writes(store: Store) -> None:
    """Once failed, a store answers nobody."""
    store.failed.set()
    with pytest.raises(StoreFailed):
        await store.write(alarm)
    with pytest.raises(StoreFailed):
        await store.read(count_open)


def test_a_current_database_is_accepted(database_url: URL) -> None:
    """A database that was upgraded is what the program needs."""
    require_current(database_url)


def test_another_revision_is_refused_by_name(database_url: URL) -> None:
    """A database of another revision is refused, and the fault says which."""
    engine = create_engine(database_url)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    engine.dispose()
    with pytest.raises(NotConfigured, match="9999"):
        require_current(database_url)


def test_a_database_that_is_absent_is_refused(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A SQLite file that is not there is refused, and is not made by looking."""
    file = tmp_path_factory.mktemp("empty") / "none.sqlite3"
    with pytest.raises(NotConfigured, match="db upgrade"):
        require_current(f"sqlite:///{file}")
    assert not file.exists()


def test_a_database_that_cannot_be_reached_is_refused(postgres: PostgresOfTests) -> None:
    """A PostgreSQL database that does not exist is a fault of configuration."""
    with pytest.raises(NotConfigured, match="cannot be read"):
        require_current(postgres.url("nowhere"))
