# ruff: noqa: T201 # a command prints
"""
Many seeds on all processors, and what they came to: for `make simulate` and `make trial`.

The new ones of the seeds are from a base that is printed, so that the same can be run again.
"""

import time
from collections import Counter
from dataclasses import dataclass, field
from functools import partial

from tests.sim.faults import MAKERS
from tests.sim.mutants import PLANTED, changed
from tests.sim.pool import PROCESSES, each, numbers_of
from tests.sim.run import Result, plan_of, run

FAILED_MAX = 20
"""So many failures say enough."""
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


def simulate(count: int, base: int) -> bool:
    """Run *count* seeds, print what they came to, and say whether all is well."""
    print(f"simulate: {count} seeds, the new ones from base {base}", flush=True)
    campaign, begun = Campaign(), time.perf_counter()
    for ended in each(run_seed, numbers_of(count, base)):
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
    print("operations: " + counted(campaign.outcomes))
    print("what went wrong: " + counted(campaign.happened))
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


def counted(counter: Counter[str]) -> str:
    """Return what was counted, in a line."""
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
    seeds = range(1, seeds_max + 1)
    return next((one for one in each(partial(run_seed, mutant=mutant), seeds) if one.broken), None)


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
