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

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple

from exchange.domain.facts import (
    AcknowledgmentFact,
    CancellationFact,
    Fact,
    NoticeFact,
    ReceptionFact,
    SharedHandoff,
    VisaFact,
    newest,
)
from exchange.domain.messages.acknowledgment import Acknowledgment
from exchange.domain.messages.body import Body
from exchange.domain.messages.catalogue import MessageType
from exchange.domain.messages.reception import Reception
from exchange.domain.messages.return_cancellation import ReturnCancellation
from exchange.domain.messages.return_notice import ReturnNotice
from exchange.domain.messages.visa_issuance import VisaIssuance
from exchange.domain.parties import CaseId, HandoffId
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
    draw_stages,
    is_in_place,
)
from exchange.domain.wire import utc_text

__all__ = [
    "MOVES",
    "Act",
    "Advanced",
    "CaseId",
    "HandoffId",
    "LocalStage",
    "Move",
    "Said",
    "SharedHandoff",
    "Stage",
    "act_of",
    "advance",
    "complete",
    "draw_stages",
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


_ANSWER_ACTS = {
    "accepted": Act.ACCEPTANCE,
    "refused": Act.REFUSAL,
    "deferred": Act.DEFERRAL,
}


def advance(shared: SharedHandoff | None, handoff: HandoffId, said: Said) -> Advanced:
    """
    Return the handoff once *said* is part of it (8, 9).

    Either side calls this for what it hears and for what it says itself, when it seals it.
    *shared* is None where nothing has been said about the handoff yet.
    """
    before = SharedHandoff(handoff=handoff) if shared is None else shared
    kind = _KINDS[type(said.body)]
    fact = kind.fact(said.body, said.seq, utc_text(said.at))
    standing: Fact | None = getattr(before, kind.slot)
    code = _code(before, standing, fact, act_of(said.body))
    after = before.model_copy(update={kind.slot: newest(standing, fact)})
    return Advanced(after, code)


def act_of(body: Body) -> Act:
    """Return what a body does to a handoff."""
    match body:
        case ReturnNotice():
            return Act.NOTICE
        case Acknowledgment():
            return _ANSWER_ACTS[body.answer]
        case Reception():
            return Act.RECEPTION if body.outcome == "received" else Act.NON_RECEPTION
        case VisaIssuance():
            return Act.VISA
        case _:
            return Act.CANCELLATION


def _code(before: SharedHandoff, standing: Fact | None, fact: Fact, act: Act) -> str | None:
    if standing is not None:
        if standing.says_the_same_as(fact):
            return REPEAT
        if fact.rank < standing.rank:
            return SUPERSEDED
    if before.notice is None and act is not Act.NOTICE:
        return UNKNOWN_SUBJECT
    if isinstance(fact, AcknowledgmentFact) and fact.revision != before.revision:
        return SUPERSEDED if fact.revision < before.revision else OUT_OF_PLACE
    return code_of(before.stage, act)


def complete(body: Body, shared: SharedHandoff | None) -> Body:
    """
    Return the body as it must be sealed now: with its revision, where the US side speaks (5).

    It is *body* itself where it says that already. Revisions are consecutive among sealed
    notices, so no hole tells of a draft that vanished; a cancellation names the last one sealed.

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
        case _:
            return body


def _as_revision(body: ReturnNotice | ReturnCancellation, revision: int) -> Body:
    """Return the body with this revision: itself where it has it, as the first notice does."""
    return body if body.revision == revision else body.model_copy(update={"revision": revision})


def _notice_fact(body: ReturnNotice, seq: int, said_at: str) -> NoticeFact:
    # Nothing about the person is kept in the clear.
    window, hearing, family = body.return_.window, body.hearing, body.family
    return NoticeFact(
        seq=seq,
        said_at=said_at,
        first_said_at=said_at,
        revision=body.revision,
        case=body.case,
        cycle=body.cycle,
        port=body.return_.port,
        receiving_point=body.return_.receiving_point,
        window_from=window.from_,
        window_to=window.to,
        hearing=hearing.hearing,
        hearing_version=hearing.version,
        hearing_at=hearing.hearing_at.utc,
        hearing_on=hearing.hearing_at.local[:10],
        present_at=hearing.present_at.utc,
        presentation_port=hearing.presentation_port,
        family_group=family.group if family else None,
        family_size=family.size if family else None,
        rule_set=body.screening.rule_set,
    )


def _cancellation_fact(body: ReturnCancellation, seq: int, said_at: str) -> CancellationFact:
    return CancellationFact(seq=seq, said_at=said_at, first_said_at=said_at, revision=body.revision)


def _acknowledgment_fact(body: Acknowledgment, seq: int, said_at: str) -> AcknowledgmentFact:
    # The officer stays in the body.
    return AcknowledgmentFact(
        seq=seq,
        said_at=said_at,
        first_said_at=said_at,
        revision=body.revision,
        answer=body.answer,
        code=body.code,
        window_from=body.window.from_ if body.window else None,
        window_to=body.window.to if body.window else None,
        answered_at=body.answered_at,
    )


def _reception_fact(body: Reception, seq: int, said_at: str) -> ReceptionFact:
    return ReceptionFact(
        seq=seq,
        said_at=said_at,
        first_said_at=said_at,
        outcome=body.outcome,
        code=body.code,
        at=body.at,
        receiving_point=body.receiving_point,
        identity=body.identity,
    )


def _visa_fact(body: VisaIssuance, seq: int, said_at: str) -> VisaFact:
    # Office, entries and CURP stay in the body.
    return VisaFact(
        seq=seq,
        said_at=said_at,
        first_said_at=said_at,
        document=body.document,
        number=body.number,
        issued_at=body.issued_at,
        valid_from=body.valid_from,
        valid_until=body.valid_until,
    )


class _Kind(NamedTuple):
    """How a body becomes a fact, and where that fact stands in a handoff."""

    slot: str
    fact: Callable[[Any, int, str], Fact]


_KINDS: Mapping[type[Body], _Kind] = MappingProxyType(
    {
        ReturnNotice: _Kind("notice", _notice_fact),
        ReturnCancellation: _Kind("cancellation", _cancellation_fact),
        Acknowledgment: _Kind("acknowledgment", _acknowledgment_fact),
        Reception: _Kind("reception", _reception_fact),
        VisaIssuance: _Kind("visa", _visa_fact),
    },
)
