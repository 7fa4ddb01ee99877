"""
Who is expected at the line: the one place where the web shows names.

The view is in the journal before anything is shown, so that no name was ever seen without a
trace; names come from the bodies of the notices in force, and those whose key was erased have
none any more.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Final

import orjson

from exchange import errors
from exchange.domain.messages.catalogue import RETURN_NOTICE
from exchange.domain.messages.return_notice import ReturnNotice
from exchange.domain.places import Places, ReceivingPoint, Window, zone_of
from exchange.flow.clock import Clock
from exchange.flow.keyring import Keyring, context_of
from exchange.flow.rows import shared_of
from exchange.store.bodies import Body, list_bodies
from exchange.store.columns import Direction, Status
from exchange.store.engine import Connection, Store
from exchange.store.handoffs import Handoff, list_arrivals
from exchange.store.journal import Event, record_events
from exchange.store.ledger import list_entries_of
from exchange.web.calls import Caller
from exchange.web.documents import Arrival, Arrivals

ARRIVALS_MAX: Final = 1000
VIEWED: Final = "arrivals.viewed"


@dataclass(frozen=True, slots=True)
class Expected:
    """A handoff expected at the line, and the stored body of its notice in force."""

    row: Handoff
    notice: Body | None


@dataclass(frozen=True, slots=True)
class ArrivalList:
    """Makes the list of a day; *keyring* opens what is stored of the people on it."""

    store: Store
    places: Places
    keyring: Keyring
    clock: Clock

    async def of_day(self, caller: Caller, port: str, on: date) -> Arrivals:
        """
        Return who is expected on the day *on* at the receiving points of *port*.

        *port* is a CBP code or one receiving point; points that are not the caller's are
        left out.

        Raises:
            NotFound: There is no such place.
            Forbidden: None of its points is the caller's.
        """
        points = self._points_of(caller, port)
        await self.store.write(partial(self._record_view, caller, port, on))
        expected = await self.store.scan(partial(_list_expected, points, on))
        return Arrivals(
            on=on.isoformat(),
            receiving_points=tuple(point.id for point in points),
            arrivals=tuple(self._arrival(one) for one in expected),
        )

    def _points_of(self, caller: Caller, port: str) -> list[ReceivingPoint]:
        found = self.places.find_port(port)
        point = self.places.find_receiving_point(port)
        points = list(found.receiving_points) if found else [point] if point else []
        if not points:
            raise errors.NotFound
        seen = [one for one in points if caller.sees(one.id)]
        if not seen:
            raise errors.Forbidden(needs=f"{caller.client.role} at {points[0].id}")
        return seen

    def _record_view(self, caller: Caller, port: str, on: date, connection: Connection) -> None:
        data = {"port": port, "on": on.isoformat()}
        event = Event(at=self.clock(), kind=VIEWED, actor=caller.name, data=data)
        record_events(connection, [event])

    def _arrival(self, expected: Expected) -> Arrival:
        row, shared = expected.row, shared_of(expected.row)
        if shared is None or shared.notice is None:
            raise errors.EvidenceBroken
        notice = self._opened(expected)
        fact = shared.notice
        return Arrival(
            handoff=row.handoff,
            stage=row.stage,
            intent=row.intent,
            port=fact.port,
            receiving_point=fact.receiving_point,
            window=Window.model_validate({"from": fact.window_from, "to": fact.window_to}),
            revision=fact.revision,
            person=notice.person if notice else None,
            family=notice.family if notice else None,
            travel_document=notice.travel_document if notice else None,
            present_at=notice.hearing.present_at if notice else None,
        )

    def _opened(self, expected: Expected) -> ReturnNotice | None:
        """Return the notice, or None once its key was erased."""
        if expected.notice is None:
            return None
        context = context_of(expected.row.handoff)
        octets = self.keyring.unlock(expected.notice, context=context)
        return None if octets is None else ReturnNotice.model_validate(orjson.loads(octets))


def _list_expected(
    points: Sequence[ReceivingPoint], on: date, connection: Connection
) -> list[Expected]:
    """Return whoever has a window that opens on the day *on* of their point's own calendar."""
    rows = [row for point in points for row in _rows_of(connection, point, on)]
    newest = {row.number: _notice_in_force(connection, row) for row in rows}
    bodies = list_bodies(connection, [number for number in newest.values() if number is not None])
    return [Expected(row, _found(bodies, newest[row.number])) for row in rows]


def _rows_of(connection: Connection, point: ReceivingPoint, on: date) -> list[Handoff]:
    start, end = (_midnight(on + timedelta(days=days), point.zone) for days in (0, 1))
    return list_arrivals(
        connection, receiving_points=[point.id], start=start, end=end, limit=ARRIVALS_MAX
    )


def _midnight(on: date, zone: str) -> datetime:
    return datetime.combine(on, time(), zone_of(zone)).astimezone(UTC)


def _notice_in_force(connection: Connection, row: Handoff) -> int | None:
    """Return the number of the body of the notice that both sides take to be in force."""
    shared = shared_of(row)
    seq = shared.notice.seq if shared and shared.notice else None
    bodies = [
        entry.body
        for entry in list_entries_of(connection, row.number)
        if entry.direction is Direction.RECEIVED
        and entry.status is Status.ACCEPTED
        and entry.schema == RETURN_NOTICE.schema
        and entry.seq == seq
    ]
    return bodies[0] if bodies else None


def _found(bodies: Mapping[int, Body], number: int | None) -> Body | None:
    return None if number is None else bodies.get(number)
