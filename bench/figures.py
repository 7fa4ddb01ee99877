"""What the kernel says a process has used, and quantiles."""

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Usage:
    """What a process has used since it began."""

    cpu_seconds: float
    bytes_written: int

    def __sub__(self, before: "Usage") -> "Usage":
        return Usage(
            self.cpu_seconds - before.cpu_seconds, self.bytes_written - before.bytes_written
        )


def usage_of(pid: int) -> Usage:
    """Return the CPU of all threads of a process, and the bytes it had sent to storage."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    ticks = int(fields[11]) + int(fields[12])
    written = _members(f"/proc/{pid}/io")["write_bytes"]
    return Usage(ticks / TICKS_PER_SECOND, int(written))


def memory_mb(pid: int, what: str) -> float:
    """Return ``VmRSS`` (now) or ``VmHWM`` (at its highest) of a process, in megabytes."""
    return int(_members(f"/proc/{pid}/status")[what].split()[0]) / 1024


def _members(path: str) -> dict[str, str]:
    lines = Path(path).read_text().splitlines()
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


def quantile(values: Sequence[float], share: float) -> float:
    """Return the value that *share* of the values do not exceed."""
    ordered = sorted(values)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def machine() -> str:
    """Return what this was measured on, in one line."""
    cpu = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        "unknown CPU",
    )
    memory = int(_members("/proc/meminfo")["MemTotal"].split()[0]) / 1024**2
    python = platform.python_version()
    return (
        f"{os.cpu_count()} x {cpu}, {memory:.0f} GiB, Linux {os.uname().release}, Python {python}"
    )


def filesystem_of(directory: Path) -> str:
    """Return the kind of file system that holds *directory*."""
    place = directory.resolve()
    mounts = [line.split()[1:3] for line in Path("/proc/mounts").read_text().splitlines()]
    holding = [(point, kind) for point, kind in mounts if place.is_relative_to(point)]
    return max(holding, key=lambda mount: len(mount[0]))[1]
