"""Questions to a database file as it stands now, whoever else has it open."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any


def ask(file: Path, question: str, *values: object) -> list[tuple[Any, ...]]:
    """Return what a database file answers now."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("PRAGMA query_only = ON").close()
        return connection.execute(question, values).fetchall()


def count_waiting(file: Path) -> int:
    """Return how many messages wait to be said."""
    return int(ask(file, "SELECT count(*) FROM outbox")[0][0])


def count_sealed(file: Path) -> int:
    """Return how many of them are signed already."""
    return int(ask(file, "SELECT count(*) FROM outbox WHERE ledger IS NOT NULL")[0][0])
