"""
A handoff as both sides know it: the facts its messages say, and the stage they amount to.

Invariants:

* ``SharedHandoff`` holds only what both sides have said, and nothing by which the person
  could be told: no name, birth date, nationality or travel document. Whatever a receiver
  answers is a function of it.
* Facts converge. Of each kind the newest stands and the stage is computed from the facts, so
  any order of arrival, with any repeats, ends in the same handoff on both sides.
* A fact is never refused for being inconvenient: a code says what was odd about it.
"""

from datetime import datetime
from typing import NamedTuple

from exchange.domain.facts import (
    AcknowledgmentFact,
    ConfirmationFact,
    DeliveryFact,
    DepartureFact,
    Fact,
    HearingFact,
    NoticeFact,
    VisaChangeFact,
    VisaFact,
    newest,
)
from exchange.domain.messages.body import Body
from exchange.domain.messages.catalogue import MessageType
from exchange.domain.messages.hearing_confirmation import HearingConfirmation
from exchange.domain.messages.return_cancellation import ReturnCancellation
from exchange.domain.messages.return_notice import ReturnNotice
from exchange.domain.parties import CaseId, HandoffId
from exchange.domain.shared import HearingStands, SharedHandoff
from exchange.domain.stages import (
    MOVES,
    OUT_OF_PLACE,
    REPEAT,
    SUPERSEDED,
    UNKNOWN_SUBJECT,
    Act,
    LocalStage,
    Move,
    Stage,
    code_of,
    is_in_place,
)
from exchange.domain.telling import act_of, kind_of
from exchange.domain.wire import utc_text

__all__ = [
    "MOVES",
    "Act",
    "Advanced",
    "CaseId",
    "HandoffId",
    "HearingStands",
    "LocalStage",
    "Move",
    "Said",
    "SharedHandoff",
    "Stage",
    "act_of",
    "advance",
    "complete",
    "is_in_place",
]


class Said(NamedTuple):
    """A message as it bears on its handoff: what was said, its ``seq`` and its ``iat``."""

    type: MessageType
    body: Body
    seq: int
    at: datetime


class Advanced(NamedTuple):
    """The handoff after a message, and the code that goes into the receipt."""

    shared: SharedHandoff
    code: str | None


def advance(shared: SharedHandoff | None, handoff: HandoffId, said: Said) -> Advanced:
    """
    Return the handoff once *said* is part of it (8, 9).

    Either side calls this for what it hears and for what it says itself, when it seals it.
    *shared* is None where nothing has been said about the handoff yet.
    """
    before = SharedHandoff(handoff=handoff) if shared is None else shared
    kind, act = kind_of(said.body), act_of(said.body)
    if kind is None:
        return Advanced(before, _code(before, None, None, act))
    fact = kind.fact(said.body, said.seq, utc_text(said.at))
    standing: Fact | None = getattr(before, kind.slot)
    code = _code(before, standing, fact, act)
    after = before.model_copy(update={kind.slot: newest(standing, fact)})
    return Advanced(after, code)


def _code(before: SharedHandoff, standing: Fact | None, fact: Fact | None, act: Act) -> str | None:
    if standing is not None and fact is not None:
        if standing.says_the_same_as(fact):
            return REPEAT
        if fact.rank < standing.rank:
            return SUPERSEDED
    if before.notice is None:
        return code_of(before.stage, act) if act is Act.NOTICE else UNKNOWN_SUBJECT
    if isinstance(fact, VisaFact) and before.awaits_successor and before.stage is Stage.DOCUMENTED:
        return None
    return _odd(before, before.notice, fact) or code_of(before.stage, act)


def _odd(before: SharedHandoff, notice: NoticeFact, fact: Fact | None) -> str | None:
    """Return the code of a fact about something else than what stands; None where it is not."""
    match fact:
        case AcknowledgmentFact() if fact.revision != notice.revision:
            return SUPERSEDED if fact.revision < notice.revision else OUT_OF_PLACE
        case DepartureFact() if fact.revision != notice.revision:
            return OUT_OF_PLACE
        case VisaChangeFact() if before.visa is None or before.visa.number != fact.number:
            return OUT_OF_PLACE
        case HearingFact():
            return _odd_hearing(HearingStands.newest(notice, before.hearing), fact)
        case DeliveryFact() | ConfirmationFact():
            return _odd_version(HearingStands.newest(notice, before.hearing), fact)
        case _:
            return None


def _odd_hearing(stands: HearingStands, fact: HearingFact) -> str | None:
    said = HearingStands.of(fact)
    if said.version != stands.version:
        return SUPERSEDED if said.version < stands.version else None
    if said == stands:
        return REPEAT
    return None if said.dates_as(stands) else OUT_OF_PLACE


def _odd_version(stands: HearingStands, fact: DeliveryFact | ConfirmationFact) -> str | None:
    if (fact.revision, fact.hearing) == (stands.version, stands.hearing):
        return None
    return SUPERSEDED if fact.revision < stands.version else OUT_OF_PLACE


def complete(body: Body, shared: SharedHandoff | None) -> Body:
    """
    Return the body as it must be sealed now, where the US side speaks (5).

    It is *body* itself where it says that already. Revisions are consecutive among sealed
    notices, so no hole tells of a draft that vanished; a cancellation names the last one sealed.
    A confirmation says whether the hearing stands as it is then.

    Raises:
        ValueError: A cancellation of what was never announced.
    """
    revision = shared.revision if shared else 0
    match body:
        case ReturnNotice():
            return _as_revision(body, revision + 1)
        case ReturnCancellation() if revision == 0:
            message = "what was never announced cannot be cancelled"
            raise ValueError(message)
        case ReturnCancellation():
            return _as_revision(body, revision)
        case HearingConfirmation():
            current = shared is not None and shared.has_current(body.hearing, body.version)
            same = body.current is current
            return body if same else body.model_copy(update={"current": current})
        case _:
            return body


def _as_revision(body: ReturnNotice | ReturnCancellation, revision: int) -> Body:
    """Return the body with this revision: itself where it has it, as the first notice does."""
    return body if body.revision == revision else body.model_copy(update={"revision": revision})
