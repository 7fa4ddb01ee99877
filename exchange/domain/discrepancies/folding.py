"""
Handoffs made into what the rules look at, in one pass; and what one of them reaches.

A message about a handoff bears on its case, its family and its port's day, and where it moves
the handoff from one to another, on both. ``reach`` names them, so that looking at what was
reached gives the same as looking at everything.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from exchange.domain.discrepancies.finding import Scopes
from exchange.domain.discrepancies.scopes import Family, PortDay, Record, Scope, Subject
from exchange.domain.discrepancies.stays import day_ends_at
from exchange.domain.handoff import SharedHandoff
from exchange.domain.places import Places, day_in
from exchange.domain.wire import read_utc

_UTC = "Etc/UTC"
_FOLDED = frozenset({Scope.HANDOFF, Scope.FAMILY, Scope.PORT_DAY})
_Day = tuple[str, date]


class Reach(NamedTuple):
    """The cases, families and days of ports to look at; *alone* are handoffs without a case."""

    cases: frozenset[str] = frozenset()
    families: frozenset[str] = frozenset()
    port_days: frozenset[_Day] = frozenset()
    alone: frozenset[str] = frozenset()


def united(reaches: Iterable[Reach]) -> Reach:
    """Return what any of them reaches."""
    cases, families, port_days, alone = zip(Reach(), *reaches, strict=True)
    return Reach(
        frozenset().union(*cases),
        frozenset().union(*families),
        frozenset().union(*port_days),
        frozenset().union(*alone),
    )


def reach(shared: SharedHandoff, places: Places) -> Reach:
    """Return what the handoff bears on; of a change, take it before and after."""
    notice = shared.notice
    if notice is None:
        return Reach(alone=frozenset({shared.handoff}))
    family = frozenset() if notice.family_group is None else frozenset({notice.family_group})
    day = day_at_port(notice.port, notice.window_from, places)
    return Reach(frozenset({notice.case}), family, frozenset({day}))


def reach_of(subject: Subject, cases: Mapping[str, str]) -> Reach:
    """
    Return what to look at where time alone may have changed *subject*.

    *cases* has the case of each handoff that was announced.
    """
    match subject.scope:
        case Scope.FAMILY:
            return Reach(families=frozenset({subject.name}))
        case Scope.PORT_DAY:
            port, _, on = subject.name.partition(" ")
            return Reach(port_days=frozenset({(port, date.fromisoformat(on))}))
        case Scope.HANDOFF if subject.name in cases:
            return Reach(cases=frozenset({cases[subject.name]}))
        case Scope.HANDOFF:
            return Reach(alone=frozenset({subject.name}))
        case _:
            return Reach()


def gather(
    records: Iterable[Record],
    places: Places,
    only: Reach | None = None,
    beside: Iterable[SharedHandoff] = (),
) -> Scopes:
    """
    Return the handoffs, families and days of ports that *records* make, each whole.

    With *only*, those that it names: *records* then need hold no more than their members. A
    family that nobody names any more is among them, without a member. *beside* are further
    handoffs of which only the days of ports are made.
    """
    alone: list[Record] = []
    cases: defaultdict[str, list[Record]] = defaultdict(list)
    families: defaultdict[str, list[Record]] = defaultdict(list)
    if only is not None:
        families.update((group, []) for group in sorted(only.families))
    every = list(records)
    for record in every:
        notice = record.shared.notice
        if notice is None:
            if only is None or record.shared.handoff in only.alone:
                alone.append(replace(record, case=(record.shared,)))
            continue
        if only is None or notice.case in only.cases:
            cases[notice.case].append(record)
        if notice.family_group and (only is None or notice.family_group in only.families):
            families[notice.family_group].append(record)
    return Scopes(
        handoffs=(*alone, *(one for members in cases.values() for one in _of_one_case(members))),
        families=tuple(Family(group, tuple(members)) for group, members in families.items()),
        port_days=_port_days((*(one.shared for one in every), *beside), places, only),
        whole=_FOLDED if only is None else frozenset(),
    )


def _port_days(
    handoffs: Iterable[SharedHandoff], places: Places, only: Reach | None
) -> tuple[PortDay, ...]:
    found: defaultdict[_Day, list[SharedHandoff]] = defaultdict(list)
    if only is not None:
        found.update((day, []) for day in sorted(only.port_days))
    for shared in handoffs:
        if shared.notice is not None:
            day = day_at_port(shared.notice.port, shared.notice.window_from, places)
            if only is None or day in only.port_days:
                found[day].append(shared)
    return tuple(_port_day(day, members, places) for day, members in found.items())


def _of_one_case(members: list[Record]) -> Iterable[Record]:
    case = tuple(sorted((one.shared for one in members), key=_by_cycle))
    return (replace(one, case=case) for one in members)


def _by_cycle(shared: SharedHandoff) -> tuple[int, str]:
    return shared.cycle or 0, shared.handoff


def _port_day(day: _Day, members: list[SharedHandoff], places: Places) -> PortDay:
    port, on = day
    return PortDay(port, on, day_ends_at(on, _zone_of(port, places)), tuple(members))


def day_at_port(port: str, window_from: str, places: Places) -> _Day:
    """Return the port, and the day of its own calendar on which a window opens."""
    return port, _day_there(window_from, _zone_of(port, places))


def _zone_of(port: str, places: Places) -> str:
    found = places.find_port(port)
    return _UTC if found is None else found.zone


@lru_cache(maxsize=65_536)
def _day_there(window_from: str, zone: str) -> date:
    """Return the day on which a window opens; most windows are those of many people."""
    return day_in(read_utc(window_from), zone)
