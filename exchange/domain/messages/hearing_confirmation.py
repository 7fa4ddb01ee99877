"""The answer to a doubt about a hearing: the date is the one that stands, or it is not."""

from pydantic import Field

from exchange.domain.messages.body import Body
from exchange.domain.wire import HearingVersion, UuidText


class HearingConfirmation(Body):
    """Whether the version that was asked about is the current one. It answers a verification."""

    hearing: UuidText
    version: HearingVersion
    current: bool = Field(
        description="Whether this version of this hearing is the one that stands."
    )
