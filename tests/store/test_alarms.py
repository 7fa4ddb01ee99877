"""Alarms: open once, counted, closed when their cause is gone, kept for ever."""

import asyncio

from sqlalchemy import Connection

from exchange.domain.alarms import AlarmKind
from exchange.store import Store
from exchange.store.alarms import (
    close_alarms,
    close_seen,
    count_open,
    find_alarm,
    list_alarms,
    list_open,
    list_subjects,
    raise_alarm,
    settle_alarms,
)
from tests.store.rows import NOON, SECOND

SKEW = AlarmKind.CLOCK_SKEW
LATE = AlarmKind.VISA_OVERDUE


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


async def test_processes_that_raise_the_same_at_once_do_not_fail(store: Store) -> None:
    """Of many who raise one alarm together one opens it, all are counted, none is refused."""
    raised = await asyncio.gather(
        *(store.write(lambda c: raise_alarm(c, SKEW, "partner", at=NOON)) for _ in range(12))
    )
    assert sorted(raised) == [False] * 11 + [True]
    (alarm,) = await store.read(list_open)
    assert alarm.times == 12
