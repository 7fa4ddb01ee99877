"""Many numbers on all processors: what each came to, as they end."""

import gc
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from multiprocessing import get_context
from typing import TypeVar

from tests.sim.sides import template

PROCESSES = os.cpu_count() or 1
AHEAD = 2
"""Numbers given to each process beside the one it works on."""

T = TypeVar("T")


def each(work: Callable[[int], T], numbers: Iterable[int]) -> Iterator[T]:
    """Give what *work* makes of each number, as they end; whoever stops asking stops the rest."""
    template()
    gc.collect()
    gc.freeze()  # what was imported stays: a run collects only what it made
    left = iter(numbers)
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("fork")) as pool:
        running: set[Future[T]] = set()
        try:
            while True:
                while len(running) < PROCESSES * AHEAD and (one := next(left, None)) is not None:
                    running.add(pool.submit(work, one))
                if not running:
                    return
                done, running = wait(running, return_when=FIRST_COMPLETED)
                yield from (one.result() for one in done)
        finally:
            for future in running:
                future.cancel()


def numbers_of(count: int, base: int) -> list[int]:
    """Return half of *count* numbers that are the same each time, and the others from *base* on."""
    fixed = count // 2
    return [*range(1, fixed + 1), *range(base, base + count - fixed)]
