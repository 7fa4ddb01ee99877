"""
What someone must look at. An alarm is open once for each kind and subject, and counted.

Whoever causes or ends one says so in its own transaction; ``settle_alarms`` makes those of a
kind agree with what is seen to stand. What is closed stays in the table.
"""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, bindparam, func, select, update
from sqlalchemy.dialects.postgresql import insert

from exchange.domain.alarms import ALARMS, AlarmKind
from exchange.store.prepared import Prepared
from exchange.store.tables import alarms


@dataclass(frozen=True, slots=True)
class Alarm:
    """
    Something wrong, whom it is about, when it was first and last raised and how often.

    *subject* is an id, a number, a key's name or ``partner``, as ``domain.alarms`` says of
    each kind: never a person. *acknowledged_by* has taken it up, and nobody further is told.
    """

    number: int
    kind: AlarmKind
    subject: str
    opened_at: dt.datetime
    touched_at: dt.datetime
    times: int
    closed_at: dt.datetime | None
    acknowledged_at: dt.datetime | None
    acknowledged_by: str | None


_IS_OPEN = alarms.c.closed_at.is_(None)
_NEW = insert(alarms).values(
    kind=bindparam("kind"),
    subject=bindparam("subject"),
    opened_at=bindparam("at"),
    touched_at=bindparam("at"),
    times=1,
    closed_at=None,
    acknowledged_at=None,
    acknowledged_by=None,
)
# The form is PostgreSQL's; SQLite took it from there and reads it as it stands.
_RAISE = Prepared(
    _NEW.on_conflict_do_update(
        index_elements=["kind", "subject"],
        index_where=_IS_OPEN,
        set_={"touched_at": _NEW.excluded.touched_at, "times": alarms.c.times + 1},
    ).returning(alarms.c.times)
)
_CLOSED = (
    update(alarms)
    .where(
        alarms.c.kind == bindparam("of_kind"),
        alarms.c.subject == bindparam("about"),
        _IS_OPEN,
    )
    .values(closed_at=bindparam("at"))
)
_CLOSE = Prepared(_CLOSED)
_CLOSE_TAKEN_UP = Prepared(_CLOSED.where(alarms.c.acknowledged_at.is_not(None)))
_CLOSE_SEEN = Prepared(_CLOSED.where(alarms.c.times == bindparam("seen_times")))
_OPEN = Prepared(
    select(alarms)
    .where(_IS_OPEN)
    .order_by(alarms.c.kind, alarms.c.subject)
    .limit(bindparam("most"))
)
_SUBJECTS = Prepared(
    select(alarms.c.subject, alarms.c.times).where(alarms.c.kind == bindparam("of_kind"), _IS_OPEN),
)
_OPEN_OF_KIND = Prepared(
    select(alarms).where(alarms.c.kind == bindparam("of_kind"), _IS_OPEN).order_by("number")
)
_OF_NUMBER = and_(alarms.c.number == bindparam("at_number"), _IS_OPEN)
_CLOSE_NUMBER = Prepared(
    update(alarms)
    .where(_OF_NUMBER, alarms.c.times == bindparam("seen_times"))
    .values(closed_at=bindparam("at"))
)
_ACKNOWLEDGE = Prepared(
    update(alarms)
    .where(_OF_NUMBER, alarms.c.acknowledged_at.is_(None))
    .values(acknowledged_at=bindparam("at"), acknowledged_by=bindparam("by"))
)
_OPEN_AFTER = Prepared(
    select(alarms)
    .where(_IS_OPEN, alarms.c.number > bindparam("after"))
    .order_by(alarms.c.number)
    .limit(bindparam("most"))
)
_OF_ONE = select(alarms).where(alarms.c.number == bindparam("at_number"))
_BY_NUMBER = Prepared(_OF_ONE)
_LOCK = Prepared(_OF_ONE.with_for_update())
_AFTER = Prepared(
    select(alarms)
    .where(alarms.c.number > bindparam("after"))
    .order_by(alarms.c.number)
    .limit(bindparam("most"))
)
_OF_SUBJECT = Prepared(
    select(alarms)
    .where(alarms.c.kind == bindparam("of_kind"), alarms.c.subject == bindparam("about"))
    .order_by(alarms.c.number.desc())
    .limit(bindparam("most"))
)
_COUNT = Prepared(
    select(alarms.c.kind, func.count()).where(_IS_OPEN).group_by(alarms.c.kind),
)


def raise_alarm(connection: Connection, kind: AlarmKind, subject: str, *, at: dt.datetime) -> bool:
    """
    Open the alarm, or count it once more where it is open; say whether it is new.

    What a person ends and has taken up is closed first: what happens after that is another
    alarm, and wakes somebody. What ends with its cause goes on as the one that it is. Raising
    is one statement, so of two processes that raise the same at once neither fails.
    """
    if ALARMS[kind].closed_by_person:
        _CLOSE_TAKEN_UP.run(connection, {"of_kind": kind, "about": subject, "at": at})
    (times,) = _RAISE.first(connection, {"kind": kind, "subject": subject, "at": at})
    return bool(times == 1)


