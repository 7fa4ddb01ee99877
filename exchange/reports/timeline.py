"""What was said about a handoff and what happened on our side, in order of time: no person."""

import datetime as dt
from dataclasses import dataclass

from exchange.store.engine import Connection
from exchange.store.journal import list_events_of
from exchange.store.ledger import list_entries_of
from exchange.store.outbox import list_outbox_of
from exchange.store.verdicts import find_verdicts

OUTBOX = "outbox"
NO_RECEIPT = "no receipt yet"
PARKED, WAITS = "parked", "waits"


@dataclass(frozen=True, slots=True)
class Happened:
    """One thing that happened to a handoff, without a word about the person."""

    at: dt.datetime
    who: str
    what: str
    outcome: str


def timeline_of(connection: Connection, number: int, *, tells_ours: bool) -> list[Happened]:
    """
    Return what happened to a handoff (a row number), in order of time.

    *tells_ours* is whether our journal and what waits in our outbox are among it.
    """
    events = said_about(connection, number)
    if tells_ours:
        events += _ours(connection, number)
    return sorted(events, key=lambda event: event.at)


def said_about(connection: Connection, number: int) -> list[Happened]:
    """Return the messages about a handoff, each with what its receipt says."""
    entries = list_entries_of(connection, number)
    verdicts = find_verdicts(connection, [entry.number for entry in entries])
    outcomes = {
        number: " ".join(filter(None, (verdict.status, verdict.code)))
        for number, verdict in verdicts.items()
    }
    return [
        Happened(
            entry.recorded_at,
            entry.direction,
            name_of(entry.schema or entry.kind),
            outcomes.get(entry.number, NO_RECEIPT),
        )
        for entry in entries
    ]


def _ours(connection: Connection, number: int) -> list[Happened]:
    happened = [
        Happened(event.at, event.actor, event.kind, str(event.data.get("pointer", "")))
        for event in list_events_of(connection, number)
    ]
    waits = [
        Happened(row.due_at, OUTBOX, name_of(row.schema), PARKED if row.parked_at else WAITS)
        for row in list_outbox_of(connection, number)
        if row.ledger is None
    ]
    return [*happened, *waits]


def name_of(schema: str) -> str:
    """Return the type of message that *schema* names, without its version."""
    return schema.removeprefix("urn:handoff:schema:").split(":")[0]
