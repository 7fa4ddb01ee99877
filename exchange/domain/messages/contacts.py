"""Whom to call, and when somebody is there: the duty numbers of one side."""

from typing import Annotated, Literal

from pydantic import Field

from exchange.domain.messages.body import Body
from exchange.domain.wire import Closed, DateText, DutyNumber, HourText, PortCode, ReceivingPointId


class Contact(Closed):
    """A telephone that somebody answers on duty."""

    kind: Literal["duty", "supervisor", "headquarters"]
    number: DutyNumber


class OpenDay(Closed):
    """A day on which the place is open; on a day that the calendar does not list it is closed."""

    on: DateText
    opens: HourText
    closes: HourText


class PortPair(Closed):
    """A port and the receiving point that takes people from it."""

    port: PortCode
    receiving_point: ReceivingPointId
    numbers: Annotated[tuple[Contact, ...], Field(strict=False, min_length=1, max_length=12)]
    calendar: Annotated[tuple[OpenDay, ...], Field(strict=False, max_length=31)]


class Contacts(Body):
    """The speaker's own numbers and days for every port pair; the newest replaces the last."""

    valid_from: DateText
    pairs: Annotated[tuple[PortPair, ...], Field(strict=False, min_length=1, max_length=32)]
