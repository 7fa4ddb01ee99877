"""What both sides hold at the end of a run, read from their files as they stand."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, select
from sqlalchemy.pool import NullPool

from exchange.store import tables
from exchange.store.columns import Direction, Kind
from exchange.store.ledger import Entry, stream_entries
from exchange.store.verdicts import Verdict, find_verdicts


@dataclass(frozen=True)
class Held:
    """One side's database."""

    file: Path

    @contextmanager
    def _connection(self) -> Iterator[Connection]:
        engine = create_engine(f"sqlite:///{self.file}", poolclass=NullPool)
        try:
            with engine.connect() as connection:
                yield connection
        finally:
            engine.dispose()

    @cached_property
    def ledger(self) -> list[Entry]:
        """The whole ledger."""
        with self._connection() as connection:
            return list(stream_entries(connection))

    @cached_property
    def verdicts(self) -> dict[int, Verdict]:
        """What is known to have become of each message, by its ledger number."""
        with self._connection() as connection:
            return find_verdicts(connection, [entry.number for entry in self.ledger])

    def rows(self, table: str) -> list[dict[str, Any]]:
        """Return a table."""
        with self._connection() as connection:
            found = connection.execute(select(tables.metadata.tables[table]))
            return [dict(row) for row in found.mappings()]

    def messages(self, direction: Direction) -> list[Entry]:
        """Return the messages of one direction."""
        return [
            one for one in self.ledger if (one.direction, one.kind) == (direction, Kind.MESSAGE)
        ]

    def receipts(self, direction: Direction) -> list[Entry]:
        """Return the receipts of one direction."""
        return [
            one for one in self.ledger if (one.direction, one.kind) == (direction, Kind.RECEIPT)
        ]


def count_waiting(file: Path) -> int:
    """Return how many messages wait to be said, as the file stands now."""
    return int(ask(file, "SELECT count(*) FROM outbox")[0][0])


def ask(file: Path, question: str) -> list[tuple[Any, ...]]:
    """Return what a database file answers now, whoever else has it open."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("PRAGMA query_only = ON").close()
        return connection.execute(question).fetchall()
