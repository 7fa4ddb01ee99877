"""
The gapless counts.

A number is taken in the transaction that uses it, so none is lost and, on PostgreSQL,
numbers become visible in their order: the next taker waits for the commit of the last.
"""

from enum import StrEnum

from sqlalchemy import Connection, bindparam, select, text, update

from exchange.errors import EvidenceBroken, Sentence
from exchange.proof.merkle import Frontier
from exchange.store.prepared import Prepared
from exchange.store.tables import heads


class Head(StrEnum):
    """What is counted."""

    CHANGES = "changes"
    SEQ = "seq"
    LEDGER = "ledger"
    JOURNAL = "journal"
    RECONCILED = "reconciled"
    """How far in ``changes`` the rules of reconciliation have looked."""
    JUDGED = "judged"
    """How far in the ledger they have looked for messages that were refused."""
    STATED = "stated"
    """How far in the ledger statements have looked for what was said of days gone by."""


LOGS = {
    Head.LEDGER: Sentence("ledger", "libro"),
    Head.JOURNAL: Sentence("journal", "diario"),
}
"""Those of them that count the entries of a log, and what it is called."""


class Row(StrEnum):
    """The tables whose rows are numbered for reference alone; gaps mean nothing."""

    HANDOFFS = "handoffs"
    BODIES = "bodies"
    OUTBOX = "outbox"


_ADVANCE = Prepared(
    update(heads)
    .where(heads.c.name == bindparam("head"))
    .values(size=heads.c.size + bindparam("count"))
    .returning(heads.c.size)
)
_HEAD = select(heads.c.size, heads.c.peaks).where(heads.c.name == bindparam("head"))
_READ = Prepared(_HEAD)
_LOCK = Prepared(_HEAD.with_for_update())
_MOVE = Prepared(
    update(heads)
    .where(heads.c.name == bindparam("head"))
    .values(size=bindparam("new_size"), peaks=bindparam("new_peaks"))
)
_PASS = Prepared(
    update(heads)
    .where(heads.c.name == bindparam("head"), heads.c.size == bindparam("from_size"))
    .values(size=bindparam("to_size"))
)
_SEQUENCE = text("SELECT nextval(CAST(:name AS regclass)) FROM generate_series(1, :count)")


def take_numbers(connection: Connection, head: Head, count: int) -> range:
    """Return the next *count* numbers of a count that starts at 1."""
    (last,) = _ADVANCE.first(connection, {"head": head, "count": count})
    return range(last - count + 1, last + 1)


def take_row_numbers(connection: Connection, row: Row, count: int) -> list[int]:
    """
    Return *count* numbers for new rows, never used before and never used again.

    PostgreSQL has sequences for this, which nobody waits for. SQLite would give the number
    of a deleted last row a second time, and a lease on the old row would then open the new.
    """
    if connection.dialect.name == "sqlite":
        (last,) = _ADVANCE.first(connection, {"head": row, "count": count})
        return list(range(last - count + 1, last + 1))
    name = f"{row}_number_seq"
    return list(connection.execute(_SEQUENCE, {"name": name, "count": count}).scalars())


def lock_log(connection: Connection, head: Head) -> Frontier:
    """
    Return where the log stands, and let nobody else append until we commit.

    Raises:
        EvidenceBroken: What is kept of it is damaged.
    """
    return _frontier(head, *_LOCK.first(connection, {"head": head}))


def get_log(connection: Connection, head: Head) -> Frontier:
    """
    Return where the log stands.

    Raises:
        EvidenceBroken: What is kept of it is damaged.
    """
    return _frontier(head, *_READ.first(connection, {"head": head}))


def get_size(connection: Connection, head: Head) -> int:
    """Return how far a count has come."""
    size: int = _READ.first(connection, {"head": head})[0]
    return size


def pass_on(connection: Connection, head: Head, *, since: int, to: int) -> bool:
    """Move a count on from where it was read; say whether it still was there."""
    return _PASS.run(connection, {"head": head, "from_size": since, "to_size": to}) == 1


def move_log(connection: Connection, head: Head, to: Frontier) -> None:
    """Set where the log stands."""
    _MOVE.run(connection, {"head": head, "new_size": to.size, "new_peaks": to.joined})


def _frontier(head: Head, size: int, peaks: bytes) -> Frontier:
    try:
        return Frontier.of(size, peaks)
    except ValueError as fault:
        name = LOGS[head]
        damaged = Sentence(
            f"the head of the {name} is damaged", f"la cabeza del {name.es} está dañada"
        )
        raise EvidenceBroken(damaged) from fault
