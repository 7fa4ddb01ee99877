"""
PostgreSQL: each function in a transaction of its own, on a pool.

Writes run READ COMMITTED and order themselves by the rows they lock (see the package's
words on lock order). What fails before the commit was sent has no effect and is tried
again a few times where trying helps: a deadlock, a serialization failure, a lost
connection. A connection lost *during* the commit leaves the outcome unknown: that caller
alone gets StoreFailed, and the store goes on, because PostgreSQL, unlike a file we hold,
settles what happened by itself and the next transaction reads the truth.

A commit that a standby holds up is no failure, and no success either: past a bound its
caller gets StoreFailed, and until it ends no other write begins, so that nothing piles up
on the server. Reads have connections of their own and go on.
"""

import asyncio
import logging
import random
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from sqlalchemy.pool import QueuePool

from exchange.errors import NotConfigured, Sentence, StoreBusy, StoreFailed
from exchange.store.commits import Attempt, Commits, require_replicated, watch_warnings

T = TypeVar("T")

# The driver's own words about a lost connection would reach stderr among our log's lines.
logging.getLogger("psycopg").addHandler(logging.NullHandler())

TRIES_MAX = 4
PAUSE_FIRST_SECONDS = 0.05
PAUSE_MAX_SECONDS = 0.5
_CUT_SECONDS = 0.05

_LASTING = {"on", "remote_apply"}
_COMMITS_EARLY = Sentence(
    "database: wants synchronous_commit on: a commit may be lost after it was answered",
    "database: se necesita synchronous_commit en on: una transacción puede perderse ya respondida",
)

_SERIALIZATION_FAILURE = "40001"
_DEADLOCK = "40P01"
_LOCK_TIMEOUT = "55P03"
_READ_ONLY = "25006"
_STOPPED = {"57P01", "57P02", "57P03"}
"""The server is stopping, was stopped, or is not yet up."""
_TRY_AGAIN = {_SERIALIZATION_FAILURE, _DEADLOCK} | _STOPPED


