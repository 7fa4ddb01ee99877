"""One side's account of a day: how much of each kind was said, and in exactly which messages."""

from typing import Annotated, Literal

from pydantic import Field

from exchange.domain.messages.body import Body
from exchange.domain.wire import Closed, DateText, DigestText, PortCode

Handoffs = Annotated[int, Field(ge=0, le=9_999_999)]
Speaker = Annotated[
    Literal["us", "mx"],
    Field(description="Whose messages are spoken of; either side speaks of both."),
]


class PortCounts(Closed):
    """
    Of how many handoffs of one port each thing was said; of each handoff once.

    What the speaker cannot say is 0. `exchange.domain.statements` counts.
    """

    port: PortCode | None = Field(
        description=(
            "The port that the newest notice names which was said by the end of the day; null "
            "where there is none."
        ),
    )
    noticed: Handoffs = Field(description="By a notice of revision 1.")
    cancelled: Handoffs = Field(description="By a cancellation.")
    accepted: Handoffs = Field(description="By an acknowledgment of any revision.")
    refused: Handoffs = Field(description="By an acknowledgment of any revision.")
    deferred: Handoffs = Field(description="By an acknowledgment of any revision.")
    departed: Handoffs = Field(description="By a departure.")
    received: Handoffs = Field(description="By a reception whose outcome is received.")
    documented: Handoffs = Field(description="By a visa issuance.")
    presented: Handoffs = Field(description="By a presentation whose outcome is presented.")
    closed: Handoffs = Field(description="By a case closure.")


class Statement(Body):
    """What one party said on one day, as its speaker or as its hearer states it."""

    day: DateText = Field(description="00 to 24 h UTC, by the `iat` of the messages.")
    speaker: Speaker
    counters: Annotated[tuple[PortCounts, ...], Field(strict=False, max_length=64)] = Field(
        description="The ports of which something was counted, in the order of their codes.",
    )
    messages: Annotated[int, Field(ge=0, le=99_999_999)] = Field(
        description="How many messages of the day there are that nobody rejected.",
    )
    fingerprint: DigestText = Field(
        description=(
            "SHA-256 over the sum of their `pld` modulo 2^256 in 32 octets and their number in "
            "8, both big-endian."
        ),
    )
