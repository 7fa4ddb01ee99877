"""
The journal: what happened on our side alone, append-only, with its tree. Never sent.

It holds ids, codes and who acted, and never a person's data: erasure has nothing to do here.
"""

import datetime as dt
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, bindparam, select

from exchange.proof import logs
from exchange.proof.grammar import canonical
from exchange.store.columns import microseconds
from exchange.store.heads import Head, lock_log, move_log
from exchange.store.prepared import Prepared, insert_into
from exchange.store.tables import journal


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """
    Something that happened on our side.

    *kind* is a ``noun.past_verb``; *handoff* a row number; *actor* a client's name or
    ``exchange``; *data* JSON of the grammar that we sign, without a person in it.
    """

    at: dt.datetime
    kind: str
    actor: str
    handoff: int | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedEvent(Event):
    """An event as it stands in the journal."""

    number: int
    nodes: bytes


_COLUMNS = tuple(journal.c.keys())
_INSERT = Prepared(insert_into(journal))
_AFTER = Prepared(
    select(journal)
    .where(journal.c.number > bindparam("after"))
    .order_by(journal.c.number)
    .limit(bindparam("most"))
)
_OF_HANDOFF = Prepared(
    select(journal).where(journal.c.handoff == bindparam("at_handoff")).order_by(journal.c.number)
)
_OF_KINDS = Prepared(
    select(journal)
    .where(
        journal.c.handoff.in_(bindparam("handoffs", expanding=True)),
        journal.c.kind.in_(bindparam("kinds", expanding=True)),
        journal.c.handoff.is_not(None),
    )
    .order_by(journal.c.number)
)


def record_events(connection: Connection, events: Sequence[Event]) -> None:
    """Append the events to the journal, in order."""
    if not events:
        return
    head = lock_log(connection, Head.JOURNAL)
    grown, kept = head.grown(map(leaf_of, events))
    rows = [
        {
            "number": number,
            "at": event.at,
            "kind": event.kind,
            "handoff": event.handoff,
            "actor": event.actor,
            "data": canonical(dict(event.data)).decode(),
            "nodes": nodes,
        }
        for number, (event, nodes) in enumerate(zip(events, kept, strict=True), head.size)
    ]
    _INSERT.run(connection, *rows)
    move_log(connection, Head.JOURNAL, grown)


def leaf_of(event: Event) -> bytes:
    """Return the leaf that the journal's tree has for *event*."""
    return logs.leaf(
        {
            "actor": event.actor,
            "at": microseconds(event.at),
            "data": dict(event.data),
            "handoff": event.handoff,
            "kind": event.kind,
        },
    )


def in_tree(event: RecordedEvent) -> logs.Entry:
    """Return *event* as the journal's tree has it."""
    return logs.Entry(event.number, leaf_of(event), event.nodes)


def list_events(
    connection: Connection,
    *,
    after: int = -1,
    limit: int = 500,
) -> list[RecordedEvent]:
    """Return the events after a journal number, in order."""
    rows = _AFTER.rows(connection, {"after": after, "most": limit})
    return [_event(row) for row in rows]


def list_events_of(connection: Connection, handoff: int) -> list[RecordedEvent]:
    """Return what happened to a handoff (a row number), in order."""
    rows = _OF_HANDOFF.rows(connection, {"at_handoff": handoff})
    return [_event(row) for row in rows]


def find_events(
    connection: Connection, handoffs: Collection[int], kinds: Collection[str]
) -> list[RecordedEvent]:
    """Return what happened of these kinds to these handoffs (row numbers), in order."""
    asked = {"handoffs": sorted(handoffs), "kinds": sorted(kinds)}
    return [_event(row) for row in _OF_KINDS.rows(connection, asked)] if handoffs else []


def _event(row: Iterable[Any]) -> RecordedEvent:
    kept = dict(zip(_COLUMNS, row, strict=True))
    return RecordedEvent(**{**kept, "data": json.loads(kept["data"])})
