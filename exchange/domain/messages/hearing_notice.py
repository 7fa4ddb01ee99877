"""The court moved the hearing, or took it from its calendar."""

from typing import Annotated, Literal

from pydantic import Field

from exchange.domain.messages.body import Body
from exchange.domain.messages.conditions import where
from exchange.domain.places import Appointment
from exchange.domain.wire import HearingVersion, PortCode, UtcText, UuidText


class HearingNotice(Body):
    """
    The hearing for which the person waits, as it now stands; nothing about its kind or outcome.

    The version is one more each time the court moves the hearing; the same version says again
    what stands, as it was read from the court's schedule later.
    """

    status: Literal["scheduled", "none-scheduled"]
    hearing: UuidText
    version: HearingVersion
    hearing_at: Annotated[Appointment | None, where("status", "scheduled")] = Field(
        description="When the hearing is; null when none is scheduled.",
    )
    present_at: Annotated[Appointment | None, where("status", "scheduled")] = Field(
        description="When the person must be at the port; null when none is scheduled.",
    )
    presentation_port: Annotated[PortCode | None, where("status", "scheduled")] = Field(
        description="At which port; null when none is scheduled.",
    )
    source_as_of: UtcText = Field(description="When the court's schedule was read.")
