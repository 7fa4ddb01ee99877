"""
(10) The report of each day is made by itself once the day has closed, and kept.

A day whose report was missed is made up, as far back as is set. Several processes may look at
once: of each day one report stands. Whoever must act is woken where it shows something critical.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import structlog

from exchange.domain.alarms import AlarmKind
from exchange.domain.places import day_in, zone_of
from exchange.domain.severity import Severity
from exchange.errors import StoreBusy, StoreFailed
from exchange.flow.clock import Clock
from exchange.flow.turns import take_turns
from exchange.store.alarms import list_subjects, settle_alarms
from exchange.store.discrepancies import count_open
from exchange.store.engine import Connection, Store
from exchange.store.reports import (
    DayReport,
    find_first_day,
    list_days,
    list_reports,
    record_report,
)

log = structlog.get_logger()

_A_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Daily:
    """At what time of day, in which zone; how far back what was missed is made up."""

    at: dt.time
    zone: str
    days_max: int

    def last_due(self, now: dt.datetime) -> dt.date:
        """Return the last day whose report is due at *now*."""
        today = day_in(now, self.zone)
        run_at = dt.datetime.combine(today, self.at, zone_of(self.zone))
        return today - _A_DAY if run_at <= now else today - 2 * _A_DAY


class Reporting:
    """Makes the reports of days that have closed."""

    def __init__(
        self,
        *,
        store: Store,
        daily: Daily,
        make: Callable[[Connection, dt.date, dt.datetime], DayReport],
        is_closed: Callable[[dt.date, dt.datetime], bool],
        clock: Clock,
        every_seconds: float,
    ) -> None:
        self._store = store
        self._daily = daily
        self._make = make
        self._is_closed = is_closed
        self._clock = clock
        self._every_seconds = every_seconds

    async def run(self) -> None:
        """Look again and again until cancelled."""
        await take_turns(self._every_seconds, self._turn)

    async def _turn(self) -> None:
        try:
            await self.look()
        except (StoreBusy, StoreFailed) as error:
            log.warning("reports.postponed", error=type(error).__name__)

    async def look(self) -> list[dt.date]:
        """Return the days whose reports were made, once every one that is due is there."""
        made = []
        for day in await self._store.read(self._list_due):
            report = await self._store.scan(partial(self._make_of, day))
            if await self._store.write(partial(record_report, report=report)):
                made.append(day)
                log.info("report.made", day=day.isoformat(), count=report.critical)
        standing = await self._store.read(_standing)
        if standing is not None:
            settled = partial(_settle, standing, now=self._clock())
            await self._store.write(settled)
        return made

    def _list_due(self, connection: Connection) -> list[dt.date]:
        """Return the days that have closed and have no report, the oldest first."""
        now, first = self._clock(), find_first_day(connection)
        if first is None:
            return []
        last = self._daily.last_due(now)
        since = max(first, last - (self._daily.days_max - 1) * _A_DAY)
        days = (since + number * _A_DAY for number in range((last - since).days + 1))
        there = list_days(connection, since=since)
        return [day for day in days if day not in there and self._is_closed(day, now)]

    def _make_of(self, day: dt.date, connection: Connection) -> DayReport:
        return self._make(connection, day, self._clock())


def _standing(connection: Connection) -> set[str] | None:
    """Return what the alarm is to be about; None where it is about that already."""
    newest = next(iter(list_reports(connection, limit=1)), None)
    standing: set[str] = set()
    if newest is not None:
        still = any(severity is Severity.CRITICAL for _, severity in count_open(connection))
        if not newest.adds_up or (newest.critical and still):
            standing = {newest.day.isoformat()}
    opened = set(list_subjects(connection, AlarmKind.REPORT_CRITICAL))
    return None if opened == standing else standing


def _settle(standing: set[str], connection: Connection, *, now: dt.datetime) -> None:
    settle_alarms(connection, AlarmKind.REPORT_CRITICAL, standing=standing, at=now)
