"""
The checkpoints of the two logs, kept as they were signed.

Of two processes that sign one size the first one's checkpoint stands.
"""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.dialects.postgresql import insert

from exchange.store.heads import Head
from exchange.store.prepared import Prepared, values_of
from exchange.store.tables import checkpoints


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedCheckpoint:
    """A checkpoint of *log* at *size*: the octets of its note."""

    log: Head
    size: int
    signed_at: dt.datetime
    note: bytes


# The form is PostgreSQL's; SQLite took it from there and reads it as it stands.
_INSERT = Prepared(
    insert(checkpoints)
    .values({column.name: bindparam(column.name) for column in checkpoints.c})
    .on_conflict_do_nothing()
    .returning(checkpoints.c.size)
)
_NEWEST = Prepared(
    select(checkpoints)
    .where(checkpoints.c.log == bindparam("of_log"))
    .order_by(checkpoints.c.size.desc())
    .limit(1)
)
_BETWEEN = Prepared(
    select(checkpoints)
    .where(
        checkpoints.c.log == bindparam("of_log"),
        checkpoints.c.size >= bindparam("since"),
        checkpoints.c.size <= bindparam("until"),
    )
    .order_by(checkpoints.c.size)
)


def record_checkpoint(connection: Connection, checkpoint: SignedCheckpoint) -> bool:
    """Keep a checkpoint; say whether it is the first of its size."""
    return _INSERT.first(connection, values_of(checkpoint)) is not None


def find_newest(connection: Connection, log: Head) -> SignedCheckpoint | None:
    """Return the checkpoint of the largest size, if there is any yet."""
    row = _NEWEST.first(connection, {"of_log": log})
    return None if row is None else _checkpoint(*row)


def list_checkpoints(
    connection: Connection, log: Head, *, since: int, until: int
) -> list[SignedCheckpoint]:
    """Return those of the sizes from *since* to *until*, in their order."""
    rows = _BETWEEN.rows(connection, {"of_log": log, "since": since, "until": until})
    return [_checkpoint(*row) for row in rows]


def _checkpoint(log: str, size: int, signed_at: dt.datetime, note: bytes) -> SignedCheckpoint:
    return SignedCheckpoint(log=Head(log), size=size, signed_at=signed_at, note=note)
