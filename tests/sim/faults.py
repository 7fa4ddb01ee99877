"""
What goes wrong in a run, as data: drawn from the seed, printed in the trace, done at its time.

Each fault is one dataclass with its moment and what it needs to know; ``act`` does it to the
world and ends with it, so a schedule is a list and nothing is decided while it runs.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import ClassVar

import aiohttp

from tests.sim.files import count_sealed
from tests.sim.rotation import add_key, end_old_keys
from tests.sim.sides import OTHER, PARTNER_PORT, SideOfWorld
from tests.sim.world import World

AHEAD_SECONDS_MAX = 200.0
"""How far the clock of a side may come to be from the true time."""

PROXY = "proxy"
"""The machine between the two authorities that sends again what it saw."""


@dataclass(frozen=True, slots=True)
class Place:
    """What faults are done to."""

    world: World
    sides: dict[str, SideOfWorld]
    insiders: dict[str, str]
    """The machine whose people call each side."""


@dataclass(frozen=True, slots=True)
class Fault(ABC):
    """Something that goes wrong, *at* seconds into the run."""

    kind: ClassVar[str]
    at: float

    @abstractmethod
    async def act(self, place: Place) -> None:
        """Do it, and return when it is over."""


@dataclass(frozen=True, slots=True)
class Slow(Fault):
    """The partner, or our own network, takes its time: messages overtake one another."""

    kind = "slow"
    between: tuple[str, str]
    seconds: tuple[float, float]
    lasts: float

    async def act(self, place: Place) -> None:
        """Stretch the time each packet takes."""
        wire = place.world.wire(*self.between)
        wire.slowings.append(self.seconds)
        await asyncio.sleep(self.lasts)
        wire.slowings.remove(self.seconds)


@dataclass(frozen=True, slots=True)
class Loss(Fault):
    """Connections break: a share of the packets is lost and its connection reset."""

    kind = "loss"
    between: tuple[str, str]
    share: float
    lasts: float

    async def act(self, place: Place) -> None:
        """Let some connections break."""
        wire = place.world.wire(*self.between)
        wire.loss = self.share
        await asyncio.sleep(self.lasts)
        wire.loss = 0.0


@dataclass(frozen=True, slots=True)
class Hush(Fault):
    """Connections die without a word: the caller learns it from its own time-out."""

    kind = "hush"
    between: tuple[str, str]
    share: float
    lasts: float

    async def act(self, place: Place) -> None:
        """Let some connections die."""
        wire = place.world.wire(*self.between)
        wire.hush = self.share
        await asyncio.sleep(self.lasts)
        wire.hush = 0.0


@dataclass(frozen=True, slots=True)
class Silence(Fault):
    """Nothing that one side says arrives at the other."""

    kind = "silence"
    side: str
    lasts: float

    async def act(self, place: Place) -> None:
        """Swallow what one side says; its connections are of no use after."""
        wire = place.world.wire(self.side, OTHER[self.side])
        wire.silent.add(self.side)
        await asyncio.sleep(self.lasts)
        wire.silent.discard(self.side)
        place.world.net.reset_between(self.side, OTHER[self.side])


@dataclass(frozen=True, slots=True)
class Partition(Fault):
    """Nothing passes between the two; after it what was held back arrives, or all is reset."""

    kind = "partition"
    is_lost: bool
    lasts: float

    async def act(self, place: Place) -> None:
        """Cut the wire, and heal it."""
        place.world.cut("us", "mx")
        await asyncio.sleep(self.lasts)
        place.world.heal("us", "mx", is_lost=self.is_lost)


@dataclass(frozen=True, slots=True)
class Repeat(Fault):
    """A proxy sends again what it saw pass, in another order, some of it at once."""

    kind = "repeat"
    sender: str
    count: int
    shuffled_by: int

    async def act(self, place: Place) -> None:
        """Post requests of the past again."""
        seen = place.world.net.tap.requests(self.sender, OTHER[self.sender])
        Random(self.shuffled_by).shuffle(seen)
        if seen[: self.count]:
            again = place.world.start(PROXY, _post_again(self.sender, seen[: self.count]))
            place.world.net.happened["requests sent again"] += len(seen[: self.count])
            await asyncio.wait({again})


@dataclass(frozen=True, slots=True)
class Double(Fault):
    """Every request of a side arrives twice, nearly at once."""

    kind = "double"
    sender: str
    lasts: float

    async def act(self, place: Place) -> None:
        """Post each request that passes a second time."""
        tap, to = place.world.net.tap, OTHER[self.sender]
        seen = len(tap.requests(self.sender, to))

        def pass_on(source: str) -> None:
            nonlocal seen
            if source != self.sender:
                return
            fresh = tap.requests(self.sender, to)[seen:]
            if fresh:
                seen += len(fresh)
                place.world.start(PROXY, _post_again(self.sender, fresh))
                place.world.net.happened["requests sent again"] += len(fresh)

        tap.follow.append(pass_on)
        await asyncio.sleep(self.lasts)
        tap.follow.remove(pass_on)


async def _post_again(sender: str, bodies: list[bytes]) -> None:
    url = f"http://{OTHER[sender]}:{PARTNER_PORT}/v1/messages"
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30)) as session:

        async def post(body: bytes) -> None:
            try:
                async with session.post(
                    url, data=body, headers={"Content-Type": "application/jsonl"}
                ) as response:
                    await response.read()
            except (aiohttp.ClientError, TimeoutError, OSError):
                pass  # nobody at the proxy waits for it

        await asyncio.gather(*map(post, bodies))


@dataclass(frozen=True, slots=True)
class Crash(Fault):
    """A side ends between two of its awaits, once it is at work, and is started again."""

    kind = "crash"
    side: str
    steps: int
    power: bool
    down_seconds: float

    async def act(self, place: Place) -> None:
        """Let it go on for some steps, and end it there."""
        ended = asyncio.Event()
        side = place.sides[self.side]

        def end() -> None:
            side.kill(power=self.power, down_seconds=self.down_seconds)
            ended.set()

        place.world.after_steps(self.side, self.steps, end)
        await ended.wait()


@dataclass(frozen=True, slots=True)
class Stop(Fault):
    """An operator stops a side, which finishes what it took, and starts it again."""

    kind = "stop"
    side: str
    down_seconds: float

    async def act(self, place: Place) -> None:
        """Tell it to stop."""
        place.sides[self.side].stop(down_seconds=self.down_seconds)


@dataclass(frozen=True, slots=True)
class DiskFull(Fault):
    """The database file of a side cannot grow for a while."""

    kind = "disk full"
    side: str
    lasts: float

    async def act(self, place: Place) -> None:
        """Fill the disk, and free it."""
        disk = place.sides[self.side].disk
        disk.fill()
        await asyncio.sleep(self.lasts)
        disk.free()


@dataclass(frozen=True, slots=True)
class ClockStep(Fault):
    """Somebody sets the wall clock of a side, forward or back."""

    kind = "clock step"
    side: str
    seconds: float

    async def act(self, place: Place) -> None:
        """Set the clock, within what clocks of authorities are apart."""
        clock = place.sides[self.side].clock
        stepped = clock.ahead_seconds + self.seconds
        clock.ahead_seconds = max(-AHEAD_SECONDS_MAX, min(AHEAD_SECONDS_MAX, stepped))


@dataclass(frozen=True, slots=True)
class NewKey(Fault):
    """A side begins to sign with a new key; the old one ends once nothing waits under it."""

    kind = "new key"
    side: str
    retire_after: float | None

    async def act(self, place: Place) -> None:
        """Publish it and start anew, as a custodian does."""
        side = place.sides[self.side]
        add_key(side.settings(), side.clock())
        side.stop(down_seconds=0.5)
        if self.retire_after is None:
            return
        await asyncio.sleep(self.retire_after)
        for _ in range(PATIENCE_OF_CUSTODIAN):
            if not count_sealed(side.database):
                end_old_keys(side.settings(), side.clock())
                place.world.net.happened["key retired"] += 1
                side.stop(down_seconds=0.5)
                return
            await asyncio.sleep(10)


PATIENCE_OF_CUSTODIAN = 60
"""How often a custodian looks whether something still waits under the old key."""


def schedule(chance: Random, until: float) -> list[Fault]:
    """Return what goes wrong in a run, in order; all of it is over some time after *until*."""
    count = chance.randint(3, 9)
    makers: list[Callable[[Random, float], Fault]] = list(MAKERS.values())
    weights = [WEIGHTS.get(kind, 10) for kind in MAKERS]
    drawn = chance.choices(makers, weights, k=count)
    faults = [make(chance, chance.uniform(0, until)) for make in drawn]
    faults += [overtaken for fault in faults for overtaken in _overtaking(fault, chance)]
    return sorted(faults, key=lambda fault: fault.at)


def _overtaking(fault: Fault, chance: Random) -> Iterator[Fault]:
    """Give a slow partner to every other clock that is set: then claims end while they are used."""
    if isinstance(fault, ClockStep) and chance.random() < 0.5:
        yield Slow(max(0.0, fault.at - 40.0), ("us", "mx"), (4.0, 13.0), 120.0)


async def go_wrong(faults: list[Fault], place: Place) -> None:
    """Do every fault at its time, and return when all are over."""
    async with asyncio.TaskGroup() as tasks:
        for fault in faults:
            tasks.create_task(_at_its_time(fault, place))


async def _at_its_time(fault: Fault, place: Place) -> None:
    await asyncio.sleep(fault.at)
    place.world.say(f"fault: {fault}")
    place.world.net.happened[fault.kind] += 1
    await fault.act(place)


def _side(chance: Random) -> str:
    return chance.choice(("us", "mx"))


def _wire(chance: Random) -> tuple[str, str]:
    return chance.choice((("us", "mx"), ("us", "mx"), ("us", "mx"), ("ports", "us")))


MAKERS: dict[str, Callable[[Random, float], Fault]] = {
    "slow": lambda chance, at: Slow(
        at, _wire(chance), chance.choice(((0.0, 2.0), (1.0, 8.0), (5.0, 25.0))), _lasts(chance)
    ),
    "loss": lambda chance, at: Loss(
        at, _wire(chance), chance.choice((0.05, 0.2, 0.5)), _lasts(chance)
    ),
    "hush": lambda chance, at: Hush(
        at, _wire(chance), chance.choice((0.05, 0.2, 0.5)), _lasts(chance)
    ),
    "silence": lambda chance, at: Silence(at, _side(chance), _lasts(chance)),
    "partition": lambda chance, at: Partition(at, chance.random() < 0.5, _lasts(chance)),
    "repeat": lambda chance, at: Repeat(
        at, _side(chance), chance.randint(1, 6), chance.getrandbits(32)
    ),
    "double": lambda chance, at: Double(at, _side(chance), _lasts(chance)),
    "crash": lambda chance, at: Crash(
        at, _side(chance), chance.randint(0, 400), chance.random() < 0.4, chance.uniform(0.1, 60)
    ),
    "stop": lambda chance, at: Stop(at, _side(chance), chance.uniform(0.1, 30)),
    "disk full": lambda chance, at: DiskFull(at, _side(chance), _lasts(chance)),
    "new key": lambda chance, at: NewKey(at, _side(chance), chance.choice((None, 60.0, 300.0))),
    "clock step": lambda chance, at: ClockStep(
        at, _side(chance), chance.choice((-150.0, -40.0, -1.5, 2.0, 45.0, 150.0))
    ),
}
"""How each kind of fault is drawn."""

WEIGHTS = {"crash": 30, "loss": 15, "repeat": 15, "new key": 4}


def _lasts(chance: Random) -> float:
    return chance.choice((5.0, 40.0, 120.0, 400.0))
