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

from pydantic import BaseModel, ConfigDict

from exchange.domain import facts
from exchange.domain.facts import Fact
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
from exchange.domain.wire import read_utc, utc_text

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

_ANSWER_STAGES = {
    "accepted": Stage.ACCEPTED,
    "refused": Stage.REFUSED,
    "deferred": Stage.DEFERRED,
}
_ANSWER_ACTS = {
    "accepted": Act.ACCEPTANCE,
    "refused": Act.REFUSAL,
    "deferred": Act.DEFERRAL,
}


class SharedHandoff(BaseModel):
    """Everything that may be answered about one handoff: at most one fact of each kind."""

    model_config = ConfigDict(frozen=True)

    handoff: HandoffId
    notice: facts.NoticeFact | None = None
    cancellation: facts.CancellationFact | None = None
    acknowledgment: facts.AcknowledgmentFact | None = None
    reception: facts.ReceptionFact | None = None
    visa: facts.VisaFact | None = None

    @property
    def stage(self) -> Stage:
        """Where the handoff is: what was seen wins over what was said."""
        if self.visa is not None:
            return Stage.DOCUMENTED
        if self.reception is not None:
            received = self.reception.outcome == "received"
            return Stage.RECEIVED if received else Stage.NOT_RECEIVED
        if self.cancellation is not None:
            return Stage.CANCELLED
        if self.notice is None:
            return Stage.UNANNOUNCED
        answer = self.answer
        return Stage.NOTICED if answer is None else _ANSWER_STAGES[answer.answer]

    @property
    def answer(self) -> facts.AcknowledgmentFact | None:
        """The acknowledgment of the current revision; silence is no answer."""
        if self.notice is None or self.acknowledgment is None:
            return None
        return self.acknowledgment if self.acknowledgment.revision == self.notice.revision else None

    @property
    def revision(self) -> int:
        """The revision of the newest notice; 0 where none has come."""
        return self.notice.revision if self.notice else 0

    @property
    def case(self) -> CaseId | None:
        """The person over several cycles."""
        return CaseId(self.notice.case) if self.notice else None

    @property
    def cycle(self) -> int | None:
        """Which return of the case this is."""
        return self.notice.cycle if self.notice else None

    @property
    def port(self) -> str | None:
        """The US port from which the person comes."""
        return self.notice.port if self.notice else None

    @property
    def receiving_point(self) -> str | None:
        """Where the person was received, or else is expected."""
        if self.reception is not None:
            return self.reception.receiving_point
        return self.notice.receiving_point if self.notice else None

    @property
    def window_from(self) -> datetime | None:
        """When the window opens."""
        return read_utc(self.notice.window_from) if self.notice else None

    @property
    def window_to(self) -> datetime | None:
        """When the window closes."""
        return read_utc(self.notice.window_to) if self.notice else None

    @property
    def hearing_at(self) -> datetime | None:
        """When the hearing is."""
        return read_utc(self.notice.hearing_at) if self.notice else None

    @property
    def present_at(self) -> datetime | None:
        """When the person must be at the presentation port."""
        return read_utc(self.notice.present_at) if self.notice else None

    @property
    def noticed_at(self) -> datetime | None:
        """When the current revision was announced."""
        return read_utc(self.notice.first_said_at) if self.notice else None

    @property
    def cancelled_at(self) -> datetime | None:
        """When the handoff was taken back."""
        return read_utc(self.cancellation.first_said_at) if self.cancellation else None

    @property
    def answered_at(self) -> datetime | None:
        """When Mexico first answered the current revision."""
        return read_utc(self.answer.first_said_at) if self.answer else None

    @property
    def received_at(self) -> datetime | None:
        """When the person was received, by the official's record."""
        if self.reception is None or self.reception.outcome != "received":
            return None
        return read_utc(self.reception.at)

    @property
    def documented_at(self) -> datetime | None:
        """When a document was given, by the office's record."""
        return read_utc(self.visa.issued_at) if self.visa else None


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


class _Kind(NamedTuple):
    """How a body becomes a fact, and where that fact stands in a handoff."""

    slot: str
    fact: Callable[[Any, int, str], Fact]


_KINDS: Mapping[type[Body], _Kind] = MappingProxyType(
    {
        ReturnNotice: _Kind("notice", facts.notice_fact),
        ReturnCancellation: _Kind("cancellation", facts.cancellation_fact),
        Acknowledgment: _Kind("acknowledgment", facts.acknowledgment_fact),
        Reception: _Kind("reception", facts.reception_fact),
        VisaIssuance: _Kind("visa", facts.visa_fact),
    },
)


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
    after = before.model_copy(update={kind.slot: facts.newest(standing, fact)})
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
    if isinstance(fact, facts.AcknowledgmentFact) and fact.revision != before.revision:
        return SUPERSEDED if fact.revision < before.revision else OUT_OF_PLACE
    return code_of(before.stage, act)


def complete(body: Body, shared: SharedHandoff | None) -> Body:
    """
    Return the body as it must be sealed now: with its revision, where the US side speaks (5).

    Revisions are consecutive among sealed notices, so no hole tells of a draft that vanished;
    a cancellation names the last one sealed.

    Raises:
        ValueError: A cancellation of what was never announced.
    """
    revision = shared.revision if shared else 0
    match body:
        case ReturnNotice():
            return body.model_copy(update={"revision": revision + 1})
        case ReturnCancellation() if revision == 0:
            message = "what was never announced cannot be cancelled"
            raise ValueError(message)
        case ReturnCancellation():
            return body.model_copy(update={"revision": revision})
        case _:
            return body
