"""Mexico's record at the line: the person was received, or was not (9)."""

from typing import Literal

from pydantic import ConfigDict, Field, ValidationInfo, field_validator

from exchange.domain.messages.body import Body
from exchange.domain.messages.conditions import null_unless
from exchange.domain.wire import ReceivingPointId, UtcText

NotReceivedCode = Literal["NOT_SEEN", "TURNED_BACK"]
IdentityCheck = Literal["match", "doubt"]


class Reception(Body):
    """What happened at the receiving point."""

    model_config = ConfigDict(
        json_schema_extra={
            "allOf": [
                null_unless("code", when="outcome", is_="not-received"),
                null_unless("identity", when="outcome", is_="received"),
            ],
        },
    )

    outcome: Literal["received", "not-received"]
    code: NotReceivedCode | None = Field(description="How not received; otherwise null.")
    at: UtcText = Field(description="When it was seen at the receiving point.")
    receiving_point: ReceivingPointId
    identity: IdentityCheck | None = Field(
        description="Whether the person received is the one announced; null if not received.",
    )

    @field_validator("code")
    @classmethod
    def _not_received_has_a_code(
        cls, code: NotReceivedCode | None, info: ValidationInfo
    ) -> NotReceivedCode | None:
        expected = info.data.get("outcome") == "not-received"
        if "outcome" in info.data and expected != (code is not None):
            message = "a code stands exactly where the person was not received"
            raise ValueError(message)
        return code

    @field_validator("identity")
    @classmethod
    def _received_has_an_identity_check(
        cls, identity: IdentityCheck | None, info: ValidationInfo
    ) -> IdentityCheck | None:
        expected = info.data.get("outcome") == "received"
        if "outcome" in info.data and expected != (identity is not None):
            message = "an identity check stands exactly where the person was received"
            raise ValueError(message)
        return identity
