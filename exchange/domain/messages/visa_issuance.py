"""Mexico's record of the temporary document it gave (9)."""

from typing import Literal

from pydantic import Field

from exchange.domain.messages.body import Body
from exchange.domain.wire import DateText, DocumentNumber, UtcText


class VisaIssuance(Body):
    """The document with which the person may stay; its validity is recorded, never computed."""

    document: Literal["FMM", "TVRH", "OTHER"]
    number: DocumentNumber
    issued_at: UtcText
    office: str = Field(
        min_length=2,
        max_length=30,
        pattern="^[A-Z0-9]+(?:-[A-Z0-9]+)*$",
        description="The code of the office that issued it.",
    )
    valid_from: DateText
    valid_until: DateText = Field(description="The last day on which it is valid.")
    entries: Literal["single", "multiple"]
    curp_assigned: bool = Field(description="Whether a CURP was assigned; never the CURP.")
