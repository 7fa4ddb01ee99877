"""The report of each day is made once, by itself, when the day has closed; or made up later."""

import asyncio
from datetime import date, datetime, time, timedelta
from functools import partial

import pytest
from sqlalchemy import Connection

from exchange.domain.alarms import AlarmKind
from exchange.domain.discrepancies.standing import Changes, Ending
from exchange.domain.limits import Limits
from exchange.domain.parties import Side
from exchange.domain.severity import Severity
from exchange.errors import StoreBusy
from exchange.flow.agreement import Agreement
from exchange.flow.reporting import Daily, Reporting
from exchange.proof.policy import DEFAULT
from exchange.reports.days import is_closed
from exchange.reports.document import LedgerState
from exchange.reports.forms.plain import read_report
from exchange.service.daily import make_day_report
from exchange.store import Store
from exchange.store.alarms import list_open
from exchange.store.discrepancies import record_changes
from exchange.store.reports import DayReport, find_report, list_reports
from tests import keys
from tests.builders import NOW, TODAY, places, rule_book
from tests.reports.test_account import noticed
from tests.reports.test_differences import found, opened

DAY = timedelta(days=1)
MORNING = datetime.combine(TODAY + DAY, time(13, 0), NOW.tzinfo)
"""Six in the morning in Tijuana, of the day after: PDT is UTC-7."""
AGREEMENT = Agreement(
    side=Side.US,
    ours=keys.US.urn,
    theirs=keys.MX.urn,
    we_sign=DEFAULT,
    they_sign=DEFAULT,
    places=places(),
    rules=rule_book(),
    limits=Limits(),
)


class Clock:
    """A clock that stands where it was put."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        """Return the time."""
        return self.at


def leg(store: Store, clock: Clock, *, days_max: int = 5) -> Reporting:
    """Return the leg of one process."""
    return Reporting(
        store=store,
        daily=Daily(time(6), "America/Tijuana", days_max),
        make=partial(make_day_report, agreement=AGREEMENT),
        is_closed=lambda day, now: is_closed(day, Side.US, places(), now=now),
        clock=clock,
        every_seconds=0.01,
    )


async def alarms(store: Store) -> list[str]:
    """Return of which days an alarm says that their report is critical."""
    opened_now = await store.read(list_open)
    return [one.subject for one in opened_now if one.kind is AlarmKind.REPORT_CRITICAL]


async def begun(store: Store) -> None:
    """Store a handoff that was decided today."""
    await store.write(noticed)


async def test_where_nothing_was_decided_there_is_no_report(store: Store) -> None:
    """An installation that has not begun makes no reports of the days before it."""
    assert await leg(store, Clock(MORNING)).look() == []


async def test_a_day_has_its_report_in_the_morning(store: Store) -> None:
    """Before the hour that is set there is none; from then on there is one, of that day alone."""
    await begun(store)
    clock = Clock(MORNING - timedelta(minutes=1))
    reporting = leg(store, clock)
    assert await reporting.look() == []
    clock.at = MORNING
    assert await reporting.look() == [TODAY]
    assert await reporting.look() == []
    kept = await store.read(partial(find_report, day=TODAY))
    assert kept is not None
    report = read_report(kept.octets)
    assert (report.first, report.last, report.closed) == (TODAY, TODAY, True)
    assert report.section("terms").figure("decided", **{"place.us": "2504"}) == 1
    assert report.ledger == LedgerState(kept.entries, kept.root)
    assert (kept.made_at, kept.adds_up, kept.critical) == (MORNING, True, 0)
    assert await store.read(partial(find_report, day=TODAY + DAY)) is None


async def test_a_missed_report_is_made_up(store: Store) -> None:
    """After days without a process every day has its report, as far back as is set."""
    await begun(store)
    assert await leg(store, Clock(MORNING + 3 * DAY)).look() == [
        TODAY + number * DAY for number in range(4)
    ]
    assert await leg(store, Clock(MORNING + 20 * DAY), days_max=2).look() == [
        TODAY + 19 * DAY,
        TODAY + 20 * DAY,
    ]
    made = await store.read(partial(list_reports, limit=3))
    assert [one.day for one in made] == [TODAY + number * DAY for number in (20, 19, 3)]


async def test_a_day_that_is_not_over_everywhere_waits(store: Store) -> None:
    """Where the hour is set before the day has closed at every place, it is made afterwards."""
    await begun(store)
    clock = Clock(MORNING - timedelta(hours=5, minutes=30))
    early = leg(store, clock)
    early._daily = Daily(time(0, 1), "America/Tijuana", 5)  # noqa: SLF001 - set as the settings do
    assert await early.look() == []
    clock.at += timedelta(hours=1)
    assert await early.look() == [TODAY]


async def test_of_two_processes_one_report_stands(store: Store) -> None:
    """Both look at once, and one of them has made it."""
    await begun(store)
    made = await asyncio.gather(*(leg(store, Clock(MORNING)).look() for _ in range(2)))
    assert sorted(made) == [[], [TODAY]]
    assert len(await store.read(partial(list_reports, limit=9))) == 1


async def test_what_is_critical_wakes_somebody(store: Store) -> None:
    """The alarm is of the newest day; it ends with what is critical, or with the next report."""
    await begun(store)
    critical = found(severity=Severity.CRITICAL)
    await store.write(lambda connection: opened(connection, critical, found(rule="R07")))
    clock = Clock(MORNING)
    reporting = leg(store, clock)
    await reporting.look()
    assert await alarms(store) == [TODAY.isoformat()]
    clock.at += DAY
    await reporting.look()
    assert await alarms(store) == [(TODAY + DAY).isoformat()]
    ended = Changes((), (), (critical._replace(ending=Ending(clock.at)),))
    await store.write(lambda connection: record_changes(connection, ended))
    await reporting.look()
    assert await alarms(store) == []
    kept = await store.read(partial(find_report, day=TODAY))
    assert kept is not None
    assert kept.critical == 1


async def test_what_does_not_add_up_wakes_somebody(store: Store) -> None:
    """A report that does not add up is critical whatever is open."""
    await begun(store)
    whole = leg(store, Clock(MORNING))

    def wrong(connection: Connection, day: date, now: datetime) -> DayReport:
        made = make_day_report(connection, day, now, agreement=AGREEMENT)
        members = {name: getattr(made, name) for name in made.__dataclass_fields__}
        return DayReport(**{**members, "adds_up": False})

    whole._make = wrong
    await whole.look()
    assert await alarms(store) == [TODAY.isoformat()]


async def test_a_busy_database_postpones_it(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the database takes nothing the leg waits, and goes on until it is cancelled."""
    looked = 0
    reporting = leg(store, Clock(MORNING))

    async def busy() -> list[date]:
        nonlocal looked
        looked += 1
        if looked == 3:
            raise asyncio.CancelledError
        raise StoreBusy

    monkeypatch.setattr(reporting, "look", busy)
    with pytest.raises(asyncio.CancelledError):
        await reporting.run()
    assert looked == 3
