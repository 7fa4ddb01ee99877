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
from exchange.domain.messages.reception import Reception
from exchange.domain.messages.return_cancellation import ReturnCancellation
from exchange.domain.messages.return_notice import ReturnNotice
from exchange.domain.messages.visa_issuance import VisaIssuance
from exchange.domain.parties import Side
from exchange.errors import BreaksSchema, Invalid


class MessageType(NamedTuple):
    """One type of message: its name and version, who says it, and its body."""

    name: str
    version: int
    speaker: Side
    model: type[Body]
    urgent: bool
    """Overtakes everything, in requests and on a connection of its own."""
    answers: bool
    """The envelope must name the message that this one answers."""

    @property
    def schema(self) -> str:
        """The name of type and version in an envelope."""
        return f"urn:handoff:schema:{self.name}:{self.version}"

    @property
    def file_name(self) -> str:
        """The name of the published schema's file."""
        return f"{self.name}.v{self.version}.json"

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


RETURN_NOTICE = MessageType("return-notice", 1, Side.US, ReturnNotice, urgent=False, answers=False)
RETURN_CANCELLATION = MessageType(
    "return-cancellation", 1, Side.US, ReturnCancellation, urgent=True, answers=False
)
ACKNOWLEDGMENT = MessageType(
    "acknowledgment", 1, Side.MX, Acknowledgment, urgent=False, answers=True
)
RECEPTION = MessageType("reception", 1, Side.MX, Reception, urgent=False, answers=False)
VISA_ISSUANCE = MessageType("visa-issuance", 1, Side.MX, VisaIssuance, urgent=False, answers=False)

MESSAGE_TYPES: tuple[MessageType, ...] = (
    RETURN_NOTICE,
    RETURN_CANCELLATION,
    ACKNOWLEDGMENT,
    RECEPTION,
    VISA_ISSUANCE,
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
    """Return the types that *speaker* has to say and of which *schemas* lists no version."""
    names = dict.fromkeys(kind.name for kind in catalogue if kind.speaker is speaker)
    return tuple(name for name in names if highest_taken(name, schemas, catalogue) is None)
