"""
Whether the tests of domain and proof would notice: each line of them changed, one at a time.

``python -m tests.mutation [PATTERN…]`` copies the tree to ``build/mutation``, where mutmut
changes it, and prints what was killed, module by module. What survives must stand in
``equivalent.toml`` with the reason why no test can tell it from what we wrote; a row there
that names no survivor is stale. Exit 1 when either is so, when under 90 in 100 are killed, or
when over 5 in 100 are called equivalent.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.mutation.verdicts import Mutant, judge, read_equivalents, read_mutants, report

ROOT = Path(__file__).parents[2]
WORK = ROOT / "build/mutation"
SAID = WORK / "tests.txt"
"""What pytest says of the run; looked into where the run itself breaks."""
COPIED = ("exchange", "tests", "schemas", "docs", "keys.example", "examples", "pyproject.toml")
PROCESSES = 2
FIXED = {**os.environ, "PYTHONHASHSEED": "0"}
"""Chance is the same in every run: what dies once dies always."""


def main() -> None:
    """Change, test, judge and report; exit 1 unless all is as it must be."""
    patterns = sys.argv[1:]
    _copy_tree()
    runner = [sys.executable, "-m", "tests.mutation.running", str(PROCESSES), *patterns]
    with SAID.open("wb") as said:
        subprocess.run(runner, cwd=WORK, env=FIXED, check=True, stdout=said)
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
    """Return those of *mutants* that die where nothing was imported before the change."""
    if not mutants:
        return []
    done = subprocess.run(
        [sys.executable, "-m", "tests.mutation.alone", str(PROCESSES)],
        cwd=WORK,
        env=FIXED,
        check=True,
        input="\n".join(one.name for one in mutants).encode(),
        stdout=subprocess.PIPE,
    )
    killed = set(json.loads(done.stdout))
    return [one for one in mutants if one.name in killed]


if __name__ == "__main__":
    main()
