"""
What a person does about an alarm: takes it up, or closes it once it has been dealt with.

Whoever takes one up ends its way upwards: nobody further is told. Whether it is over with that
depends on the kind: a welfare alert is, for somebody now sees to the person; what has a cause
that the program sees stays open until the cause is gone. The journal says who did which.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias

from exchange.domain.alarms import ALARMS, AlarmKind
from exchange.domain.parties import Side
from exchange.errors import AlarmStands, AlreadyAnswered, NotFound
from exchange.flow.acts import Keep
from exchange.flow.clock import Clock
from exchange.store.alarms import Alarm, acknowledge_alarm, close_alarm, find_alarm, lock_alarm
from exchange.store.bearings import look_again
from exchange.store.engine import Connection, Store
from exchange.store.handoffs import Handoff, find_handoff, find_handoffs
from exchange.store.journal import Event, record_events

Act: TypeAlias = Callable[..., Alarm]

ACKNOWLEDGED = "acknowledged"


@dataclass(frozen=True, slots=True)
class Sight:
    """
    Which alarms somebody sees: those about the handoffs of their *places*, or of every place.

    What is about no handoff is for who has every place, or *operates* the service. That a hold
    stands is a secret of our own side, so a recall is for who *knows_holds*.
    """

    side: Side
    places: frozenset[str] | None
    knows_holds: bool
    operates: bool

    def of(self, connection: Connection, alarms: Sequence[Alarm]) -> list[tuple[Alarm, str | None]]:
        """Return those of the alarms that are seen, each with its place where it has one."""
        ids = {one.subject for one in alarms if ALARMS[one.kind].of_a_handoff}
        rows = find_handoffs(connection, ids) if ids else {}
        placed = [(one, self._place(rows.get(one.subject))) for one in alarms]
        return [(one, place) for one, place in placed if self._sees(one, place)]

    def _place(self, row: Handoff | None) -> str | None:
        if row is None:
            return None
        return row.port if self.side is Side.US else row.receiving_point

    def _sees(self, alarm: Alarm, place: str | None) -> bool:
        if alarm.kind is AlarmKind.RECALL and not self.knows_holds:
            return False
        if not ALARMS[alarm.kind].of_a_handoff:
            return self.operates or self.places is None
        return self.places is None or place in self.places


class Alarms:
    """What people do about alarms, over the internal listener."""

    def __init__(self, *, store: Store, side: Side, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self.side = side

    async def acknowledge(
        self, number: int, *, actor: str, sight: Sight, keep: Keep[Alarm] | None = None
    ) -> Alarm:
        """
        Take an alarm up, and return it as it then stands.

        Raises:
            NotFound: No alarm of that number is open, or it is not theirs to see.
            AlreadyAnswered: Somebody else has taken it up.
        """
        return await self._do(acknowledge_by_person, number, actor=actor, sight=sight, keep=keep)

    async def close(
        self, number: int, *, actor: str, sight: Sight, keep: Keep[Alarm] | None = None
    ) -> Alarm:
        """
        Close an alarm that a person ends, and return it as it then stands.

        Raises:
            NotFound: No alarm of that number is open, or it is not theirs to see.
            AlarmStands: It ends with its cause, and only with it.
        """
        return await self._do(close_by_person, number, actor=actor, sight=sight, keep=keep)

    async def _do(
        self, act: Act, number: int, *, actor: str, sight: Sight, keep: Keep[Alarm] | None
    ) -> Alarm:
        at = self._clock()

        def done(connection: Connection) -> Alarm:
            found = find_alarm(connection, number)
            if found is None or not sight.of(connection, [found]):
                raise NotFound
            alarm = act(connection, number, actor=actor, at=at)
            if keep is not None:
                keep(connection, alarm)
            return alarm

        return await self._store.write(done)


def acknowledge_by_person(
    connection: Connection, number: int, *, actor: str, at: datetime
) -> Alarm:
    """
    Return the alarm of that number as it stands once *actor* has taken it up.

    Whoever repeats it has it already.

    Raises:
        NotFound: No alarm of that number is open.
        AlreadyAnswered: Somebody else has taken it up.
    """
    alarm = _locked(connection, number)
    if alarm is not None and alarm.acknowledged_by == actor:
        return alarm
    if alarm is None or alarm.closed_at is not None:
        raise NotFound
    if not acknowledge_alarm(connection, number, by=actor, at=at):
        raise AlreadyAnswered(ACKNOWLEDGED)
    _record(connection, alarm, ACKNOWLEDGED, actor=actor, at=at)
    taken = replace(alarm, acknowledged_at=at, acknowledged_by=actor)
    return _closed(connection, taken, at) if ALARMS[alarm.kind].ends_acknowledged else taken


def close_by_person(connection: Connection, number: int, *, actor: str, at: datetime) -> Alarm:
    """
    Return the alarm of that number as it stands once *actor* has closed it.

    Raises:
        NotFound: No alarm of that number is open.
        AlarmStands: It ends with its cause, and only with it.
    """
    alarm = _locked(connection, number)
    if alarm is None or alarm.closed_at is not None:
        raise NotFound
    rule = ALARMS[alarm.kind]
    if not rule.closed_by_person:
        raise AlarmStands(rule.ends)
    _record(connection, alarm, "closed", actor=actor, at=at)
    return _closed(connection, alarm, at)


def _locked(connection: Connection, number: int) -> Alarm | None:
    """
    Return the alarm, and let nobody else change it until we commit.

    The rules look at its handoff again: that it is taken up may end what was broken.
    """
    alarm = find_alarm(connection, number)
    if alarm is not None and ALARMS[alarm.kind].of_a_handoff:
        look_again(connection, [alarm.subject])
    return lock_alarm(connection, number)


def _closed(connection: Connection, alarm: Alarm, at: datetime) -> Alarm:
    if not close_alarm(connection, alarm, at=at):
        raise NotFound
    return replace(alarm, closed_at=at)


def _record(connection: Connection, alarm: Alarm, how: str, *, actor: str, at: datetime) -> None:
    """Say in the journal who did what about an alarm: of a handoff, in its own timeline."""
    about = ALARMS[alarm.kind].of_a_handoff
    row = find_handoff(connection, alarm.subject) if about else None
    event = Event(
        at=at,
        kind=f"alarm.{how}",
        actor=actor,
        handoff=None if row is None else row.number,
        data={"alarm": alarm.kind.value, "subject": alarm.subject, "times": alarm.times},
    )
    record_events(connection, [event])
