"""
The clock of a scenario, moved from one moment to the next at which somebody does something.

Between deeds both sides send what falls due, and look around every few minutes as a running
service does. Nobody waits for anything: months pass as fast as the deeds are done.
"""

import asyncio
import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

from exchange.demo.scenarios.actors import Cast, Deed
from exchange.demo.scenarios.deeds import Deeds
from exchange.demo.scenarios.mistakes import in_utc
from exchange.demo.scenarios.sides import Both
from exchange.demo.scenarios.wording import Road, Scenario
from exchange.domain.places import Places
from exchange.flow.reconciling import Settled

AT_ONCE = 128
ALIVE = dt.timedelta(seconds=60)
LATER = dt.timedelta(seconds=1)
LOOKS, CUT_OFF = dt.timedelta(days=1), dt.timedelta(minutes=5)
"""
How often both sides look around: beside whenever time alone changes something, and whenever
somebody is decided about, or the file names who does something.
"""

Told = Callable[[dt.datetime, int], None]
"""Hears how late it is, and how many deeds are done."""


class Playing:
    """One scenario, played to its end."""

    def __init__(
        self, scenario: Scenario, cast: Cast, both: Both, places: Places, told: Told
    ) -> None:
        self.deeds = Deeds(both, cast.actors, places)
        self.done = 0
        self._cast = cast
        self._both = both
        self._told = told
        self._ends = dt.datetime.combine(scenario.ends, dt.time(), dt.UTC)
        self._roads = [(_span(road, places), road) for road in scenario.road]
        self._turns = {time for span, _ in self._roads for time in span}
        self._beat_at = dt.datetime.min.replace(tzinfo=dt.UTC)

    async def run(self) -> None:
        """Do every deed at its moment, and let both sides look until the scenario ends."""
        await self._both.look()
        for at, deeds in groupby(self._cast.deeds, key=lambda deed: deed.at):
            await self._pass_until(at)
            await self._beat()
            done = list(deeds)
            for group in _together(done):
                await self._do(group)
                await self._both.settle()
            self._told(at, self.done)
            if any(self._is_looked_at(deed) for deed in done):
                await self._look()
        await self._pass_until(self._ends)

    async def finish(self) -> bool:
        """
        Let both sides look a last time; say whether looking at everything finds the same.

        Every cut has ended by then, or it is part of what is found.
        """
        await self._both.settle()
        await self._both.look()
        both = (self._both.us, self._both.mx)
        return all([await one.legs.reconciling.look_at_all() == Settled() for one in both])

    def _is_looked_at(self, deed: Deed) -> bool:
        """Say whether both sides look around at once: of a crowd only where somebody is new."""
        return deed.do == "decide" or not self._cast.actors[deed.who].of_crowd

    async def _pass_until(self, at: dt.datetime) -> None:
        """Move the clock to *at*, and do on the way whatever falls due."""
        clock = self._both.clock
        while clock.at < at:
            wakes = await self._both.next_look_at()
            looks_at = min(_after(clock.at, wakes), clock.at + self._pause())
            turns = [time for time in self._turns if time > clock.at]
            due = None if self._is_bad() else await self._both.next_due_at()
            clock.at = min(_after(clock.at, due), looks_at, at, *turns)
            self._take_roads()
            await self._both.settle()
            if clock.at == looks_at:
                await self._look()

    def _is_bad(self) -> bool:
        """Say whether a road does anything wrong: what waits is then tried again by and by."""
        return any(self._both.of(side).road.how for side in ("us", "mx"))

    def _pause(self) -> dt.timedelta:
        """Return how long to look away: not long while nothing comes through."""
        return CUT_OFF if self._is_bad() else LOOKS

    async def _look(self) -> None:
        await self._both.look()
        self._beat_at = self._both.clock.at
        self._told(self._both.clock.at, self.done)

    async def _beat(self) -> None:
        """Let both sides have heard of each other lately, as in a channel that lives they have."""
        if self._both.clock.at - self._beat_at > ALIVE:
            await self._both.beat()
            self._beat_at = self._both.clock.at

    def _take_roads(self) -> None:
        """Let each road do what the file says that it does now."""
        now = self._both.clock.at
        for side in ("us", "mx"):
            self._both.of(side).road.how = frozenset(
                road.how
                for (since, until), road in self._roads
                if since <= now < until and road.speaker in (side, "both")
            )

    async def _do(self, deeds: Sequence[Deed]) -> None:
        for start in range(0, len(deeds), AT_ONCE):
            some = deeds[start : start + AT_ONCE]
            await asyncio.gather(*map(self.deeds.do, some))
            self.done += len(some)


def _together(deeds: Sequence[Deed]) -> Iterator[Sequence[Deed]]:
    """Give what many do alike at one moment, then one by one what the file says."""
    usual = sorted((one for one in deeds if one.step is None), key=lambda one: one.do)
    for _, alike in groupby(usual, key=lambda one: one.do):
        yield list(alike)
    for deed in deeds:
        if deed.step is not None:
            yield [deed]


def _after(now: dt.datetime, at: dt.datetime | None) -> dt.datetime:
    """Return *at*, a little later where that has passed, or the end of time where there is none."""
    return dt.datetime.max.replace(tzinfo=dt.UTC) if at is None else max(at, now + LATER)


def _span(road: Road, places: Places) -> tuple[dt.datetime, dt.datetime]:
    return in_utc(road.since, "", places), in_utc(road.until, "", places)
