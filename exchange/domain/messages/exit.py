"""Mexico's record that the person left."""

from typing import Literal

from pydantic import Field

from exchange.domain.messages.body import Body
from exchange.domain.wire import UtcText


class Exit(Body):
    """That the person left Mexico: to a port of the United States, or otherwise; never where to."""

    at: UtcText = Field(description="When the person left.")
    kind: Literal["to-us-port", "other"]
