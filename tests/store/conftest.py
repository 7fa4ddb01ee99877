"""A bare connection in a transaction, for tests of one noun's functions."""

from collections.abc import Iterator

import pytest
from sqlalchemy import URL, Connection, create_engine
from sqlalchemy.pool import NullPool

from tests.databases import PostgresOfTests, SqliteOfTests


@pytest.fixture(scope="session")
def postgres_scratch(postgres: PostgresOfTests) -> Iterator[URL]:
    """A PostgreSQL database in which nobody commits anything."""
    with postgres.database() as url:
        yield url


@pytest.fixture(scope="session")
def sqlite_scratch(sqlite: SqliteOfTests, tmp_path_factory: pytest.TempPathFactory) -> URL:
    """A SQLite database in which nobody commits anything."""
    return sqlite.database(tmp_path_factory.mktemp("scratch"))


@pytest.fixture(params=["sqlite", "postgres"])
def connection(request: pytest.FixtureRequest) -> Iterator[Connection]:
    """A connection in a transaction that is never committed, once on each kind of database."""
    url: URL = request.getfixturevalue(f"{request.param}_scratch")
    driver = {"isolation_level": None} if request.param == "sqlite" else {}
    engine = create_engine(url, poolclass=NullPool, connect_args=driver)
    with engine.connect() as opened:
        if driver:
            opened.exec_driver_sql("PRAGMA foreign_keys = ON")
            opened.exec_driver_sql("BEGIN")
        yield opened
        opened.rollback()
