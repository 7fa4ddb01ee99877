"""A bare connection in a transaction, for tests of one noun's functions."""

from collections.abc import Iterator

import pytest
from sqlalchemy import URL, Connection, create_engine
from sqlalchemy.pool import NullPool


@pytest.fixture
def connection(database_url: URL) -> Iterator[Connection]:
    """A connection to a fresh database, in a transaction that is never committed."""
    driver = {"isolation_level": None} if database_url.get_backend_name() == "sqlite" else {}
    engine = create_engine(database_url, poolclass=NullPool, connect_args=driver)
    with engine.connect() as opened:
        if driver:
            opened.exec_driver_sql("PRAGMA foreign_keys = ON")
            opened.exec_driver_sql("BEGIN")
        yield opened
        opened.rollback()
