"""
The one table of message types.

A further type is one model, one schema file and one row here.
"""

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from pydantic import ValidationError

from exchange.domain.faults import fault_at
from exchange.domain.messages.acknowledgment import Acknowledgment
from exchange.domain.messages.body import Body
from exchange.domain.messages.capacity_advisory import CapacityAdvisory
from exchange.domain.messages.case_closure import CaseClosure
from exchange.domain.messages.comparison import Comparison
from exchange.domain.messages.contacts import Contacts
from exchange.domain.messages.correction import Correction
from exchange.domain.messages.departure import Departure
from exchange.domain.messages.exit import Exit
from exchange.domain.messages.hearing_confirmation import HearingConfirmation
from exchange.domain.messages.hearing_delivery import HearingDelivery
from exchange.domain.messages.hearing_notice import HearingNotice
from exchange.domain.messages.hearing_verification import HearingVerification
from exchange.domain.messages.presentation import Presentation
from exchange.domain.messages.reception import Reception
from exchange.domain.messages.return_cancellation import ReturnCancellation
from exchange.domain.messages.return_notice import ReturnNotice
from exchange.domain.messages.statement import Statement
from exchange.domain.messages.visa_change import VisaChange
from exchange.domain.messages.visa_issuance import VisaIssuance
from exchange.domain.messages.welfare_alert import WelfareAlert
from exchange.domain.parties import Side
from exchange.errors import BreaksSchema, Invalid


class MessageType(NamedTuple):
    """One type of message: its name and version, who says it, and its body."""

    name: str
    version: int
    speaker: Side | None
    """The one side that may say it; None where either may."""
    model: type[Body]
    urgent: bool = False
    """Overtakes everything, in requests and on a connection of its own."""
    ticked: bool = False
    """Its time is the last tick passed, so that it tells of no cause (8 CFR 208.6)."""
    answers: bool = False
    """The envelope must name the message that this one answers."""
    subject: bool = True
    """The envelope must name a handoff; where not, it must name none."""

    @property
    def schema(self) -> str:
        """The name of type and version in an envelope."""
        return f"urn:handoff:schema:{self.name}:{self.version}"

    @property
    def file_name(self) -> str:
        """The name of the published schema's file."""
        return f"{self.name}.v{self.version}.json"

    def is_said_by(self, side: Side) -> bool:
        """Say whether *side* may say it."""
        return self.speaker in (side, None)

    def read(self, document: object) -> Body:
        """
        Return the body that an already parsed JSON document says.

        Raises:
            BreaksSchema: It does not validate; the pointer is that of the first fault.
        """
        try:
            return self.model.model_validate(document)
        except ValidationError as refused:
            first = refused.errors(include_url=False, include_context=False, include_input=False)[0]
            pointer = fault_at(first["type"], first["loc"]).pointer
            raise BreaksSchema(pointer="/body" + pointer) from None

    def compose(self, document: Mapping[str, object]) -> Body:
        """
        Return the body that one of our own officials has put together.

        Raises:
            Invalid: It does not validate; every fault is named.
        """
        try:
            return self.model.model_validate(document)
        except ValidationError as refused:
            faults = [fault_at(error["type"], error["loc"]) for error in refused.errors()]
            raise Invalid(tuple(dict.fromkeys(faults))) from None


RETURN_NOTICE = MessageType("return-notice", 1, Side.US, ReturnNotice)
RETURN_CANCELLATION = MessageType(
    "return-cancellation", 1, Side.US, ReturnCancellation, urgent=True, ticked=True
)
DEPARTURE = MessageType("departure", 1, Side.US, Departure)
HEARING_NOTICE = MessageType("hearing-notice", 1, Side.US, HearingNotice)
HEARING_CONFIRMATION = MessageType(
    "hearing-confirmation", 1, Side.US, HearingConfirmation, answers=True
)
PRESENTATION = MessageType("presentation", 1, Side.US, Presentation)
CASE_CLOSURE = MessageType("case-closure", 1, Side.US, CaseClosure, ticked=True)
ACKNOWLEDGMENT = MessageType("acknowledgment", 1, Side.MX, Acknowledgment, answers=True)
RECEPTION = MessageType("reception", 1, Side.MX, Reception)
VISA_ISSUANCE = MessageType("visa-issuance", 1, Side.MX, VisaIssuance)
VISA_CHANGE = MessageType("visa-change", 1, Side.MX, VisaChange)
HEARING_DELIVERY = MessageType("hearing-delivery", 1, Side.MX, HearingDelivery)
HEARING_VERIFICATION = MessageType("hearing-verification", 1, Side.MX, HearingVerification)
EXIT = MessageType("exit", 1, Side.MX, Exit)
CAPACITY_ADVISORY = MessageType("capacity-advisory", 1, Side.MX, CapacityAdvisory, subject=False)
CORRECTION = MessageType("correction", 1, None, Correction)
WELFARE_ALERT = MessageType("welfare-alert", 1, None, WelfareAlert, urgent=True)
CONTACTS = MessageType("contacts", 1, None, Contacts, subject=False)
STATEMENT = MessageType("statement", 1, None, Statement, subject=False)
COMPARISON = MessageType("comparison", 1, None, Comparison, subject=False)

MESSAGE_TYPES: tuple[MessageType, ...] = (
    RETURN_NOTICE,
    RETURN_CANCELLATION,
    DEPARTURE,
    HEARING_NOTICE,
    HEARING_CONFIRMATION,
    PRESENTATION,
    CASE_CLOSURE,
    ACKNOWLEDGMENT,
    RECEPTION,
    VISA_ISSUANCE,
    VISA_CHANGE,
    HEARING_DELIVERY,
    HEARING_VERIFICATION,
    EXIT,
    CAPACITY_ADVISORY,
    CORRECTION,
    WELFARE_ALERT,
    CONTACTS,
    STATEMENT,
    COMPARISON,
)

_BY_SCHEMA: Mapping[str, MessageType] = MappingProxyType({t.schema: t for t in MESSAGE_TYPES})


def by_schema(schema: str) -> MessageType | None:
    """Return the type that an envelope names, if there is one."""
    return _BY_SCHEMA.get(schema)


def highest_taken(
    name: str, schemas: Collection[str], catalogue: Sequence[MessageType] = MESSAGE_TYPES
) -> MessageType | None:
    """
    Return the highest version of a type that we can say and the partner understands (design §4).

    *schemas* is what the partner's key set lists; None where it lists no version that we have.
    """
    taken = (kind for kind in catalogue if kind.name == name and kind.schema in schemas)
    return max(taken, key=lambda kind: kind.version, default=None)


def list_not_taken(
    speaker: Side, schemas: Collection[str], catalogue: Sequence[MessageType] = MESSAGE_TYPES
) -> tuple[str, ...]:
    """Return the types that *speaker* may say and of which *schemas* lists no version."""
    names = dict.fromkeys(kind.name for kind in catalogue if kind.is_said_by(speaker))
    return tuple(name for name in names if highest_taken(name, schemas, catalogue) is None)
