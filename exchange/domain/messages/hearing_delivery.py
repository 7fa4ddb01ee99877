"""Proof that the person was told a hearing's date, or could not be found to be told."""

from typing import Literal

from pydantic import Field

from exchange.domain.messages.body import Body
from exchange.domain.wire import HearingVersion, UtcText, UuidText


class HearingDelivery(Body):
    """That this version of a hearing was given to the person, or was not."""

    hearing: UuidText
    version: HearingVersion
    outcome: Literal["delivered", "not-found"]
    at: UtcText = Field(description="When it was delivered, or last tried.")
    method: Literal["DESK", "PHONE", "SMS", "OTHER"] = Field(
        description="How it was delivered, or tried; never a number or a place.",
    )
