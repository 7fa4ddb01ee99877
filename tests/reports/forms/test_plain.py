"""A report as JSON: it is as published, it has no words, and it is read back whole."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from exchange.domain.parties import Side
from exchange.reports.composing import make_report
from exchange.reports.document import Column, Kind, Report, Section
from exchange.reports.forms.plain import FILE_NAME, read_report, report_json
from tests.builders import HANDOFF, NOW, places
from tests.reports.samples import FIGURES, a_report, an_account, hostile

SCHEMA = json.loads((Path(__file__).parents[3] / "schemas" / FILE_NAME).read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "report",
    [
        make_report(an_account(Side.US), places()),
        make_report(an_account(Side.MX), places()),
        a_report(),
        a_report(FIGURES, hostile()),
    ],
    ids=["us", "mx", "every kind", "figures"],
)
def test_a_report_is_valid_and_is_read_back(report: Report) -> None:
    """It satisfies the published schema, by a validator that is not ours, and nothing is lost."""
    text = report_json(report)
    jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(text))
    assert read_report(text) == report
    assert report_json(read_report(text)) == text


def test_a_row_has_every_column_by_its_id() -> None:
    """Times are in UTC to the second, durations in seconds, a share is its two counts."""
    section = json.loads(report_json(a_report()))["sections"][0]
    assert section["rows"][0] == {
        "finding": "rejected",
        "handoff": HANDOFF,
        "subject": "2504",
        "root": "=1+1",
        "count": 12345,
        "expected": {"part": 1, "of": 8},
        "due_at": "2031-03-17T18:00:00Z",
        "met_at": "2031-03-18",
        "found": 91800,
    }
    assert set(section["rows"][2].values()) == {"on-paper", None}
    assert [one["id"] for one in section["columns"]] == list(section["rows"][0])
    assert (section["group"], section["left_out"]) == ("finding", 2)


@pytest.mark.parametrize(
    ("kind", "cell"),
    [
        ("count", "7"),
        ("count", {"part": 1, "of": 2}),
        ("instant", 7),
        ("duration", "7"),
        ("share", 7),
        ("handoff", 7),
        ("date", "2031-02-30"),
    ],
)
def test_a_cell_of_another_kind_is_refused(kind: str, cell: Any) -> None:
    """Whoever reads a kept report is told when a cell is not what its column says."""
    section = Section(id="ledger", columns=(Column("entries", Kind(kind)),), rows=((None,),))
    document = json.loads(report_json(a_report(section)))
    document["sections"][0]["rows"][0]["entries"] = cell
    with pytest.raises(ValueError, match=r"cell|day"):
        read_report(json.dumps(document))


def test_a_row_of_other_columns_is_refused() -> None:
    """A row that lacks a column of its section, or has one more, is no row of it."""
    document = json.loads(report_json(a_report(FIGURES)))
    del document["sections"][0]["rows"][0]["entries"]
    with pytest.raises(ValueError, match="other columns"):
        read_report(json.dumps(document))


def test_a_moment_without_a_zone_is_refused() -> None:
    """A report is never written with a time that could mean two things."""
    naive = datetime(2031, 3, 17, 18, 0, tzinfo=UTC).replace(tzinfo=None)
    section = Section(id="ledger", columns=(Column("due_at", Kind.INSTANT),), rows=((naive,),))
    with pytest.raises(ValueError, match="without a zone"):
        report_json(a_report(section))


def test_what_is_below_a_second_is_dropped() -> None:
    """Moments are told to the second, and durations are rounded to it."""
    section = Section(
        id="ledger",
        columns=(Column("due_at", Kind.INSTANT), Column("found", Kind.DURATION)),
        rows=((NOW + timedelta(milliseconds=900), timedelta(seconds=1.6)),),
    )
    (row,) = json.loads(report_json(a_report(section)))["sections"][0]["rows"]
    assert row == {"due_at": "2031-03-17T18:00:00Z", "found": 2}
