"""Mexico's record at the line: the person was received, or was not (9)."""

from typing import Annotated, Literal

from pydantic import Field

from exchange.domain.messages.body import Body
from exchange.domain.messages.conditions import where
from exchange.domain.wire import ReceivingPointId, UtcText

NotReceivedCode = Literal["NOT_SEEN", "TURNED_BACK"]
IdentityCheck = Literal["match", "doubt"]


class Reception(Body):
    """What happened at the receiving point."""

    outcome: Literal["received", "not-received"]
    code: Annotated[NotReceivedCode | None, where("outcome", "not-received")] = Field(
        description="How not received; otherwise null.",
    )
    at: UtcText = Field(description="When it was seen at the receiving point.")
    receiving_point: ReceivingPointId
    identity: Annotated[IdentityCheck | None, where("outcome", "received")] = Field(
        description="Whether the person received is the one announced; null if not received.",
    )
