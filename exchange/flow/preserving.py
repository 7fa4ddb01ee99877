"""
A person's data are kept whatever a rule says, for a court, an inspection or a complaint.

That they are, and why, is ours alone: it is in the journal and never sent.
"""

from datetime import datetime

from exchange.domain.retention import Ground
from exchange.errors import NotPreserved
from exchange.flow.erasable import Places, get_keyed
from exchange.store.engine import Connection
from exchange.store.erasures import hold_still
from exchange.store.handoffs import Handoff
from exchange.store.journal import Event, record_events
from exchange.store.preservations import (
    insert_preservation,
    lift_preservation,
    list_preservations,
)


def preserve(
    connection: Connection,
    handoff: str,
    ground: Ground,
    *,
    actor: str,
    now: datetime,
    places: Places = None,
) -> None:
    """
    Keep a handoff's data whatever a rule says; to do so again changes nothing.

    Raises:
        NotFound: We know no such handoff, it is not theirs, or it was erased.
    """
    hold_still(connection)
    (row,) = get_keyed(connection, [handoff], places)
    standing = [
        one
        for one in list_preservations(connection)
        if (one.handoff, one.ground, one.lifted_at) == (handoff, ground, None)
    ]
    if standing:
        return
    insert_preservation(connection, handoff, ground, at=now, by=actor)
    record_events(connection, [_event("preservation.placed", row, ground, actor, now)])


def preserve_no_more(
    connection: Connection,
    handoff: str,
    ground: Ground,
    *,
    actor: str,
    now: datetime,
    places: Places = None,
) -> None:
    """
    Keep a handoff's data on this ground no more; the rules have it again.

    Raises:
        NotFound: We know no such handoff, or it is not theirs.
        NotPreserved: It is not preserved on this ground.
    """
    (row,) = get_keyed(connection, [handoff], places)
    if not lift_preservation(connection, handoff, ground, at=now, by=actor):
        raise NotPreserved
    record_events(connection, [_event("preservation.lifted", row, ground, actor, now)])


def _event(kind: str, row: Handoff, ground: Ground, actor: str, now: datetime) -> Event:
    data = {"ground": ground.value}
    return Event(at=now, kind=kind, actor=actor, handoff=row.number, data=data)
