"""How SQLite's file is opened: what each connection is told before it is used."""

import sqlite3
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool, StaticPool

from exchange.errors import EvidenceBroken, Sentence

WAL_PAGES_MAX = 4000
"""Pages in the write-ahead log before a checkpoint: 16 MB. A page that is rewritten often
goes to the database file once a checkpoint, so a longer log writes fewer bytes."""

CACHE_KIBIBYTES = 16_000
"""What the writer keeps of the file: enough for the random keys of 100,000 messages."""

_DAMAGED = Sentence(
    "the database file is damaged: restore it from a copy",
    "el archivo de la base de datos está dañado: restáurelo de una copia",
)


def writer_engine(url: URL, lock_timeout_seconds: float) -> Engine:
    """Return what opens the one connection that writes, and waits for the disk at each commit."""
    engine = _engine(url, lock_timeout_seconds, poolclass=StaticPool)
    _prepare(
        engine,
        "journal_mode = WAL",
        "synchronous = FULL",
        "secure_delete = ON",
        f"wal_autocheckpoint = {WAL_PAGES_MAX}",
        f"cache_size = -{CACHE_KIBIBYTES}",
    )
    return engine


def reader_engine(url: URL, lock_timeout_seconds: float, readers_max: int) -> Engine:
    """Return what opens connections that cannot write."""
    engine = _engine(
        url,
        lock_timeout_seconds,
        poolclass=QueuePool,
        pool_size=readers_max,
        max_overflow=0,
    )
    _prepare(engine, "query_only = ON")
    return engine


def _engine(url: URL, lock_timeout_seconds: float, **pool: Any) -> Engine:
    connect = {
        "timeout": lock_timeout_seconds,
        "isolation_level": None,
        "check_same_thread": False,
        "cached_statements": 256,
    }
    return create_engine(url, connect_args=connect, hide_parameters=True, **pool)


def _prepare(engine: Engine, *settings: str) -> None:
    """
    Have every connection take *settings*.

    We begin transactions ourselves: a listener for that would have Core look for listeners
    at every statement.
    """

    @event.listens_for(engine, "connect")
    def _configure(connection: sqlite3.Connection, _record: object) -> None:
        for setting in ("foreign_keys = ON", "temp_store = MEMORY", *settings):
            connection.execute(f"PRAGMA {setting}").close()


def check_file(connection: Connection) -> None:
    """
    Return when SQLite finds nothing wrong with its file.

    Raises:
        EvidenceBroken: The file is damaged, or not a database.
    """
    try:
        found = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
    except DBAPIError as fault:
        raise EvidenceBroken(_DAMAGED) from fault
    finally:
        connection.rollback()
    if found != "ok":
        raise EvidenceBroken(_DAMAGED)
