"""`exchange send` gives every decision its answer, however often it is run."""

import json
from pathlib import Path

import pytest

from tests.cli.commands import Commands
from tests.cli.listener import TOKEN, Listener, a_decision, send


def test_every_decision_gets_its_answer(commands: Commands, listener: type[Listener]) -> None:
    """Accepted ones are counted, and the whole answer of each is there for programs, in order."""
    ended = send(
        commands, *(a_decision(f"d{n}", handoff=f"h{n}") for n in range(20)), more=("--json",)
    )
    said = ended.json()
    assert (said["sent"], said["accepted"]) == (20, 20)
    assert [one["answer"]["handoff"] for one in said["answers"]] == [f"h{n}" for n in range(20)]
    assert sorted(listener.seen) == sorted(f"d{n}" for n in range(20))


@pytest.mark.usefixtures("listener")
def test_a_withheld_person_is_an_answer_and_not_a_failure(commands: Commands) -> None:
    """Screening's reasons are told, and the command succeeds."""
    withheld = a_decision("d1", 422, code="withheld", reasons=["minor", "fear-expressed"])
    ended = send(commands, withheld, a_decision("d2"))
    assert ended.code == 0
    assert "withheld: minor, fear-expressed" in ended.out
    assert "2 sent: 1 accepted, 1 withheld, 0 refused" in ended.out


@pytest.mark.usefixtures("listener")
def test_a_fault_of_the_whole_document_has_no_pointer(commands: Commands) -> None:
    """Where the pointer is empty its words follow at once, and nothing stands before them."""
    faults = [{"pointer": "", "detail": "This is not JSON."}]
    ended = send(commands, a_decision("d1", 422, code="invalid", faults=faults))
    assert "decisions.jsonl: refused: This is not JSON.\n" in ended.out


@pytest.mark.usefixtures("listener")
def test_a_refusal_does_not_stop_the_rest(commands: Commands) -> None:
    """Faults are told by file, line and pointer; the others get through; the exit code is 5."""
    faults = [{"pointer": "/person/sex", "detail": "Is not in the list."}]
    ended = send(commands, a_decision("d1", 422, code="invalid", faults=faults), a_decision("d2"))
    assert ended.code == 5
    assert "decisions.jsonl:1: refused: /person/sex Is not in the list." in ended.out
    assert "1 accepted" in ended.out


def test_a_busy_service_is_asked_again(commands: Commands, listener: type[Listener]) -> None:
    """A service that drains or limits gets the same decision later."""
    listener.busy["d1"] = 2
    assert send(commands, a_decision("d1")).code == 0
    assert listener.seen == ["d1"] * 3


@pytest.mark.usefixtures("listener")
def test_a_token_that_opens_nothing_ends_it(commands: Commands) -> None:
    """With a token nobody has, the command says so and exits with 5."""
    (commands.directory / "us/send.token").write_text("xch_" + "b" * 43, encoding="utf-8")
    ended = send(commands, a_decision("d1"))
    assert ended.code == 5
    assert "1 sent" not in ended.out


def test_one_document_and_an_array_are_read_as_well(
    commands: Commands, listener: type[Listener]
) -> None:
    """A pretty-printed decision and an array of them are sent like lines are."""
    one, many = commands.directory / "one.json", commands.directory / "many.json"
    one.write_text(json.dumps(a_decision("d1"), indent=2), encoding="utf-8")
    many.write_text(json.dumps([a_decision("d2"), a_decision("d3")]), encoding="utf-8")
    assert commands.us("send", one, many).code == 0
    assert sorted(listener.seen) == ["d1", "d2", "d3"]


def test_without_a_service_it_says_so(commands: Commands, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nobody listens the command gives up after its tries and exits with 1."""
    monkeypatch.setattr("exchange.cli.send.PAUSE_FIRST_SECONDS", 0.0)
    commands.patch.setenv("EXCHANGE_LISTEN__INTERNAL", "127.0.0.1:9")
    (commands.directory / "us/send.token").write_text(TOKEN, encoding="utf-8")
    ended = send(commands, a_decision("d1"))
    assert ended.code == 1
    assert "exchange serve" in ended.err


@pytest.mark.parametrize("content", [None, b"", b"  \n"])
def test_a_file_without_a_decision_is_a_mistake(commands: Commands, content: bytes | None) -> None:
    """A file that is missing or empty exits with 2."""
    (commands.directory / "us/send.token").write_text(TOKEN, encoding="utf-8")
    file = Path("d.jsonl")
    if content is not None:
        file.write_bytes(content)
    assert commands.us("send", file).code == 2


def test_the_mexican_side_sends_no_decisions(commands: Commands) -> None:
    """Decisions are a US port's: on the other side the command is a usage error."""
    assert commands.mx("send", "decisions.jsonl").code == 2


def test_without_a_token_file_it_says_how_to_get_one(commands: Commands) -> None:
    """A missing token file exits with 3 and names the command that gives a token."""
    ended = send(commands, a_decision("d1"))
    assert ended.code == 3
    assert "exchange clients add" in ended.err
