"""The day of an account: begun once the first of a side's places has it, closed after the last."""

import datetime as dt

from exchange.domain.parties import Side
from exchange.domain.places import Places, day_in

CLOSES_AFTER = dt.timedelta(hours=1)
"""How long after its end a day still changes: what was said at the last minute arrives."""


def has_begun(day: dt.date, side: Side, places: Places, *, now: dt.datetime) -> bool:
    """Return whether *day* has begun at a place of *side*."""
    return day <= newest_day(side, places, now=now)


def newest_day(side: Side, places: Places, *, now: dt.datetime) -> dt.date:
    """Return the last day that has begun at a place of *side*."""
    return max(day_in(now, zone) for zone in _zones(side, places))


def is_closed(day: dt.date, side: Side, places: Places, *, now: dt.datetime) -> bool:
    """Return whether *day* is over at every place of *side*, and has been for an hour."""
    return all(day < day_in(now - CLOSES_AFTER, zone) for zone in _zones(side, places))


def _zones(side: Side, places: Places) -> set[str]:
    if side is Side.US:
        return {port.zone for port in places}
    return {point.zone for port in places for point in port.receiving_points}
