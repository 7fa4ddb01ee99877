"""
Commits under way: how long each waits, and what a server says of one that it let go.

Where a synchronous standby is away, PostgreSQL holds every commit until it is back: the
connection is sound, and nothing answers. A commit whose wait somebody cancelled is worse: it
succeeds, on a machine that alone has it, with no more than a warning beside it.
"""

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, event

from exchange.errors import StoreFailed

_WAITS_FOR_STANDBY = "SyncRepWaitForLSN"
"""The server's function that warns of a wait cut short; the words are in its own language."""

_UNREPLICATED = "unreplicated"


@dataclass(slots=True, eq=False)
class Attempt:
    """One write on its way through the threads; *since* is when its commit under way began."""

    since: float | None = None


class Commits:
    """Which commits are under way; told by the threads that make them."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._under_way: dict[Attempt, socket.socket | None] = {}

    @contextmanager
    def of(self, attempt: Attempt, connection: Connection) -> Iterator[None]:
        """Count the commit as under way for as long as the block lasts."""
        attempt.since = self._monotonic()
        with _line_of(connection) as line:
            self._under_way[attempt] = line
            try:
                yield
            finally:
                del self._under_way[attempt]
                attempt.since = None

    def age_seconds(self, attempt: Attempt) -> float:
        """Return how long the commit of *attempt* has been under way, 0 where it is not."""
        return 0.0 if attempt.since is None else self._monotonic() - attempt.since

    def oldest_seconds(self) -> float:
        """Return how long the oldest commit has been under way, 0 where none is."""
        return max(map(self.age_seconds, list(self._under_way)), default=0.0)

    def cut(self) -> None:
        """End the connection of every commit under way: who waits for it is told at once."""
        for line in list(self._under_way.values()):
            if line is not None:
                _hang_up(line)


@contextmanager
def _line_of(connection: Connection) -> Iterator[socket.socket | None]:
    """Give a second handle of the connection's socket, which another thread may shut down."""
    driver: Any = connection.connection.driver_connection
    if driver is None or driver.closed:
        yield None
        return
    with socket.socket(fileno=os.dup(driver.fileno())) as line:
        yield line


def _hang_up(line: socket.socket) -> None:
    try:
        line.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # the server was first


def watch_warnings(engine: Engine) -> None:
    """Have every connection remember that a commit of its own was not awaited to its end."""

    @event.listens_for(engine, "connect")
    def _listen(connection: Any, record: Any) -> None:
        def hear(diagnostic: Any) -> None:
            if diagnostic.source_function == _WAITS_FOR_STANDBY:
                record.info[_UNREPLICATED] = True

        connection.add_notice_handler(hear)


def require_replicated(connection: Connection) -> None:
    """
    Return where the last commit went through all the waiting that the server was set to.

    Raises:
        StoreFailed: Its wait for the standby was cancelled: it may be lost in a failover.
    """
    if connection.info.pop(_UNREPLICATED, False):
        raise StoreFailed
