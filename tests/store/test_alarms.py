"""Alarms: open once, counted, closed."""

from sqlalchemy import Connection

from exchange.store.alarms import (
    close_alarm,
    close_others,
    count_open,
    list_open,
    raise_alarm,
)
from tests.store.rows import NOON, SECOND


def test_an_alarm_is_open_once_and_counted(connection: Connection) -> None:
    """Raising an open alarm counts it once more; after it was closed it is a new one."""
    assert raise_alarm(connection, "skew", "partner", at=NOON)
    assert not raise_alarm(connection, "skew", "partner", at=NOON + SECOND)
    (alarm,) = list_open(connection)
    assert (alarm.opened_at, alarm.touched_at, alarm.times) == (NOON, NOON + SECOND, 2)
    assert close_alarm(connection, "skew", "partner", at=NOON)
    assert not close_alarm(connection, "skew", "partner", at=NOON)
    assert raise_alarm(connection, "skew", "partner", at=NOON)


def test_what_no_longer_stands_is_closed(connection: Connection) -> None:
    """Alarms of a kind whose subject is not named any more are closed, others stay."""
    for kind, subject in (("late", "a"), ("late", "b"), ("late", "c"), ("skew", "a")):
        raise_alarm(connection, kind, subject, at=NOON)
    assert close_others(connection, "late", standing=["b"], at=NOON) == ["a", "c"]
    assert count_open(connection) == {"late": 1, "skew": 1}
