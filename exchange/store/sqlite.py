"""
SQLite: one writer, and one commit for all that waits.

Functions that wait for the writer run one after another in one transaction under one
fsync. They are run without savepoints, in the hope that none raises; if one does, the
whole is rolled back and each runs by itself, so that it alone fails. Look-ups that wait
are answered together too, of one view of the database. Functions that take many items are
given all that wait for them (``together.py``).
"""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Engine, RootTransaction
from sqlalchemy.exc import DBAPIError

from exchange.errors import StoreBusy, StoreFailed
from exchange.store.batches import Batches, Function, Outcome
from exchange.store.connections import check_file, reader_engine, writer_engine
from exchange.store.prepared import driver_of
from exchange.store.together import Share, run_all, shares

T = TypeVar("T")

_WAITING = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_MISTAKES = {
    sqlite3.SQLITE_ERROR,
    sqlite3.SQLITE_CONSTRAINT,
    sqlite3.SQLITE_MISMATCH,
    sqlite3.SQLITE_MISUSE,
    sqlite3.SQLITE_RANGE,
    sqlite3.SQLITE_TOOBIG,
}
"""Results that blame the statement. All others blame the disk, the file or the memory."""


class SqliteTransactions:
    """Runs functions of a connection on one SQLite file (see ``Transactions``)."""

    def __init__(
        self,
        url: URL,
        *,
        failed: asyncio.Event,
        readers_max: int,
        batch_max: int,
        lock_timeout_seconds: float,
        executor: Executor | None,
    ) -> None:
        self._failed = failed
        self._executor = executor
        self._is_closed = False
        self._writers = writer_engine(url, lock_timeout_seconds)
        self._readers = reader_engine(url, lock_timeout_seconds, readers_max)
        self._writer: Connection | None = None
        self._reader: Connection | None = None
        batches = partial(Batches, size_max=batch_max, failed=failed, executor=executor)
        self._writes = batches(self._outcomes)
        self._reads = batches(self._look_up)

    async def open(self) -> None:
        """Connect the writer and have SQLite check its file."""
        await self._run(self._connect)

    async def close(self) -> None:
        """Finish what waits, then disconnect."""
        self._is_closed = True
        await self._writes.finish()
        await self._reads.finish()
        await self._run(self._disconnect)

    @property
    def commit_seconds(self) -> float:
        """Nothing: a disk either takes a commit or fails it, and no other machine is asked."""
        return 0.0

    async def write(self, function: Callable[[Connection], T]) -> T:
        """Return what *function* returned, once it is committed with its neighbours."""
        if self._is_closed:
            raise StoreBusy
        return await self._writes.run(function)

    async def read(self, function: Callable[[Connection], T]) -> T:
        """Return what *function* returned, of one view with its neighbours."""
        if self._is_closed:
            raise StoreBusy
        return await self._reads.run(function)

    async def scan(self, function: Callable[[Connection], T]) -> T:
        """Return what *function* returned, on a connection of its own that cannot write."""
        return await self._run(lambda: _scan(self._readers, function))

    async def _run(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._executor, work)

    # --- On the executor --------------------------------------------------------------------

    def _connect(self) -> None:
        self._writer = self._writers.connect()
        check_file(self._writer)
        self._reader = self._readers.connect()

    def _disconnect(self) -> None:
        for connection in (self._reader, self._writer):
            if connection is not None:
                connection.close()
        self._readers.dispose()
        self._writers.dispose()

    def _look_up(self, functions: Sequence[Function]) -> list[Outcome]:
        """Run the functions on one view; none of them can spoil it for the others."""
        if self._reader is None:
            raise StoreBusy
        driver = driver_of(self._reader)
        driver.execute("BEGIN")
        try:
            return _looked_up(self._reader, functions)
        finally:
            self._reader.rollback()
            driver.rollback()

    def _outcomes(self, functions: Sequence[Function]) -> list[Outcome]:
        """Run the functions under one commit, or each by itself when one of them raises."""
        try:
            return [Outcome(value) for value in self._commit(functions)]
        except (StoreFailed, StoreBusy) as fault:
            return [Outcome(fault=_again(fault)) for _ in functions]
        except Exception as fault:  # noqa: BLE001 # whatever it is belongs to the caller
            if len(functions) == 1:
                return [Outcome(fault=fault)]
        return [self._outcome_alone(function) for function in functions]

    def _outcome_alone(self, function: Function) -> Outcome:
        try:
            return Outcome(self._commit([function])[0])
        except Exception as fault:  # noqa: BLE001 # whatever it is belongs to the caller
            return Outcome(fault=fault)

    def _commit(self, functions: Sequence[Function]) -> list[Any]:
        """
        Return what each function returned, all of them committed together.

        Raises:
            StoreFailed: The disk or the file failed; it is unknown what is on disk.
            StoreBusy: Another process kept the write lock; nothing happened.
        """
        if self._writer is None or self._failed.is_set():
            raise StoreFailed
        transaction = _begin(self._writer)
        try:
            values = run_all(self._writer, functions)
        except Exception as fault:
            _roll_back(transaction.rollback, fault)
            raise
        if not driver_of(self._writer).in_transaction:
            raise StoreFailed
        try:
            transaction.commit()
        except Exception as fault:
            raise StoreFailed from fault
        return values


