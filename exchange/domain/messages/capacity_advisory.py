"""How many people a receiving point can take on a day, and in which hours."""

from typing import Annotated

from pydantic import Field

from exchange.domain.messages.body import Body
from exchange.domain.messages.conditions import unless
from exchange.domain.wire import DateText, HourText, ReceivingPointId


class CapacityAdvisory(Body):
    """What one receiving point takes on one day; the newest of a point and day stands."""

    receiving_point: ReceivingPointId
    on: DateText = Field(description="The day on the wall calendar of the receiving point.")
    people_max: int = Field(ge=0, le=9_999, description="0 says that it is closed all day.")
    families_max: int = Field(
        ge=0, le=9_999, description="How many of the groups received may be families."
    )
    opens: Annotated[HourText | None, unless("people_max", 0)] = Field(
        description="From when it receives; null when it is closed all day.",
    )
    closes: Annotated[HourText | None, unless("people_max", 0)] = Field(
        description="Until just before when it receives; null when it is closed all day.",
    )
