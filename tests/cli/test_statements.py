"""``exchange statements``: what both sides stated of each day, in the operator's language."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection

from exchange.cli.database import write
from exchange.domain.bulletins import Bulletin, day_of_speaker
from exchange.domain.parties import Side
from exchange.domain.statements import COUNTERS
from exchange.proof.encoding import digest, unb64u
from exchange.settings import load_settings
from exchange.store.bulletins import record_bulletins
from exchange.store.columns import Direction
from exchange.store.comparisons import Compared, record_comparisons
from exchange.store.stated import Stated, insert_statements
from tests.builders import a_comparison_result, a_statement
from tests.cli.commands import Commands

NOW = datetime.now(UTC)
DAY = NOW.date() - timedelta(days=2)
OURS = digest(b"ours")
THEIRS = a_statement(day=DAY.isoformat())


def _state(connection: Connection) -> None:
    counts = [{"port": "2504", **dict.fromkeys(COUNTERS, 0), "noticed": 4, "departed": 2}]
    of = (DAY, Direction.SENT)
    insert_statements(connection, [Stated(*of, OURS, 9, json.dumps(counts), 12, NOW)])
    bulletin = Bulletin(day_of_speaker(DAY, Side.US), 3, NOW, "urn:x:1", THEIRS.model_dump_json())
    record_bulletins(connection, Direction.RECEIVED, [(None, bulletin)])
    theirs, result = unb64u(THEIRS.fingerprint), a_comparison_result().result
    assert result is not None
    run = Compared(None, *of, OURS, theirs, 12, "{}", NOW, NOW, NOW, result.model_dump_json())
    record_comparisons(connection, [(None, run)])


@pytest.fixture
def stated(commands: Commands) -> Commands:
    """A US side that stated a day, heard another account of it, and compared the two."""
    write(load_settings(commands.directory / "us/exchange.toml"), _state)
    return commands


def test_what_both_stated_is_listed(stated: Commands) -> None:
    """As JSON with everything, and the day alone that is asked for."""
    (row,) = stated.us("statements", "list", "--json").json()
    assert (row["day"], row["speaker"], row["sets_differ"]) == (DAY.isoformat(), "us", True)
    assert (row["ours"]["messages"], row["theirs"]["messages"]) == (9, 7)
    assert [one["counter"] for one in row["counters_differ"]] == ["noticed", "cancelled"]
    assert row["comparison"]["our_result"]["matched"] == 5
    asked = stated.us("statements", "list", "--day", DAY.isoformat(), "--json").json()
    assert asked == [row]
    before = (DAY - timedelta(days=1)).isoformat()
    assert stated.us("statements", "list", "--day", before, "--json").json() == []


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", ("said by", "ended", "2504 noticed 4/3")), ("es", ("dicho por", "terminada"))],
)
def test_a_person_reads_it_in_their_language(
    stated: Commands, language: str, words: tuple[str, ...]
) -> None:
    """What differs has both values, and what was found is told in numbers."""
    stated.patch.setenv("EXCHANGE_LANG", language)
    shown = stated.us("statements", "list").out
    assert [word for word in (*words, "=5 -1 +0 !1") if word not in shown] == []


@pytest.mark.parametrize("day", ["yesterday", (NOW + timedelta(days=2)).date().isoformat()])
def test_what_is_no_day_that_was_is_wrong(commands: Commands, day: str) -> None:
    """Exit 2, and what is wrong is said."""
    ended = commands.us("statements", "list", "--day", day)
    assert ended.code == 2
    assert "--day" in ended.err
