"""
The numbers of the partner's messages: what is missing between them, and what came twice.

They are read from the ledger itself, by an index that holds nothing else. Two messages are
two ``jti``: one that came rejected and again, or in conflict, has no number twice.
"""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, func, select

from exchange.store.columns import Direction, Kind, constant
from exchange.store.prepared import Prepared
from exchange.store.tables import ledger


@dataclass(frozen=True, slots=True)
class SeqGap:
    """Numbers *first* to *last* of the partner's messages that never came."""

    first: int
    last: int


_RECEIVED_SEQ = (
    select(
        ledger.c.seq,
        func.lead(ledger.c.seq).over(order_by=ledger.c.seq).label("next_seq"),
    )
    .where(
        ledger.c.direction == constant(Direction.RECEIVED),
        ledger.c.kind == constant(Kind.MESSAGE),
        ledger.c.seq >= bindparam("since"),
    )
    .subquery()
)
_GAPS = Prepared(
    select(_RECEIVED_SEQ)
    .where(_RECEIVED_SEQ.c.next_seq > _RECEIVED_SEQ.c.seq + 1)
    .order_by(_RECEIVED_SEQ.c.seq)
    .limit(bindparam("most"))
)
_REPEATED_SEQ = Prepared(
    select(_RECEIVED_SEQ.c.seq)
    .where(_RECEIVED_SEQ.c.next_seq == _RECEIVED_SEQ.c.seq)
    .distinct()
    .order_by(_RECEIVED_SEQ.c.seq)
    .limit(bindparam("most"))
)
_TWICE = Prepared(
    select(ledger.c.seq)
    .where(
        ledger.c.direction == constant(Direction.RECEIVED),
        ledger.c.kind == constant(Kind.MESSAGE),
        ledger.c.seq.in_(bindparam("seqs", expanding=True)),
    )
    .group_by(ledger.c.seq)
    .having(func.count(ledger.c.jti.distinct()) > 1)
)
_PASSED = Prepared(
    select(func.min(ledger.c.recorded_at)).where(
        ledger.c.direction == constant(Direction.RECEIVED),
        ledger.c.kind == constant(Kind.MESSAGE),
        ledger.c.seq == bindparam("next"),
    )
)
_LOWEST_SEQ = Prepared(
    select(func.min(ledger.c.seq)).where(
        ledger.c.direction == constant(Direction.RECEIVED),
        ledger.c.kind == constant(Kind.MESSAGE),
        ledger.c.seq >= bindparam("since"),
    ),
)
_HIGHEST_SEQ = Prepared(
    select(func.max(ledger.c.seq)).where(
        ledger.c.direction == constant(Direction.RECEIVED),
        ledger.c.kind == constant(Kind.MESSAGE),
    ),
)


def list_seq_gaps(connection: Connection, *, since: int = 1, limit: int = 100) -> list[SeqGap]:
    """
    Return the holes in the partner's messages from number *since* to the highest that we have.

    Reads every number from *since* on: give the end of what is known to be whole.
    """
    (lowest,) = _LOWEST_SEQ.first(connection, {"since": since})
    before = [SeqGap(since, lowest - 1)] if lowest is not None and lowest > since else []
    rows = _GAPS.rows(connection, {"since": since, "most": limit})
    return [*before, *(SeqGap(seq + 1, next_seq - 1) for seq, next_seq in rows)][:limit]


def find_passed_at(connection: Connection, gap: SeqGap) -> dt.datetime | None:
    """Return when the first message beyond the gap came, so that it was known to be one."""
    (at,) = _PASSED.first(connection, {"next": gap.last + 1})
    found: dt.datetime | None = at
    return found


def list_repeated_seqs(connection: Connection, *, since: int = 1, limit: int = 100) -> list[int]:
    """Return the numbers from *since* on that the partner gave to more than one message."""
    asked = {"since": since, "most": limit}
    return sorted(
        find_repeated_seqs(connection, [seq for (seq,) in _REPEATED_SEQ.rows(connection, asked)])
    )


def find_repeated_seqs(connection: Connection, seqs: Collection[int]) -> set[int]:
    """Return those of the numbers that the partner gave to more than one message."""
    if not seqs:
        return set()
    return {seq for (seq,) in _TWICE.rows(connection, {"seqs": sorted(seqs)})}


def get_highest_seq(connection: Connection) -> int:
    """Return the highest number among the partner's messages, 0 where there is none."""
    (highest,) = _HIGHEST_SEQ.first(connection)
    return highest or 0
