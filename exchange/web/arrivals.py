"""Who is expected at the line on a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Final

from exchange.domain.places import ReceivingPoint
from exchange.errors import Language
from exchange.store.engine import Connection
from exchange.store.handoffs import Handoff, list_arrivals
from exchange.web.calls import Caller
from exchange.web.persons import Person, Persons, day_at, find_persons
from exchange.web.shown import Arrival, Arrivals

ARRIVALS_MAX: Final = 1000
VIEWED: Final = "arrivals.viewed"


@dataclass(frozen=True, slots=True)
class ArrivalList:
    """Makes the list of a day."""

    persons: Persons

    async def of_day(self, caller: Caller, port: str, on: date, language: Language) -> Arrivals:
        """
        Return who is expected on the day *on* at the receiving points of *port*.

        *port* is a CBP code or one receiving point; points that are not the caller's are
        left out. The view is in the journal first.

        Raises:
            NotFound: There is no such place.
            Forbidden: None of its points is the caller's.
        """
        points = self.persons.points_of(caller, port)
        await self.persons.record_view(VIEWED, caller, port, on)
        expected = await self.persons.store.scan(partial(_list_expected, points, on))
        return Arrivals(
            on=on.isoformat(),
            receiving_points=tuple(point.id for point in points),
            arrivals=tuple(
                Arrival.model_validate(self.persons.shown(one, language)) for one in expected
            ),
        )


def _list_expected(
    points: Sequence[ReceivingPoint], on: date, connection: Connection
) -> list[Person]:
    """Return whoever has a window that opens on the day *on* of their point's own calendar."""
    rows = [row for point in points for row in _rows_of(connection, point, on)]
    return find_persons(connection, rows)


def _rows_of(connection: Connection, point: ReceivingPoint, on: date) -> list[Handoff]:
    day = day_at(point, on)
    return list_arrivals(
        connection,
        receiving_points=[point.id],
        start=day.begins,
        end=day.ends,
        limit=ARRIVALS_MAX,
    )
