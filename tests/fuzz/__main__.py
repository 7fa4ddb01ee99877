"""
Every target fuzzed for its share of the time, two at once: ``python -m tests.fuzz --minutes 1``.

What reached new code is added to the kept corpus. An input that a parser got wrong is left in
``tests/fuzz/found``, and the run fails: ``--replay TARGET FILE`` shows what was wrong with it.
"""

import argparse
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from bench.figures import machine
from tests.fuzz.catalogue import BY_NAME, TARGETS
from tests.fuzz.running import FOUND, HEADINGS, Fuzzed, fuzz


def main() -> int:
    """Return 0 when no parser got anything wrong."""
    wanted = _arguments()
    if wanted.replay:
        name, file = wanted.replay
        BY_NAME[name].check(Path(file).read_bytes())
        return 0
    names = wanted.targets or [target.name for target in TARGETS]
    seconds = max(1, round(wanted.minutes * 60 * wanted.at_once / len(names)))
    print(f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {machine()}")
    print(f"{len(names)} targets, {seconds} s each, {wanted.at_once} at once\n")
    print(HEADINGS, flush=True)
    with ThreadPoolExecutor(wanted.at_once) as pool:
        done = []
        for one in pool.map(partial(fuzz, seconds=seconds), names):
            print(one.row(), flush=True)
            done.append(one)
    return _conclude(done)


def _conclude(done: list[Fuzzed]) -> int:
    executions = sum(one.executions for one in done)
    kept, fresh = sum(one.kept for one in done), sum(one.fresh for one in done)
    print(f"\n{executions:,} executions; the corpus has {kept} inputs, {fresh} of them new")
    wrong = [one for one in done if one.failure]
    for one in wrong:
        print(f"\n{one.name}: {one.failure}")
        for file in one.found:
            print(f"  {file.relative_to(Path.cwd())}")
    if wrong:
        print(f"\n{len(wrong)} targets failed; what did it is in {FOUND.relative_to(Path.cwd())}")
        return 1
    print("no parser got anything wrong")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("--minutes", type=float, default=1.0, help="for all targets together")
    parser.add_argument("--at-once", type=int, default=min(2, os.cpu_count() or 1))
    parser.add_argument("--replay", nargs=2, metavar=("TARGET", "FILE"))
    parser.add_argument("targets", nargs="*", choices=[*BY_NAME, []], help="all without any")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
