"""Alarms: open once, counted, closed when their cause is gone, kept for ever."""

import asyncio

from sqlalchemy import Connection

from exchange.domain.alarms import AlarmKind
from exchange.store import Store
from exchange.store.alarms import (
    acknowledge_alarm,
    close_alarm,
    close_alarms,
    close_seen,
    count_open,
    find_alarm,
    list_alarms,
    list_open,
    list_open_after,
    list_subjects,
    raise_alarm,
    settle_alarms,
)
from tests.store.rows import NOON, SECOND

SKEW = AlarmKind.CLOCK_SKEW
LATE = AlarmKind.VISA_OVERDUE
RECALL = AlarmKind.RECALL


def test_an_alarm_is_open_once_and_counted(connection: Connection) -> None:
    """Raising an open alarm counts it once more; after it was closed it is a new one."""
    assert raise_alarm(connection, SKEW, "partner", at=NOON)
    assert not raise_alarm(connection, SKEW, "partner", at=NOON + SECOND)
    (alarm,) = list_open(connection)
    assert (alarm.opened_at, alarm.touched_at, alarm.times) == (NOON, NOON + SECOND, 2)
    assert close_alarms(connection, SKEW, ["partner", "nobody"], at=NOON) == 1
    assert close_alarms(connection, SKEW, ["partner"], at=NOON) == 0
    assert raise_alarm(connection, SKEW, "partner", at=NOON)


def test_what_was_closed_stays_on_record(connection: Connection) -> None:
    """A closed alarm is listed with the time of its end, and found by its number."""
    raise_alarm(connection, SKEW, "partner", at=NOON)
    close_alarms(connection, SKEW, ["partner"], at=NOON + SECOND)
    raise_alarm(connection, SKEW, "partner", at=NOON + 2 * SECOND)
    first, second = list_alarms(connection)[-2:]
    assert (first.kind, first.closed_at) == (SKEW, NOON + SECOND)
    assert second.closed_at is None
    assert find_alarm(connection, second.number) == second
    assert find_alarm(connection, second.number + 1) is None


def test_alarms_of_a_kind_agree_with_what_stands(connection: Connection) -> None:
    """What no longer stands is closed, what newly stands is opened, the rest is left alone."""
    for kind, subject in ((LATE, "a"), (LATE, "b"), (LATE, "c"), (SKEW, "a")):
        raise_alarm(connection, kind, subject, at=NOON)
    assert settle_alarms(connection, LATE, standing=["b", "d"], at=NOON + SECOND) == ["d"]
    assert list_subjects(connection, LATE) == {"b": 1, "d": 1}
    assert count_open(connection) == {LATE: 2, SKEW: 1}


def test_an_alarm_raised_since_it_was_seen_stays_open(connection: Connection) -> None:
    """Whoever decided that a cause is gone does not close what was raised again meanwhile."""
    for subject in ("1", "2"):
        raise_alarm(connection, LATE, subject, at=NOON)
    seen = list_subjects(connection, LATE)
    raise_alarm(connection, LATE, "2", at=NOON + SECOND)
    assert close_seen(connection, LATE, seen, at=NOON + SECOND) == 1
    assert list_subjects(connection, LATE) == {"2": 2}


def test_the_first_to_take_an_alarm_up_has_it(connection: Connection) -> None:
    """A second person, and whoever comes after its end, has not; it stays open."""
    raise_alarm(connection, SKEW, "partner", at=NOON)
    (opened,) = list_open(connection)
    assert acknowledge_alarm(connection, opened.number, by="night", at=NOON + SECOND)
    assert not acknowledge_alarm(connection, opened.number, by="day", at=NOON + 2 * SECOND)
    (taken,) = list_open(connection)
    assert (taken.acknowledged_by, taken.acknowledged_at) == ("night", NOON + SECOND)
    close_alarms(connection, SKEW, ["partner"], at=NOON)
    raise_alarm(connection, LATE, "a", at=NOON)
    (other,) = list_open(connection)
    close_alarms(connection, LATE, ["a"], at=NOON)
    assert not acknowledge_alarm(connection, other.number, by="day", at=NOON)


def test_what_happens_after_it_was_taken_up_is_another_alarm(connection: Connection) -> None:
    """Where a person ends it; what ends with its cause is the same alarm as long as that lasts."""
    for kind in (RECALL, SKEW):
        raise_alarm(connection, kind, "a", at=NOON)
    for alarm in list_open(connection):
        acknowledge_alarm(connection, alarm.number, by="night", at=NOON)
    assert raise_alarm(connection, RECALL, "a", at=NOON + SECOND)
    assert not raise_alarm(connection, SKEW, "a", at=NOON + SECOND)
    skew, recall = list_open(connection)
    assert (recall.times, recall.acknowledged_by) == (1, None)
    assert (skew.times, skew.acknowledged_by) == (2, "night")
    (before, _) = [one for one in list_alarms(connection) if one.kind is RECALL]
    assert (before.closed_at, before.acknowledged_by) == (NOON + SECOND, "night")


def test_an_alarm_is_closed_as_it_was_read(connection: Connection) -> None:
    """One that was raised again meanwhile stays open, and none is closed twice."""
    raise_alarm(connection, RECALL, "a", at=NOON)
    (read,) = list_open(connection)
    raise_alarm(connection, RECALL, "a", at=NOON)
    assert not close_alarm(connection, read, at=NOON)
    (again,) = list_open(connection)
    assert close_alarm(connection, again, at=NOON)
    assert not close_alarm(connection, again, at=NOON)


def test_open_alarms_are_listed_page_by_page(connection: Connection) -> None:
    """In the order in which they opened, after a number; what is closed is left out."""
    for about in ("a", "b", "c"):
        raise_alarm(connection, LATE, about, at=NOON)
    close_alarms(connection, LATE, ["b"], at=NOON)
    (first,) = list_open_after(connection, after=0, limit=1)
    (second,) = list_open_after(connection, after=first.number, limit=5)
    assert (first.subject, second.subject) == ("a", "c")


async def test_processes_that_raise_the_same_at_once_do_not_fail(store: Store) -> None:
    """Of many who raise one alarm together one opens it, all are counted, none is refused."""
    raised = await asyncio.gather(
        *(store.write(lambda c: raise_alarm(c, SKEW, "partner", at=NOON)) for _ in range(12))
    )
    assert sorted(raised) == [False] * 11 + [True]
    (alarm,) = await store.read(list_open)
    assert alarm.times == 12