class PostgresTransactions:
    """
    Runs functions of a connection on PostgreSQL (see ``Transactions``).

    Its threads are its own, one for each connection: those that a standby holds up are then
    missing nowhere else.
    """

    def __init__(
        self,
        url: URL,
        *,
        connections_max: int,
        lock_timeout_seconds: float,
        commit_timeout_seconds: float,
        monotonic: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._chance = chance
        self._pause = pause
        self._commit_timeout_seconds = commit_timeout_seconds
        self._commits = Commits(monotonic)
        self._writers = _engine(url, connections_max, lock_timeout_seconds)
        watch_warnings(self._writers)
        self._readers = _engine(url, connections_max, lock_timeout_seconds).execution_options(
            isolation_level="REPEATABLE READ",
            postgresql_readonly=True,
        )
        self._write_threads = ThreadPoolExecutor(connections_max, "exchange-write")
        self._read_threads = ThreadPoolExecutor(connections_max, "exchange-read")

    @property
    def commit_seconds(self) -> float:
        """How long the oldest commit has been under way."""
        return self._commits.oldest_seconds()

    async def open(self) -> None:
        """
        Return when the database answers, and a commit there is one.

        Raises:
            NotConfigured: A commit returns before it is on disk, or before a standby has it.
        """
        found = await self.read(
            lambda connection: connection.exec_driver_sql("SHOW synchronous_commit").scalar_one()
        )
        if found not in _LASTING:
            raise NotConfigured([_COMMITS_EARLY])

    async def close(self) -> None:
        """Finish what began, cut off what a standby holds up, disconnect."""
        loop = asyncio.get_running_loop()
        ending = loop.run_in_executor(None, self._end)
        await asyncio.wait({ending}, timeout=self._commit_timeout_seconds)
        while not ending.done():
            self._write_threads.shutdown(wait=False, cancel_futures=True)
            self._commits.cut()
            await asyncio.wait({ending}, timeout=_CUT_SECONDS)
        await ending

    def _end(self) -> None:
        for threads in (self._write_threads, self._read_threads):
            threads.shutdown()
        self._writers.dispose()
        self._readers.dispose()

    async def write(self, function: Callable[[Connection], T]) -> T:
        """
        Return what *function* returned, once its transaction is committed.

        Raises:
            StoreFailed: Its commit did not end within the bound: the outcome is unknown.
            StoreBusy: Commits are held up; it never began.
        """
        if self.commit_seconds >= self._commit_timeout_seconds:
            raise StoreBusy
        attempt = Attempt()
        work = partial(_write, self._writers, function, self._commits, attempt)
        under_way = self._submit(self._write_threads, work)
        answer = _awaited(under_way)
        while not (await asyncio.wait({answer}, timeout=self._commit_timeout_seconds))[0]:
            if self._commits.age_seconds(attempt) >= self._commit_timeout_seconds:
                raise StoreFailed
            under_way.cancel()
        if answer.cancelled():
            raise StoreBusy
        return answer.result()

    async def read(self, function: Callable[[Connection], T]) -> T:
        """Return what *function* returned of one snapshot."""
        work = partial(_read, self._readers, function)
        return await _awaited(self._submit(self._read_threads, work))

    scan = read

    def _submit(self, threads: ThreadPoolExecutor, work: Callable[[], T]) -> "Future[T]":
        """
        Return what becomes of *work*, tried again where trying helps.

        Raises:
            StoreBusy: The store is closed.
        """
        try:
            return threads.submit(self._tried, work)
        except RuntimeError as fault:
            raise StoreBusy from fault

    def _tried(self, work: Callable[[], T]) -> T:
        """
        Return what *work* returns, trying again where nothing was written and trying helps.

        Raises:
            StoreBusy: It did not help, or the database did not answer.
        """
        for tries in range(1, TRIES_MAX + 1):
            try:
                return work()
            except PoolExhausted as fault:
                raise StoreBusy from fault
            except DBAPIError as fault:
                if not _is_passing(fault):
                    raise
                if tries == TRIES_MAX or _state(fault) == _LOCK_TIMEOUT:
                    raise StoreBusy from fault
            self._pause(pause_seconds(tries, chance=self._chance()))
        raise StoreBusy


def _awaited(work: "Future[T]") -> "asyncio.Future[T]":
    """Return *work* for the loop; nobody need be there any more when it ends."""
    answer = asyncio.wrap_future(work)
    answer.add_done_callback(lambda done: done.cancelled() or done.exception())
    return answer


def pause_seconds(tries: int, *, chance: float) -> float:
    """
    Return the pause after so many *tries* that failed: longer each time, and bounded.

    *chance* in [0, 1) spreads those who met in a deadlock, or lost one server together, over
    the upper half of the interval, so that they do not meet again.
    """
    longest = min(PAUSE_FIRST_SECONDS * 2.0 ** (tries - 1), PAUSE_MAX_SECONDS)
    return longest * (0.5 + chance / 2)


def _is_passing(fault: DBAPIError) -> bool:
    state = _state(fault)
    lost = fault.connection_invalidated or (state is None and fault.statement is None)
    return lost or state == _LOCK_TIMEOUT or state in _TRY_AGAIN


def _state(fault: DBAPIError) -> str | None:
    """Return the SQLSTATE, or None where the server said nothing."""
    state: str | None = getattr(fault.orig, "sqlstate", None)
    return state


def _write(
    engine: Engine, function: Callable[[Connection], T], commits: Commits, attempt: Attempt
) -> T:
    """
    Return what *function* returned, committed.

    Raises:
        StoreFailed: The connection was lost in the commit, or its wait for the standby was
            cancelled; the outcome is unknown.
        StoreBusy: The server is a standby.
    """
    with engine.connect() as connection:
        try:
            with connection.begin() as transaction:
                value = function(connection)
                with commits.of(attempt, connection):
                    _commit(transaction.commit)
        except DBAPIError as fault:
            if _state(fault) != _READ_ONLY:
                raise
            connection.invalidate()  # it is a standby now: ask anew which server is not
            raise StoreBusy from fault
        require_replicated(connection)
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
    options: dict[str, Any] = {
        "lock_timeout": int(lock_timeout_seconds * 1000),
        "timezone": "UTC",
        "client_min_messages": "warning",
    }
    return create_engine(
        url,
        poolclass=QueuePool,
        pool_size=connections_max,
        max_overflow=0,
        pool_timeout=lock_timeout_seconds,
        isolation_level="READ COMMITTED",
        hide_parameters=True,
        connect_args={"options": " ".join(f"-c {name}={options[name]}" for name in options)},
    )
