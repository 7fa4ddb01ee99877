"""What a command costs on a side that has lived for months: time, CPU and highest memory."""

import os
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from bench.sides import EXCHANGE

KILOBYTE = 1024
LOOK_SECONDS_AIM, REPORT_SECONDS_AIM, MEMORY_MB_AIM = 10.0, 10.0, 300.0


@dataclass(frozen=True, slots=True)
class Cost:
    """What one run of a command took, the interpreter's start included."""

    seconds: float
    cpu_seconds: float
    megabytes: float


@dataclass(frozen=True, slots=True)
class Commands:
    """The rules looking at everything anew, and the report of a busy month, on their sides."""

    handoffs: int
    first_look: Cost
    look: Cost
    month: int
    report: Cost


def measure_command(directory: Path, *arguments: str) -> Cost:
    """
    Return what the command costs on the side of *directory*.

    Raises:
        CalledProcessError: It ended badly.
    """
    command = (*EXCHANGE, *arguments, "--config", str(directory / "exchange.toml"))
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)  # our own command
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return Cost(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / KILOBYTE)
