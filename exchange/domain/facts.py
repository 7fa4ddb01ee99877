"""
The facts of a handoff, one for each kind of message.

A fact keeps the ``seq`` of the message that said it and when that was said (the message's
``iat``, the same on both sides). Of a kind the newest stands: the higher revision, then the
higher ``seq``; and it remembers when its revision was first spoken of, so that a repetition
does not make an answer late. Both are maxima and minima, so order does not matter. What is
said about a hearing has the version of the hearing for its revision.

Nothing by which the person could be told is a member of a fact: no name, birth date,
nationality or travel document.
"""

from typing import TypeVar

from pydantic import BaseModel, ConfigDict


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
    source_as_of: str
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


class DepartureFact(Fact):
    """That the person crossed the line, under which revision."""

    at: str
    port: str
    crossing: str


class HearingFact(Fact):
    """What the court's calendar has, by the version that is its revision."""

    status: str
    hearing: str
    hearing_at: str | None
    hearing_on: str | None
    present_at: str | None
    presentation_port: str | None
    source_as_of: str


class DeliveryFact(Fact):
    """Whether the person was told of a version of the hearing, which is its revision."""

    hearing: str
    outcome: str
    at: str
    method: str


class VerificationFact(Fact):
    """Which version of a hearing was doubted."""

    hearing: str
    version: int


class ConfirmationFact(Fact):
    """Whether a version of a hearing, which is its revision, is the current one."""

    hearing: str
    current: bool


class VisaChangeFact(Fact):
    """What became of a document."""

    number: str
    status: str
    valid_until: str | None


class ExitFact(Fact):
    """That the person left Mexico."""

    at: str
    kind: str


class PresentationFact(Fact):
    """What was seen at the presentation port."""

    outcome: str
    hearing: str
    at: str
    port: str


class ClosureFact(Fact):
    """That the case has ended."""

    case: str


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
