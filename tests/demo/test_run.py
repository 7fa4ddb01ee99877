"""The demo as a whole: what was planted is found, and neither a kill nor Ctrl-C does harm."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, Self

import pytest
from pypdf import PdfReader

from exchange.cli.database import read
from exchange.demo.agreement import compare, held_in_directory, held_in_export
from exchange.domain.parties import Side
from exchange.reports.document import Report
from exchange.reports.forms.plain import read_report
from exchange.settings import Settings, load_settings
from exchange.store.decisions import Outcome, count_decisions

EXCHANGE = (sys.executable, "-m", "exchange")
EVER = {"first_on": date.min, "last_on": date.max}


class Demo:
    """``exchange demo --json`` as a process, its lines as they come."""

    def __init__(self, out: Path, handoffs: int) -> None:
        command = [*EXCHANGE, "demo", "--fast", "--json", "--out", str(out)]
        self.process = subprocess.Popen(
            [*command, "--handoffs", str(handoffs)], stdout=subprocess.PIPE, text=True
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.process.communicate()

    def lines(self) -> Iterator[dict[str, Any]]:
        """Give each line as it is printed."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            yield json.loads(line)


def is_running(pid: int) -> bool:
    """Say whether there is a process of this id."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def settings_of(out: Path) -> tuple[Settings, Settings]:
    """Return the settings of both sides."""
    us, mx = (load_settings(out / side / "exchange.toml") for side in ("us", "mx"))
    return us, mx


def test_what_was_planted_is_found(tmp_path: Path) -> None:
    """Forty people: everybody is accounted for, and each fault is found as often as planted."""
    with Demo(tmp_path / "demo", 40) as demo:
        running, ended = demo.lines()
        assert demo.process.wait() == 0
    assert running["event"] == "running"
    assert running["sides"].keys() == {"us", "mx"}
    assert (ended["holds"], ended["ledgers_agree"], ended["restarts"]) == (True, True, 0)
    planted = {row["what"]: row["planted"] for row in ended["planted"] if row["is_found"]}
    assert len(planted) == len(ended["planted"])
    assert all(planted.values())
    reports = {side: read_report(json.dumps(one)) for side, one in ended["reports"].items()}
    terms = reports["us"].section("terms")
    assert terms.sum_of("decided") == 40
    assert [terms.sum_of(term) for term in ("withheld", "withdrawn", "waiting")] == [4, 1, 0]
    check_whole_cases(reports)
    check_left(ended["files"])
    us_settings, mx_settings = settings_of(tmp_path / "demo")
    check_ordinary(us_settings, mx_settings)
    check_exports(tmp_path / "demo", us_settings, mx_settings)


def check_whole_cases(reports: dict[str, Report]) -> None:
    """Both sides count the same cases: two cycles, moved hearings, one no-show; we, one hold."""
    for report in reports.values():
        steps = report.section("steps").by("step", "handoffs")
        assert steps["step-returned-again"] == 1
        assert steps["step-hearing-changed"] == steps["step-change-told"] == 3
        assert (steps["step-presented"], steps["step-not-presented"]) == (2, 1)
        assert report.section("stages").figure("total", stage="closed") == 1
        assert steps.get("held") == (1 if report.side is Side.US else None)


def check_left(files: list[str]) -> None:
    """The account of both sides is left as a page and as a print, in the language of the run."""
    page, printed = map(Path, files)
    assert (page.name, printed.name) == ("report.html", "report.pdf")
    assert "The demo: the account of both sides" in page.read_text(encoding="utf-8")
    text = " ".join(one.extract_text() for one in PdfReader(printed).pages)
    for said in ("Every person is accounted for.", "United States: The account", "Mexico: Ledger"):
        assert said in text


def check_ordinary(us: Settings, mx: Settings) -> None:
    """Both directories point at each other, and hold what a port decided and no more."""
    assert us.partner.url == f"http://{mx.listen.partner}"
    assert mx.partner.url == f"http://{us.listen.partner}"
    decided = read(us, lambda connection: count_decisions(connection, **EVER))
    assert sum(one.count for one in decided if one.outcome is Outcome.WITHHELD) == 4
    assert read(mx, lambda connection: count_decisions(connection, **EVER)) == []


def check_exports(out: Path, us: Settings, mx: Settings) -> None:
    """The exported ledgers agree as the directories do."""
    files = []
    for side in ("us", "mx"):
        files.append(out / f"{side}.jsonl")
        config = str(out / side / "exchange.toml")
        command = [*EXCHANGE, "ledger", "export", "--config", config, "-o", str(files[-1])]
        subprocess.run(command, check=True, capture_output=True)
    exported = compare(*map(held_in_export, files))
    assert exported == compare(held_in_directory(us), held_in_directory(mx))
    assert exported.agree


@pytest.mark.parametrize("first", ["us", "mx"])
def test_a_killed_process_changes_nothing(tmp_path: Path, first: str) -> None:
    """Whichever process is killed is started again, and every person is still accounted for."""
    restarted = []
    with Demo(tmp_path / "demo", 24) as demo:
        for line in demo.lines():
            if line["event"] == "running":
                os.kill(line["sides"][first]["pid"], signal.SIGKILL)
            elif line["event"] == "restarted":
                restarted.append(line["side"])
            else:
                ended = line
        assert demo.process.wait() == 0
    assert restarted == [first]
    assert (ended["event"], ended["holds"], ended["restarts"]) == ("ended", True, 1)


@pytest.mark.parametrize("name", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-c", "sigterm"])
def test_an_interrupted_demo_leaves_no_process(tmp_path: Path, name: signal.Signals) -> None:
    """Both processes are ended, the directories stay and speak directly, and the exit is 130."""
    with Demo(tmp_path / "demo", 24) as demo:
        lines = demo.lines()
        running = next(lines)
        demo.process.send_signal(name)
        assert [line["event"] for line in lines] == ["interrupted"]
        assert demo.process.wait() == 130
    assert not any(is_running(side["pid"]) for side in running["sides"].values())
    us, mx = settings_of(tmp_path / "demo")
    assert us.partner.url == f"http://{mx.listen.partner}"


def test_a_demo_is_never_made_over_another(tmp_path: Path) -> None:
    """Where there is a working directory already the demo says so, changes nothing and is 2."""
    (tmp_path / "us").mkdir()
    command = [*EXCHANGE, "demo", "--out", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, "exists already" in done.stderr) == (2, True)
    assert list((tmp_path / "us").iterdir()) == []
