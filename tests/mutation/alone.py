"""
The mutants that survived a fork of a process that had imported everything, tried from the start.

What runs at import, such as the table of stages, was built before it was changed; here nothing
of ours is imported before the change. Prints a JSON list of the names that die.
"""

import gc
import importlib
import json
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

from mutmut.utils.file_utils import setup_source_paths

from tests.mutation.forks import BROKEN, KILLED, SURVIVED, Run, run_in_forks
from tests.mutation.running import FOREIGN, collect

CPU_SECONDS_MAX = 300
NOTHING_COLLECTED = 5


def main() -> None:
    """Try each mutant whose name stands on standard input, by the tests of its room."""
    processes, names = int(sys.argv[1]), sys.stdin.read().split()
    setup_source_paths()
    os.chdir("mutants")
    _import_what_is_not_ours()
    rooms = sorted({name.split(".")[1] for name in names})
    clean = [Run(room, partial(_try, "", [f"tests/{room}"]), CPU_SECONDS_MAX) for room in rooms]
    if any(code != SURVIVED for _, code in run_in_forks(clean, processes)):
        sys.exit("a test fails though nothing is changed")
    runs = [Run(name, partial(_try, name, _places(name)), CPU_SECONDS_MAX) for name in names]
    ended = dict(run_in_forks(runs, processes))
    print(json.dumps([name for name, code in ended.items() if code not in (SURVIVED, BROKEN)]))


def _import_what_is_not_ours() -> None:
    for name in json.loads(FOREIGN.read_text(encoding="utf-8")):
        with suppress(ImportError):
            importlib.import_module(name)
    gc.collect()
    gc.freeze()


def _places(name: str) -> list[str]:
    """Return where the tests are that should notice: first beside the module, then in its room."""
    _, *rooms, module, _ = name.split(".")
    directory = "/".join(("tests", *rooms))
    mirrored = f"{directory}/test_{module}.py"
    return [mirrored if Path(mirrored).exists() else directory, f"tests/{rooms[0]}"]


def _try(name: str, places: Sequence[str]) -> int:
    for place in places:
        if collect([place], mutant=name) not in (SURVIVED, NOTHING_COLLECTED):
            return KILLED
    return SURVIVED


if __name__ == "__main__":
    main()
