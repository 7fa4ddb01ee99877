"""The person came to the port for the hearing, or had not come when the grace period ended."""

from typing import Literal

from pydantic import Field

from exchange.domain.messages.body import Body
from exchange.domain.wire import PortCode, UtcText, UuidText


class Presentation(Body):
    """What was seen at the presentation port. It states no legal consequence."""

    outcome: Literal["presented", "not-presented"]
    hearing: UuidText
    at: UtcText = Field(
        description="When the person was inspected; or when the grace period ended.",
    )
    port: PortCode
