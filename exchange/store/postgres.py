"""
PostgreSQL: each function in a transaction of its own, on a pool.

Writes run READ COMMITTED and order themselves by the rows they lock (see the package's
words on lock order). What fails before the commit was sent has no effect and is tried
again a few times where trying helps: a deadlock, a serialization failure, a lost
connection. A connection lost *during* the commit leaves the outcome unknown: that caller
alone gets StoreFailed, and the store goes on, because PostgreSQL, unlike a file we hold,
settles what happened by itself and the next transaction reads the truth.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from typing import TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from sqlalchemy.pool import QueuePool

from exchange.errors import StoreBusy, StoreFailed

T = TypeVar("T")

TRIES_MAX = 4

_SERIALIZATION_FAILURE = "40001"
_DEADLOCK = "40P01"
_LOCK_TIMEOUT = "55P03"
_ADMIN_SHUTDOWN = "57P01"
_TRY_AGAIN = {_SERIALIZATION_FAILURE, _DEADLOCK, _ADMIN_SHUTDOWN}


class PostgresTransactions:
    """Runs functions of a connection on a PostgreSQL pool (see ``Transactions``)."""

    def __init__(
        self,
        url: URL,
        *,
        connections_max: int,
        lock_timeout_seconds: float,
        executor: Executor | None,
    ) -> None:
        self._executor = executor
        self._writers = _engine(url, connections_max, lock_timeout_seconds)
        self._readers = self._writers.execution_options(
            isolation_level="REPEATABLE READ",
            postgresql_readonly=True,
        )

    async def open(self) -> None:
        """Return when the database answers."""
        await self.read(lambda connection: connection.exec_driver_sql("SELECT 1").scalar_one())

    async def close(self) -> None:
        """Disconnect."""
        await self._run(self._writers.dispose)

    async def write(self, function: Callable[[Connection], T]) -> T:
        """Return what *function* returned, once its transaction is committed."""
        return await self._run(lambda: _tried(lambda: _write(self._writers, function)))

    async def read(self, function: Callable[[Connection], T]) -> T:
        """Return what *function* returned of one snapshot."""
        return await self._run(lambda: _tried(lambda: _read(self._readers, function)))

    scan = read

    async def _run(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._executor, work)


def _tried(work: Callable[[], T]) -> T:
    """
    Return what *work* returns, trying again where nothing was written and trying helps.

    Raises:
        StoreBusy: It did not help, or the database did not answer.
    """
    for left in range(TRIES_MAX - 1, -1, -1):
        try:
            return work()
        except PoolExhausted as fault:
            raise StoreBusy from fault
        except DBAPIError as fault:
            if not _is_passing(fault):
                raise
            if left == 0 or _state(fault) == _LOCK_TIMEOUT:
                raise StoreBusy from fault
    raise StoreBusy


def _is_passing(fault: DBAPIError) -> bool:
    state = _state(fault)
    lost = fault.connection_invalidated or (state is None and fault.statement is None)
    return lost or state == _LOCK_TIMEOUT or state in _TRY_AGAIN


def _state(fault: DBAPIError) -> str | None:
    """Return the SQLSTATE, or None where the server said nothing."""
    state: str | None = getattr(fault.orig, "sqlstate", None)
    return state


def _write(engine: Engine, function: Callable[[Connection], T]) -> T:
    """
    Return what *function* returned, committed.

    Raises:
        StoreFailed: The connection was lost in the commit; the outcome is unknown.
    """
    with engine.connect() as connection:
        with connection.begin() as transaction:
            value = function(connection)
            _commit(transaction.commit)
        return value


def _commit(commit: Callable[[], None]) -> None:
    try:
        commit()
    except DBAPIError as fault:
        if _state(fault) in (_SERIALIZATION_FAILURE, _DEADLOCK):
            raise
        raise StoreFailed from fault


def _read(engine: Engine, function: Callable[[Connection], T]) -> T:
    with engine.connect() as connection, connection.begin():
        return function(connection)


def _engine(url: URL, connections_max: int, lock_timeout_seconds: float) -> Engine:
    milliseconds = int(lock_timeout_seconds * 1000)
    return create_engine(
        url,
        poolclass=QueuePool,
        pool_size=connections_max,
        max_overflow=0,
        pool_timeout=lock_timeout_seconds,
        isolation_level="READ COMMITTED",
        hide_parameters=True,
        connect_args={"options": f"-c lock_timeout={milliseconds} -c timezone=UTC"},
    )
