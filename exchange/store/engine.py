"""
The store: plain functions of a connection, run for callers that await.

``write`` returns only after the function's effects are on disk. On SQLite the functions
that wait are committed together (``sqlite.py``); on PostgreSQL each has its own
transaction (``postgres.py``). Either way a function must have no effect but on its
connection, because it may run twice; it must let database errors pass, because a
transaction that met one is over.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from pathlib import Path
from typing import Protocol, TypeVar

from sqlalchemy import URL, Connection, Select, String, create_engine, inspect, make_url, select
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.pool import NullPool
from sqlalchemy.sql import column, table

from exchange.errors import NotConfigured, Sentence, StoreFailed
from exchange.store.postgres import PostgresTransactions
from exchange.store.sqlite import SqliteTransactions
from exchange.store.tables import REVISION

__all__ = ["Connection", "Duplicate", "Store", "Transactions", "normal_url", "require_current"]

T = TypeVar("T")

Duplicate = IntegrityError
"""A row that a constraint forbids was to be stored: someone else was first."""

_PATIENCE = {
    "connect_timeout": "5",
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "3",
    "tcp_user_timeout": "11000",
}
"""What libpq is told of a network that says nothing: seconds, and at last milliseconds."""

_VERSION: Select[str] = select(column("version_num", String)).select_from(table("alembic_version"))


class Transactions(Protocol):
    """How one database runs functions of a connection."""

    async def open(self) -> None:
        """Connect, and check what can be checked before anything is trusted to it."""
        ...

    async def write(self, function: Callable[[Connection], T]) -> T:
        """Return what *function* returned, once its effects are on disk."""
        ...

    async def read(self, function: Callable[[Connection], T]) -> T:
        """Return what *function*, which is quick, returned of one view of the database."""
        ...

    async def scan(self, function: Callable[[Connection], T]) -> T:
        """Return what *function*, which may take its time, returned of one view."""
        ...

    async def close(self) -> None:
        """Finish what waits and disconnect."""
        ...

    @property
    def commit_seconds(self) -> float:
        """How long the oldest commit has been under way, 0 where none is."""
        ...


class Store:
    """
    The one door to the database.

    When a commit fails, or the disk or database fails under a function, what is on disk is
    no longer known: the store is *failed* for good, ``failed`` is set, and every caller
    gets StoreFailed. A commit is never tried again. The service stops when it sees this;
    a restart reads what the disk really holds.
    """

    def __init__(
        self,
        url: str | URL,
        *,
        readers_max: int = 4,
        batch_max: int = 256,
        lock_timeout_seconds: float = 10,
        commit_timeout_seconds: float = 10,
        executor: Executor | None = None,
    ) -> None:
        self.url = normal_url(url)
        self.commit_timeout_seconds = commit_timeout_seconds
        self.failed = asyncio.Event()
        self._transactions: Transactions
        if self.url.get_backend_name() == "sqlite":
            self._transactions = SqliteTransactions(
                self.url,
                failed=self.failed,
                readers_max=readers_max,
                batch_max=batch_max,
                lock_timeout_seconds=lock_timeout_seconds,
                executor=executor,
            )
        else:
            self._transactions = PostgresTransactions(
                self.url,
                connections_max=readers_max,
                lock_timeout_seconds=lock_timeout_seconds,
                commit_timeout_seconds=commit_timeout_seconds,
            )

    @property
    def commit_seconds(self) -> float:
        """How long the oldest commit has been under way: a standby that is away holds it up."""
        return self._transactions.commit_seconds

    @property
    def is_held_up(self) -> bool:
        """Whether a commit has been under way for longer than its bound: no write begins."""
        return self.commit_seconds >= self.commit_timeout_seconds

    @property
    def is_served_alone(self) -> bool:
        """Whether one process serves the database: SQLite has one writer."""
        return self.url.get_backend_name() == "sqlite"

    async def open(self) -> None:
        """
        Connect to a database of the right revision.

        Raises:
            NotConfigured: The database is absent or of another revision.
            EvidenceBroken: SQLite finds its own file damaged.
        """
        require_current(self.url)
        await self._transactions.open()

    async def close(self) -> None:
        """Finish the writes that wait, then disconnect; later ones get StoreBusy."""
        await self._transactions.close()

    async def write(self, function: Callable[[Connection], T]) -> T:
        """
        Return what *function* returned, once its effects are on disk.

        What *function* raises is raised here and leaves no effect.

        Raises:
            StoreFailed: It is unknown whether the effects are on disk.
            StoreBusy: Nothing was written; the same call may be made again.
        """
        self._refuse_when_failed()
        return await self._transactions.write(function)

    async def read(self, function: Callable[[Connection], T]) -> T:
        """
        Return what *function* returned of one unchanging view of the database.

        On SQLite the look-ups that wait are answered together, so each must be a quick one.

        Raises:
            StoreFailed: The store has failed before.
            StoreBusy: The database did not answer.
        """
        self._refuse_when_failed()
        return await self._transactions.read(function)

    async def scan(self, function: Callable[[Connection], T]) -> T:
        """
        Return what *function* returned as `read` does, however much of the database it reads.

        Raises:
            StoreFailed: The store has failed before.
            StoreBusy: The database did not answer.
        """
        self._refuse_when_failed()
        return await self._transactions.scan(function)

    def _refuse_when_failed(self) -> None:
        if self.failed.is_set():
            raise StoreFailed


def normal_url(url: str | URL) -> URL:
    """
    Return *url* with the driver we use for its database.

    A server that vanished without a word is given up after seconds, not hours, unless the
    URL says otherwise: with several hosts the next one is asked then.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() not in ("postgresql", "postgres"):
        return parsed
    patience = {name: text for name, text in _PATIENCE.items() if name not in parsed.query}
    return parsed.set(drivername="postgresql+psycopg").update_query_dict(patience)


_NO_TABLES = Sentence(
    "database: has no tables yet; run `exchange db upgrade`",
    "database: aún no tiene tablas; ejecute `exchange db upgrade`",
)
_UNREADABLE = Sentence("database: cannot be read", "database: no se puede leer")


def require_current(url: str | URL) -> None:
    """
    Return when the database has the tables this program was written for.

    Raises:
        NotConfigured: The database is absent, empty, older or newer.
    """
    found = _revision(normal_url(url))
    if found is None:
        raise NotConfigured([_NO_TABLES])
    if found != REVISION:
        raise NotConfigured(
            [
                Sentence(
                    f"database: is of revision {found}, needs {REVISION}; run "
                    "`exchange db upgrade`",
                    f"database: es de la revisión {found} y se necesita la {REVISION}; ejecute "
                    "`exchange db upgrade`",
                )
            ],
        )


def _revision(url: URL) -> str | None:
    """Return the revision of the database, or None where it has none."""
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
        return None
    engine = create_engine(url, poolclass=NullPool)
    try:
        with engine.connect() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return None
            found: str | None = connection.execute(_VERSION).scalar_one_or_none()
            return found
    except DBAPIError as fault:
        raise NotConfigured([_UNREADABLE]) from fault
    finally:
        engine.dispose()
