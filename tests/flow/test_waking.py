"""A duty officer is told of each level once or more, and nothing about whom it is."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial

import pytest

from exchange.domain.alarms import AlarmKind
from exchange.domain.escalation import Level
from exchange.flow.alarms import acknowledge_by_person
from exchange.flow.waking import POLL_SECONDS, Duty
from exchange.store.alarms import close_alarms, count_open, list_open, raise_alarm
from exchange.store.wakings import claim_waking, list_reached
from tests.builders import HANDOFF
from tests.duty import DutyOffice, duty_of
from tests.flow.watching import watch_of
from tests.sides import BothSides, SideOfTests

MISSING, ALERT = AlarmKind.WHEREABOUTS_OVERDUE, AlarmKind.WELFARE_ALERT
HOUR = 3600


@pytest.fixture
async def office() -> AsyncIterator[DutyOffice]:
    """A duty office that is there, and takes what it is told."""
    async with DutyOffice().listening() as listening:
        yield listening


@pytest.fixture
async def duty(both: BothSides, office: DutyOffice) -> AsyncIterator[Duty]:
    """What tells it of the alarms of the US side."""
    async with duty_of(both.us, office.url) as telling:
        yield telling


async def alarmed(side: SideOfTests, kind: AlarmKind = ALERT, about: str = HANDOFF) -> int:
    """Open an alarm and look, so that it reaches whom it reaches; return its number."""
    await side.store.write(partial(raise_alarm, kind=kind, subject=about, at=side.clock()))
    await look(side)
    return max(one.number for one in await side.store.read(list_open))


async def look(side: SideOfTests) -> None:
    """Look once, with the partner well."""
    side.partner.heard(side.clock())
    await watch_of(side, told_within=timedelta(minutes=5)).look()


async def tell_all(duty: Duty) -> int:
    """Tell whatever is due, and return how much was tried."""
    count = 0
    while await duty.tell_next():
        count += 1
    return count


async def test_all_that_is_told_is_which_and_how_grave(
    both: BothSides, office: DutyOffice, duty: Duty
) -> None:
    """Number, kind, severity, level, since when: no handoff, no place, nobody."""
    number = await alarmed(both.us)
    opened = both.clock()
    both.clock.pass_seconds(7)
    assert await tell_all(duty) == 1
    (told,) = office.told
    assert told.body == {
        "type": "alarm.open",
        "alarm": number,
        "kind": "welfare-alert",
        "severity": "critical",
        "level": "port",
        "opened_at": "2031-03-17T18:00:00Z",
    }
    assert told.timestamp == int(both.clock().timestamp())
    assert str(number) in told.webhook.split("-")
    (reached,) = (await both.us.store.read(partial(list_reached, numbers=[number])))[number]
    assert (reached.reached_at, reached.told_at) == (opened, both.clock())


async def test_an_alarm_rises_until_somebody_takes_it_up(
    both: BothSides, office: DutyOffice, duty: Duty
) -> None:
    """The port at once, the region after an hour; acknowledged, it rises no further."""
    number = await alarmed(both.us, AlarmKind.RECALL)
    await tell_all(duty)
    both.clock.pass_seconds(HOUR - 1)
    await look(both.us)
    await tell_all(duty)
    assert office.gists == [("recall", "port")]
    both.clock.pass_seconds(1)
    await look(both.us)
    await tell_all(duty)
    assert office.gists == [("recall", "port"), ("recall", "region")]
    take = partial(acknowledge_by_person, number=number, actor="night", at=both.clock())
    await both.us.store.write(take)
    both.clock.pass_seconds(9 * HOUR)
    await look(both.us)
    assert await tell_all(duty) == 0


async def test_who_was_away_for_hours_is_told_level_by_level(
    both: BothSides, office: DutyOffice, duty: Duty
) -> None:
    """A service that was down tells the port, the region and headquarters, in this order."""
    both.us.partner.heard(both.clock())
    await both.us.store.write(partial(raise_alarm, kind=MISSING, subject=HANDOFF, at=both.clock()))
    await both.us.store.write(partial(raise_alarm, kind=ALERT, subject=HANDOFF, at=both.clock()))
    both.clock.pass_seconds(4 * HOUR)
    await look(both.us)
    await tell_all(duty)
    assert [gist for gist in office.gists if gist[0] == ALERT] == [
        (ALERT, level.value) for level in Level
    ]


async def test_the_same_level_told_again_bears_the_same_id(
    both: BothSides, office: DutyOffice, duty: Duty
) -> None:
    """Whoever tells it after a crash is known to tell the same; other levels are others."""
    await alarmed(both.us)
    now = both.clock()
    crashed = partial(claim_waking, now=now, lease_until=now + timedelta(seconds=60))
    await both.us.store.write(crashed)
    assert await tell_all(duty) == 0
    both.clock.pass_seconds(60)
    office.answers = [(500, {}), (204, {})]
    assert await duty.tell_next()
    both.clock.pass_seconds(60)
    assert await duty.tell_next()
    both.clock.pass_seconds(HOUR)
    await look(both.us)
    await tell_all(duty)
    first, again, region = office.told
    assert first.webhook == again.webhook != region.webhook
    assert first.timestamp < again.timestamp


@pytest.mark.parametrize(
    ("status", "headers", "seconds"),
    [
        (500, {}, 2.0),
        (302, {"Location": "/wake"}, 2.0),
        (410, {}, 2.0),
        (429, {"Retry-After": "30"}, 30.0),
        (503, {"Retry-After": "soon"}, 2.0),
    ],
)
async def test_who_does_not_take_it_is_told_later(
    both: BothSides,
    office: DutyOffice,
    duty: Duty,
    status: int,
    headers: dict[str, str],
    seconds: float,
) -> None:
    """Whatever is no 2xx is no answer; a time that is asked for is waited, and nothing is lost."""
    await alarmed(both.us)
    office.answers = [(status, headers), (200, {})]
    assert await duty.tell_next()
    assert not await duty.tell_next()
    both.clock.pass_seconds(seconds - 0.5)
    assert not await duty.tell_next()
    both.clock.pass_seconds(0.5)
    assert await duty.tell_next()
    assert len(office.told) == 2
    assert not await duty.tell_next()


async def test_a_webhook_that_is_away_is_an_alarm_that_wakes_nobody(both: BothSides) -> None:
    """After five minutes; it never rises nor waits to be told, and ends when the office is back."""
    watch = watch_of(both.us, told_within=timedelta(minutes=5))
    async with duty_of(both.us, "http://127.0.0.1:9/wake") as away:
        await alarmed(both.us)
        assert await away.tell_next()
        for seconds, kinds in ((300, {ALERT}), (1, {ALERT, AlarmKind.DUTY_NOT_TOLD})):
            both.clock.pass_seconds(seconds)
            both.us.partner.heard(both.clock())
            await watch.look()
            assert set(await both.us.store.read(count_open)) == kinds
        both.clock.pass_seconds(10 * 24 * HOUR)
        both.us.partner.heard(both.clock())
        await watch.look()
    opened = {one.kind: one.number for one in await both.us.store.read(list_open)}
    assert set(opened) == {ALERT, AlarmKind.DUTY_NOT_TOLD}
    reached = await both.us.store.read(partial(list_reached, numbers=list(opened.values())))
    assert set(reached) == {opened[ALERT]}

    async with DutyOffice().listening() as back, duty_of(both.us, back.url) as telling:
        await tell_all(telling)
        await watch.look()
    assert await both.us.store.read(count_open) == {ALERT: 1}
    assert [level for _, level in back.gists] == [level.value for level in Level]


async def test_without_a_webhook_nobody_waits_to_be_told(both: BothSides) -> None:
    """Levels are reached all the same, and that nobody is told is no alarm."""
    number = await alarmed(both.us)
    both.clock.pass_seconds(2 * HOUR)
    both.us.partner.heard(both.clock())
    await watch_of(both.us).look()
    assert await both.us.store.read(count_open) == {ALERT: 1}
    reached = (await both.us.store.read(partial(list_reached, numbers=[number])))[number]
    assert [one.level for one in reached] == [Level.PORT, Level.REGION]


async def test_what_is_over_is_told_nobody(both: BothSides, office: DutyOffice, duty: Duty) -> None:
    """An alarm that ended before anybody could be told wakes nobody."""
    await alarmed(both.us)
    await both.us.store.write(
        partial(close_alarms, kind=ALERT, subjects=[HANDOFF], at=both.clock())
    )
    await look(both.us)
    assert await tell_all(duty) == 0
    assert office.told == []


async def test_the_leg_tells_until_it_is_cancelled(
    both: BothSides, office: DutyOffice, duty: Duty, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It tells what is due, pauses after a failure, and looks again when there is nothing."""
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        both.clock.pass_seconds(seconds)
        if len(slept) == 4:
            raise asyncio.CancelledError

    await alarmed(both.us)
    office.answers = [(500, {}), (204, {})]
    monkeypatch.setattr(asyncio, "sleep", sleep)
    with pytest.raises(asyncio.CancelledError):
        await duty.run()
    assert slept == [0, 2.0, 0, POLL_SECONDS]
    assert len(office.told) == 2
