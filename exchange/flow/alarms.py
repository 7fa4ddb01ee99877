"""A person who has dealt with what an alarm is about closes it, and the journal says who."""

from datetime import datetime

from exchange.domain.alarms import ALARMS
from exchange.errors import AlarmStands, NotFound
from exchange.store.alarms import Alarm, close_seen, find_alarm
from exchange.store.engine import Connection
from exchange.store.journal import Event, record_events


def close_by_person(connection: Connection, number: int, *, actor: str, at: datetime) -> Alarm:
    """
    Return the alarm of that number as it stood, once *actor* has closed it.

    Raises:
        NotFound: No alarm of that number is open.
        AlarmStands: It ends with its cause, and only with it.
    """
    alarm = find_alarm(connection, number)
    if alarm is None or alarm.closed_at is not None:
        raise NotFound
    rule = ALARMS[alarm.kind]
    if not rule.closed_by_person:
        raise AlarmStands(rule.ends)
    if not close_seen(connection, alarm.kind, {alarm.subject: alarm.times}, at=at):
        raise NotFound
    event = Event(
        at=at,
        kind="alarm.closed",
        actor=actor,
        data={"alarm": alarm.kind.value, "subject": alarm.subject, "times": alarm.times},
    )
    record_events(connection, [event])
    return alarm
