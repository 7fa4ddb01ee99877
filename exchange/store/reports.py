"""
The reports of days, as each was made once by itself: kept as they are, and never made anew.

Of two processes that make the report of a day the first one's stands.
"""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, func, select
from sqlalchemy.dialects.postgresql import insert

from exchange.store.prepared import Prepared, values_of
from exchange.store.tables import decisions, handoffs, reports


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """
    That the report of a day was made, and from which ledger.

    *critical* is how many critical discrepancies were open then.
    """

    day: dt.date
    made_at: dt.datetime
    adds_up: bool
    critical: int
    entries: int
    root: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DayReport(Made):
    """The report itself: *octets* are its published JSON."""

    octets: bytes


_MADE = tuple(column for column in reports.c if column.name != "octets")
_NAMES = tuple(column.name for column in _MADE)
# The form is PostgreSQL's; SQLite took it from there and reads it as it stands.
_INSERT = Prepared(
    insert(reports)
    .values({name: bindparam(name) for name in (*_NAMES, "octets")})
    .on_conflict_do_nothing()
    .returning(reports.c.day)
)
_FIND = Prepared(select(*_MADE, reports.c.octets).where(reports.c.day == bindparam("of_day")))
_LAST = Prepared(select(*_MADE).order_by(reports.c.day.desc()).limit(bindparam("most")))
_DAYS = Prepared(select(reports.c.day).where(reports.c.day >= bindparam("since")))
_FIRST_DECIDED = Prepared(select(func.min(decisions.c.decided_on)))
_FIRST_HANDOFF = Prepared(select(handoffs.c.created_at).order_by(handoffs.c.number).limit(1))


def record_report(connection: Connection, report: DayReport) -> bool:
    """Keep the report of a day; say whether it is the first of that day."""
    return _INSERT.first(connection, values_of(report)) is not None


def find_report(connection: Connection, day: dt.date) -> DayReport | None:
    """Return the report of a day, or None where none was made."""
    row = _FIND.first(connection, {"of_day": day})
    return None if row is None else DayReport(**dict(zip((*_NAMES, "octets"), row, strict=True)))


def list_reports(connection: Connection, *, limit: int) -> list[Made]:
    """Return that the last reports were made, the newest day first."""
    rows = _LAST.rows(connection, {"most": limit})
    return [Made(**dict(zip(_NAMES, row, strict=True))) for row in rows]


def list_days(connection: Connection, *, since: dt.date) -> set[dt.date]:
    """Return the days from *since* on of which there is a report."""
    return {day for (day,) in _DAYS.rows(connection, {"since": since})}


def find_first_day(connection: Connection) -> dt.date | None:
    """
    Return the day on which something was first decided or heard of, if anything was.

    What was heard of may be of the day before, by the calendar of its place.
    """
    decided: dt.date | None = _FIRST_DECIDED.first(connection, {})[0]
    if decided is not None:
        return decided
    heard = _FIRST_HANDOFF.first(connection, {})
    return None if heard is None else heard[0].date() - dt.timedelta(days=1)
