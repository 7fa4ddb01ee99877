"""Many short runs, each in a fork of its own that leaves nothing behind in the process it is of."""

import os
import resource
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

SURVIVED = 0
KILLED = 1
BROKEN = 70
"""The run itself broke: nothing is known of the mutant, so it counts as alive."""
ALONE_SECONDS_MAX = 900
"""For what waits for ever and burns nothing; what burns meets its bound in processor time."""
MEMORY_OCTETS_MAX = 4 << 30


class Run(NamedTuple):
    """What one fork does: *act* says how it ended, within its time on the processor."""

    name: str
    act: Callable[[], int]
    cpu_seconds_max: int


class _Child(NamedTuple):
    name: str
    directory: str


def run_in_forks(runs: Iterable[Run], processes: int) -> Iterator[tuple[str, int]]:
    """Yield the name of each run and how it ended, so many at once; negative is a signal."""
    children: dict[int, _Child] = {}
    for run in runs:
        if len(children) == processes:
            yield _wait_for_one(children)
        directory = tempfile.mkdtemp(prefix="mutant-")
        pid = os.fork()
        if pid == 0:
            _end_in_child(run, directory)
        children[pid] = _Child(run.name, directory)
    while children:
        yield _wait_for_one(children)


def _wait_for_one(children: dict[int, _Child]) -> tuple[str, int]:
    pid, status = os.wait()
    name, directory = children.pop(pid)
    shutil.rmtree(directory, ignore_errors=True)
    return name, os.waitstatus_to_exitcode(status)


def _end_in_child(run: Run, directory: str) -> None:
    """Act within the bounds and end this process, whatever happens; *directory* is its own."""
    code = BROKEN
    try:
        os.environ["PYTEST_DEBUG_TEMPROOT"] = directory  # tmp_path is below it
        _bound(run.cpu_seconds_max)
        _silence()
        code = run.act()
    except BaseException:  # noqa: BLE001  # nothing may reach the loop of the process above
        code = BROKEN
    finally:
        os._exit(code)


def _bound(cpu_seconds: int) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 5))
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY_OCTETS_MAX, MEMORY_OCTETS_MAX))
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(ALONE_SECONDS_MAX)


def _silence() -> None:
    sys.stdout.flush()
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
