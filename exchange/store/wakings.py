"""
Whom each alarm has reached, level by level, and who was told of it.

A row stands for one level of one alarm, and is told once or more: a worker has it by a lease
(``leases``). Who was told stays on record; what nobody was told of goes with its alarm, as soon
as that is closed or a person has taken it up.
"""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Connection,
    and_,
    bindparam,
    delete,
    exists,
    func,
    literal,
    literal_column,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from exchange.domain.alarms import AlarmKind
from exchange.domain.escalation import Level
from exchange.store.leases import claiming, is_held
from exchange.store.prepared import Prepared
from exchange.store.tables import alarms, wakings

LISTED_MAX = 512
"""Alarms asked about by one statement."""


@dataclass(frozen=True, slots=True)
class Reached:
    """A level that an alarm has reached, and when it was told."""

    level: Level
    reached_at: dt.datetime
    told_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Waking:
    """A level to be told of an alarm, claimed for the *attempts*-th time."""

    alarm: int
    level: Level
    attempts: int


_STANDS = and_(
    alarms.c.closed_at.is_(None),
    alarms.c.acknowledged_at.is_(None),
)
_OF_STANDING = exists().where(alarms.c.number == wakings.c.alarm, _STANDS)
# The partial index of the untold is chosen where a condition is on its first column.
_IS_UNTOLD = and_(wakings.c.told_at.is_(None), wakings.c.urgency >= 0)
_AT = bindparam("at", type_=wakings.c.reached_at.type)
_LEVEL = bindparam("at_level", type_=wakings.c.level.type)
_REACHING = select(
    alarms.c.number,
    _LEVEL,
    bindparam("so_urgent", type_=wakings.c.urgency.type),
    _AT,
    _AT,
    literal(0, wakings.c.attempts.type),
).where(
    _STANDS,
    alarms.c.kind.in_(bindparam("kinds", expanding=True)),
    alarms.c.opened_at <= bindparam("opened_until"),
    ~exists().where(wakings.c.alarm == alarms.c.number, wakings.c.level == _LEVEL),
)
_REACH = Prepared(
    insert(wakings)
    .from_select(["alarm", "level", "urgency", "reached_at", "due_at", "attempts"], _REACHING)
    .on_conflict_do_nothing()
    .returning(wakings.c.alarm)
)
# Looked up alarm by alarm: of the untold there are few, of open alarms there may be many.
_STANDING = (
    select(func.count()).where(alarms.c.number == wakings.c.alarm, _STANDS).scalar_subquery()
)
_DROP = Prepared(delete(wakings).where(_IS_UNTOLD, literal_column("0") == _STANDING))
_DUE = (
    select(wakings.c.alarm, wakings.c.level)
    .where(_IS_UNTOLD, wakings.c.due_at <= bindparam("now"), _OF_STANDING)
    .order_by(wakings.c.urgency, wakings.c.due_at, wakings.c.level)
    .limit(1)
)
_IS_ANY_DUE = Prepared(_DUE)
_CLAIM = Prepared(claiming(wakings, _DUE))
_TELL = Prepared(update(wakings).where(is_held(wakings)).values(told_at=bindparam("at")))
_RELEASE = Prepared(update(wakings).where(is_held(wakings)).values(due_at=bindparam("next_due_at")))
_UNTOLD_SINCE = Prepared(select(func.min(wakings.c.reached_at)).where(_IS_UNTOLD))
_OF_ALARMS = Prepared(
    select(wakings.c.alarm, wakings.c.level, wakings.c.reached_at, wakings.c.told_at)
    .where(wakings.c.alarm.in_(bindparam("numbers", expanding=True)))
    .order_by(wakings.c.alarm, wakings.c.level)
)


def reach_level(
    connection: Connection,
    level: Level,
    kinds: Collection[AlarmKind],
    *,
    urgency: int,
    opened_until: dt.datetime,
    at: dt.datetime,
) -> int:
    """
    Have the open alarms of these kinds that opened by then reach *level*; return how many do now.

    What a person has taken up reaches nobody further. Of two who say the same one is counted.
    """
    asked = {
        "at_level": level,
        "so_urgent": urgency,
        "at": at,
        "kinds": sorted(kinds),
        "opened_until": opened_until,
    }
    return len(_REACH.rows(connection, asked))


def drop_ended(connection: Connection) -> int:
    """Delete what nobody was told of alarms that need nobody any more; return how much."""
    return _DROP.run(connection, {})


def is_any_due(connection: Connection, *, now: dt.datetime) -> bool:
    """Say whether somebody is to be told now."""
    return _IS_ANY_DUE.first(connection, {"now": now}) is not None


def claim_waking(
    connection: Connection, *, now: dt.datetime, lease_until: dt.datetime
) -> Waking | None:
    """Return the most urgent of what is due, leased to the caller; None where nothing is."""
    row = _CLAIM.first(connection, {"now": now, "lease_until": lease_until})
    if row is None:
        return None
    found = dict(zip(wakings.c.keys(), row, strict=True))
    return Waking(found["alarm"], found["level"], found["attempts"])


def record_told(connection: Connection, claim: Waking, *, at: dt.datetime) -> bool:
    """Record that the level was told; say whether the claim still held."""
    return _TELL.run(connection, {**_held(claim), "at": at}) == 1


def release_waking(connection: Connection, claim: Waking, *, due_at: dt.datetime) -> bool:
    """Give the row back to be claimed from *due_at* on; say whether the claim still held."""
    return _RELEASE.run(connection, {**_held(claim), "next_due_at": due_at}) == 1


def find_untold_since(connection: Connection) -> dt.datetime | None:
    """Return since when the longest untold level has waited; what has ended is dropped before."""
    since: dt.datetime | None = _UNTOLD_SINCE.first(connection)[0]
    return since


def list_reached(
    connection: Connection, numbers: Collection[int]
) -> dict[int, tuple[Reached, ...]]:
    """Return the levels that these alarms have reached, lowest first."""
    wanted = sorted(numbers)
    found: dict[int, tuple[Reached, ...]] = {}
    for start in range(0, len(wanted), LISTED_MAX):
        asked = {"numbers": wanted[start : start + LISTED_MAX]}
        for alarm, level, reached_at, told_at in _OF_ALARMS.rows(connection, asked):
            found[alarm] = (*found.get(alarm, ()), Reached(level, reached_at, told_at))
    return found


def _held(claim: Waking) -> dict[str, Any]:
    return {
        "at_alarm": claim.alarm,
        "at_level": claim.level,
        "at_attempts": claim.attempts,
    }
