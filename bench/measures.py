"""What is measured, in which order, and the figures that come of it."""

import asyncio
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.commands import Commands, measure_command
from bench.compared import Compared, measure_compared
from bench.figures import filesystem_of, machine, memory_mb
from bench.filled import fill
from bench.floor import Floor, measure_floor
from bench.runs import Run, ledger_entries, paced, peak
from bench.sides import EXCHANGE, POLICIES, Installation, Pair, install, running
from bench.urgent import Urgent, measure_urgent

IDLE_SECONDS = 1.5
ENTRIES_PER_HANDOFF = 4


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured, bounded by counts and so in time; of what there is none is left out."""

    warm_up: int
    at_peak: int
    at_half: int
    one_by_one: int
    ledgers: tuple[int, int]
    ledger_handoffs: int
    pairs: int
    demo_handoffs: int
    queued: int
    held: int
    kept: int
    month: int
    compared: int
    policies: tuple[str, ...] = tuple(POLICIES)


WHOLE = Plan(
    500, 5_000, 1_500, 200, (1_000, 100_000), 800, 5, 240, 50_000, 50, 100_000, 12_000, 100_000
)
QUICK = Plan(200, 1_500, 500, 50, (1_000, 8_000), 300, 1, 240, 2_000, 25, 5_000, 1_000, 5_000)


@dataclass(frozen=True, slots=True)
class Memory:
    """Megabytes of both sides: ready with nothing to do, and at their highest."""

    idle: dict[str, float]
    highest: dict[str, float]


@dataclass(frozen=True, slots=True)
class UnderPolicy:
    """What was measured under one policy."""

    peak: Run
    half: Run
    one_by_one: Run
    memory: Memory
    floor: Floor


@dataclass(frozen=True, slots=True)
class Growth:
    """What a handoff costs with a small ledger and with a large one, pair by pair."""

    entries: tuple[int, int]
    small: tuple[float, ...]
    large: tuple[float, ...]

    @property
    def ratio(self) -> float:
        """The median of the pairs' ratios: the two of a pair ran one after the other."""
        return median(large / small for small, large in zip(self.small, self.large, strict=True))


@dataclass(frozen=True, slots=True)
class Measured:
    """Everything that one run of the bench found."""

    machine: str
    file_system: str
    ready_seconds: float
    policies: dict[str, UnderPolicy]
    growth: Growth | None
    urgent: Urgent | None
    commands: Commands | None
    compared: Compared | None
    demo_seconds: float | None
    seconds: float


