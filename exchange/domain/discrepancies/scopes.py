"""
What a rule looks at: few scopes, each a small type, and the breach that it finds there.

Only ``OurRecord`` knows what is the United States' alone, and only the rules L1 to L3 take it:
what both sides compare is drawn from ``SharedHandoff`` and from what was said.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple, TypeVar

from exchange.domain.acceptance import AcceptanceBook
from exchange.domain.causes import Cause
from exchange.domain.discrepancies.thresholds import Thresholds
from exchange.domain.facts import Fact
from exchange.domain.handoff import HearingStands, SharedHandoff, Stage
from exchange.domain.identity import IdentityLimits, Recorded
from exchange.domain.limits import Limits
from exchange.domain.messages.return_notice import ReturnNotice
from exchange.domain.outages import Outage
from exchange.domain.parties import Side
from exchange.domain.places import Places
from exchange.domain.screening import RuleBook
from exchange.domain.wire import read_utc

_WAITS = frozenset({Stage.RECEIVED, Stage.DOCUMENTED, Stage.NOT_PRESENTED})


class Terms(NamedTuple):
    """What is agreed, and what a rule measures with. A side that lacks a book passes None."""

    limits: Limits
    thresholds: Thresholds
    identity: IdentityLimits
    places: Places
    acceptance: AcceptanceBook | None
    screening: RuleBook | None
    release_seconds: int = 60
    """The ticks at which cancellations leave."""


class Alert(NamedTuple):
    """A welfare alert, and when a person of the side that looks took it up."""

    said_at: datetime
    taken_up_at: datetime | None


class Reading(NamedTuple):
    """What a later message of the same kind says where a correction was made."""

    said_at: datetime
    value: str | int | None


class Corrected(NamedTuple):
    """A correction: what it put right, who took it up when, and what was said there since."""

    speaker: Side
    said_at: datetime
    was: str | int | None
    taken_up_at: datetime | None
    later: tuple[Reading, ...] = ()


@dataclass(frozen=True)
class Record:
    """
    One handoff with what was said about it that is no fact, and the cycles of its case.

    *announced* is the body of the newest notice; None once it is erased. *case* are all handoffs
    of the person by cycle, this one among them. *outages* are those that our own record shows.
    """

    shared: SharedHandoff
    announced: ReturnNotice | None = None
    alerts: tuple[Alert, ...] = ()
    corrections: tuple[Corrected, ...] = ()
    outages: tuple[Outage, ...] = ()
    case: tuple[SharedHandoff, ...] = ()

    @cached_property
    def stage(self) -> Stage:
        """Where the handoff is, computed once."""
        return self.shared.stage

    @cached_property
    def hearing(self) -> HearingStands | None:
        """The hearing for which the person waits, computed once."""
        return self.shared.current_hearing

    @cached_property
    def waits(self) -> bool:
        """Whether the person is in Mexico and waits for a hearing."""
        return self.stage in _WAITS and self.shared.exit is None

    @cached_property
    def others(self) -> tuple[SharedHandoff, ...]:
        """The other cycles of the case, gathered once."""
        return tuple(one for one in self.case if one.handoff != self.shared.handoff)


class Family(NamedTuple):
    """Every handoff whose newest notice names the group."""

    group: str
    members: tuple[Record, ...]


class PortDay(NamedTuple):
    """Every handoff whose window opens at a port on a day of the port's own calendar."""

    port: str
    on: date
    ends_at: datetime
    members: tuple[SharedHandoff, ...]


class Gap(NamedTuple):
    """Numbers that no message bears, and since when that is known."""

    first: int
    last: int
    since: datetime


class Channel(NamedTuple):
    """
    What one side has said, as numbers and clocks.

    *repeated_since* is when a number was first seen under two messages, *differs_since* when the
    sets of both sides were found to differ although they were compared, *skewed_since* when the
    clock was first found to be off; None while none is.
    """

    speaker: Side
    gaps: tuple[Gap, ...] = ()
    repeated_since: datetime | None = None
    differs_since: datetime | None = None
    skewed_since: datetime | None = None


class StatedDay(NamedTuple):
    """
    What both sides stated of the messages that one of them said on a day.

    *differs_since* is when their counts were first known to differ, *unfounded_since* when the
    partner stated a day that had not ended; None where it is not so.
    """

    day: date
    speaker: Side
    differs_since: datetime | None = None
    unfounded_since: datetime | None = None


class Refused(NamedTuple):
    """A message that its receiver refused and signed for: which, whose, why and where in it."""

    message: str
    speaker: Side
    code: str
    pointer: str | None
    at: datetime


class Holder(NamedTuple):
    """A person's handoff and what its notice recorded of them; None once that is erased."""

    shared: SharedHandoff
    recorded: Recorded | None


class Pair(NamedTuple):
    """
    Two handoffs that are laid side by side: of one case, or alike in a document or a person.

    *linked* where the one is the latest before the other that is alike. What a thousand have in
    common is thus said once of each of them, and not of every two.
    """

    one: Holder
    other: Holder
    linked: bool = True


class Placed(NamedTuple):
    """A hold: for which cause, and from when until when."""

    cause: Cause
    at: datetime
    lifted_at: datetime | None = None


class CourtReading(NamedTuple):
    """The hearing as the court's schedule has it, and when that was first read."""

    hearing: HearingStands
    first_read_at: datetime


class OurRecord(NamedTuple):
    """What the United States alone know of a handoff that was announced. Never sent."""

    shared: SharedHandoff
    holds: tuple[Placed, ...] = ()
    court: CourtReading | None = None


class Scope(StrEnum):
    """What a discrepancy is about."""

    HANDOFF = "handoff"
    FAMILY = "family"
    PORT_DAY = "port-day"
    CHANNEL = "channel"
    MESSAGE = "message"
    PAIR = "pair"
    STATEMENT = "statement"


class Subject(NamedTuple):
    """The one thing that a discrepancy is about."""

    scope: Scope
    name: str


class Breach(NamedTuple):
    """
    That a rule is broken, since when, and why where it has several ways.

    Where it is *timed* nothing but time makes it so, and it is no breach before *since*; it is
    critical from *critical_from* on. *owner* is who must act where that is not the one whom the
    rule names.
    """

    since: datetime
    timed: bool = False
    because: tuple[str, ...] = ()
    owner: Side | None = None
    critical_from: datetime | None = None


Looked = TypeVar("Looked")
Check = Callable[[Looked, Terms], Breach | None]
"""A rule: what it looks at and what is agreed, to the breach that it finds."""


def at_once(*facts: Fact | None, because: tuple[str, ...] = ()) -> Breach:
    """Return a breach since the last of the facts was said, whatever a clock shows."""
    return Breach(max(said_at(fact) for fact in facts if fact is not None), because=because)


def once(due_at: datetime, because: tuple[str, ...] = ()) -> Breach:
    """Return a breach that is none before *due_at*."""
    return Breach(due_at, timed=True, because=because)


def said_at(fact: Fact) -> datetime:
    """Return when it was said, a repetition apart."""
    return read_utc(fact.first_said_at)
