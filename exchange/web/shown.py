"""What is shown of people, as models: who is expected, and what is to be done about them."""

from datetime import datetime
from typing import Literal

from pydantic import Field, JsonValue

from exchange.domain.corrections import Reading
from exchange.domain.person import Family, Person, TravelDocument
from exchange.domain.places import Appointment, Window
from exchange.domain.worklist import TaskKind
from exchange.web.documents import Document


class ReasonShown(Document):
    """Something that speaks against accepting a notice."""

    name: str
    refusal_code: str | None = Field(description="The code that fits; null: only look.")
    says: str
    certain: bool = Field(description="Whether the notice leaves no doubt of it.")
    unverified: bool = Field(description="Whether the rule was only reported, not published.")


class AdviceShown(Document):
    """What the acceptance rules in force on the day of return say: an official decides."""

    rule_set: str
    refusal_code: str | None = Field(description="Filled in for a refusal, if there is one.")
    reasons: tuple[ReasonShown, ...]


class ValuePutRight(Document):
    """A value of a message that reads otherwise than it was signed."""

    pointer: str = Field(description="Where in the body of that message.")
    recorded: JsonValue = Field(description="What was signed there, as it stays in the ledger.")
    value: JsonValue = Field(description="What is read there now.")
    basis: str = Field(description="Why: the code of the correction.")

    @classmethod
    def of(cls, reading: Reading) -> "tuple[ValuePutRight, ...]":
        """Return the values that were put right in a message."""
        return tuple(cls.model_validate(one._asdict()) for one in reading.put_right)


class MessagePutRight(Document):
    """A message about the handoff that was corrected by whoever said it."""

    message: str = Field(description="Its type.")
    jti: str
    direction: Literal["sent", "received"]
    values: tuple[ValuePutRight, ...]


class PutRightOfHandoff(Document):
    """What was put right of what both sides have said about a handoff."""

    handoff: str
    messages: tuple[MessagePutRight, ...]


class Arrival(Document):
    """One person expected at the line, as the notice in force says."""

    handoff: str
    stage: str
    intent: str | None
    port: str
    receiving_point: str
    window: Window
    revision: int
    person: Person | None = Field(description="null once the person's data was erased.")
    family: Family | None
    travel_document: TravelDocument | None
    present_at: Appointment | None
    corrected: tuple[ValuePutRight, ...] = Field(
        description="What above reads otherwise than the notice was signed."
    )
    advice: AdviceShown | None


class Arrivals(Document):
    """Everybody expected at the receiving points of a port on a day of its own calendar."""

    on: str
    receiving_points: tuple[str, ...]
    arrivals: tuple[Arrival, ...]


class HearingShown(Document):
    """The hearing that stands, as both sides know it; times are null where none is scheduled."""

    hearing: str
    version: int
    scheduled: bool
    hearing_at: datetime | None
    present_at: datetime | None
    presentation_port: str | None


class WorklistTask(Arrival):
    """One thing to do about one person."""

    task: TaskKind
    asks: str = Field(description="What is to be done, in words.")
    due_at: datetime
    overdue: bool
    hearing: HearingShown | None


class Worklist(Document):
    """What is to be done on a day at the receiving points of a port, what is due first first."""

    on: str
    receiving_points: tuple[str, ...]
    tasks: tuple[WorklistTask, ...]
    more: bool = Field(description="Whether there is more to do than is shown.")
