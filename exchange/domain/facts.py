"""
The facts of a handoff, one for each kind of message, and the stage they amount to.

``SharedHandoff`` holds only what both sides have said, and nothing by which the person could
be told: no name, birth date, nationality or travel document.

A fact keeps the ``seq`` of the message that said it and when that was said (the message's
``iat``, the same on both sides). Of a kind the newest stands: the higher revision, then the
higher ``seq``; and it remembers when its revision was first spoken of, so that a repetition
does not make an answer late. Both are maxima and minima, so order does not matter.
"""

from datetime import datetime
from typing import TypeVar

from pydantic import BaseModel, ConfigDict

from exchange.domain.parties import CaseId, HandoffId
from exchange.domain.stages import Stage
from exchange.domain.wire import read_utc


class Fact(BaseModel):
    """What one message said, and when it said it. Times are UTC text as on the wire."""

    model_config = ConfigDict(frozen=True)

    seq: int
    said_at: str
    first_said_at: str
    revision: int = 0

    @property
    def rank(self) -> tuple[int, int]:
        """The higher of two facts of a kind stands."""
        return self.revision, self.seq

    def says_the_same_as(self, other: "Fact") -> bool:
        """Say whether the two differ at most in when they were said."""
        return self.model_copy(update=_telling(other)) == other


class NoticeFact(Fact):
    """What was announced."""

    case: str
    cycle: int
    port: str
    receiving_point: str
    window_from: str
    window_to: str
    hearing: str
    hearing_version: int
    hearing_at: str
    hearing_on: str
    present_at: str
    presentation_port: str
    family_group: str | None
    family_size: int | None
    rule_set: str


class CancellationFact(Fact):
    """That it was taken back."""


class AcknowledgmentFact(Fact):
    """What Mexico answered to one revision."""

    answer: str
    code: str | None
    window_from: str | None
    window_to: str | None
    answered_at: str


class ReceptionFact(Fact):
    """What was seen at the line."""

    outcome: str
    code: str | None
    at: str
    receiving_point: str
    identity: str | None


class VisaFact(Fact):
    """What document was given."""

    document: str
    number: str
    issued_at: str
    valid_from: str
    valid_until: str


_ANSWER_STAGES = {
    "accepted": Stage.ACCEPTED,
    "refused": Stage.REFUSED,
    "deferred": Stage.DEFERRED,
}


class SharedHandoff(BaseModel):
    """Everything that may be answered about one handoff: at most one fact of each kind."""

    model_config = ConfigDict(frozen=True)

    handoff: HandoffId
    notice: NoticeFact | None = None
    cancellation: CancellationFact | None = None
    acknowledgment: AcknowledgmentFact | None = None
    reception: ReceptionFact | None = None
    visa: VisaFact | None = None

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
    def answer(self) -> AcknowledgmentFact | None:
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


Kind = TypeVar("Kind", bound=Fact)


def newest(standing: Kind | None, fresh: Kind) -> Kind:
    """Return which of two facts of a kind stands, with when its revision was first spoken of."""
    if standing is None:
        return fresh
    high, low = (fresh, standing) if fresh.rank > standing.rank else (standing, fresh)
    if high.revision != low.revision or high.first_said_at <= low.first_said_at:
        return high
    return high.model_copy(update={"first_said_at": low.first_said_at})


def _telling(fact: Fact) -> dict[str, int | str]:
    return {
        "seq": fact.seq,
        "said_at": fact.said_at,
        "first_said_at": fact.first_said_at,
    }
