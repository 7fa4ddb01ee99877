"""One target fuzzed by a process of its own, what it reached, and the corpus it left."""

import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from subprocess import PIPE, STDOUT
from typing import Final

from tests.fuzz.catalogue import BY_NAME

CORPUS: Final = Path(__file__).parent / "corpus"
FOUND: Final = Path(__file__).parent / "found"
SIZE_MAX: Final = 8192
HEADINGS: Final = (
    f"{'target':<28}{'executions':>12}{'a second':>10}{'edges':>7}{'features':>10}"
    f"{'corpus':>8}{'new':>5}{'slowest':>9}{'memory':>8}"
)
_GRACE_SECONDS: Final = 120.0
_LIMITS: Final = (f"-max_len={SIZE_MAX}", "-timeout=10", "-rss_limit_mb=1024")
_DONE: Final = re.compile(r"^#\d+\s+\w+\s+cov: (\d+) ft: (\d+)", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fuzzed:
    """What came of one target: *failure* says how it ended where a parser got something wrong."""

    name: str
    executions: int
    per_second: int
    edges: int
    features: int
    slowest_seconds: int
    memory_mb: int
    kept: int
    fresh: int
    failure: str | None
    found: tuple[Path, ...]

    def row(self) -> str:
        """Return it as one line of the report."""
        return (
            f"{self.name:<28}{self.executions:>12,}{self.per_second:>10,}{self.edges:>7,}"
            f"{self.features:>10,}{self.kept:>8}{self.fresh:>5}{self.slowest_seconds:>7} s"
            f"{self.memory_mb:>5} MB{'  FAILED' if self.failure else ''}"
        )


def fuzz(name: str, *, seconds: int) -> Fuzzed:
    """Fuzz a target from its seeds and its corpus, and add to the corpus what reached new code."""
    kept = CORPUS / name
    kept.mkdir(parents=True, exist_ok=True)
    FOUND.mkdir(exist_ok=True)
    before = {file.name for file in kept.iterdir()}
    with tempfile.TemporaryDirectory(prefix=f"fuzz-{name}-") as directory:
        work, words = Path(directory) / "work", Path(directory) / "words"
        write_seeds(name, work)
        words.write_text(_dictionary(BY_NAME[name].words), "ascii")
        said = _worker(
            name,
            seconds + _GRACE_SECONDS,
            f"-max_total_time={seconds}",
            f"-artifact_prefix={FOUND / name}-",
            *([f"-dict={words}"] if BY_NAME[name].words else []),
            "-print_final_stats=1",
            str(work),
            str(kept),
        )
        merged = _worker(name, _GRACE_SECONDS, "-set_cover_merge=1", str(kept), str(work))
    after = {file.name for file in kept.iterdir()}
    return Fuzzed(
        name=name,
        executions=_figure(said, "number_of_executed_units"),
        per_second=_figure(said, "average_exec_per_sec"),
        edges=_reached(said)[0],
        features=_reached(said)[1],
        slowest_seconds=_figure(said, "slowest_unit_time_sec"),
        memory_mb=_figure(said, "peak_rss_mb"),
        kept=len(after),
        fresh=len(after - before),
        failure=_failure(said) or _failure(merged),
        found=tuple(sorted(FOUND.glob(f"{name}-*-*"))),
    )


def write_seeds(name: str, directory: Path) -> None:
    """Write the seeds of a target into *directory*, each under its digest."""
    directory.mkdir(parents=True)
    for seed in BY_NAME[name].seeds():
        (directory / sha256(seed).hexdigest()[:40]).write_bytes(seed)


@dataclass(frozen=True, slots=True)
class _Said:
    status: int
    text: str


def _worker(name: str, seconds: float, *flags: str) -> _Said:
    module = BY_NAME[name].module
    command = [sys.executable, "-m", "tests.fuzz.worker", module, name, *_LIMITS, *flags]
    try:
        done = subprocess.run(
            command, stdout=PIPE, stderr=STDOUT, check=False, errors="replace", timeout=seconds
        )
    except subprocess.TimeoutExpired:
        return _Said(1, f"Error: it did not end within {seconds:.0f} s")
    return _Said(done.returncode, done.stdout)


def _figure(said: _Said, what: str) -> int:
    found = re.search(rf"stat::{what}:\s+(\d+)", said.text)
    return int(found[1]) if found else 0


def _reached(said: _Said) -> tuple[int, int]:
    """Return the edges and the features that were reached last."""
    found = _DONE.findall(said.text)
    return (int(found[-1][0]), int(found[-1][1])) if found else (0, 0)


def _failure(said: _Said) -> str | None:
    if said.status == 0:
        return None
    lines = said.text.splitlines()
    for number, line in enumerate(lines):
        if "Uncaught Python exception" in line:
            return " ".join(lines[number + 1 : number + 2]).strip()[:300]
    told = [line for line in lines if "ERROR" in line or "Error" in line]
    return (told or lines or ["it said nothing"])[-1][:300]


def _dictionary(words: tuple[str, ...]) -> str:
    """Return *words* in libFuzzer's form: each octet that is no plain letter by its number."""
    return "".join(f'"{"".join(_octet(one) for one in word.encode())}"\n' for word in words)


def _octet(number: int) -> str:
    return chr(number) if chr(number).isalnum() else f"\\x{number:02x}"
