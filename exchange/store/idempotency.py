"""
What each ``Idempotency-Key`` of a client was answered, so that a repeat gets the same.

Kept are a status and the id of what came of it; *response* only where it cannot be made
again from those, and then without a person's data or as ciphertext.
"""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, delete, select

from exchange.store.prepared import Prepared, insert_into, values_of
from exchange.store.tables import idempotency


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer given: to which request (its digest), and what it was."""

    client: int
    key: str
    digest: bytes
    status: int
    created_at: dt.datetime
    subject: str | None = None
    response: bytes | None = None


_COLUMNS = tuple(idempotency.c.keys())
_INSERT = Prepared(insert_into(idempotency))
_FIND = Prepared(
    select(idempotency).where(
        idempotency.c.client == bindparam("of_client"),
        idempotency.c.key == bindparam("of_key"),
    ),
)
_DROP = Prepared(delete(idempotency).where(idempotency.c.created_at < bindparam("before")))


def record_answer(connection: Connection, answer: Answer) -> None:
    """
    Store an answer with what it answers, in the transaction of its effects.

    Raises:
        IntegrityError: This key was answered before; let it pass.
    """
    _INSERT.run(connection, values_of(answer))


def find_answer(connection: Connection, *, client: int, key: str) -> Answer | None:
    """Return what the client's key was answered, or None."""
    row = _FIND.first(connection, {"of_client": client, "of_key": key})
    return None if row is None else Answer(**dict(zip(_COLUMNS, row, strict=True)))


def delete_answers(connection: Connection, *, before: dt.datetime) -> int:
    """Forget answers older than *before*; return how many."""
    return _DROP.run(connection, {"before": before})
