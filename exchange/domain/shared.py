"""
A handoff as both sides know it, and the stage its facts amount to.

``SharedHandoff`` holds only what both sides have said. Each of its answers is computed from
the facts anew, so that any order of arrival gives the same.
"""

from datetime import date, datetime
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from exchange.domain.facts import (
    AcknowledgmentFact,
    CancellationFact,
    ClosureFact,
    ConfirmationFact,
    DeliveryFact,
    DepartureFact,
    ExitFact,
    HearingFact,
    NoticeFact,
    PresentationFact,
    ReceptionFact,
    VerificationFact,
    VisaChangeFact,
    VisaFact,
)
from exchange.domain.parties import CaseId, HandoffId
from exchange.domain.stages import Stage
from exchange.domain.wire import read_utc

_ANSWER_STAGES = {
    "accepted": Stage.ACCEPTED,
    "refused": Stage.REFUSED,
    "deferred": Stage.DEFERRED,
}


class HearingStands(NamedTuple):
    """The hearing for which a person waits, as both sides know it now."""

    hearing: str
    version: int
    scheduled: bool
    hearing_at: datetime | None
    hearing_on: date | None
    """The day on the wall calendar of the place where it is held."""
    present_at: datetime | None
    presentation_port: str | None
    source_as_of: datetime

    @classmethod
    def of_notice(cls, notice: NoticeFact) -> "HearingStands":
        """Return what the notice of a handoff says."""
        return cls(
            hearing=notice.hearing,
            version=notice.hearing_version,
            scheduled=True,
            hearing_at=read_utc(notice.hearing_at),
            hearing_on=date.fromisoformat(notice.hearing_on),
            present_at=read_utc(notice.present_at),
            presentation_port=notice.presentation_port,
            source_as_of=read_utc(notice.source_as_of),
        )

    @classmethod
    def newest(cls, notice: NoticeFact, said: HearingFact | None) -> "HearingStands":
        """Return which of the two stands: the higher version, or else what was said last."""
        if said is None or said.rank < (notice.hearing_version, notice.seq):
            return cls.of_notice(notice)
        return cls.of(said)

    @classmethod
    def of(cls, said: HearingFact) -> "HearingStands":
        """Return what a hearing notice says."""
        return cls(
            hearing=said.hearing,
            version=said.revision,
            scheduled=said.status == "scheduled",
            hearing_at=read_utc(said.hearing_at) if said.hearing_at else None,
            hearing_on=date.fromisoformat(said.hearing_on) if said.hearing_on else None,
            present_at=read_utc(said.present_at) if said.present_at else None,
            presentation_port=said.presentation_port,
            source_as_of=read_utc(said.source_as_of),
        )

    def dates_as(self, other: "HearingStands") -> bool:
        """Say whether the two differ at most in when the court's schedule was read."""
        return self._replace(source_as_of=other.source_as_of) == other


class SharedHandoff(BaseModel):
    """
    Everything that may be answered about one handoff: at most one fact of each kind.

    Corrections and alerts are no facts of it: each is an event of its own.
    """

    model_config = ConfigDict(frozen=True)

    handoff: HandoffId
    notice: NoticeFact | None = None
    cancellation: CancellationFact | None = None
    acknowledgment: AcknowledgmentFact | None = None
    reception: ReceptionFact | None = None
    visa: VisaFact | None = None
    departure: DepartureFact | None = None
    hearing: HearingFact | None = None
    delivery: DeliveryFact | None = None
    verification: VerificationFact | None = None
    confirmation: ConfirmationFact | None = None
    visa_change: VisaChangeFact | None = None
    exit: ExitFact | None = None
    presentation: PresentationFact | None = None
    closure: ClosureFact | None = None

    def written(self) -> str:
        """Return the JSON from which it is read back; what nothing was said for is left out."""
        return self.model_dump_json(exclude_unset=True)

    @property
    def stage(self) -> Stage:
        """Where the handoff is: what was seen wins over what was said."""
        if self.closure is not None:
            return Stage.CLOSED
        if self.presentation is not None:
            presented = self.presentation.outcome == "presented"
            return Stage.PRESENTED if presented else Stage.NOT_PRESENTED
        return self._stage_of_the_stay or self._stage_before_departure

    @property
    def _stage_of_the_stay(self) -> Stage | None:
        if self.visa is not None:
            return Stage.DOCUMENTED
        if self.reception is not None:
            received = self.reception.outcome == "received"
            return Stage.RECEIVED if received else Stage.NOT_RECEIVED
        return None if self.departure is None else Stage.DEPARTED

    @property
    def _stage_before_departure(self) -> Stage:
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
    def current_hearing(self) -> HearingStands | None:
        """The hearing of the highest version, whether a notice or a hearing notice said it."""
        if self.notice is not None:
            return HearingStands.newest(self.notice, self.hearing)
        return None if self.hearing is None else HearingStands.of(self.hearing)

    def has_current(self, hearing: str, version: int) -> bool:
        """Say whether this version of the hearing stands; once the case has ended none does."""
        stands = None if self.closure is not None else self.current_hearing
        return stands is not None and (stands.hearing, stands.version) == (hearing, version)

    @property
    def hearing_at(self) -> datetime | None:
        """When the hearing is; None where none is scheduled."""
        stands = self.current_hearing
        return None if stands is None else stands.hearing_at

    @property
    def present_at(self) -> datetime | None:
        """When the person must be at the presentation port; None where no hearing is scheduled."""
        stands = self.current_hearing
        return None if stands is None else stands.present_at

    @property
    def delivered_version(self) -> int | None:
        """The version of the hearing that the person was last told of."""
        delivery = self.delivery
        return delivery.revision if delivery and delivery.outcome == "delivered" else None

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
    def was_received(self) -> bool:
        """Whether Mexico has had the person, whatever came after: received, or documented."""
        return self.received_at is not None or self.visa is not None

    @property
    def documented_at(self) -> datetime | None:
        """When a document was given, by the office's record."""
        return read_utc(self.visa.issued_at) if self.visa else None

    @property
    def document_valid_until(self) -> date | None:
        """The last day of the document that stands, if one does: as given, or as changed since."""
        if self.visa is None:
            return None
        change = self.visa_change
        changed = change is not None and change.number == self.visa.number
        until = change.valid_until if change and changed else self.visa.valid_until
        return None if until is None else date.fromisoformat(until)

    @property
    def awaits_successor(self) -> bool:
        """Whether the document that stands was replaced, and the one in its place not yet said."""
        visa, change = self.visa, self.visa_change
        if visa is None or change is None or change.number != visa.number:
            return False
        return change.status == "replaced"

    @property
    def departed_at(self) -> datetime | None:
        """When the person crossed the line, by the port's record."""
        return read_utc(self.departure.at) if self.departure else None

    @property
    def presented_at(self) -> datetime | None:
        """When the person came to the port for the hearing, by the port's record."""
        if self.presentation is None or self.presentation.outcome != "presented":
            return None
        return read_utc(self.presentation.at)

    @property
    def closed_at(self) -> datetime | None:
        """When the case was said to have ended."""
        return read_utc(self.closure.first_said_at) if self.closure else None
