"""
Who the people at a receiving point are: with ``corrections`` the only place that shows names.

A view is in the journal before anything is shown, so that no name was ever seen without a
trace. Names come from the notices in force, as they were put right since; those whose key was
erased have none any more. What is advised about a notice stands beside it and decides nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import cast

from exchange import errors
from exchange.domain.acceptance import AcceptanceBook, Advice, advise, day_of_return
from exchange.domain.corrections import Reading
from exchange.domain.messages.catalogue import RETURN_NOTICE
from exchange.domain.messages.return_notice import ReturnNotice
from exchange.domain.places import Places, ReceivingPoint, Window, zone_of
from exchange.domain.worklist import Day
from exchange.errors import Language
from exchange.flow.clock import Clock
from exchange.flow.corrections import Recorded, find_recorded
from exchange.flow.keyring import Keyring
from exchange.flow.rows import shared_of
from exchange.store.columns import Direction
from exchange.store.engine import Connection, Store
from exchange.store.handoffs import Handoff
from exchange.store.journal import Event, record_events
from exchange.web.calls import Caller
from exchange.web.shown import AdviceShown, ReasonShown, ValuePutRight


@dataclass(frozen=True, slots=True)
class Person:
    """A handoff of a receiving point, and the stored notice that is in force for it."""

    row: Handoff
    notice: Recorded | None


@dataclass(frozen=True, slots=True)
class Persons:
    """Shows people; *keyring* opens what is stored of them, *acceptance* advises about them."""

    store: Store
    places: Places
    keyring: Keyring
    acceptance: AcceptanceBook
    clock: Clock

    def points_of(self, caller: Caller, port: str) -> list[ReceivingPoint]:
        """
        Return the caller's receiving points of *port*, a CBP code or one receiving point.

        Raises:
            NotFound: There is no such place.
            Forbidden: None of its points is the caller's.
        """
        found = self.places.find_port(port)
        point = self.places.find_receiving_point(port)
        points = list(found.receiving_points) if found else [point] if point else []
        if not points:
            raise errors.NotFound
        seen = [one for one in points if caller.sees(one.id)]
        if not seen:
            raise errors.Forbidden(needs=f"{caller.client.role} at {points[0].id}")
        return seen

    async def record_view(self, kind: str, caller: Caller, port: str, on: date) -> None:
        """Return once the journal has who asked to see the people of which place and day."""
        data = {"port": port, "on": on.isoformat()}
        event = Event(at=self.clock(), kind=kind, actor=caller.name, data=data)
        await self.store.write(partial(record_events, events=[event]))

    def shown(self, person: Person, language: Language) -> dict[str, object]:
        """Return the members of an arrival: where it stands, and who it is about."""
        row, shared = person.row, shared_of(person.row)
        if shared is None or shared.notice is None:
            raise errors.EvidenceBroken
        fact, reading = shared.notice, self._read(person)
        notice = cast("ReturnNotice", reading.body) if reading else None
        return {
            "handoff": row.handoff,
            "stage": row.stage,
            "intent": row.intent,
            "port": fact.port,
            "receiving_point": fact.receiving_point,
            "window": Window.model_validate({"from": fact.window_from, "to": fact.window_to}),
            "revision": fact.revision,
            "person": notice.person if notice else None,
            "family": notice.family if notice else None,
            "travel_document": notice.travel_document if notice else None,
            "present_at": notice.hearing.present_at if notice else None,
            "corrected": ValuePutRight.of(reading) if reading else (),
            "advice": self._advice(notice, language) if notice else None,
        }

    def _read(self, person: Person) -> Reading | None:
        """Return how the notice reads, or None once its key was erased."""
        if person.notice is None:
            return None
        return person.notice.read(self.keyring, handoff=person.row.handoff)

    def _advice(self, notice: ReturnNotice, language: Language) -> AdviceShown | None:
        on = day_of_return(notice, self.places)
        if on is None:
            return None
        return _shown(advise(notice, self.acceptance.in_force(on), on=on), language)


def find_persons(connection: Connection, rows: Sequence[Handoff]) -> list[Person]:
    """Return each handoff with the notice that both sides take to be in force."""
    return [Person(row, _notice_in_force(connection, row)) for row in rows]


def day_at(point: ReceivingPoint, on: date) -> Day:
    """Return when a day of the point's own calendar begins and ends."""
    begins, ends = (_midnight(on + timedelta(days=days), point.zone) for days in (0, 1))
    return Day(begins, ends)


def _midnight(on: date, zone: str) -> datetime:
    return datetime.combine(on, time(), zone_of(zone)).astimezone(UTC)


def _notice_in_force(connection: Connection, row: Handoff) -> Recorded | None:
    shared = shared_of(row)
    seq = shared.notice.seq if shared and shared.notice else None
    return find_recorded(
        connection,
        handoff=row.number,
        direction=Direction.RECEIVED,
        named=lambda entry: entry.schema == RETURN_NOTICE.schema and entry.seq == seq,
    )


def _shown(advice: Advice, language: Language) -> AdviceShown:
    return AdviceShown(
        rule_set=advice.rule_set,
        refusal_code=advice.refusal_code,
        reasons=tuple(
            ReasonShown(
                name=reason.name,
                refusal_code=reason.refusal,
                says=reason.says.spoken(language),
                certain=reason.certain,
                unverified=reason.unverified,
            )
            for reason in advice.reasons
        ),
    )
