"""The commands about what is shipped, waits or is stored: rules, schemas, outbox, db, status."""

import shutil
from pathlib import Path

import pytest
from sqlalchemy import Connection

from exchange.cli.database import write
from exchange.settings import load_settings
from tests.cli.commands import Commands
from tests.store.rows import stored_draft, stored_handoff

ROOT = Path(__file__).parents[2]


def test_the_three_shipped_rule_sets_are_listed(commands: Commands) -> None:
    """Each rule set is listed with its family and the day from which it is effective."""
    names = {rules["name"]: rules for rules in commands.run("rules", "list", "--json").json()}
    assert set(names) == {"as-announced-2019", "us-2019-01", "us-2021-12"}
    assert names["us-2021-12"]["effective_from"] == "2021-12-06"
    assert commands.run("rules", "list").code == 0


@pytest.mark.parametrize(("language", "heading"), [("en", "Withholds"), ("es", "Excluye")])
def test_a_rule_set_is_explained_in_words(commands: Commands, language: str, heading: str) -> None:
    """Whom it withholds and when each port opens is said in the operator's language."""
    commands.patch.setenv("EXCHANGE_LANG", language)
    ended = commands.run("rules", "explain", "as-announced-2019")
    assert heading in ended.out
    assert "San Ysidro" in ended.out
    assert "mexican-national" in ended.out


def test_a_rule_set_of_ones_own_is_explained_too(commands: Commands) -> None:
    """A file is explained as a shipped set is; what is neither is not found."""
    shutil.copy(ROOT / "exchange/rules/us-2019-01.toml", commands.directory / "ours.toml")
    assert commands.run("rules", "explain", "ours.toml", "--json").json()["name"] == "us-2019-01"
    assert commands.run("rules", "explain", "us-1999").code == 4
    (commands.directory / "ours.toml").write_text("name = 3", encoding="utf-8")
    assert commands.run("rules", "explain", "ours.toml").code == 2


def test_the_published_schemas_are_what_the_models_say(commands: Commands) -> None:
    """The tree's schemas/ equals what `schemas export` would write, file for file."""
    ended = commands.run("schemas", "check", ROOT / "schemas")
    assert ended.code == 0, ended.err


def test_a_schema_that_differs_is_named(commands: Commands) -> None:
    """A changed, missing or surplus schema file is an integrity failure that names the file."""
    commands.run("schemas", "export", "out")
    out = commands.directory / "out"
    assert commands.run("schemas", "check", "out").code == 0
    (out / "reception.v1.json").write_text("{}", encoding="utf-8")
    (out / "envelope.v1.json").unlink()
    (out / "other.v1.json").write_text("{}", encoding="utf-8")
    ended = commands.run("schemas", "check", "out")
    assert ended.code == 6
    for name in ("envelope.v1.json", "other.v1.json", "reception.v1.json"):
        assert name in ended.err


def test_an_empty_side_has_nothing_to_tell(commands: Commands) -> None:
    """A fresh side has no handoff, nothing in its outbox, and an empty ledger that verifies."""
    status = commands.us("status", "--json").json()
    assert status["stages"] == {}
    assert status["outbox"] == {"waiting": 0, "unreceipted": 0, "parked": 0}
    assert commands.us("outbox", "list", "--json").json() == []
    assert commands.us("ledger", "export").out == ""
    assert commands.us("ledger", "verify", "--json").json()["messages"] == 0
    assert commands.us("status").code == commands.us("outbox", "list").code == 0


def test_a_waiting_message_can_be_parked_and_retried(commands: Commands) -> None:
    """An operator parks a message with a reason and makes it due again; nobody else's number."""

    def seed(connection: Connection) -> tuple[str, int]:
        handoff = stored_handoff(connection)
        return handoff.handoff, stored_draft(connection, handoff.number)

    handoff, number = write(load_settings(commands.directory / "us/exchange.toml"), seed)
    assert commands.us("outbox", "park", number, "--code", "asked-by-phone").code == 0
    (row,) = commands.us("outbox", "list", "--json").json()
    assert (row["state"], row["parked_code"]) == ("parked", "asked-by-phone")
    assert row["handoff"] == handoff
    assert commands.us("outbox", "park", number).code == 4
    assert commands.us("outbox", "retry", number).code == 0
    assert commands.us("outbox", "list", "--json").json()[0]["state"] == "draft"
    assert commands.us("outbox", "retry", 999).code == 4
    assert commands.us("status", "--json").json()["stages"] == {"drafted": 1}


@pytest.mark.parametrize("handoff", ["11111111-1111-4111-8111-111111111111", "nonsense"])
def test_a_handoff_that_is_not_here_is_not_found(commands: Commands, handoff: str) -> None:
    """An unknown id, and what is no id at all, exit with 4."""
    assert commands.us("status", handoff).code == 4


def test_upgrading_twice_is_calm(commands: Commands) -> None:
    """`db upgrade` makes a missing database and leaves a current one as it is."""
    (commands.directory / "us/exchange.db").unlink()
    assert commands.us("status").code == 3
    assert commands.us("db", "upgrade").code == 0
    assert commands.us("db", "upgrade").code == 0
    assert commands.us("status").code == 0
