"""
Whether the tests of domain and proof would notice: each line of them changed, one at a time.

``python -m tests.mutation [PATTERN…]`` copies the tree to ``build/mutation``, where mutmut
changes it, and prints what was killed, module by module. What survives must stand in
``equivalent.toml`` with the reason why no test can tell it from what we wrote; a row there
that names no survivor is stale. Exit 1 when either is so, when under 90 in 100 are killed, or
when over 5 in 100 are called equivalent.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.mutation.verdicts import Mutant, judge, read_equivalents, read_mutants, report

ROOT = Path(__file__).parents[2]
WORK = ROOT / "build/mutation"
COPIED = ("exchange", "tests", "schemas", "docs", "keys.example", "examples", "pyproject.toml")
PROCESSES = 2
ALONE_SECONDS_MAX = 300


def main() -> None:
    """Change, test, judge and report; exit 1 unless all is as it must be."""
    patterns = sys.argv[1:]
    _copy_tree()
    runner = [sys.executable, "-m", "tests.mutation.running", str(PROCESSES), *patterns]
    subprocess.run(runner, cwd=WORK, check=True, stdout=sys.stderr)
    mutants = read_mutants(WORK)
    rows = read_equivalents(Path(__file__).with_name("equivalent.toml"))
    unlisted = [one for one in mutants if one.survived and one.change not in rows]
    for mutant in _survivors_alone(unlisted):
        mutant.survived = False
    verdict = judge(mutants, rows, partial=bool(patterns))
    print(report(mutants, rows, verdict))
    sys.exit(1 if verdict else 0)


def _copy_tree() -> None:
    """Copy what the tests need, the caches of an earlier run left where they are."""
    WORK.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(WORK / "mutants", ignore_errors=True)
    for name in COPIED:
        source, target = ROOT / name, WORK / name
        if source.is_dir():
            shutil.rmtree(target, ignore_errors=True)
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)


def _survivors_alone(mutants: list[Mutant]) -> list[Mutant]:
    """
    Return those of *mutants* that die in a process of their own.

    mutmut forks from a process that has imported everything, so what runs at import, such as
    the table of stages, is built before it is changed; here it is changed first.
    """
    waiting, killed = list(mutants), []
    running: dict[str, tuple[Mutant, subprocess.Popen[bytes]]] = {}
    while waiting or running:
        while waiting and len(running) < PROCESSES:
            mutant = waiting.pop()
            running[mutant.name] = (mutant, _tests_alone(mutant))
        name, (mutant, process) = next(iter(running.items()))
        try:
            code = process.wait(ALONE_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            process.kill()
            code = process.wait()
        del running[name]
        if code != 0:
            killed.append(mutant)
    return killed


def _tests_alone(mutant: Mutant) -> "subprocess.Popen[bytes]":
    room = mutant.module.split(".")[1]
    return subprocess.Popen(
        [sys.executable, "-m", "pytest", "-q", "-x", f"tests/{room}"],
        cwd=WORK / "mutants",
        env={**os.environ, "MUTANT_UNDER_TEST": mutant.name},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


if __name__ == "__main__":
    main()
