"""The database is written anew, unless somebody is at it."""

import sqlite3
from contextlib import closing

import pytest
from sqlalchemy import URL, create_engine

from exchange.errors import StoreBusy
from exchange.store.vacuum import vacuum


def free_pages(url: URL) -> int:
    """Return how many pages of the file hold what was deleted."""
    with closing(sqlite3.connect(str(url.database))) as connection:
        count: int = connection.execute("PRAGMA freelist_count").fetchone()[0]
        return count


def test_no_page_of_what_was_deleted_is_left(sqlite_url: URL) -> None:
    """What was deleted leaves free pages behind, and none after."""
    with closing(sqlite3.connect(str(sqlite_url.database))) as connection:
        connection.execute("CREATE TABLE scraps (word TEXT)")
        connection.execute("INSERT INTO scraps VALUES (?)", ["Quetzalcanario" * 5000])
        connection.execute("DROP TABLE scraps")
        connection.commit()
    assert free_pages(sqlite_url)
    vacuum(sqlite_url)
    assert free_pages(sqlite_url) == 0


def test_whoever_reads_holds_it_up(sqlite_url: URL) -> None:
    """While somebody reads the log cannot be emptied: it is said, and to be tried again."""
    with closing(sqlite3.connect(str(sqlite_url.database), isolation_level=None)) as reader:
        reader.execute("PRAGMA journal_mode = WAL")
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM handoffs").fetchone()
        with pytest.raises(StoreBusy):
            vacuum(sqlite_url)
    vacuum(sqlite_url)


def test_whoever_writes_holds_it_up(sqlite_url: URL) -> None:
    """While somebody writes nothing is written anew."""
    with closing(sqlite3.connect(str(sqlite_url.database), isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreBusy):
            vacuum(sqlite_url)


def test_postgres_writes_its_tables_anew(postgres_url: URL) -> None:
    """Each table has another file afterwards."""
    engine = create_engine(postgres_url)
    where = "SELECT pg_relation_filepath('handoffs')"
    with engine.connect() as connection:
        before = connection.exec_driver_sql(where).scalar_one()
    vacuum(postgres_url)
    with engine.connect() as connection:
        assert connection.exec_driver_sql(where).scalar_one() != before
    engine.dispose()
