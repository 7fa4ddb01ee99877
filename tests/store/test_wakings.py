"""Whom an alarm reaches: each level once, told until it was taken, and nobody after its end."""

import asyncio
import datetime as dt
from functools import partial

from sqlalchemy import Connection

from exchange.domain.alarms import AlarmKind
from exchange.domain.escalation import Level
from exchange.store import Store
from exchange.store.alarms import acknowledge_alarm, close_alarms, list_open, raise_alarm
from exchange.store.wakings import (
    Reached,
    Waking,
    claim_waking,
    drop_ended,
    find_untold_since,
    is_any_due,
    list_reached,
    reach_level,
    record_told,
    release_waking,
)
from tests.store.rows import NOON, SECOND

LATE = AlarmKind.VISA_OVERDUE
MISSING = AlarmKind.WHEREABOUTS_OVERDUE
LEASE = 60 * SECOND


def raised(
    connection: Connection, kind: AlarmKind = LATE, about: str = "a", *, at: dt.datetime = NOON
) -> int:
    """Open an alarm, and return its number."""
    raise_alarm(connection, kind, about, at=at)
    return max(alarm.number for alarm in list_open(connection))


def reach(
    connection: Connection, level: Level = Level.PORT, *, until: int = 0, urgency: int = 1
) -> int:
    """Have what opened until some seconds after noon reach a level at that time."""
    at = NOON + until * SECOND
    return reach_level(connection, level, {LATE, MISSING}, urgency=urgency, opened_until=at, at=at)


def claim(connection: Connection, *, at: int = 0) -> Waking | None:
    """Claim what is due some seconds after noon."""
    now = NOON + at * SECOND
    due = is_any_due(connection, now=now)
    found = claim_waking(connection, now=now, lease_until=now + LEASE)
    assert due == (found is not None)
    return found


def claimed(connection: Connection, *, at: int = 0) -> Waking:
    """Claim what is sure to be due."""
    found = claim(connection, at=at)
    assert found is not None
    return found


def test_a_level_is_reached_once(connection: Connection) -> None:
    """However often it is looked, an alarm has one row a level, and what opened later has none."""
    early, late = raised(connection), raised(connection, about="b", at=NOON + 5 * SECOND)
    assert reach(connection) == 1
    assert reach(connection) == 0
    assert reach(connection, until=5) == 1
    assert reach(connection, Level.REGION, until=5) == 2
    found = list_reached(connection, [early, late, late + 1])
    assert found[early] == (
        Reached(Level.PORT, NOON, None),
        Reached(Level.REGION, NOON + 5 * SECOND, None),
    )
    assert set(found) == {early, late}


def test_only_the_kinds_asked_for_rise(connection: Connection) -> None:
    """An alarm of another kind stays where it is."""
    other = raised(connection, AlarmKind.CLOCK_SKEW, "partner")
    assert reach(connection) == 0
    assert list_reached(connection, [other]) == {}


def test_what_is_leased_is_told_by_nobody_else(connection: Connection) -> None:
    """Until the lease ends: then the teller has died, and the same is told again."""
    number = raised(connection)
    reach(connection)
    assert claim(connection) == Waking(number, Level.PORT, 1)
    assert claim(connection, at=59) is None
    assert claim(connection, at=60) == Waking(number, Level.PORT, 2)


def test_who_lost_the_lease_records_nothing(connection: Connection) -> None:
    """An outcome counts only for whoever claimed last."""
    number = raised(connection)
    reach(connection)
    lost, holds = claimed(connection), claimed(connection, at=60)
    assert not record_told(connection, lost, at=NOON)
    assert not release_waking(connection, lost, due_at=NOON)
    assert claim(connection, at=61) is None
    assert record_told(connection, holds, at=NOON + 61 * SECOND)
    (told,) = list_reached(connection, [number])[number]
    assert told.told_at == NOON + 61 * SECOND
    assert claim(connection, at=500) is None


def test_what_failed_is_told_later(connection: Connection) -> None:
    """What is given back waits until its time."""
    raised(connection)
    reach(connection)
    assert release_waking(connection, claimed(connection), due_at=NOON + 9 * SECOND)
    assert claim(connection, at=8) is None
    assert claimed(connection, at=9).attempts == 2


def test_the_most_urgent_is_told_first(connection: Connection) -> None:
    """A critical alarm overtakes what has waited longer."""
    raised(connection)
    reach(connection)
    grave = raised(connection, MISSING)
    reach(connection, until=1, urgency=0)
    assert claimed(connection, at=1).alarm == grave


def test_whoever_takes_it_up_stops_it(connection: Connection) -> None:
    """What nobody was told of an alarm taken up, or closed, is told nobody any more."""
    first, second, third = (raised(connection, about=about) for about in "abc")
    reach(connection)
    for number in (first, second, third):
        record_told(connection, claimed(connection), at=NOON)
        assert number
    reach(connection, Level.REGION)
    acknowledge_alarm(connection, first, by="night", at=NOON)
    close_alarms(connection, LATE, ["b"], at=NOON)
    assert claimed(connection) == Waking(third, Level.REGION, 1)
    assert claim(connection) is None
    assert drop_ended(connection) == 2
    reached = list_reached(connection, [first, second, third])
    assert [[one.level for one in reached[each]] for each in (first, second, third)] == [
        [Level.PORT],
        [Level.PORT],
        [Level.PORT, Level.REGION],
    ]
    assert reach(connection, Level.HEADQUARTERS) == 1


def test_since_when_somebody_waits_to_be_told_is_known(connection: Connection) -> None:
    """The longest wait counts, and none of what was told or has ended."""
    assert find_untold_since(connection) is None
    raised(connection)
    reach(connection)
    raised(connection, about="b", at=NOON + SECOND)
    reach(connection, until=1)
    assert find_untold_since(connection) == NOON
    record_told(connection, claimed(connection), at=NOON)
    assert find_untold_since(connection) == NOON + SECOND
    close_alarms(connection, LATE, ["b"], at=NOON)
    drop_ended(connection)
    assert find_untold_since(connection) is None


async def test_of_processes_that_look_at_once_one_is_counted(store: Store) -> None:
    """Many who look and tell together make one row a level, and tell it once."""
    number = await store.write(raised)
    counts = await asyncio.gather(*(store.write(reach) for _ in range(8)))
    assert sum(counts) == 1
    given = partial(claim_waking, now=NOON, lease_until=NOON + LEASE)
    claims = await asyncio.gather(*(store.write(given) for _ in range(8)))
    assert [one for one in claims if one] == [Waking(number, Level.PORT, 1)]