def close_alarms(
    connection: Connection, kind: AlarmKind, subjects: Collection[str], *, at: dt.datetime
) -> int:
    """Close the alarms of a kind about these subjects; return how many were open."""
    rows = [{"of_kind": kind, "about": subject, "at": at} for subject in sorted(subjects)]
    return _CLOSE.run(connection, *rows)


def settle_alarms(
    connection: Connection, kind: AlarmKind, *, standing: Collection[str], at: dt.datetime
) -> list[str]:
    """
    Make the open alarms of a kind those about *standing*; return what was opened.

    One that stands and is open is left as it is: it was not raised once more.
    """
    times = list_subjects(connection, kind)
    close_seen(connection, kind, {one: times[one] for one in set(times) - set(standing)}, at=at)
    missing = sorted(set(standing) - set(times))
    return [subject for subject in missing if raise_alarm(connection, kind, subject, at=at)]


def list_subjects(connection: Connection, kind: AlarmKind) -> dict[str, int]:
    """Return what the open alarms of a kind are about, and how often each was raised."""
    return dict(_SUBJECTS.rows(connection, {"of_kind": kind}))


def close_seen(
    connection: Connection, kind: AlarmKind, seen: Mapping[str, int], *, at: dt.datetime
) -> int:
    """
    Close the alarms that `list_subjects` gave; return how many were.

    One that was raised again since it was *seen* stays open: its cause may have come back.
    """
    rows = [
        {"of_kind": kind, "about": subject, "seen_times": times, "at": at}
        for subject, times in sorted(seen.items())
    ]
    return _CLOSE_SEEN.run(connection, *rows)


def close_alarm(connection: Connection, alarm: Alarm, *, at: dt.datetime) -> bool:
    """Close an alarm as it was read; say whether it still was so."""
    asked = {"at_number": alarm.number, "seen_times": alarm.times, "at": at}
    return _CLOSE_NUMBER.run(connection, asked) == 1


def acknowledge_alarm(connection: Connection, number: int, *, by: str, at: dt.datetime) -> bool:
    """Record who has taken up an alarm that is open; say whether that person is the first."""
    return _ACKNOWLEDGE.run(connection, {"at_number": number, "by": by, "at": at}) == 1


def find_alarm(connection: Connection, number: int) -> Alarm | None:
    """Return the alarm of a number, open or closed, or None where there is none."""
    row = _BY_NUMBER.first(connection, {"at_number": number})
    return None if row is None else _alarm(*row)


def lock_alarm(connection: Connection, number: int) -> Alarm | None:
    """Return the alarm of a number, and let nobody else change it until we commit."""
    row = _LOCK.first(connection, {"at_number": number})
    return None if row is None else _alarm(*row)


def list_open(connection: Connection, *, limit: int = 1000) -> list[Alarm]:
    """Return the alarms that are open, by kind and subject."""
    return [_alarm(*row) for row in _OPEN.rows(connection, {"most": limit})]


def list_open_of(connection: Connection, kind: AlarmKind) -> list[Alarm]:
    """Return the open alarms of a kind, in the order in which they opened."""
    return [_alarm(*row) for row in _OPEN_OF_KIND.rows(connection, {"of_kind": kind})]


def list_open_after(connection: Connection, *, after: int, limit: int) -> list[Alarm]:
    """Return the open alarms after a number, in the order in which they opened."""
    rows = _OPEN_AFTER.rows(connection, {"after": after, "most": limit})
    return [_alarm(*row) for row in rows]


def list_alarms(connection: Connection, *, after: int = 0, limit: int = 500) -> list[Alarm]:
    """Return the alarms after a number, open or closed, in the order in which they opened."""
    rows = _AFTER.rows(connection, {"after": after, "most": limit})
    return [_alarm(*row) for row in rows]


def list_alarms_about(
    connection: Connection, kind: AlarmKind, subject: str, *, limit: int = 500
) -> list[Alarm]:
    """Return the alarms of a kind about a subject, open or closed, newest first."""
    asked = {"of_kind": kind, "about": subject, "most": limit}
    return [_alarm(*row) for row in _OF_SUBJECT.rows(connection, asked)]


def count_open(connection: Connection) -> dict[str, int]:
    """Return how many alarms of each kind are open."""
    return dict(_COUNT.rows(connection))


def _alarm(number: int, kind: str, *rest: Any) -> Alarm:
    return Alarm(number, AlarmKind(kind), *rest)
