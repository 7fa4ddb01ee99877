"""What someone must look at: the open alarms, and who has taken one up or dealt with it."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from http import HTTPStatus
from typing import Final

from aiohttp import web
from pydantic import Field

from exchange import errors
from exchange.access.rights import Action
from exchange.domain.alarms import ALARMS, Actor, AlarmKind, Severity
from exchange.domain.escalation import Level
from exchange.domain.wire import Closed
from exchange.flow.acts import Keep
from exchange.flow.alarms import Alarms, Sight
from exchange.store.alarms import Alarm, list_open_after
from exchange.store.engine import Connection, Store
from exchange.store.wakings import Reached, list_reached
from exchange.web.calls import Act, Call, Calls
from exchange.web.documents import Document
from exchange.web.handoffs import CURSOR, CURSORS, LIMIT, PAGE_MAX, number_in
from exchange.web.numbers import number_of
from exchange.web.problems import language_of
from exchange.web.reading import document_in
from exchange.web.routes import Parameter, Route

_NUMBER_MAX: Final = 10**15


class AcknowledgmentDocument(Closed):
    """Nothing is said about an alarm but that somebody has taken it up."""


class ClosingDocument(Closed):
    """Nothing is said about an alarm but that it has been dealt with."""


class LevelOfAlarm(Document):
    """How far up an alarm has come."""

    level: Level
    reached_at: datetime
    told_at: datetime | None = Field(description="When the duty officer there was told.")


class AlarmShown(Document):
    """An alarm that is open."""

    number: int
    kind: AlarmKind
    severity: Severity
    acts: Actor = Field(description="Who acts first.")
    subject: str = Field(description="The handoff, or what else it is about: never a person.")
    place: str | None = Field(description="The port or receiving point of the handoff.")
    opened_at: datetime
    touched_at: datetime = Field(description="When it was last raised.")
    times: int
    acknowledged_at: datetime | None
    acknowledged_by: str | None = Field(description="Who has taken it up: nobody further is told.")
    levels: tuple[LevelOfAlarm, ...] = Field(description="Whom it has reached, lowest first.")
    closed_by_person: bool = Field(description="Whether a person closes it, or its cause alone.")
    means: str
    ends: str


class AlarmList(Document):
    """The open alarms after a cursor; *next* is the cursor to go on from."""

    alarms: tuple[AlarmShown, ...]
    next: str
    more: bool


class AlarmTaken(Document):
    """How an alarm stands once a person has done something about it."""

    number: int
    kind: AlarmKind
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    closed_at: datetime | None = Field(description="null: it is open until its cause is gone.")


@dataclass(frozen=True, slots=True)
class AlarmDesk:
    """What the routes of alarms need."""

    store: Store
    alarms: Alarms
    calls: Calls

    def routes(self) -> tuple[Route, ...]:
        """Return the rows of these routes."""
        return (
            Route(
                "GET",
                "/v1/alarms",
                self.calls.reading(Action.READ_ALARMS, self.show_open),
                "What someone must look at, in the order in which it began",
                gives=AlarmList,
                parameters=(
                    Parameter("after", "A cursor: `next` of the last answer.", CURSOR),
                    Parameter("limit", "Alarms at most, 500 or fewer.", LIMIT),
                ),
                problems=(errors.Invalid,),
                needs=Action.READ_ALARMS,
            ),
            Route(
                "POST",
                "/v1/alarms/{number}/acknowledgment",
                self.calls.acting(Action.TAKE_UP_ALARMS, Act(self.acknowledge, _say)),
                "Take an alarm up: nobody further is told; a welfare alert ends with it",
                takes=AcknowledgmentDocument,
                gives=AlarmTaken,
                problems=(errors.Invalid, errors.NotFound, errors.AlreadyAnswered),
                needs=Action.TAKE_UP_ALARMS,
                idempotent=True,
            ),
            Route(
                "POST",
                "/v1/alarms/{number}/closing",
                self.calls.acting(Action.TAKE_UP_ALARMS, Act(self.close, _say)),
                "Close an alarm that a person ends, once it has been dealt with",
                takes=ClosingDocument,
                gives=AlarmTaken,
                problems=(errors.Invalid, errors.NotFound, errors.AlarmStands),
                needs=Action.TAKE_UP_ALARMS,
                idempotent=True,
            ),
        )

    async def show_open(self, call: Call) -> web.Response:
        """Answer with the open alarms that are the caller's to see."""
        after = min(number_in(call.request, "after", 0, within=CURSORS), _NUMBER_MAX)
        limit = number_in(call.request, "limit", 100, within=range(1, PAGE_MAX + 1))
        shown = await self.store.read(partial(self._read, call, after, limit))
        return shown.response()

    def _read(self, call: Call, after: int, limit: int, connection: Connection) -> AlarmList:
        """Return up to *limit* of the caller's alarms; the cursor passes those of others."""
        sight = self._sight(call)
        seen: list[tuple[Alarm, str | None]] = []
        while True:
            page = list_open_after(connection, after=after, limit=PAGE_MAX)
            seen += sight.of(connection, page)
            more = len(seen) > limit
            if more or len(page) < PAGE_MAX:
                break
            after = page[-1].number
        shown = seen[:limit]
        reached = list_reached(connection, [alarm.number for alarm, _ in shown])
        last = shown[-1][0].number if more else page[-1].number if page else after
        return AlarmList(
            alarms=tuple(
                _shown(call, alarm, place, reached.get(alarm.number, ())) for alarm, place in shown
            ),
            next=str(last),
            more=more,
        )

    async def acknowledge(self, call: Call, keep: Keep[Alarm] | None) -> Alarm:
        """Return the alarm once the caller has taken it up."""
        document_in(AcknowledgmentDocument, call.body)
        return await self.alarms.acknowledge(
            number_of(call.request), actor=call.caller.name, sight=self._sight(call), keep=keep
        )

    async def close(self, call: Call, keep: Keep[Alarm] | None) -> Alarm:
        """Return the alarm once the caller has closed it."""
        document_in(ClosingDocument, call.body)
        return await self.alarms.close(
            number_of(call.request), actor=call.caller.name, sight=self._sight(call), keep=keep
        )

    def _sight(self, call: Call) -> Sight:
        client = call.caller.client
        return Sight(
            side=self.alarms.side,
            places=call.caller.ports,
            knows_holds=client.may(Action.READ_HOLDS),
            operates=client.may(Action.OPERATE),
        )


def _shown(call: Call, alarm: Alarm, place: str | None, reached: tuple[Reached, ...]) -> AlarmShown:
    rule, language = ALARMS[alarm.kind], language_of(call.request)
    return AlarmShown(
        number=alarm.number,
        kind=alarm.kind,
        severity=rule.severity,
        acts=rule.acts,
        subject=alarm.subject,
        place=place,
        opened_at=alarm.opened_at,
        touched_at=alarm.touched_at,
        times=alarm.times,
        acknowledged_at=alarm.acknowledged_at,
        acknowledged_by=alarm.acknowledged_by,
        levels=tuple(
            LevelOfAlarm(level=one.level, reached_at=one.reached_at, told_at=one.told_at)
            for one in reached
        ),
        closed_by_person=rule.closed_by_person,
        means=rule.means.spoken(language),
        ends=rule.ends.spoken(language),
    )


def _say(_call: Call, alarm: Alarm) -> web.Response:
    """Say how the alarm stands now."""
    taken = AlarmTaken.model_validate(alarm, from_attributes=True)
    return taken.response(HTTPStatus.OK)
