"""Every shipped scenario whole, the peak of July 2019 with all its 11,804 people among them."""

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from exchange.demo.scenarios.reading import read_scenario, shipped_names
from exchange.demo.scenarios.run import play
from exchange.installation.shipped import shipped_places


def main(arguments: Sequence[str] | None = None) -> int:
    """Play each that is named, all where none is; return 1 if one does not hold."""
    parser = argparse.ArgumentParser(prog="python -m tests.trial.scenarios", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*shipped_names(), []])
    names = parser.parse_args(arguments).names or shipped_names()
    failed = [name for name in names if not _holds(name)]
    print(f"{len(names)} scenarios, {len(failed)} that do not hold {' '.join(failed)}")
    return 1 if failed else 0


def _holds(name: str) -> bool:
    """Say whether the scenario holds, once what came of it is printed."""
    scenario = read_scenario(name, shipped_places())
    with tempfile.TemporaryDirectory(prefix="scenarios-") as out:
        begun, busy = time.perf_counter(), time.process_time()
        ending = play(scenario, name, Path(out))
        seconds, cpu = time.perf_counter() - begun, time.process_time() - busy
    counts, found = ending.counts(), ending.found
    print(
        f"{name:26} {counts['decided']:6,} decisions {counts['messages']:7,} messages "
        f"{len(found['us']):2} found by us {len(found['mx']):2} by mx "
        f"{seconds:6.1f} s, {cpu:6.1f} s of CPU  {' '.join(ending.faults) or 'holds'}",
        flush=True,
    )
    return ending.holds


if __name__ == "__main__":
    sys.exit(main())
