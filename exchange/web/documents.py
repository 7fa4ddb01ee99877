"""
What the internal listener says, as models: the answers themselves and their description.

None of them says anything about a person: that is in ``shown``.
"""

from datetime import datetime
from http import HTTPStatus
from typing import Any, Final, Literal

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, create_model

from exchange.domain.causes import Cause, HoldCause
from exchange.domain.messages.acknowledgment import Acknowledgment
from exchange.domain.messages.body import Body
from exchange.domain.messages.reception import Reception
from exchange.domain.messages.visa_issuance import VisaIssuance
from exchange.domain.outages import Manifest
from exchange.domain.wire import Closed

_HEADERS: Final = {"Content-Type": "application/json", "Cache-Control": "no-store"}


def json_response(octets: bytes, status: HTTPStatus = HTTPStatus.OK) -> web.Response:
    """Return *octets* of JSON as the answer to a request; nobody on the way keeps it."""
    return web.Response(status=status, body=octets, headers=_HEADERS)


class Document(BaseModel):
    """Something that a caller reads."""

    model_config = ConfigDict(frozen=True, serialize_by_alias=True)

    def response(self, status: HTTPStatus = HTTPStatus.OK) -> web.Response:
        """Return this as the answer to a request."""
        return json_response(self.model_dump_json().encode(), status)


class DecisionTaken(Document):
    """The decision is stored, and its notice waits to be sent."""

    handoff: str
    recorded_at: datetime
    next: str = Field(description="The message that is sent next.")
    deadlines: dict[str, datetime] = Field(description="What is due, and until when.")


class ActTaken(Document):
    """The official's answer is stored, and its message waits to be sent."""

    handoff: str
    message: str = Field(description="The type of message that will say it.")
    stage: str = Field(description="What the handoff will be once it is sent.")


class CancellationTaken(Document):
    """The handoff is withdrawn."""

    handoff: str
    told: bool = Field(description="Whether the partner had been told of it and will be again.")


class HoldPlaced(Document):
    """The person is held."""

    handoff: str
    cause: Cause
    held: Literal[True]
    causes: tuple[str, ...] = Field(description="All that stand, of those that you may know.")
    told: bool = Field(description="Whether the partner will now hear that it is withdrawn.")
    family: tuple[str, ...] = Field(description="Handoffs of the family taken back with it.")


class HoldLifted(Document):
    """No hold of this cause stands any more; the handoff does not come back."""

    handoff: str
    cause: Cause
    held: bool = Field(description="Whether another hold stands.")
    causes: tuple[str, ...] = Field(description="All that stand, of those that you may know.")
    next: Literal["held", "new-handoff", "none"] = Field(
        description="What the person needs: another hold lifted, a new handoff, or nothing."
    )


class HandoffSummary(Document):
    """Where one handoff stands."""

    handoff: str
    case: str | None = Field(description="The person over all cycles; a later decision names it.")
    stage: str = Field(description="As both sides know it.")
    local_stage: str | None = Field(description="On our side alone, before anything was said.")
    intent: str | None = Field(description="What it will be once what waits has been sent.")
    port: str | None
    receiving_point: str | None
    window_from: datetime | None
    due_at: datetime | None = Field(description="Its next deadline.")
    held: bool | None = Field(description="Whether a hold stands; null for who may not know.")
    causes: tuple[str, ...] | None = Field(
        description="For what, of the causes that you may know; null for who may know of none."
    )
    version: int
    changed: int = Field(description="Its place in the change feed.")


class HandoffFeed(Document):
    """What changed after a cursor, in the order it changed; *next* is the cursor to go on from."""

    handoffs: tuple[HandoffSummary, ...]
    next: str
    more: bool = Field(description="Whether there is more to read at once.")


class MessageOfTimeline(Document):
    """One message about the handoff, and what its receiver made of it."""

    at: datetime
    direction: Literal["sent", "received"]
    message: str = Field(description="Its type.")
    jti: str | None = Field(description="Its id, by which a correction names it.")
    seq: int | None
    receipt: Literal["accepted", "rejected"] | None = Field(description="null: no receipt yet.")
    code: str | None


class EventOfTimeline(Document):
    """Something that happened on our side alone."""

    at: datetime
    event: str
    actor: str


class HandoffTimeline(HandoffSummary):
    """One handoff with everything said about it; events are for those who may read the journal."""

    messages: tuple[MessageOfTimeline, ...]
    waiting: tuple[str, ...] = Field(description="Types of messages that wait to be sent.")
    events: tuple[EventOfTimeline, ...] | None


class Check(Document):
    """One thing that must be so before we take work."""

    name: str
    ok: bool
    required: bool = True


class Readiness(Document):
    """Whether we take work, and every check."""

    ready: bool
    checks: tuple[Check, ...]


class Liveness(Document):
    """The process answers."""

    live: Literal[True]


class Version(Document):
    """What runs here."""

    version: str
    side: str


class CancellationDocument(Closed):
    """Why a US port takes a handoff back; the cause never leaves our side."""

    cause: Cause


class HoldDocument(Closed):
    """Why a person is held, or which hold is lifted; it never leaves our side."""

    cause: HoldCause


def given_of(model: type[Body], *ours: str, nullable: tuple[str, ...] = ()) -> type[Closed]:
    """Return what an official gives of a message: its members without those that are *ours*."""
    members: dict[str, Any] = {
        name: (field.annotation, Field(None) if name in nullable else field)
        for name, field in model.model_fields.items()
        if name not in {"salt", *ours}
    }
    return create_model(f"{model.__name__}Given", __base__=Closed, __doc__=model.__doc__, **members)


ACKNOWLEDGMENT_GIVEN = given_of(
    Acknowledgment, "revision", "answered_at", nullable=("code", "window")
)
RECEPTION_GIVEN = create_model(
    "ReceptionGiven",
    __base__=given_of(Reception, nullable=("code", "identity")),
    __doc__=Reception.__doc__,
    manifest=(
        Manifest | None,
        Field(None, description="The line of the sheet, where it was written down in an outage."),
    ),
)
VISA_ISSUANCE_GIVEN = given_of(VisaIssuance)


class FaultOfProblem(Document):
    """One thing wrong with the document sent; *known* is what would be right, where listed."""

    pointer: str
    code: str
    detail: str
    known: tuple[str, ...] = ()


class LineOfProblem(Document):
    """One line, from 1, whose signatures do not hold."""

    line: int
    code: str


class ConditionOfProblem(Document):
    """One condition that does not hold, and what to do about it."""

    code: str
    why: str


class WindowOfProblem(Document):
    """A window that has room, where the one asked for has none."""

    from_: str = Field(alias="from")
    to: str


class Problem(Document):
    """What went wrong and what to do (RFC 9457)."""

    type: str = Field(pattern="^urn:handoff:problem:[a-z-]+$")
    title: str
    detail: str
    status: int
    code: str
    faults: tuple[FaultOfProblem, ...] | None = None
    lines: tuple[LineOfProblem, ...] | None = None
    conditions: tuple[ConditionOfProblem, ...] | None = None
    next_window: WindowOfProblem | None = None
    rule_set: str | None = None
    reasons: tuple[str, ...] | None = None
    standing: str | None = None
    stage: str | None = None
    needs: str | None = None
    incident: str | None = None
