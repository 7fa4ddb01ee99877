"""``exchange alarms``: what is open, in the operator's language, and how a person ends one."""

import re
from datetime import UTC, datetime
from functools import partial

import pytest
from sqlalchemy import Connection

from exchange.cli.database import write
from exchange.domain.alarms import AlarmKind
from exchange.domain.escalation import Level
from exchange.settings import load_settings
from exchange.store.alarms import raise_alarm
from exchange.store.wakings import reach_level
from tests.cli.commands import Commands

NOW = datetime(2031, 3, 17, 15, 0, tzinfo=UTC)


@pytest.fixture
def alarmed(commands: Commands) -> Commands:
    """A US side on which three alarms are open, raised in another order than they weigh."""

    def raise_all(connection: Connection) -> None:
        raise_alarm(connection, AlarmKind.CLOCK_SKEW, "partner", at=NOW)
        raise_alarm(connection, AlarmKind.SEQUENCE_REPEATED, "7", at=NOW)
        raise_alarm(connection, AlarmKind.SEQUENCE_REPEATED, "7", at=NOW)
        raise_alarm(connection, AlarmKind.KEYS_UNUSABLE, "ES256", at=NOW)

    write(load_settings(commands.directory / "us/exchange.toml"), raise_all)
    return commands


def test_the_gravest_alarm_comes_first(alarmed: Commands) -> None:
    """Open alarms are listed by how soon somebody must act, each with its subject and times."""
    rows = alarmed.us("alarms", "list", "--json").json()
    assert [(row["severity"], row["kind"], row["subject"], row["times"]) for row in rows] == [
        ("critical", "keys-unusable", "ES256", 1),
        ("high", "sequence-repeated", "7", 2),
        ("normal", "clock-skew", "partner", 1),
    ]
    assert rows[0]["opened_at"] == "2031-03-17T15:00:00Z"


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", ("critical", "operator", "A heartbeat")), ("es", ("crítica", "operador", "Un latido"))],
)
def test_what_an_alarm_means_is_said(
    alarmed: Commands, language: str, words: tuple[str, ...]
) -> None:
    """A person reads how grave it is, who acts and what ends it, in their language."""
    alarmed.patch.setenv("EXCHANGE_LANG", language)
    shown = alarmed.us("alarms", "list").out
    assert [word for word in words if word not in shown] == []


def test_a_person_closes_what_a_person_ends(alarmed: Commands) -> None:
    """It is open no more, stays on record, and cannot be closed twice."""
    number = next(
        row["number"]
        for row in alarmed.us("alarms", "list", "--json").json()
        if row["closed_by_person"]
    )
    assert alarmed.us("alarms", "close", number, "--by", "night-shift").code == 0
    kinds = {row["kind"] for row in alarmed.us("alarms", "list", "--json").json()}
    assert kinds == {"keys-unusable", "clock-skew"}
    every = alarmed.us("alarms", "list", "--all", "--json").json()
    assert [row["kind"] for row in every if row["closed_at"]] == ["sequence-repeated"]
    assert alarmed.us("alarms", "close", number).code == 4


def test_whoever_takes_an_alarm_up_is_shown(alarmed: Commands) -> None:
    """It stays open; a second person is told that somebody has it, and how far up it has come."""
    number = alarmed.us("alarms", "list", "--json").json()[0]["number"]
    reach = partial(
        reach_level, level=Level.PORT, kinds=set(AlarmKind), urgency=0, opened_until=NOW, at=NOW
    )
    write(load_settings(alarmed.directory / "us/exchange.toml"), reach)
    assert alarmed.us("alarms", "acknowledge", number, "--by", "night-shift").code == 0
    assert alarmed.us("alarms", "acknowledge", number, "--by", "day-shift").code == 5
    row = alarmed.us("alarms", "list", "--json").json()[0]
    assert (row["acknowledged_by"], row["level"], row["told_at"]) == ("night-shift", "port", None)
    alarmed.patch.setenv("EXCHANGE_LANG", "es")
    assert "puerto o punto" in re.sub(r"\s+", " ", alarmed.us("alarms", "list").out)


def test_an_alarm_that_ends_with_its_cause_is_not_closed(alarmed: Commands) -> None:
    """The operator is told what ends it, and it stays open."""
    number = alarmed.us("alarms", "list", "--json").json()[0]["number"]
    ended = alarmed.us("alarms", "close", number)
    assert ended.code == 5
    assert "A key that may sign is published" in ended.err
    assert len(alarmed.us("alarms", "list", "--json").json()) == 3


def test_without_alarms_it_says_so(commands: Commands) -> None:
    """A side on which all is well has one line to show."""
    assert commands.us("alarms", "list").out == "Alarms: none\n"
    assert commands.us("alarms", "close", 1).code == 4
