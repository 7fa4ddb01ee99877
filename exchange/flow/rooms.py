"""
(1) Whether a receiving point still has room in a window, by what Mexico has said last of the day.

It is asked once the handoff is stored with its window: from then on nobody else can take its
place, and of two ports that ask for the last one only one gets it. A day about which nothing
was said is not limited here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from exchange.domain.alarms import AlarmKind
from exchange.domain.bulletins import Bulletin, Matter, day_of_point
from exchange.domain.capacity import Booked, NoRoom, Plan, Span, find_refusal, room
from exchange.domain.limits import Limits
from exchange.domain.messages.capacity_advisory import CapacityAdvisory
from exchange.domain.messages.catalogue import CAPACITY_ADVISORY
from exchange.domain.messages.return_notice import ReturnNotice
from exchange.domain.places import Places, day_in, zone_of
from exchange.domain.stages import Stage
from exchange.domain.wire import utc_text
from exchange.errors import WindowFull
from exchange.store.alarms import close_alarms, raise_alarm
from exchange.store.bulletins import find_bulletins
from exchange.store.columns import Direction
from exchange.store.engine import Connection
from exchange.store.expected import count_expected, list_expected

_TO_COME = frozenset({Stage.NOTICED, Stage.ACCEPTED, Stage.DEFERRED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """
    A place that one person asks for, or all *people* of a *family* who move together.

    It is asked for once they are stored with this point and day, so they are counted already.
    """

    receiving_point: str
    zone: str
    window: Span
    family: bool
    not_before: datetime
    limits: Limits
    people: int = 1

    @property
    def on(self) -> date:
        """The day of the window on the calendar of the receiving point."""
        return day_in(self.window.opens, self.zone)

    def matter(self, ahead: int = 0) -> Matter:
        """Return what Mexico would speak of that day, or of one so many days *ahead*."""
        on = self.on + timedelta(days=ahead)
        return day_of_point(self.receiving_point, on.isoformat())


def asked_by(notice: ReturnNotice, places: Places, limits: Limits, now: datetime) -> Asked:
    """Return the place that *notice* asks for; its window can be announced in time from now on."""
    point = places.find_receiving_point(notice.return_.receiving_point)
    window = notice.return_.window
    return Asked(
        receiving_point=notice.return_.receiving_point,
        zone=point.zone if point else "Etc/UTC",
        window=Span(window.from_at, window.to_at),
        family=notice.family is not None,
        not_before=now + timedelta(seconds=limits.notice_lead_seconds_min),
        limits=limits,
    )


def asked_anew(asked: Asked, before: ReturnNotice) -> Asked | None:
    """Return the place that a notice which follows *before* asks for; None where it stays."""
    old = before.return_
    at = Span(old.window.from_at, old.window.to_at)
    stays = (old.receiving_point, at) == (asked.receiving_point, asked.window)
    return None if stays else asked


def has_room(asked: Asked | None, connection: Connection) -> bool:
    """
    Return True where *asked* has its place, or nothing is asked.

    Raises:
        WindowFull: It has none; the next window that has one is given.
    """
    if asked is not None:
        require_room(connection, [asked])
    return True


def require_room(connection: Connection, asked: Sequence[Asked]) -> None:
    """
    Return only where each of *asked*, which are stored already, has a place in its window.

    Raises:
        WindowFull: One has none; the next window that has one is given.
    """
    told = find_bulletins(connection, Direction.RECEIVED, {one.matter() for one in asked})
    for one in asked:
        if one.matter() in told:
            _require_place(connection, one, _advisory(told[one.matter()]))


def _require_place(connection: Connection, one: Asked, advisory: CapacityAdvisory) -> None:
    person = Booked(one.people, int(one.family))
    own = _others(connection, one, one.on, without=person)
    plan = Plan(one.zone, {one.on: advisory}, {one.on: own})
    if _refusal(one, person, plan) is None:
        return
    matters = [one.matter(ahead) for ahead in range(one.limits.next_window_days + 1)]
    found = find_bulletins(connection, Direction.RECEIVED, matters)
    advisories = {date.fromisoformat(said.on): said for said in map(_advisory, found.values())}
    booked = {on: _others(connection, one, on, without=Booked()) for on in advisories}
    refusal = _refusal(one, person, Plan(one.zone, advisories, booked | {one.on: own}))
    if refusal is not None:
        following = refusal.next_free
        span = None if following is None else (utc_text(following[0]), utc_text(following[1]))
        raise WindowFull(refusal.fault, next_window=span)


def _refusal(one: Asked, person: Booked, plan: Plan) -> NoRoom | None:
    return find_refusal(one.window, person, plan, not_before=one.not_before, limits=one.limits)


def _others(connection: Connection, one: Asked, on: date, *, without: Booked) -> Booked:
    """Return how many are expected on a day; a family counts once, however many it brings."""
    start, end = _bounds(on, one.zone)
    people, families = count_expected(connection, one.receiving_point, start=start, end=end)
    return Booked(people - without.people, families - without.families)


def remark_rooms(
    posted: Mapping[Matter, Bulletin], places: Places, connection: Connection, now: datetime
) -> None:
    """
    Raise who has no place any more by what Mexico says now, and close what is mended so.

    The person may be on the way to a point that is closed: the port must ask, and revise.
    """
    for matter, bulletin in posted.items():
        if matter.name == CAPACITY_ADVISORY.name:
            _remark_day(_advisory(bulletin), places, connection, now)


def _remark_day(
    advisory: CapacityAdvisory, places: Places, connection: Connection, now: datetime
) -> None:
    point = places.find_receiving_point(advisory.receiving_point)
    if point is None:
        return
    start, end = _bounds(date.fromisoformat(advisory.on), point.zone)
    placed, families = [], set[str]()
    for rank, row in enumerate(list_expected(connection, point.id, start=start, end=end)):
        taken = Booked(rank, len(families - {row.family_group or ""}))
        if row.family_group:
            families.add(row.family_group)
        if row.stage not in _TO_COME or row.window_from is None or row.window_to is None:
            continue
        window = Span(row.window_from, row.window_to)
        left = room(advisory, taken, window, point.zone)
        if left.code is None and (left.families or row.family_group is None):
            placed.append(row.handoff)
        else:
            raise_alarm(connection, AlarmKind.NO_ROOM, row.handoff, at=now)
    close_alarms(connection, AlarmKind.NO_ROOM, placed, at=now)


def _advisory(bulletin: Bulletin) -> CapacityAdvisory:
    return CapacityAdvisory.model_validate_json(bulletin.says)


def _bounds(on: date, zone: str) -> tuple[datetime, datetime]:
    """Return when a day begins and ends on the calendar of a place."""
    first = datetime.combine(on, time(), zone_of(zone))
    return first, datetime.combine(on + timedelta(days=1), time(), zone_of(zone))
