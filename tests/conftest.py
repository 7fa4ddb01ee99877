"""Fixtures that every room's tests may use: fresh databases, and a store on each."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL

from exchange.store import Store
from tests.databases import PostgresOfTests, SqliteOfTests, running_postgres


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresOfTests]:
    """A PostgreSQL of this test process."""
    with running_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def sqlite(tmp_path_factory: pytest.TempPathFactory) -> SqliteOfTests:
    """The SQLite template of this test process."""
    return SqliteOfTests(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture
def sqlite_url(sqlite: SqliteOfTests, tmp_path: Path) -> URL:
    """A fresh SQLite database with our tables."""
    return sqlite.database(tmp_path)


@pytest.fixture
def postgres_url(postgres: PostgresOfTests) -> Iterator[URL]:
    """A fresh PostgreSQL database with our tables."""
    with postgres.database() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> URL:
    """A fresh database with our tables, once on each kind."""
    url: URL = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
async def store(database_url: URL) -> AsyncIterator[Store]:
    """An open store on a fresh database, once on each kind."""
    opened = Store(database_url)
    await opened.open()
    yield opened
    await opened.close()
