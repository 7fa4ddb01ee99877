"""What the commands that report write: days, places, the signed report, kept ones, a case file."""

import json
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

import pytest

from exchange.cli.database import read, write
from exchange.domain.discrepancies.finding import Finding
from exchange.domain.discrepancies.scopes import Scope, Subject
from exchange.domain.discrepancies.standing import Changes, Discrepancy
from exchange.domain.severity import Severity
from exchange.proof.encoding import b64u, unb64u
from exchange.proof.jws import read_line
from exchange.service.daily import make_day_report
from exchange.service.outside import agreement_of
from exchange.settings import load_settings
from exchange.store.discrepancies import record_changes
from exchange.store.journal import list_events
from exchange.store.reports import record_report
from tests.cli.commands import Commands

DAY = "2026-01-05"
NOW = datetime(2026, 1, 6, 13, tzinfo=UTC)


@pytest.fixture
def settings(commands: Commands) -> Path:
    """The file of settings of the US side."""
    return commands.directory / "us" / "exchange.toml"


def test_several_days_and_a_place_are_reported(commands: Commands) -> None:
    """The report says of which days and places it is."""
    ended = commands.us(
        "reconcile", "--from", "2026-01-01", "--to", DAY, "--port", "2504", "--json"
    )
    report = json.loads(ended.out)
    assert (ended.code, report["first"], report["last"]) == (0, "2026-01-01", DAY)
    assert report["only_at"] == ["2504"]


def test_what_is_shareable_is_signed(commands: Commands) -> None:
    """Without a form it is one signed line; in a form it is the same to read, unsigned."""
    ended = commands.us("reconcile", "--day", "all", "--shareable")
    line = read_line(ended.out.strip().encode())
    said = json.loads(line.payload)
    assert (ended.code, said["report"]["kind"]) == (0, "joint")
    assert {one.header.typ for one in line.signatures} == {"handoff-report+jws"}
    plain = json.loads(commands.us("reconcile", "--day", "all", "--shareable", "--json").out)
    assert (plain["kind"], "decided" in str(plain["sections"])) == ("joint", False)


def test_what_one_side_signed_the_other_verifies(commands: Commands, tmp_path: Path) -> None:
    """It says who signed it, when and with which keys, and shows the report; so for oneself."""
    file = tmp_path / "joint.jws"
    assert commands.us("reconcile", "--day", "all", "--shareable", "-o", str(file)).code == 0
    line = read_line(file.read_bytes().strip())
    for run in (commands.us, commands.mx):
        shown = run("reports", "verify", str(file), "--json")
        assert (shown.code, json.loads(shown.out)) == (0, json.loads(line.payload)["report"])
        assert shown.err.startswith(f"signed by {json.loads(line.payload)['iss']} at 20")
        assert ", ".join(one.header.kid for one in line.signatures) in shown.err
    spanish = commands.mx("reports", "verify", str(file), "--lang", "es")
    assert "firmado por" in spanish.err
    assert "Informe" in spanish.out


def test_a_report_that_was_altered_does_not_hold(commands: Commands, tmp_path: Path) -> None:
    """Another figure, another form or no report at all: exit 6, and the code says why."""
    file = tmp_path / "joint.jws"
    commands.us("reconcile", "--day", "all", "--shareable", "-o", str(file))
    whole = json.loads(file.read_bytes())
    said = unb64u(whole["payload"]).replace(b'"kind":"joint"', b'"kind":"other"')
    for octets, code in (
        (json.dumps(whole | {"payload": b64u(said)}).encode(), "bad-signature"),
        (b"{}", "malformed"),
    ):
        file.write_bytes(octets)
        ended = commands.mx("reports", "verify", str(file))
        assert (ended.code, code in ended.err) == (6, True)
    assert commands.mx("reports", "verify", str(tmp_path / "none.jws")).code == 2


def test_a_report_that_was_made_is_listed_and_shown(commands: Commands, settings: Path) -> None:
    """It is shown as it was made, in any form; a day without one is not found."""
    assert json.loads(commands.us("reports", "list", "--json").out) == []
    us = load_settings(settings)
    day = date.fromisoformat(DAY)
    make = partial(make_day_report, day=day, now=NOW, agreement=agreement_of(us))
    made = read(us, make)
    assert write(us, partial(record_report, report=made))
    (one,) = json.loads(commands.us("reports", "list", "--json").out)
    assert (one["day"], one["made_at"], one["adds_up"]) == (DAY, "2026-01-06T13:00:00Z", True)
    assert DAY in commands.us("reports", "list").out
    shown = commands.us("reports", "show", DAY, "--json")
    assert json.loads(shown.out) == json.loads(made.octets)
    assert "Every person is accounted for." in commands.us("reports", "show", DAY).out
    assert commands.us("reports", "show", "2026-01-04").code == 4
    assert commands.us("reports", "show", "ayer").code == 2


def test_the_case_file_of_a_discrepancy(commands: Commands, settings: Path) -> None:
    """It says what differs and what to do; asked for names it has a section of them."""
    us = load_settings(settings)
    gap = Finding("R23", Subject(Scope.CHANNEL, "mx"), Severity.HIGH, None, NOW, NOW, (), ())
    opened = Changes((Discrepancy(gap, NOW, NOW),), (), ())
    write(us, lambda connection: record_changes(connection, opened))
    file = json.loads(commands.us("discrepancies", "case", "1", "--json").out)
    assert (file["kind"], [one["id"] for one in file["sections"]]) == (
        "case",
        ["case", "side-by-side"],
    )
    named = json.loads(commands.us("discrepancies", "case", "1", "--names", "--json").out)
    assert [one["id"] for one in named["sections"]][2] == "persons"
    assert [one.kind for one in read(us, partial(list_events, limit=9))] == []
    assert commands.us("discrepancies", "case", "2").code == 4
