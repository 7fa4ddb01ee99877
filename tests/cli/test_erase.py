"""``exchange erase`` and ``preservations``: two persons with tokens, and what each may do."""

import json

import pytest
from sqlalchemy import Connection

from exchange.cli.database import write
from exchange.settings import load_settings
from exchange.store.bodies import insert_data_keys
from exchange.store.handoffs import insert_handoffs
from exchange.store.journal import list_events
from tests.cli.commands import Commands, Ended
from tests.store.rows import new_handoff, uuid_text

ANA, LUIS = "ana", "luis"


@pytest.fixture
def handoff(commands: Commands) -> str:
    """A handoff of the US side that was taken back before anybody heard of it, years ago."""
    one = new_handoff(handoff=uuid_text(), local_stage="withdrawn")

    def insert(connection: Connection) -> None:
        (number,) = insert_handoffs(connection, [one])
        insert_data_keys(connection, {number: b"wrapped"})

    write(load_settings(commands.directory / "us/exchange.toml"), insert)
    for name in (ANA, LUIS):
        add(commands, name, "records-officer")
    return one.handoff


def add(commands: Commands, name: str, role: str) -> None:
    """Add a client and keep its token in a file of its name."""
    ended = commands.us("clients", "add", name, "--role", role, "--every-port")
    (commands.directory / name).write_text(ended.out, encoding="utf-8")


def erase(commands: Commands, who: str, *arguments: object) -> Ended:
    """Run one command of ``erase`` as somebody."""
    return commands.us("erase", *arguments, "--token-file", commands.directory / who)


def listed(commands: Commands) -> list[dict[str, object]]:
    """Return the list of proposals."""
    rows: list[dict[str, object]] = commands.us("erase", "list", "--json").json()
    return rows


def test_what_is_due_is_erased_by_two(commands: Commands, handoff: str) -> None:
    """It is shown, proposed by one and erased by another; then nothing is due."""
    (row,) = commands.us("erase", "due", "--json").json()["handoffs"]
    assert (row["handoff"], row["basis"]) == (handoff, "NEVER_ANNOUNCED")
    assert handoff in commands.us("erase", "due").out
    assert "1 handoffs would be" in erase(commands, ANA, "propose", "--dry-run").out
    assert listed(commands) == []
    assert erase(commands, ANA, "propose").out.startswith("1: proposed")
    assert erase(commands, ANA, "confirm", "1").code == 5
    assert "1 handoffs erased" in erase(commands, LUIS, "confirm", "1").out
    assert erase(commands, LUIS, "confirm", "1").code == 4
    assert erase(commands, ANA, "propose").out == "nothing is due\n"
    assert erase(commands, ANA, "propose", "--dry-run").out == "nothing is due\n"
    (proposal,) = listed(commands)
    assert (proposal["proposed_by"], proposal["decided_by"]) == (ANA, LUIS)
    assert handoff in commands.us("erase", "list").out


def test_a_handoff_is_named_with_what_it_is_erased_for(commands: Commands, handoff: str) -> None:
    """Names want a basis and a basis wants names; a proposal may be withdrawn."""
    assert erase(commands, ANA, "propose", handoff).code == 2
    assert erase(commands, ANA, "propose", "--basis", "PERSON_ASKS").code == 2
    assert erase(commands, ANA, "propose", handoff, "--basis", "PERSON_ASKS").code == 0
    assert erase(commands, ANA, "withdraw", "1").code == 0
    assert erase(commands, LUIS, "confirm", "1").code == 4
    assert erase(commands, ANA, "propose", uuid_text(), "--basis", "COURT_ORDER").code == 4


@pytest.mark.usefixtures("handoff")
def test_only_who_may_does(commands: Commands) -> None:
    """Another role, an unknown token and no token at all are refused, and nothing is stored."""
    add(commands, "port", "port-supervisor")
    assert erase(commands, "port", "propose").code == 5
    (commands.directory / "stranger").write_text("xch_nobody", encoding="utf-8")
    assert erase(commands, "stranger", "propose").code == 5
    assert erase(commands, "nobody", "propose").code == 3
    assert commands.us("erase", "propose").code == 2
    assert listed(commands) == []


def test_what_is_preserved_is_refused_by_name(commands: Commands, handoff: str) -> None:
    """While it is preserved it is shown as kept back; afterwards the rules have it again."""

    def preservations(*arguments: object) -> Ended:
        return commands.us("preservations", *arguments, "--token-file", commands.directory / LUIS)

    assert preservations("place", handoff, "--for", "court").code == 0
    (row,) = commands.us("preservations", "list", "--json").json()
    assert (row["handoff"], row["ground"], row["placed_by"]) == (handoff, "court", LUIS)
    assert "for a court" in commands.us("preservations", "list").out
    ended = erase(commands, ANA, "propose", handoff, "--basis", "PERSON_ASKS")
    assert (ended.code, f"{handoff}: it is preserved" in ended.err) == (5, True)
    assert "it is preserved" in commands.us("erase", "due").out
    assert erase(commands, ANA, "propose").out == "nothing is due\n"
    assert preservations("lift", handoff, "--for", "court").code == 0
    assert preservations("lift", handoff, "--for", "court").code == 5
    assert erase(commands, ANA, "propose").out.startswith("1: proposed")
    preservations("place", handoff, "--for", "inspection")
    out = erase(commands, LUIS, "confirm", "1").out
    assert ("0 handoffs erased" in out, f"{handoff}: it is preserved" in out) == (True, True)


def test_the_list_erases_again(commands: Commands, handoff: str) -> None:
    """A database that came back from a backup loses what it must not have; bad lists are told."""
    file = commands.directory / "list.json"
    proposal = {
        "confirmed": True,
        "proposed_by": ANA,
        "decided_by": LUIS,
        "handoffs": [
            {"handoff": handoff, "basis": "PERSON_ASKS", "erased_at": "2031-01-01T00:00:00Z"},
            {"handoff": uuid_text(), "basis": "PERSON_ASKS", "erased_at": None},
        ],
    }
    file.write_text(json.dumps([proposal, {"confirmed": None}]), encoding="utf-8")
    assert erase(commands, ANA, "replay", file).out == "1 handoffs erased again\n"
    assert erase(commands, ANA, "replay", file).out == "0 handoffs erased again\n"
    file.write_text("{}", encoding="utf-8")
    assert erase(commands, ANA, "replay", file).out == "0 handoffs erased again\n"
    for wrong in ("[1]", "no json", '[{"confirmed": true}]'):
        file.write_text(wrong, encoding="utf-8")
        assert erase(commands, ANA, "replay", file).code == 2
    events = write(load_settings(commands.directory / "us/exchange.toml"), list_events)
    assert [one.kind for one in events] == ["erasure.replayed"]


def test_the_database_is_written_anew(commands: Commands) -> None:
    """With the service stopped it is, and says so."""
    assert "written anew" in commands.us("db", "vacuum").out
