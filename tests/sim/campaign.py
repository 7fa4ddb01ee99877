# ruff: noqa: T201 # a command prints
"""
Many seeds on all processors, and what they came to: for `make simulate` and `make trial`.

Half of the seeds are the same every time; the others are new, from a base that is printed, so
that the same ones can be run again.
"""

import gc
import os
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass, field
from multiprocessing import get_context

from tests.sim.faults import MAKERS
from tests.sim.mutants import PLANTED, changed
from tests.sim.run import Result, plan_of, run
from tests.sim.sides import template

PROCESSES = os.cpu_count() or 1
FAILED_MAX = 20
"""So many failures say enough."""
AHEAD = 2
"""Seeds given to each process beside the one it runs."""

SEEDS_TO_SEE_ALL = 100
"""Seeds among which every kind of fault must have happened."""

PLANTED_SEEDS_MAX = 500


@dataclass(frozen=True, slots=True)
class Ended:
    """What a seed came to, small enough to pass between processes."""

    seed: int
    trace_hash: str
    steps: int
    virtual_seconds: float
    broken: tuple[tuple[str, str], ...]
    lines: tuple[str, ...]
    happened: Counter[str]
    outcomes: Counter[str]


@dataclass(slots=True)
class Campaign:
    """What all seeds came to."""

    seeds: int = 0
    steps: int = 0
    virtual_seconds: float = 0.0
    failed: list[Ended] = field(default_factory=list)
    happened: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)

    def add(self, one: Ended) -> None:
        """Count one seed in."""
        self.seeds += 1
        self.steps += one.steps
        self.virtual_seconds += one.virtual_seconds
        self.happened += one.happened
        self.outcomes += one.outcomes
        if one.broken:
            self.failed.append(one)

    @property
    def never_happened(self) -> list[str]:
        """The kinds of fault that no seed had, where there were seeds enough for all."""
        if self.seeds < SEEDS_TO_SEE_ALL:
            return []
        return [kind for kind in MAKERS if not self.happened[kind]]


def run_seed(seed: int, mutant: str | None = None) -> Ended:
    """Run one seed, on the program as it is or with a fault planted in it."""
    with changed(mutant):
        result = run(plan_of(seed))
    return _ended(result)


def _ended(result: Result) -> Ended:
    broken = tuple((one.invariant, one.what) for one in result.broken)
    return Ended(
        seed=result.plan.seed,
        trace_hash=result.trace_hash,
        steps=result.steps,
        virtual_seconds=result.virtual_seconds,
        broken=broken,
        lines=tuple(result.lines) if broken else (),
        happened=result.happened,
        outcomes=Counter(result.outcomes),
    )


def run_all(seeds: Sequence[int], mutant: str | None = None) -> Iterator[Ended]:
    """Give what each seed came to, as they end; whoever stops asking stops the rest."""
    template()
    gc.collect()
    gc.freeze()  # what was imported stays: a run collects only what it made
    left = iter(seeds)
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("fork")) as pool:
        running: set[Future[Ended]] = set()
        try:
            while True:
                while len(running) < PROCESSES * AHEAD and (seed := next(left, None)) is not None:
                    running.add(pool.submit(run_seed, seed, mutant))
                if not running:
                    return
                done, running = wait(running, return_when=FIRST_COMPLETED)
                yield from (one.result() for one in done)
        finally:
            for future in running:
                future.cancel()


def seeds_of(count: int, base: int) -> list[int]:
    """Return half of *count* seeds that are the same each time, and the others from *base* on."""
    fixed = count // 2
    return [*range(1, fixed + 1), *range(base, base + count - fixed)]


def simulate(count: int, base: int) -> bool:
    """Run *count* seeds, print what they came to, and say whether all is well."""
    print(f"simulate: {count} seeds, the new ones from base {base}", flush=True)
    campaign, begun = Campaign(), time.perf_counter()
    for ended in run_all(seeds_of(count, base)):
        campaign.add(ended)
        if ended.broken:
            _print_failure(ended)
        if len(campaign.failed) == FAILED_MAX:
            print(f"{FAILED_MAX} seeds failed: the rest is left out")
            break
    seconds = time.perf_counter() - begun
    print(
        f"{campaign.seeds} seeds in {seconds:.1f} s, {campaign.seeds / seconds:.1f} a second on "
        f"{PROCESSES} processors; {campaign.virtual_seconds / 3600:.0f} virtual hours, "
        f"{campaign.steps} decisions of the scheduler"
    )
    print("operations: " + _counted(campaign.outcomes))
    print("what went wrong: " + _counted(campaign.happened))
    for kind in campaign.never_happened:
        print(f"never happened: {kind}")
    print(f"failed: {len(campaign.failed)}")
    return not campaign.failed and not campaign.never_happened


def _print_failure(ended: Ended) -> None:
    print(f"\nseed {ended.seed} FAILED (trace {ended.trace_hash[:16]})")
    for line in ended.lines:
        print(f"  {line}")
    for invariant, what in ended.broken:
        print(f"  BROKEN: {invariant}: {what}")
    print(f"  again: python -m tests.sim seed {ended.seed}\n", flush=True)


def _counted(counter: Counter[str]) -> str:
    return ", ".join(f"{what} {count}" for what, count in sorted(counter.items())) or "nothing"


def find_planted() -> bool:
    """Plant each fault in the program, and print at which seed it is found; all must be."""
    all_found = True
    for name in PLANTED:
        found = find(name, PLANTED_SEEDS_MAX)
        all_found &= found is not None
        if found is None:
            print(f"planted: {name}: NOT FOUND in {PLANTED_SEEDS_MAX} seeds", flush=True)
        else:
            invariant, what = found.broken[0]
            print(f"planted: {name}: found by seed {found.seed}: {invariant}: {what}", flush=True)
    return all_found


def find(mutant: str, seeds_max: int) -> Ended | None:
    """Return the first of the seeds from 1 on that a planted fault fails, as they end."""
    return next((one for one in run_all(range(1, seeds_max + 1), mutant) if one.broken), None)


def show_seed(seed: int, mutant: str | None) -> bool:
    """Run one seed, print everything that happened in it, and say whether all is well."""
    with changed(mutant):
        result = run(plan_of(seed))
    for line in result.lines:
        print(line)
    for one in result.broken:
        print(f"BROKEN: {one.invariant}: {one.what}")
    print(f"seed {seed}: trace {result.trace_hash}, {len(result.broken)} broken")
    return not result.broken
