"""
The facts of a handoff, one for each kind of message, as either side may keep them in the clear.

A fact keeps the ``seq`` of the message that said it and when that was said (the message's
``iat``, the same on both sides). Of a kind the newest stands: the higher revision, then the
higher ``seq``; and it remembers when its revision was first spoken of, so that a repetition
does not make an answer late. Both are maxima and minima, so order does not matter.
"""

from typing import TypeVar

from pydantic import BaseModel, ConfigDict

from exchange.domain.messages.acknowledgment import Acknowledgment
from exchange.domain.messages.reception import Reception
from exchange.domain.messages.return_cancellation import ReturnCancellation
from exchange.domain.messages.return_notice import ReturnNotice
from exchange.domain.messages.visa_issuance import VisaIssuance


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
    present_at: str
    presentation_port: str
    family_group: str | None
    family_size: int | None
    family_role: str | None
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


def notice_fact(body: ReturnNotice, seq: int, said_at: str) -> NoticeFact:
    """Return what a notice says that may be kept in the clear: nothing about the person."""
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
        present_at=hearing.present_at.utc,
        presentation_port=hearing.presentation_port,
        family_group=family.group if family else None,
        family_size=family.size if family else None,
        family_role=family.role if family else None,
        rule_set=body.screening.rule_set,
    )


def cancellation_fact(body: ReturnCancellation, seq: int, said_at: str) -> CancellationFact:
    """Return what a cancellation says."""
    return CancellationFact(seq=seq, said_at=said_at, first_said_at=said_at, revision=body.revision)


def acknowledgment_fact(body: Acknowledgment, seq: int, said_at: str) -> AcknowledgmentFact:
    """Return what an acknowledgment says; the officer stays in the body."""
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


def reception_fact(body: Reception, seq: int, said_at: str) -> ReceptionFact:
    """Return what a reception says."""
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


def visa_fact(body: VisaIssuance, seq: int, said_at: str) -> VisaFact:
    """Return what a visa issuance says; office, entries and CURP stay in the body."""
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
