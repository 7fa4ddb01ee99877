"""What someone must look at. An alarm is open once for each kind and subject, and counted."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, func, select, update

from exchange.store.prepared import Prepared, insert_into
from exchange.store.tables import alarms


@dataclass(frozen=True, slots=True)
class Alarm:
    """
    Something wrong, whom it is about, when it was first and last seen and how often.

    *subject* is a handoff's id, a port or ``partner``: never a person.
    """

    number: int
    kind: str
    subject: str
    opened_at: dt.datetime
    touched_at: dt.datetime
    times: int
    closed_at: dt.datetime | None


_IS_OPEN = alarms.c.closed_at.is_(None)
_IS_IT = (alarms.c.kind == bindparam("of_kind")) & (alarms.c.subject == bindparam("about"))
_TOUCH = Prepared(
    update(alarms)
    .where(_IS_IT, _IS_OPEN)
    .values(touched_at=bindparam("at"), times=alarms.c.times + 1)
)
_INSERT = Prepared(insert_into(alarms, numbered=False))
_CLOSE = Prepared(
    update(alarms).where(_IS_IT, _IS_OPEN).values(closed_at=bindparam("at")),
)
_LIST = Prepared(
    select(alarms)
    .where(_IS_OPEN)
    .order_by(alarms.c.kind, alarms.c.subject)
    .limit(bindparam("most"))
)
_SUBJECTS = Prepared(
    select(alarms.c.subject).where(alarms.c.kind == bindparam("of_kind"), _IS_OPEN),
)
_COUNT = Prepared(
    select(alarms.c.kind, func.count()).where(_IS_OPEN).group_by(alarms.c.kind),
)


def raise_alarm(connection: Connection, kind: str, subject: str, *, at: dt.datetime) -> bool:
    """Open the alarm, or count it once more where it is open; say whether it is new."""
    asked = {"of_kind": kind, "about": subject, "at": at}
    if _TOUCH.run(connection, asked):
        return False
    seen = {"opened_at": at, "touched_at": at, "times": 1, "closed_at": None}
    _INSERT.run(connection, {"kind": kind, "subject": subject, **seen})
    return True


def close_alarm(connection: Connection, kind: str, subject: str, *, at: dt.datetime) -> bool:
    """Close the alarm; say whether it was open."""
    asked = {"of_kind": kind, "about": subject, "at": at}
    return _CLOSE.run(connection, asked) == 1


def close_others(
    connection: Connection,
    kind: str,
    *,
    standing: Collection[str],
    at: dt.datetime,
) -> list[str]:
    """Close the open alarms of a kind whose subject is not *standing*; return the subjects."""
    opened = {subject for (subject,) in _SUBJECTS.rows(connection, {"of_kind": kind})}
    gone = sorted(opened - set(standing))
    for subject in gone:
        close_alarm(connection, kind, subject, at=at)
    return gone


def list_open(connection: Connection, *, limit: int = 1000) -> list[Alarm]:
    """Return the alarms that are open, by kind and subject."""
    return [Alarm(*row) for row in _LIST.rows(connection, {"most": limit})]


def count_open(connection: Connection) -> dict[str, int]:
    """Return how many alarms of each kind are open."""
    return dict(_COUNT.rows(connection))
