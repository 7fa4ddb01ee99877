"""A run in a fork ends as its act says, or as what broke it; the bound on its time holds."""

import json
import os
import subprocess
import sys
from pathlib import Path

SCRIPT = """
import itertools, json, os, sys, time
from tests.mutation.forks import Run, run_in_forks

def raises():
    raise SystemExit(0)

def burns():
    for _ in itertools.count():
        pass

def tells():
    print("told")
    return 0

acts = {"lives": lambda: 0, "dies": lambda: 1, "raises": raises, "burns": burns, "tells": tells}
started = os.getpid()
ended = dict(run_in_forks((Run(name, act, 1) for name, act in acts.items()), 2))
print(json.dumps([ended, started == os.getpid()]))
"""


def test_each_run_ends_as_its_act_says(tmp_path: Path) -> None:
    """0 and 1 as returned, broken where it raises, a signal where it burns; nothing is left."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "TMPDIR": str(tmp_path)},
        check=True,
        capture_output=True,
    )
    ended, same = json.loads(done.stdout)
    assert same
    assert done.stderr == b""
    assert ended.pop("burns") < 0
    assert ended == {"lives": 0, "dies": 1, "raises": 70, "tells": 0}
    assert list(tmp_path.iterdir()) == []
