"""
(10) What a comparison comes to: what the partner lacks goes out again, and what failed is told.

It runs within the transaction that stores the comparison.
"""

from collections.abc import Sequence
from datetime import datetime

import structlog

from exchange.domain.alarms import AlarmKind
from exchange.domain.messages.catalogue import by_schema
from exchange.domain.messages.comparison import Result
from exchange.domain.parties import Side
from exchange.flow.comparing import Moved, mirrors
from exchange.proof.sets import Item
from exchange.store.alarms import close_alarms, raise_alarm
from exchange.store.bodies import list_bodies
from exchange.store.columns import Direction
from exchange.store.comparisons import Compared
from exchange.store.engine import Connection
from exchange.store.ledger import Entry, find_messages, list_numbered
from exchange.store.outbox import NORMAL, URGENT, NewDraft, insert_sealed
from exchange.store.statements import speaker_of

log = structlog.get_logger()


def remark(connection: Connection, after: Compared, side: Side, now: datetime) -> None:
    """Raise that a comparison ended with nothing that holds; end that where one has."""
    if after.result is None:
        return
    subject = f"{after.day.isoformat()} {speaker_of(after.of, side)}"
    if is_fruitless(after):
        raise_alarm(connection, AlarmKind.COMPARISON_ENDED, subject, at=now)
    elif after.their_result is not None:
        close_alarms(connection, AlarmKind.COMPARISON_ENDED, [subject], at=now)


def is_fruitless(after: Compared) -> bool:
    """Say whether a comparison ended with no result, or with two that do not mirror each other."""
    if after.result is None or after.end is not None:
        return True
    if after.their_result is None:
        return False
    ours, theirs = (Result.model_validate_json(one) for one in (after.result, after.their_result))
    return not mirrors(ours, theirs)


def send_again(connection: Connection, lacking: Sequence[Item], now: datetime) -> None:
    """
    Send what the partner lacks again, as it was sealed.

    What still waits to be sent is left to that; what was erased cannot be sent any more.
    """
    if not lacking:
        return
    names = {item.pld for item in lacking}
    known = find_messages(connection, Direction.SENT, [item.jti for item in lacking])
    entries = list_numbered(connection, [one.number for one in known if one.pld in names])
    bodies = list_bodies(connection, {one.body for one in entries.values() if one.body})
    there = {number for number, body in bodies.items() if body.wrapped is not None}
    kept = [one for one in entries.values() if one.body in there]
    insert_sealed(connection, [(entry.number, _again(entry, now)) for entry in kept])


def _again(entry: Entry, now: datetime) -> NewDraft:
    kind = by_schema(entry.schema or "")
    return NewDraft(
        schema=entry.schema or "",
        body=entry.body or 0,
        due_at=now,
        created_at=now,
        handoff=entry.handoff,
        priority=URGENT if kind is not None and kind.urgent else NORMAL,
    )


def tell(moved: Moved) -> None:
    """Say in the log that a comparison began, or ended."""
    after = moved.after
    if moved.before is None:
        log.info("comparison.begun", day=after.day.isoformat())
    if after.ended_at is not None:
        log.info("comparison.ended", day=after.day.isoformat(), code=after.end)
