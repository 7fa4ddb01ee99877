"""``exchange discrepancies``: what differs, in the operator's language, and how it is resolved."""

import pytest
from sqlalchemy import Connection

from exchange.cli.database import write
from exchange.domain.discrepancies.standing import Changes
from exchange.settings import load_settings
from exchange.store.discrepancies import record_changes
from tests.cli.commands import Commands
from tests.store.finding import HOUR, a_discrepancy
from tests.store.rows import NOON


@pytest.fixture
def differing(commands: Commands) -> Commands:
    """A US side on which two discrepancies are open, stored in another order than they are due."""
    first = a_discrepancy("late", rule="R09", because=(), handoffs=(), due_at=NOON + 9 * HOUR)

    def record(connection: Connection) -> None:
        record_changes(connection, Changes((first, a_discrepancy(handoffs=())), (), ()))

    write(load_settings(commands.directory / "us/exchange.toml"), record)
    return commands


def test_what_is_due_first_comes_first(differing: Commands) -> None:
    """Open discrepancies are listed by when they are due, each with all that a person needs."""
    rows = differing.us("discrepancies", "list", "--json").json()
    assert [(row["rule"], row["subject"], row["severity"]) for row in rows] == [
        ("R05", "one", "high"),
        ("R09", "late", "high"),
    ]
    assert rows[0]["because"] == ["doubt-at-the-line"]
    assert rows[0]["call"]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("high", "both", "Identity conflict")),
        ("es", ("alta", "ambas", "Conflicto de identidad")),
    ],
)
def test_what_differs_is_said(differing: Commands, language: str, words: tuple[str, ...]) -> None:
    """A person reads what it is, how grave and who acts, in their language."""
    differing.patch.setenv("EXCHANGE_LANG", language)
    shown = differing.us("discrepancies", "list").out
    assert [word for word in words if word not in shown] == []


def test_a_person_resolves_one(differing: Commands) -> None:
    """It is open no more, stays on record with how, and cannot be resolved twice."""
    number = differing.us("discrepancies", "list", "--json").json()[0]["number"]
    resolve = ("discrepancies", "resolve", str(number), "--as", "agreed", "--by", "liaison")
    assert differing.us(*resolve).code == 0
    assert differing.us(*resolve).code == 4
    (left,) = differing.us("discrepancies", "list", "--json").json()
    assert left["rule"] == "R09"
    every = differing.us("discrepancies", "list", "--all", "--json").json()
    (ended,) = [row for row in every if row["number"] == number]
    assert (ended["resolution"], ended["resolved_by"]) == ("agreed", "liaison")
    shown = differing.us("discrepancies", "show", str(number)).out
    assert "together" in shown  # in words, and not as the code `agreed`


def test_one_is_shown_with_its_history(differing: Commands) -> None:
    """Every other discrepancy of the subject stands beside it; an unknown number is not found."""
    number = differing.us("discrepancies", "list", "--json").json()[0]["number"]
    shown = differing.us("discrepancies", "show", str(number), "--json").json()
    assert (shown["discrepancy"]["number"], shown["history"]) == (number, [])
    assert differing.us("discrepancies", "show", "999").code == 4


def test_everything_is_looked_at_on_demand(differing: Commands) -> None:
    """Where nothing was ever said nothing stands: what is left over ends."""
    assert differing.us("discrepancies", "look", "--json").json() == {
        "opened": 0,
        "updated": 0,
        "closed": 2,
    }
    assert differing.us("discrepancies", "list", "--json").json() == []
    assert "0" in differing.us("discrepancies", "look").out
