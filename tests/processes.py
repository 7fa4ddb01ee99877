"""Both sides as real processes on loopback, with ports, officials and somebody who kills."""

import asyncio
import json
import random
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, TCPConnector

from exchange.demo.desks import Desk
from exchange.demo.directories import Directory, make_directories, reconnect
from exchange.demo.faults import Part, Role
from exchange.demo.feeds import Change, Feed
from exchange.demo.officials import Officials
from exchange.demo.people import PORTS
from exchange.demo.ports import Ports
from exchange.demo.processes import Service
from exchange.domain.stages import Stage
from exchange.installation.shipped import shipped_places

DOCUMENTED = {Stage.DOCUMENTED.value}
STILL_SECONDS_MAX = 90.0


@dataclass(slots=True)
class Running:
    """Both sides, running."""

    sides: dict[str, Directory]
    services: dict[str, Service]
    session: ClientSession
    kills: int = 0
    restarted: list[str] = field(default_factory=list)
    _moved: asyncio.Event = field(default_factory=asyncio.Event)

    def moved(self, *_: object) -> None:
        """Note that something changed: whoever waits looks again."""
        self._moved.set()

    async def until(self, holds: Callable[[], bool]) -> None:
        """Return once *holds* does, looking again whenever something changed."""
        async with asyncio.timeout(STILL_SECONDS_MAX):
            while not holds():
                self._moved.clear()
                await self._moved.wait()

    def desk(self, side: str) -> Desk:
        """Return everybody who calls one side."""
        return Desk(self.sides[side], self.session)


def two_directories(out: Path, databases: Mapping[str, str] | None = None) -> dict[str, Directory]:
    """
    Return both working directories, made under *out*, that speak directly to each other.

    They keep SQLite files there, unless *databases* names the URL of each side's own.
    """
    ports = [port for port in shipped_places() if port.code in PORTS]
    places = {
        "us": [port.code for port in ports],
        "mx": [port.receiving_points[0].id for port in ports],
    }
    sides = make_directories(out, places, databases)
    reconnect(sides)
    return sides


@asynccontextmanager
async def both_running(sides: dict[str, Directory]) -> AsyncIterator[Running]:
    """Run both sides for as long as the block lasts."""
    async with ClientSession(connector=TCPConnector(limit=64)) as session:
        running = Running(sides, {}, session)

        def told(side: str, _pid: int) -> None:
            running.restarted.append(side)
            running.moved()

        services = running.services
        for side, one in sides.items():
            services[side] = Service(one, session, told, restarts_max=100)
        try:
            await asyncio.gather(*(service.start() for service in services.values()))
            yield running
        finally:
            await asyncio.gather(*(service.stop() for service in services.values()))


async def hand_over(
    running: Running, roles: Sequence[Role], *, kills: int = 0, seed: int = 1
) -> set[str]:
    """
    Take *roles* from decided to documented, and return their handoffs.

    Meanwhile either side is killed *kills* times at moments that *seed* chooses.
    """
    us, mx = running.desk("us"), running.desk("mx")
    us_feed, mx_feed = Feed(us), Feed(mx)
    async with asyncio.TaskGroup() as tasks:
        ports = Ports(us, tasks)
        officials = Officials(mx, ports, tasks)
        behind = [
            tasks.create_task(us_feed.follow(_both(ports.on_change, running.moved))),
            tasks.create_task(mx_feed.follow(_both(officials.on_change, running.moved))),
            *(tasks.create_task(one.keep_running()) for one in running.services.values()),
        ]
        killing = tasks.create_task(kill_now_and_then(running, kills, random.Random(seed)))
        await ports.enter_all(roles, pause_seconds=0)
        await killing
        await running.until(lambda: _are_documented(ports, us_feed, mx_feed))
        for task in behind:
            task.cancel()
    return set(ports.known_roles())


def _are_documented(ports: Ports, *feeds: Feed) -> bool:
    handoffs = ports.known_roles()
    return all(
        {change.stage for change in feed.seen.values()} == DOCUMENTED
        and feed.seen.keys() == handoffs.keys()
        for feed in feeds
    )


async def kill_now_and_then(running: Running, kills: int, chance: random.Random) -> None:
    """Kill either side *kills* times, each time once it is up again and has done a little."""
    while running.kills < kills:
        side = chance.choice(["us", "mx"])
        await asyncio.sleep(chance.uniform(0.05, 0.6))
        expected = running.restarted.count(side) + 1
        running.services[side].kill()
        running.kills += 1
        await running.until(partial(_is_up_again, running, side, expected))


def _is_up_again(running: Running, side: str, times: int) -> bool:
    return running.restarted.count(side) >= times


def _both(first: Callable[[Change], None], then: Callable[[], None]) -> Callable[[Change], None]:
    def on_change(change: Change) -> None:
        first(change)
        then()

    return on_change


def exported(side: Directory) -> list[dict[str, Any]]:
    """Return the ledger of a side as ``exchange ledger export`` writes it, the service stopped."""
    command = [sys.executable, "-m", "exchange", "ledger", "export", "--config", str(side.config)]
    done = subprocess.run(command, capture_output=True, check=True, text=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def ordinary(roles: Sequence[Role], count: int) -> list[Role]:
    """Return *count* of the roles to whom nothing unusual happens."""
    chosen = [role for role in roles if role.part is Part.ORDINARY][:count]
    assert len(chosen) == count
    return chosen
