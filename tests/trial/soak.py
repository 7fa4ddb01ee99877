"""
Many handoffs through both sides, on a bad road: memory, file handles and latency stay flat.

Both sides are real processes on SQLite. The road between them resets connections, cuts them in
the middle of a message and stalls. Nothing may be lost or doubled by that, and nothing may
grow: what grows with the number of handoffs fails after a year rather than in a test.

    python -m tests.trial.soak --handoffs 200000
"""

import argparse
import asyncio
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from bench.driver import Driver, Tally
from bench.figures import machine, memory_mb, quantile
from bench.sides import Installation, Pair, Side, install, running
from tests.trial.large_ledgers import faults_between
from tests.trial.relay import Relay, now_and_then, to
from tests.trial.slopes import Slope, slope_of

UNDER_WAY_MAX = 128
BYTES_BETWEEN_MISHAPS = 2 * 1024 * 1024
STALL_SECONDS_MAX = 3.0
EVERY_SECONDS = 1.0
WINDOWS = 100
"""Stretches of a run whose latencies make one sample each."""
MEMORY_GROWTH_MAX = 0.10
HANDLES_GROWTH_MAX = 0.10
LATENCY_GROWTH_MAX = 0.25
_SENT = "SELECT count(*) FROM ledger WHERE kind = 0 AND direction = 0"


@dataclass(slots=True)
class Samples:
    """What was seen of both processes while handoffs went through."""

    memory: dict[str, list[tuple[float, float]]] = field(default_factory=dict)
    handles: dict[str, list[tuple[float, float]]] = field(default_factory=dict)

    def take(self, name: str, side: Side, done: int) -> None:
        """Look at one process once *done* handoffs are through."""
        open_files = len(list(Path(f"/proc/{side.pid}/fd").iterdir()))
        self.memory.setdefault(name, []).append((done, memory_mb(side.pid, "VmRSS")))
        self.handles.setdefault(name, []).append((done, open_files))


@dataclass(frozen=True, slots=True)
class Soaked:
    """What a whole run came to."""

    handoffs: int
    seconds: float
    mishaps: dict[str, int]
    slopes: tuple[Slope, ...]
    messages: int
    faults: list[str]

    @property
    def is_sound(self) -> bool:
        """Say whether nothing rises and nothing is amiss between the ledgers."""
        return not self.faults and all(slope.is_flat for slope in self.slopes)

    def text(self) -> str:
        """Return the report."""
        mishaps = ", ".join(f"{count:,} {kind}" for kind, count in sorted(self.mishaps.items()))
        pace = f"{self.seconds:,.0f} s ({self.handoffs / self.seconds:.0f} a second)"
        agreed = "; ".join(self.faults) or "both ledgers agree: each once, each receipted"
        return "\n".join(
            [
                machine(),
                f"{self.handoffs:,} handoffs in {pace}; the road: {mishaps}",
                f"{self.messages:,} messages; {agreed}",
                *(slope.text() for slope in self.slopes),
            ]
        )


async def soak(installation: Installation, handoffs: int, *, seed: int) -> Soaked:
    """Return what *handoffs* through both sides came to; *seed* chooses the mishaps."""
    relays: list[Relay] = []
    began = time.monotonic()
    async with _bad_road(seed, relays) as toward, running(installation, "es256", toward) as pair:
        driver, tally, samples = Driver(pair), Tally(handoffs), Samples()
        watching = asyncio.create_task(_watch(pair, tally, samples))
        try:
            await driver.as_fast_as(handoffs, under_way_max=UNDER_WAY_MAX, tally=tally)
        finally:
            watching.cancel()
            driver.close()
        seconds = time.monotonic() - began
    return Soaked(
        handoffs=handoffs,
        seconds=seconds,
        mishaps=dict(sum((relay.mishaps for relay in relays), Counter())),
        slopes=_slopes(samples, tally),
        messages=sum(_sent(installation.root / side) for side in ("us", "mx")),
        faults=await asyncio.to_thread(_faults, installation, handoffs),
    )


@asynccontextmanager
async def _bad_road(
    seed: int, relays: list[Relay]
) -> AsyncIterator[Callable[[int], Awaitable[int]]]:
    """Give what returns the port of a new relay to a port; each is added to *relays*."""
    happens = now_and_then(
        Random(seed), bytes_between=BYTES_BETWEEN_MISHAPS, stall_seconds_max=STALL_SECONDS_MAX
    )
    async with AsyncExitStack() as entered:

        async def toward(port: int) -> int:
            relays.append(await entered.enter_async_context(Relay(to(port), happens)))
            return relays[-1].port

        yield toward


async def _watch(pair: Pair, tally: Tally, samples: Samples) -> None:
    told = time.monotonic()
    while True:
        done = len(tally.documented_at)
        for name, side in (("us", pair.us), ("mx", pair.mx)):
            samples.take(name, side, done)
        if time.monotonic() - told > 60:  # a line a minute
            told = time.monotonic()
            print(f"{done:,} handoffs documented", file=sys.stderr, flush=True)
        await asyncio.sleep(EVERY_SECONDS)


def _slopes(samples: Samples, tally: Tally) -> tuple[Slope, ...]:
    made = []
    for name in ("us", "mx"):
        made.append(
            slope_of(f"memory, {name}", "MB", samples.memory[name], growth_max=MEMORY_GROWTH_MAX)
        )
        made.append(
            slope_of(
                f"open files, {name}", "files", samples.handles[name], growth_max=HANDLES_GROWTH_MAX
            )
        )
    latencies = _latencies(tally)
    window = max(1, len(latencies) // WINDOWS)
    for share in (0.5, 0.99):
        windows = [
            (float(start + window), quantile(latencies[start : start + window], share))
            for start in range(0, len(latencies) - window + 1, window)
        ]
        name = f"decision to visa, p{share * 100:.0f}"
        made.append(slope_of(name, "s", windows, growth_max=LATENCY_GROWTH_MAX))
    return tuple(made)


def _latencies(tally: Tally) -> list[float]:
    """Return how long each handoff took, in the order in which they ended."""
    return [at - tally.asked_at[handoff] for handoff, at in tally.documented_at.items()]


def _faults(installation: Installation, handoffs: int) -> list[str]:
    us, mx = (installation.root / side / "exchange.db" for side in ("us", "mx"))
    return faults_between(us, mx, handoffs=handoffs)


def _sent(side: Path) -> int:
    """Return how many messages a side sent."""
    with closing(sqlite3.connect(f"file:{side / 'exchange.db'}?mode=ro", uri=True)) as connection:
        found: int = connection.execute(_SENT).fetchone()[0]
    return found


def main() -> None:
    """Run, print the report, and fail where something rises or the ledgers do not agree."""
    parser = argparse.ArgumentParser(prog="python -m tests.trial.soak")
    parser.add_argument("--handoffs", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="soak-") as root:
        soaked = asyncio.run(soak(install(Path(root)), chosen.handoffs, seed=chosen.seed))
    print(soaked.text())
    sys.exit(0 if soaked.is_sound else 1)


if __name__ == "__main__":
    main()
