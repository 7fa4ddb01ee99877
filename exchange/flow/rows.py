"""Between rows and what they mean: a row keeps text and numbers, legs use the types."""

from dataclasses import replace
from datetime import datetime

from exchange.domain.deadlines import Limits, pending
from exchange.domain.handoff import MOVES, SharedHandoff, Stage
from exchange.domain.messages.catalogue import MessageType, by_schema
from exchange.errors import EvidenceBroken, Sentence
from exchange.proof.envelope import InReplyTo
from exchange.store.handoffs import Handoff, NewHandoff
from exchange.store.outbox import Waiting

_AHEAD = {(move.stage, move.to) for move in MOVES if move.stage is not move.to}
"""From each stage, the stages that something said may lead to."""

_ANSWERED = frozenset({Stage.ACCEPTED, Stage.REFUSED, Stage.DEFERRED})
"""The stages that an answer to one revision of the notice leads to."""


def case_of(row: Handoff) -> str:
    """Return the person over several cycles; the handoff itself where no case is known."""
    return row.case_id or row.handoff


def shared_of(row: Handoff) -> SharedHandoff | None:
    """Return what both sides know of the handoff, or None while nothing was said about it."""
    return None if row.shared is None else SharedHandoff.model_validate_json(row.shared)


def moved(row: Handoff, shared: SharedHandoff, limits: Limits) -> Handoff:
    """
    Return *row* as it stands once both sides know *shared*.

    What was only ours ends where the same has now been said: a drafted handoff is announced,
    an intended stage is reached. An intent also ends where what the partner said meanwhile
    leaves no way to it: a cancellation that waits leads nowhere once the person is received,
    and an answer that waits leads nowhere once a later revision is announced.

    Where, when and with whom the person travels stays as it was decided here: a notice that
    says so may still wait. Whoever hears notices takes it from them: `announced_anew`.
    """
    return replace(
        row,
        shared=shared.written(),
        stage=shared.stage,
        local_stage=None,
        intent=row.intent if _leads_on(row, shared) else None,
        due_at=next_deadline(shared, limits),
    )


def announced_anew(row: Handoff, shared: SharedHandoff, limits: Limits) -> Handoff:
    """Return *row* as `moved` has it, placed where the newest notice of the partner says."""
    notice = shared.notice
    after = moved(row, shared, limits)
    if notice is None:
        return after
    return replace(
        after,
        case_id=notice.case,
        port=shared.port,
        receiving_point=shared.receiving_point,
        window_from=shared.window_from,
        window_to=shared.window_to,
        family_group=notice.family_group,
    )


def _leads_on(row: Handoff, shared: SharedHandoff) -> bool:
    """Return whether what waits can still bring the handoff to the stage it was meant to."""
    if (shared.stage, row.intent) not in _AHEAD:
        return False
    before = shared_of(row) if row.intent in _ANSWERED else None
    return before is None or before.revision == shared.revision


def begun(shared: SharedHandoff, limits: Limits, *, at: datetime) -> NewHandoff:
    """Return the row of a handoff that the partner was the first to speak of."""
    return NewHandoff(
        handoff=shared.handoff,
        stage=shared.stage,
        created_at=at,
        case_id=shared.case,
        shared=shared.written(),
        port=shared.port,
        receiving_point=shared.receiving_point,
        window_from=shared.window_from,
        window_to=shared.window_to,
        family_group=shared.notice.family_group if shared.notice else None,
        due_at=next_deadline(shared, limits),
    )


def next_deadline(shared: SharedHandoff, limits: Limits) -> datetime | None:
    """Return when the first deadline that still waits falls due, passed or not."""
    return min((wait.due_at for wait in pending(shared, limits)), default=None)


def type_of(claim: Waiting) -> MessageType:
    """Return the type of a draft; that we once queued an unknown one is our own fault."""
    kind = by_schema(claim.schema)
    if kind is None:
        message = Sentence(
            "a draft names a schema that is not in the catalogue",
            "un borrador nombra un esquema que no está en el catálogo",
        )
        raise EvidenceBroken(message)
    return kind


def in_reply_to(claim: Waiting) -> InReplyTo | None:
    """Return what a draft answers, as its envelope will name it."""
    if claim.irt_jti is None or claim.irt_pld is None:
        return None
    return InReplyTo(claim.irt_jti, claim.irt_pld)