def _begin(writer: Connection) -> RootTransaction:
    """Begin with the write lock, so that nothing we read can be out of date when we write."""
    transaction = writer.begin()
    try:
        driver_of(writer).execute("BEGIN IMMEDIATE")
    except sqlite3.Error as fault:
        transaction.rollback()
        raise (StoreBusy if _result(fault) in _WAITING else StoreFailed) from fault
    return transaction


def _roll_back(roll_back: Callable[[], None], fault: Exception) -> None:
    """Undo the transaction; raise StoreFailed when *fault* was not the function's own."""
    try:
        roll_back()
    except Exception as second:
        raise StoreFailed from second
    if _blames_database(fault):
        raise StoreFailed from fault


def _blames_database(fault: Exception) -> bool:
    return isinstance(fault, DBAPIError) and _code(fault) not in _WAITING | _MISTAKES


def _code(fault: DBAPIError) -> int:
    return _result(fault.orig)


def _result(fault: BaseException | None) -> int:
    """Return SQLite's primary result code; faults of the driver itself count as mistakes."""
    code: int = getattr(fault, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    return code & 0xFF


def _again(fault: StoreFailed | StoreBusy) -> StoreFailed | StoreBusy:
    """Return the same fault for one more caller: each raises one of its own."""
    made = type(fault)()
    made.__cause__ = fault.__cause__
    return made


def _looked_up(reader: Connection, functions: Sequence[Function]) -> list[Outcome]:
    found = dict[int, Outcome]()
    for share in shares(functions):
        found.update(zip(share.places, _shared(reader, share), strict=True))
    return [found[place] for place in range(len(functions))]


def _shared(reader: Connection, share: Share) -> list[Outcome]:
    """Return what a share found; where it raises, what each of its functions finds by itself."""
    try:
        return [Outcome(value) for value in _unless_busy(reader, share.run)]
    except Exception as fault:  # noqa: BLE001 # whatever it is belongs to the caller
        if len(share.functions) == 1:
            return [Outcome(fault=fault)]
    return [_found_alone(reader, function) for function in share.functions]


def _found_alone(reader: Connection, function: Function) -> Outcome:
    try:
        return Outcome(_unless_busy(reader, function))
    except Exception as fault:  # noqa: BLE001 # whatever it is belongs to the caller
        return Outcome(fault=fault)


def _scan(readers: Engine, function: Callable[[Connection], T]) -> T:
    with readers.connect() as connection, connection.begin():
        connection.exec_driver_sql("BEGIN")
        return _unless_busy(connection, function)


def _unless_busy(connection: Connection, function: Callable[[Connection], T]) -> T:
    try:
        return function(connection)
    except DBAPIError as fault:
        if _code(fault) in _WAITING:
            raise StoreBusy from fault
        raise
