"""
How many people a receiving point can still take, and when it next can.

The newest advisory of a point and day stands. A day about which Mexico said nothing has no
limit here; whether it accepts is its answer to each notice, as ever.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple

from exchange.domain.limits import Limits
from exchange.domain.messages.capacity_advisory import CapacityAdvisory
from exchange.domain.places import LocalTimeRefused, day_in, resolve_local, zone_of
from exchange.errors import Fault

POINT_CLOSED = "point-closed"
OUTSIDE_HOURS = "outside-hours"
OVER_CAPACITY = "over-capacity"


class Span(NamedTuple):
    """A window: from *opens* until just before *closes*."""

    opens: datetime
    closes: datetime


class Booked(NamedTuple):
    """How many people, and how many families among them, are already expected."""

    people: int = 0
    families: int = 0


class Room(NamedTuple):
    """How many more there is room for in a window; where none at all, the code of why."""

    people: int
    families: int
    code: str | None = None


class Plan(NamedTuple):
    """What one receiving point takes and expects, day by day on its own calendar."""

    zone: str
    advisories: Mapping[date, CapacityAdvisory]
    booked: Mapping[date, Booked]


class NoRoom(NamedTuple):
    """Why a window is refused, and the next one with room where there is one."""

    fault: Fault
    next_free: Span | None


def room(advisory: CapacityAdvisory, booked: Booked, window: Span, zone: str) -> Room:
    """Return how many more people and families the receiving point takes in the window."""
    if advisory.people_max == 0:
        return Room(0, 0, POINT_CLOSED)
    if not _is_within(advisory, window, zone):
        return Room(0, 0, OUTSIDE_HOURS)
    people = max(0, advisory.people_max - booked.people)
    families = max(0, advisory.families_max - booked.families)
    return Room(people, families, None if people else OVER_CAPACITY)


def find_refusal(
    window: Span, asked: Booked, plan: Plan, *, not_before: datetime, limits: Limits
) -> NoRoom | None:
    """
    Return why the window has no room for those *asked*, and the next that has; None where it has.

    *not_before* is from when a window can still be announced in time.
    """
    code = _why_not(window, asked, plan)
    if code is None:
        return None
    pointer = "/return/window" if code != POINT_CLOSED else "/return/receiving_point"
    following = next_free(window, asked, plan, not_before=not_before, limits=limits)
    return NoRoom(Fault(pointer, code), following)


def next_free(
    window: Span, asked: Booked, plan: Plan, *, not_before: datetime, limits: Limits
) -> Span | None:
    """
    Return the next window with room, as long and at the same hour on the wall where it can be.

    It is looked for on the window's own day and so many days after; None where there is none.
    """
    first = day_in(window.opens, plan.zone)
    for ahead in range(limits.next_window_days + 1):
        on = first + timedelta(days=ahead)
        for one in _candidates(window, on, plan):
            if one.opens >= not_before and _why_not(one, asked, plan) is None:
                return one
    return None


def _why_not(window: Span, asked: Booked, plan: Plan) -> str | None:
    on = day_in(window.opens, plan.zone)
    advisory = plan.advisories.get(on)
    if advisory is None:
        return None
    left = room(advisory, plan.booked.get(on, Booked()), window, plan.zone)
    fits = asked.people <= left.people and asked.families <= left.families
    return left.code or (None if fits else OVER_CAPACITY)


def _candidates(window: Span, on: date, plan: Plan) -> tuple[Span, ...]:
    """Return the windows of a day to try: at the same hour, then from when the point opens."""
    length = window.closes - window.opens
    hour = f"{window.opens.astimezone(zone_of(plan.zone)):%H:%M}"
    advisory = plan.advisories.get(on)
    found = [_span(on, hour, length, plan.zone)]
    if advisory is not None and advisory.opens is not None and advisory.closes is not None:
        found.append(_span(on, advisory.opens, length, plan.zone))
        whole_day = _between(on, advisory.opens, advisory.closes, plan.zone)
        found.append(whole_day)
    return tuple(one for one in found if one is not None and one.opens < one.closes)


def _span(on: date, hour: str, length: timedelta, zone: str) -> Span | None:
    opens = _moment(on, hour, zone)
    return None if opens is None else Span(opens, opens + length)


def _between(on: date, opens: str, closes: str, zone: str) -> Span | None:
    first, last = _moment(on, opens, zone), _moment(on, closes, zone)
    return None if first is None or last is None else Span(first, last)


def _moment(on: date, hour: str, zone: str) -> datetime | None:
    """Return when the wall shows the hour on that day; None where it does not show it once."""
    try:
        return resolve_local(f"{on.isoformat()}T{hour}", zone)
    except LocalTimeRefused:
        return None


def _is_within(advisory: CapacityAdvisory, window: Span, zone: str) -> bool:
    """Say whether the point receives during the whole of the window, by its own clock."""
    opens, closes = (at.astimezone(zone_of(zone)) for at in window)
    if {f"{opens:%Y-%m-%d}", f"{closes:%Y-%m-%d}"} != {advisory.on}:
        return False
    first, last = advisory.opens or "24:00", advisory.closes or "00:00"
    return f"{first}:00" <= f"{opens:%H:%M:%S}" and f"{closes:%H:%M:%S}" <= f"{last}:00"
