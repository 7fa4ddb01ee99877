"""
What both sides have said about a person, for the person: the journal has first who asked for it.

It is read from the ledger as it was said. Left out are the salt, which means nothing, and the
official who said it. What this side alone recorded (the decision, screening, holds) is not here:
whoever asks for that asks by the law of that side.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple, cast

from exchange.domain.messages.catalogue import by_schema
from exchange.errors import NotFound
from exchange.flow.erasable import Places, get_keyed
from exchange.flow.kept import with_bodies
from exchange.proof import grammar
from exchange.proof.custody import KeyEncryptionKey
from exchange.proof.envelope import parse_envelope
from exchange.store.columns import Direction, Kind, Status
from exchange.store.engine import Connection
from exchange.store.handoffs import find_handoff
from exchange.store.journal import Event, record_events
from exchange.store.ledger import Entry, list_entries_of

LEFT_OUT = ("salt", "officer")


class SaidOf(NamedTuple):
    """One message about a person: its type, by whom and when it was said, and what it says."""

    name: str
    direction: Direction
    said_at: datetime
    says: Mapping[str, object]


def record_asked(
    connection: Connection, handoff: str, *, actor: str, now: datetime, places: Places = None
) -> None:
    """
    Record who asked for what is known of a person, before anything is read.

    Raises:
        NotFound: We know no such handoff, it is not theirs, or the person was erased.
    """
    (row,) = get_keyed(connection, [handoff], places)
    event = Event(at=now, kind="person.exported", actor=actor, handoff=row.number)
    record_events(connection, [event])


def read_said(connection: Connection, handoff: str, key: KeyEncryptionKey) -> list[SaidOf]:
    """
    Return what was said about the person of a handoff, in the order in which we have it.

    Raises:
        NotFound: We know no such handoff.
        EvidenceBroken: A stored body was altered.
    """
    row = find_handoff(connection, handoff)
    if row is None:
        raise NotFound
    entries = [one for one in list_entries_of(connection, row.number) if _is_said(one)]
    found = []
    for kept in with_bodies(connection, entries, key):
        kind = by_schema(kept.entry.schema or "")
        if kind is not None and kept.line.body is not None:
            body = cast("dict[str, object]", grammar.parse(kept.line.body))
            says = {name: value for name, value in body.items() if name not in LEFT_OUT}
            said_at = parse_envelope(kept.entry.envelope).sealed_at
            found.append(SaidOf(kind.name, kept.entry.direction, said_at, says))
    return found


def _is_said(entry: Entry) -> bool:
    return entry.kind is Kind.MESSAGE and entry.status is Status.ACCEPTED
