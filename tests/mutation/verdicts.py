"""What became of each mutant, what is explained as equivalent, and whether that is good enough."""

import json
import os
import re
import tomllib
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

KILLED_PERCENT_MIN = 90
EQUIVALENT_PERCENT_MAX = 5


class Change(NamedTuple):
    """One change of one function: the line that was, and the line that it became."""

    function: str
    was: str
    becomes: str


@dataclass
class Mutant:
    """One mutant, by mutmut's name for it and by what it changes."""

    name: str
    module: str
    change: Change
    survived: bool


def read_mutants(work: Path) -> list[Mutant]:
    """Return every mutant of the run in *work*, with the change of those that survived."""
    from mutmut.stats import status_by_exit_code  # noqa: PLC0415  # only where trials run

    found = []
    for file in sorted((work / "mutants/exchange").rglob("*.meta")):
        path = file.relative_to(work / "mutants").with_suffix("")
        for name, code in json.loads(file.read_text(encoding="utf-8"))["exit_code_by_key"].items():
            if code is None:
                continue
            survived = status_by_exit_code[code] not in {"killed", "timeout", "segfault"}
            change = _change(work, name, path) if survived else Change(name, "", "")
            module = path.with_suffix("").as_posix().replace("/", ".")
            found.append(Mutant(name, module, change, survived))
    return found


def _change(work: Path, name: str, path: Path) -> Change:
    from mutmut.mutation.diff_apply import get_diff_for_mutant  # noqa: PLC0415  # as above

    with _inside(work):
        lines = get_diff_for_mutant(name, path=path).split("\n")[2:]
    was, becomes = ([line[1:].strip() for line in lines if line[:1] == sign] for sign in "-+")
    function = re.sub(r"\.x[_ǁ]", ".", name.partition("__mutmut_")[0]).replace("ǁ", ".")
    return Change(function, " ".join(was), " ".join(becomes))


@contextmanager
def _inside(directory: Path) -> "Iterator[None]":
    before = Path.cwd()
    os.chdir(directory)
    try:
        yield
    finally:
        os.chdir(before)


def read_equivalents(file: Path) -> dict[Change, str]:
    """
    Return each change that is explained as equivalent, with its reason.

    Raises:
        ValueError: A row has no reason.
    """
    rows = tomllib.loads(file.read_text(encoding="utf-8")).get("equivalent", [])
    read = {Change(row["function"], row["was"], row["becomes"]): row["reason"] for row in rows}
    without = [change for change, reason in read.items() if not reason.strip()]
    if without:
        message = f"no reason is given for {without}"
        raise ValueError(message)
    return read


def judge(
    mutants: Sequence[Mutant], rows: Mapping[Change, str], *, partial: bool = False
) -> list[str]:
    """Return what is not as it must be; of a *partial* run only what survived unexplained."""
    unexplained = [
        f"survives unexplained: {one.change}"
        for one in mutants
        if one.survived and one.change not in rows
    ]
    if partial:
        return unexplained
    survived = {one.change for one in mutants if one.survived}
    stale = [f"explained, but does not survive: {change}" for change in rows.keys() - survived]
    killed = sum(not one.survived for one in mutants)
    equivalent = sum(one.survived and one.change in rows for one in mutants)
    too_few = killed * 100 < KILLED_PERCENT_MIN * len(mutants)
    too_many = equivalent * 100 > EQUIVALENT_PERCENT_MAX * len(mutants)
    return [
        *unexplained,
        *sorted(stale),
        *(["no mutant was made"] if not mutants else []),
        *([f"under {KILLED_PERCENT_MIN} in 100 are killed"] if too_few else []),
        *([f"over {EQUIVALENT_PERCENT_MAX} in 100 are called equivalent"] if too_many else []),
    ]


def report(mutants: Sequence[Mutant], rows: Collection[Change], verdict: Sequence[str]) -> str:
    """Return the figures of each module, then of all, then what is not as it must be."""
    lines = [f"{'module':44}{'mutants':>8}{'killed':>8}{'survived':>9}{'equivalent':>11}"]
    modules = sorted({one.module for one in mutants})
    for module in (*modules, ""):
        here = [one for one in mutants if module in ("", one.module)]
        counts = Counter(
            "killed" if not one.survived else "equivalent" if one.change in rows else "survived"
            for one in here
        )
        figures = (len(here), counts["killed"], counts["survived"], counts["equivalent"])
        total, killed, survived, equivalent = figures
        lines.append(f"{module or 'all':44}{total:8}{killed:8}{survived:9}{equivalent:11}")
    if mutants:
        killed = sum(not one.survived for one in mutants)
        lines.append(f"killed: {100 * killed / len(mutants):.1f} in 100")
    return "\n".join([*lines, *verdict])
