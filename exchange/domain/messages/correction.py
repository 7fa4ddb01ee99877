"""An error in what was recorded is put right, by whoever said it."""

from typing import Annotated, Literal

from pydantic import Field

from exchange.domain.messages.body import Body
from exchange.domain.person import NAME_PATTERN
from exchange.domain.wire import MessageIdText

_CORRECTABLE = (
    "answered_at|at|code|crossing|document|entries|family|hearing|hearing_at|identity|issued_at"
    "|kind|method|number|office|officer|person|port|present_at|presentation_port"
    "|receiving_point|return|source_as_of|travel_document|valid_from|valid_until|window"
)
"""
What a body records: neither salt nor reason, nor what says which message, case or rule it is.
What moves a handoff (an answer, an outcome, a status) is said anew.
"""

_NAME = NAME_PATTERN.removeprefix("^").removesuffix("$")
_CODE = "[A-Za-z0-9+][A-Za-z0-9._:/+-]*"

Pointer = Annotated[
    str,
    Field(
        min_length=7,
        max_length=100,
        pattern=f"^/body/(?:{_CORRECTABLE})(?:/[a-z_]+)*$",
        description="Where in that message's body the error stands: a JSON pointer (RFC 6901).",
    ),
]

Text = Annotated[
    str,
    Field(
        min_length=1,
        max_length=201,
        pattern=f"^(?:{_NAME}|{_CODE})$",
        description="A name, a code, a date or a time, written as that message's schema asks.",
    ),
]

Number = Annotated[int, Field(ge=0, le=9_999)]


class Correction(Body):
    """One value of one message of the speaker's own reads otherwise from now on."""

    message: MessageIdText
    pointer: Pointer
    value: Text | Number | None = Field(description="What must be read there.")
    basis: Literal["RECORDED_WRONG", "DOCUMENT_SEEN", "PERSON_SAYS", "RECTIFICATION"] = Field(
        description=(
            "A slip of the pen; a document that was seen since; the person's own word; or the "
            "right to rectification."
        ),
    )
