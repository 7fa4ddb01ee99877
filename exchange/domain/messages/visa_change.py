"""Mexico's record that a temporary document was extended, replaced, revoked, or has expired."""

from typing import Annotated, Literal

from pydantic import Field

from exchange.domain.messages.body import Body
from exchange.domain.messages.conditions import where
from exchange.domain.wire import DateText, DocumentNumber


class VisaChange(Body):
    """
    What became of a document that was given. Validity is recorded, never computed.

    The document that replaces another has its own number, which a visa issuance says.
    """

    number: DocumentNumber
    status: Literal["extended", "replaced", "revoked", "expired"]
    valid_until: Annotated[DateText | None, where("status", "extended", "replaced")] = Field(
        description="The last day on which the person may now stay; null when it has ended.",
    )
