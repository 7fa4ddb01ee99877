"""
Every mutant, tried by the tests that reach the function it changes, quickest first.

mutmut writes the mutants and the switch between them. The tests are collected once, in a
process that runs none of them; each mutant is tried in a fork of that process, so that it
costs its tests and nothing else, and meets no cache that another test has filled.
"""

import gc
import json
import math
import os
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatch
from functools import partial
from pathlib import Path

import hypothesis
import pytest
from mutmut.__main__ import create_mutants
from mutmut.configuration import config
from mutmut.mutation.data import SourceFileMutationData
from mutmut.mutation.trampoline import set_mutant_under_test
from mutmut.state import state
from mutmut.utils.file_utils import (
    copy_also_copy_files,
    copy_src_dir,
    setup_source_paths,
    walk_mutatable_files,
)

from tests.mutation.forks import KILLED, SURVIVED, Run, run_in_forks

NO_TESTS, TIMED_OUT = 33, 36
"""As mutmut numbers them."""
MEASURING_SECONDS_MAX = 600
CPU_SECONDS_MIN = 10
CPU_TIMES_MAX = 20
PROGRESS_EVERY = 100
EXAMPLES = 50
REACHED = Path("reached.json")
CODES = Path("codes.json")
FOREIGN = Path("foreign.json")
"""The names of the modules that the tests import of others."""
_OURS = {"__main__", "exchange", "tests"}


def main() -> None:
    """Write the mutants, try those that the patterns name, and keep how each ended."""
    processes, patterns = int(sys.argv[1]), sys.argv[2:]
    files = _write_mutants(processes)
    names = [
        name
        for file in files
        for name in file.exit_code_by_key
        if not patterns or any(fnmatch(name, pattern) for pattern in patterns)
    ]
    os.chdir("mutants")
    collect(config().pytest_add_cli_args_test_selection, Trial(names, processes), mutant="stats")
    codes = json.loads(CODES.read_text(encoding="utf-8"))
    os.chdir("..")
    for file in files:
        file.exit_code_by_key |= {name: codes.get(name) for name in file.exit_code_by_key}
        file.save()


def _write_mutants(processes: int) -> list[SourceFileMutationData]:
    set_mutant_under_test("mutant_generation")
    Path("mutants").mkdir(exist_ok=True)
    copy_src_dir()
    copy_also_copy_files()
    setup_source_paths()
    create_mutants(processes)
    files = [SourceFileMutationData(path=path) for path in walk_mutatable_files()]
    for file in files:
        file.load()
    return files


def collect(arguments: Sequence[str], *plugins: object, mutant: str) -> int:
    """
    Run pytest with *mutant* from the first import on; return its exit code.

    Chance is the same in every run and nothing is shrunk; no time is held against a test.
    """
    hypothesis.settings.register_profile(
        "mutation",
        max_examples=EXAMPLES,
        derandomize=True,
        deadline=None,
        database=None,
        phases=(hypothesis.Phase.explicit, hypothesis.Phase.generate),
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    hypothesis.settings.load_profile("mutation")
    set_mutant_under_test(mutant)
    fixed = ["--rootdir=.", "--tb=native", "-x", "-o", "tmp_path_retention_policy=none"]
    fixed += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]  # libraries came in before it
    return int(pytest.main([*fixed, *arguments], plugins=list(plugins)))


class Trial:
    """In place of pytest's own loop: measure each test once, then try each mutant."""

    def __init__(self, names: Sequence[str], processes: int) -> None:
        """Try the mutants of these *names*, so many *processes* at once."""
        self._names, self._processes = names, processes

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Leave in ``codes.json`` how each mutant ended."""
        if session.testsfailed or not session.items:
            sys.exit("the tests cannot be collected")
        foreign = [name for name in sys.modules if name.partition(".")[0] not in _OURS]
        FOREIGN.write_text(json.dumps(foreign), encoding="utf-8")
        gc.collect()
        gc.freeze()  # what is not looked through is not copied by a fork
        measure = Run("measure", partial(_measure, session), MEASURING_SECONDS_MAX)
        if dict(run_in_forks([measure], 1)) != {"measure": SURVIVED}:
            sys.exit(f"fails though nothing is changed: {REACHED.read_text(encoding='utf-8')}")
        reached = json.loads(REACHED.read_text(encoding="utf-8"))
        items = {item.nodeid: item for item in session.items}
        codes = dict.fromkeys(self._names, NO_TESTS)
        runs = list(self._runs(session, items, reached))
        for number, (name, code) in enumerate(run_in_forks(runs, self._processes), start=1):
            codes[name] = code if code >= 0 else TIMED_OUT
            if number % PROGRESS_EVERY == 0 or number == len(runs):
                print(f"{number} of {len(runs)} tried", file=sys.stderr, flush=True)
        CODES.write_text(json.dumps(codes), encoding="utf-8")
        return True

    def _runs(
        self,
        session: pytest.Session,
        items: Mapping[str, pytest.Item],
        reached: Mapping[str, Mapping[str, float]],
    ) -> Iterator[Run]:
        for name in self._names:
            seconds = reached.get(name.partition("__mutmut_")[0], {})
            chosen = [items[test] for test in sorted(seconds, key=lambda test: seconds[test])]
            if chosen:
                bound = CPU_SECONDS_MIN + math.ceil(CPU_TIMES_MAX * sum(seconds.values()))
                yield Run(name, partial(_try_mutant, session, chosen, name), bound)


def _measure(session: pytest.Session) -> int:
    """Write which tests reach which function, with the seconds that each test takes."""
    reached: dict[str, dict[str, float]] = defaultdict(dict)
    hits = state()._stats  # noqa: SLF001  # where mutmut's switch notes what was called
    hits.clear()
    for item in session.items:
        before = time.process_time()
        if _fails(session, [item]):
            REACHED.write_text(json.dumps(item.nodeid), encoding="utf-8")
            return KILLED
        for function in hits:
            reached[function][item.nodeid] = time.process_time() - before
        hits.clear()
    REACHED.write_text(json.dumps(reached), encoding="utf-8")
    return SURVIVED


def _try_mutant(session: pytest.Session, items: Sequence[pytest.Item], name: str) -> int:
    set_mutant_under_test(name)
    return KILLED if _fails(session, items) else SURVIVED


def _fails(session: pytest.Session, items: Iterable[pytest.Item]) -> bool:
    """Say whether a test fails; each has fixtures of its own, and the first that fails ends it."""
    for item in items:
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
        if session.testsfailed:
            return True
    return False


if __name__ == "__main__":
    main()