class Bench:
    """Measures in a directory of its own, and says what it is at."""

    def __init__(self, directory: Path, plan: Plan) -> None:
        self._directory = directory
        self._plan = plan
        self._ready_seconds: list[float] = []

    async def measure(self) -> Measured:
        """Return everything, from two new installations on."""
        began = time.perf_counter()
        new = install(self._directory / "new")
        policies = {policy: await self._under(policy, new) for policy in self._plan.policies}
        growth = await self._growth(new) if self._plan.pairs else None
        urgent = await self._urgent(new) if self._plan.held else None
        commands = self._commands(new) if self._plan.kept else None
        compared = self._compared() if self._plan.compared else None
        demo_seconds = self._demo() if self._plan.demo_handoffs else None
        return Measured(
            machine=machine(),
            file_system=filesystem_of(self._directory),
            ready_seconds=median(self._ready_seconds),
            policies=policies,
            growth=growth,
            urgent=urgent,
            commands=commands,
            compared=compared,
            demo_seconds=demo_seconds,
            seconds=time.perf_counter() - began,
        )

    async def _under(self, policy: str, new: Installation) -> UnderPolicy:
        plan = self._plan
        _say(f"under {POLICIES[policy]}: {plan.at_peak} handoffs at peak")
        async with running(new.copied_to(self._directory / policy), policy) as pair:
            self._ready_seconds.append(pair.us.ready_seconds)
            await asyncio.sleep(IDLE_SECONDS)
            idle = _memory(pair, "VmRSS")
            await peak(pair, plan.warm_up)
            fast = await peak(pair, plan.at_peak)
            _say(f"{fast.per_second:.0f} a second; then half of that, then one at a time")
            half = await paced(pair, plan.at_half, per_second=fast.per_second / 2)
            single = await peak(pair, plan.one_by_one, under_way_max=1)
            memory = Memory(idle, _memory(pair, "VmHWM"))
        _say("the floor of the same")
        floor = await measure_floor(policy, fast.batch, self._directory)
        return UnderPolicy(fast, half, single, memory, floor)

    async def _growth(self, new: Installation) -> Growth:
        """Measure with a small and a large ledger in turn, each on its own copy."""
        small, large = [await self._grown(new, entries) for entries in self._plan.ledgers]
        costs: tuple[list[float], list[float]] = ([], [])
        for number in range(self._plan.pairs):
            _say(f"small and large ledger, pair {number + 1} of {self._plan.pairs}")
            for installation, found in zip((small, large), costs, strict=True):
                found.append(await self._cost(installation))
        return Growth(self._plan.ledgers, tuple(costs[0]), tuple(costs[1]))

    async def _grown(self, new: Installation, entries: int) -> Installation:
        """Return an installation that has exchanged so much, by exchanging it."""
        _say(f"growing a ledger of {entries} entries")
        grown = new.copied_to(self._directory / f"grown-{entries}")
        async with running(grown, "es256") as pair:
            while (missing := entries - ledger_entries(pair.us)) > 0:
                await peak(pair, -(-missing // (ENTRIES_PER_HANDOFF + 1)))
        return grown

    async def _cost(self, grown: Installation) -> float:
        copy = grown.copied_to(self._directory / "copy")
        async with running(copy, "es256") as pair:
            self._ready_seconds.append(pair.us.ready_seconds)
            await peak(pair, self._plan.warm_up // 5)
            run = await peak(pair, self._plan.ledger_handoffs)
            return run.cpu("us") + run.cpu("mx")

    async def _urgent(self, new: Installation) -> Urgent:
        waiting, held = self._plan.queued, self._plan.held
        _say(f"{held} holds alone, and {held} while {waiting} notices wait")
        copy = new.copied_to(self._directory / "urgent")
        return await measure_urgent(copy, waiting=waiting, held=held)

    def _commands(self, new: Installation) -> Commands:
        """Measure what reconciles, on sides that were filled for it."""
        kept, month = self._plan.kept, self._plan.month
        _say(f"everything looked at, of {kept} handoffs")
        large = new.copied_to(self._directory / "kept").root / "us"
        fill(large, kept)
        first, again = [measure_command(large, "discrepancies", "look") for _ in range(2)]
        _say(f"the report of a month of {month} handoffs")
        busy = new.copied_to(self._directory / "month").root / "us"
        fill(busy, month)
        measure_command(busy, "discrepancies", "look")
        report = ("reconcile", "--day", "all", "--format", "html", "-o", str(busy / "report.html"))
        return Commands(kept, first, again, month, measure_command(busy, *report))

    def _compared(self) -> Compared:
        """Measure how two ledgers that differ find in what."""
        _say(f"two ledgers of {self._plan.compared} messages, compared")
        return measure_compared(self._directory / "compared", self._plan.compared)

    def _demo(self) -> float | None:
        """Return how long the demo takes, None where it does not end well."""
        _say(f"the demo of {self._plan.demo_handoffs} decisions")
        began = time.perf_counter()
        command = (*EXCHANGE, "demo", "--handoffs", str(self._plan.demo_handoffs), "--json")
        done = subprocess.run(command, check=False, capture_output=True, cwd=self._directory)
        return time.perf_counter() - began if done.returncode == 0 else None


def _memory(pair: Pair, what: str) -> dict[str, float]:
    return {"us": memory_mb(pair.us.pid, what), "mx": memory_mb(pair.mx.pid, what)}


def _say(what: str) -> None:
    print(f"bench: {what}", flush=True)
