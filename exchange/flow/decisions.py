"""
(4) What is stored of a decision: once for each ``decision_id``, in one transaction.

Each function first looks whether the decision came before; then nothing is stored and what
stands is returned. Of a withheld person nothing is kept but what answers a repeat and counts.
"""

from dataclasses import dataclass, replace

from exchange.domain.handoff import HandoffId
from exchange.domain.messages.catalogue import RETURN_NOTICE
from exchange.flow.keyring import DataKey
from exchange.store.bodies import NewBody, insert_data_keys, record_bodies
from exchange.store.decisions import Decision, find_decision, record_decision
from exchange.store.engine import Connection
from exchange.store.handoffs import NewHandoff, insert_handoffs, list_handoffs
from exchange.store.journal import Event, record_events
from exchange.store.outbox import NewDraft, insert_drafts

Standing = tuple[Decision, HandoffId | None]
"""What was stored of a decision before, and the handoff that it began."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafted:
    """A cleared decision with everything its transaction needs already made."""

    row: Decision
    handoff: NewHandoff
    key: DataKey
    decision_ciphertext: bytes
    notice_ciphertext: bytes


def find_standing(decision_id: str, connection: Connection) -> Standing | None:
    """Return what was stored of a decision before, and the handoff it began."""
    row = find_decision(connection, decision_id)
    if row is None:
        return None
    handoffs = list_handoffs(connection, [row.handoff] if row.handoff else [])
    return row, next((HandoffId(one.handoff) for one in handoffs.values()), None)


def record_withheld(row: Decision, actor: str, connection: Connection) -> Standing | None:
    """Store that a person was withheld, by codes alone, with the journal entry."""
    standing = find_standing(row.decision_id, connection)
    if standing:
        return standing
    record_decision(connection, row)
    data = {"decision": row.decision_id, "port": row.port, "codes": list(row.codes)}
    event = Event(at=row.recorded_at, kind="decision.withheld", actor=actor, data=data)
    record_events(connection, [event])
    return None


def record_drafted(drafted: Drafted, actor: str, connection: Connection) -> Standing | None:
    """Store decision, handoff, its data key, both bodies, the draft and the journal entry."""
    row, now = drafted.row, drafted.row.recorded_at
    standing = find_standing(row.decision_id, connection)
    if standing:
        return standing
    (number,) = insert_handoffs(connection, [drafted.handoff])
    insert_data_keys(connection, {number: drafted.key.wrapped})
    _, notice = record_bodies(
        connection,
        [
            NewBody(drafted.decision_ciphertext, handoff=number),
            NewBody(drafted.notice_ciphertext, handoff=number),
        ],
    )
    record_decision(connection, replace(row, handoff=number))
    draft = NewDraft(
        schema=RETURN_NOTICE.schema, body=notice, due_at=now, created_at=now, handoff=number
    )
    insert_drafts(connection, [draft])
    data = {"decision": row.decision_id, "port": row.port, "rule_set": row.rule_set}
    event = Event(at=now, kind="decision.cleared", actor=actor, handoff=number, data=data)
    record_events(connection, [event])
    return None
