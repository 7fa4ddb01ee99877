"""Which days and which places a report is of, on the calendar of each place itself."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from exchange.domain.faults import Fault
from exchange.domain.parties import Side
from exchange.domain.places import Places, day_in
from exchange.reports.days import has_begun, newest_day

UNKNOWN_ZONE = "Etc/UTC"
"""The calendar of a place that this installation does not know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """
    What is asked for: days, a port, a receiving point; None is all there is.

    *only_at* are the places of whoever asks: ports on the US side, receiving points in Mexico.
    """

    first: dt.date | None = None
    last: dt.date | None = None
    port: str | None = None
    point: str | None = None
    only_at: frozenset[str] | None = None

    @property
    def days(self) -> tuple[dt.date, dt.date] | None:
        """The first and the last day, or None for all days."""
        return None if self.first is None or self.last is None else (self.first, self.last)

    @property
    def is_of_every_place(self) -> bool:
        """Whether no place is left out."""
        return self.port is None and self.point is None and self.only_at is None

    @property
    def named(self) -> frozenset[str] | None:
        """The places that it is limited to, None for every one: those asked for before all."""
        asked = frozenset(one for one in (self.port, self.point) if one is not None)
        return asked or self.only_at

    def has(self, side: Side, *, port: str | None, point: str | None) -> bool:
        """Say whether a handoff from *port* to *point* is of the places asked for."""
        return (
            self.port in (None, port)
            and self.point in (None, point)
            and (self.only_at is None or (port if side is Side.US else point) in self.only_at)
        )

    def has_time(self, at: dt.datetime, zone: str) -> bool:
        """Say whether the wall calendar of *zone* shows one of the days at the moment *at*."""
        days = self.days
        return days is None or days[0] <= day_in(at, zone) <= days[1]

    def around(self) -> tuple[dt.datetime, dt.datetime] | None:
        """Return times between which all of its days lie, wherever on earth; None for all."""
        days = self.days
        if days is None:
            return None
        noons = [dt.datetime.combine(day, dt.time(12), dt.UTC) for day in days]
        return noons[0] - dt.timedelta(days=1), noons[1] + dt.timedelta(days=1)


def zone_at(side: Side, places: Places, *, port: str | None, point: str | None) -> str:
    """Return the zone of the place of *side* that a handoff from *port* to *point* has."""
    find = places.find_port if side is Side.US else places.find_receiving_point
    found = find((port if side is Side.US else point) or "")
    return UNKNOWN_ZONE if found is None else found.zone


def faults_of(
    selection: Selection, side: Side, places: Places, *, now: dt.datetime
) -> Iterator[Fault]:
    """Give what is wrong with what is asked for: a day to come, or a place that there is not."""
    days = selection.days
    if days is None and (selection.first or selection.last):
        yield Fault("/to" if selection.last is None else "/from", "day-or-days")
    if days is not None:
        if days[1] < days[0]:
            yield Fault("/to", "ends-first")
        if not has_begun(max(days), side, places, now=now):
            at = "/day" if days[0] == days[1] else "/to"
            yield Fault(at, "not-begun", (newest_day(side, places, now=now).isoformat(),))
    yield from _faults_of_places(selection, places)


def _faults_of_places(selection: Selection, places: Places) -> Iterator[Fault]:
    port, point = selection.port, selection.point
    is_known_port = port is None or places.find_port(port) is not None
    if not is_known_port:
        yield Fault("/port", "unknown-port", tuple(one.code for one in places))
    if point is None:
        return
    if places.find_receiving_point(point) is None:
        known = tuple(one.id for of_port in places for one in of_port.receiving_points)
        yield Fault("/point", "unknown-receiving-point", known)
    elif port is not None and is_known_port and not places.are_a_pair(port, point):
        found = places.find_port(port)
        points = () if found is None else found.receiving_points
        yield Fault("/point", "not-a-pair", tuple(one.id for one in points))
