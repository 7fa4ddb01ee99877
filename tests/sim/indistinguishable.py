# ruff: noqa: T201 # a command prints
"""Many pairs, on the program as it is and with leaks planted: for `make indistinguishable`."""

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import chain

from exchange.domain.causes import Cause
from tests.sim import stories
from tests.sim.campaign import counted
from tests.sim.leaks import FOUND_BY, LEAKS
from tests.sim.mutants import changed
from tests.sim.pairs import Told, run_pair
from tests.sim.pool import PROCESSES, each, numbers_of
from tests.sim.stories import Pair, pair_of

TOLD_APART_MAX = 5
"""So many pairs that are told apart say enough."""

PAIRS_TO_SEE_ALL = 200
"""Pairs among which there must have been everything that there is."""

LEAK_PAIRS_MAX = 500

_MUST_BE: dict[str, frozenset[str]] = {
    "stages": frozenset({*stories.ENDINGS, *stories.CLOSABLE}),
    "situations": frozenset(stories.SITUATIONS),
    "endings": frozenset({stories.CLOSED}.union(*stories.ENDINGS.values())),
    "causes": frozenset(Cause),
    "sizes": frozenset(str(size + 1) for size in range(stories.SIZE_MAX)),
    "probes": frozenset(stories.PROBES),
}


def tell(number: int, leak: str | None = None) -> Told:
    """Run one pair, on the program as it is or with a leak planted in it."""
    with changed(leak, LEAKS):
        return run_pair(pair_of(number))


@dataclass(slots=True)
class Compared:
    """What all pairs came to."""

    pairs: int = 0
    events: int = 0
    told_apart: list[int] = field(default_factory=list)
    seen: dict[str, Counter[str]] = field(
        default_factory=lambda: {name: Counter() for name in _MUST_BE}
    )

    def add(self, told: Told) -> None:
        """Count one pair in."""
        self.pairs += 1
        self.events += told.events
        for name, what in _features(told.pair):
            self.seen[name][what] += 1
        if not told.is_well:
            self.told_apart.append(told.pair.story.number)

    @property
    def never_seen(self) -> list[str]:
        """What there never was, where there were pairs enough for all."""
        if self.pairs < PAIRS_TO_SEE_ALL:
            return []
        return sorted(
            f"{name}: {what}"
            for name, must in _MUST_BE.items()
            for what in must
            if not self.seen[name][what]
        )


def _features(pair: Pair) -> Iterator[tuple[str, str]]:
    story = pair.story
    yield "stages", story.stage
    yield "situations", story.situation
    yield "sizes", str(len(story.family))
    for ending in (pair.one, pair.other):
        yield "endings", ending.kind
        yield from (("causes", cause) for cause in ending.causes)
    yield from (("probes", probe.kind) for probe in story.probes)


def compare(count: int, base: int) -> bool:
    """Run *count* pairs, print what they came to, and say whether none could be told apart."""
    print(f"indistinguishable: {count} pairs, the new ones from base {base}", flush=True)
    compared, begun = Compared(), time.perf_counter()
    for told in each(tell, numbers_of(count, base)):
        compared.add(told)
        if not told.is_well:
            show(told)
        if len(compared.told_apart) == TOLD_APART_MAX:
            print(f"{TOLD_APART_MAX} pairs were told apart: the rest is left out")
            break
    seconds = time.perf_counter() - begun
    print(
        f"{compared.pairs} pairs in {seconds:.1f} s on {PROCESSES} processors; "
        f"{compared.events} events that the partner could see"
    )
    for name, kinds in compared.seen.items():
        print(f"{name}: {counted(kinds)}")
    for what in compared.never_seen:
        print(f"never seen: {what}")
    print(f"told apart: {len(compared.told_apart)}")
    return not compared.told_apart and not compared.never_seen


def find_leaks() -> bool:
    """Plant each leak in the program, and print which pair is told apart by it; all must be."""
    all_found = True
    for name in LEAKS:
        told = find(name, LEAK_PAIRS_MAX)
        all_found &= told is not None
        if told is None:
            print(f"planted: {name}: NOT FOUND in {LEAK_PAIRS_MAX} pairs", flush=True)
        else:
            number = told.pair.story.number
            print(f"planted: {name}: found by {number}: {told.brief}", flush=True)
    return all_found


def find(leak: str, pairs_max: int) -> Told | None:
    """Return the pair by which a planted leak is known, or else the first that shows it."""
    numbers = chain([FOUND_BY[leak]], range(1, pairs_max))
    ended = each(partial(tell, leak=leak), numbers)
    return next((told for told in ended if not told.is_well), None)


def show(told: Told) -> bool:
    """Print a pair and where its runs differ, and say whether they do not."""
    print(told.pair)
    for what in told.unforeseen:
        print(f"  UNFORESEEN: {what}")
    if told.difference is not None:
        print(f"  TOLD APART: {told.difference}")
    number = told.pair.story.number
    print(f"  {told.events} events; again: python -m tests.sim pair {number}\n", flush=True)
    return told.is_well
