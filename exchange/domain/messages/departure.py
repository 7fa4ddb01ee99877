"""The person has crossed the line: the last thing the United States does in a handoff."""

from pydantic import Field

from exchange.domain.messages.body import Body
from exchange.domain.wire import CrossingCode, PortCode, Revision, UtcText


class Departure(Body):
    """The person left the port for the receiving point, under the notice of this revision."""

    revision: Revision
    at: UtcText = Field(description="When the person crossed the line.")
    port: PortCode
    crossing: CrossingCode
