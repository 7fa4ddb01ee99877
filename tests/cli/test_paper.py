"""`exchange paper` draws what the newest message says, and tells what the code of one is worth."""

import json
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_bytes
from typing import Any

import pytest

from exchange.cli.database import write
from exchange.cli.paper_checks import MEANINGS, Standing
from exchange.domain.messages.catalogue import (
    CASE_CLOSURE,
    CORRECTION,
    HEARING_NOTICE,
    RETURN_NOTICE,
)
from exchange.domain.messages.correction import Correction
from exchange.domain.messages.hearing_notice import HearingNotice
from exchange.flow.keyring import context_of
from exchange.installation.opening import open_keyring
from exchange.proof.grammar import canonical
from exchange.proof.papers import make_paper_code
from exchange.settings import load_settings
from exchange.store.bodies import NewBody, find_data_keys, record_bodies
from exchange.store.handoffs import find_handoff
from exchange.store.ledger import list_entries_of
from tests.builders import CASE, HANDOFF, SALT, a_cancellation, a_correction, a_notice, a_reception
from tests.cli.commands import Commands, Ended
from tests.cli.spoken import record_said
from tests.reports.paper.papers import a_hearing_notice, no_hearing, text_of
from tests.store.rows import stored_draft, stored_handoff

SECOND_SALT = "AgECAwQFBgcICQoLDA0ODw"
HEARING_SALT = a_hearing_notice().salt
CODE = make_paper_code(HANDOFF, 1, salt=SALT).text


def printed(commands: Commands, side: str = "us", *options: str) -> dict[str, Any]:
    """Return what a side would print, as it is given to programs."""
    ended: Ended = getattr(commands, side)("paper", HANDOFF, "--json", *options)
    document: dict[str, Any] = ended.json()
    return document


def standing(commands: Commands, code: str, side: str = "us") -> tuple[str, int]:
    """Return what a side says a code is worth, and how the command ended."""
    ended: Ended = getattr(commands, side)("paper", "verify", code, "--json")
    return json.loads(ended.out)["standing"], ended.code


def test_both_sides_draw_the_same_paper(commands: Commands) -> None:
    """The page says the same but for who printed it; each side checks the code of the other."""
    record_said(commands, a_notice())
    us, mx = printed(commands, "us"), printed(commands, "mx")
    assert us["code"] == mx["code"] == CODE
    assert us["appointments"] == mx["appointments"]
    assert us["issued"] != mx["issued"]
    for side in ("us", "mx"):
        assert standing(commands, CODE, side) == ("current", 0)


def test_the_page_goes_to_the_file(commands: Commands) -> None:
    """`-o FILE` holds one page with the person's dates, in the language asked for."""
    record_said(commands, a_notice())
    ended = commands.mx("paper", HANDOFF.upper(), "--lang", "es", "-o", "paper.pdf")
    assert (ended.code, ended.out, ended.err) == (0, "", "")
    text = text_of(Path("paper.pdf").read_bytes())
    assert "martes 6 de mayo de 2031" in text
    assert "Impreso" in text
    assert not list(Path().glob("*.new"))


def test_without_a_file_the_page_goes_to_stdout(commands: Commands) -> None:
    """A program that prints takes the page from a pipe."""
    record_said(commands, a_notice())
    config = str(commands.directory / "us/exchange.toml")
    command = [sys.executable, "-m", "exchange", "paper", HANDOFF, "--config", config]
    page = subprocess.run(command, check=True, capture_output=True).stdout
    assert "María José Núñez de la Peña" in text_of(page)


def test_the_person_gets_their_own_language(commands: Commands) -> None:
    """Without `--lang` the message says which; whoever prints may choose another."""
    record_said(commands, a_notice(person__language="hat"))
    assert printed(commands)["language"] == "ht"
    assert printed(commands, "us", "--lang", "en")["language"] == "en"


@pytest.mark.parametrize(("language", "is_unread"), [("pt", True), ("ht", True), ("es", False)])
def test_words_that_no_native_has_read_are_told_to_the_operator(
    commands: Commands, language: str, *, is_unread: bool
) -> None:
    """Whoever prints in Portuguese or Haitian Creole is told to have the words read first."""
    record_said(commands, a_notice())
    ended = commands.us("paper", HANDOFF, "--lang", language, "-o", "paper.pdf")
    assert ended.code == 0
    assert ("native reader" in ended.err) == is_unread


def test_a_later_hearing_makes_an_older_paper_superseded(commands: Commands) -> None:
    """The date that the court moved is printed, under a code of its own, and the old one ends."""
    record_said(commands, a_notice(), a_hearing_notice())
    paper = printed(commands, "mx")
    assert "Tuesday, May 13, 2031" in str(printed(commands, "mx", "--lang", "en"))
    assert paper["code"] == make_paper_code(HANDOFF, 1, salt=HEARING_SALT).text
    assert standing(commands, paper["code"]) == ("current", 0)
    assert standing(commands, CODE) == ("superseded", 5)


def test_a_hearing_said_again_leaves_the_paper_current(commands: Commands) -> None:
    """A later reading of the court's schedule with the same date changes no paper."""
    hearing = a_notice().hearing
    again = HearingNotice(
        salt=HEARING_SALT,
        status="scheduled",
        source_as_of="2031-04-20T15:30:00Z",
        **{name: getattr(hearing, name) for name in ("hearing", "version", "hearing_at")},
        **{name: getattr(hearing, name) for name in ("present_at", "presentation_port")},
    )
    record_said(commands, a_notice(), again)
    assert standing(commands, CODE) == ("current", 0)
    assert standing(commands, printed(commands)["code"]) == ("current", 0)


def test_a_hearing_that_arrives_late_does_not_win(commands: Commands) -> None:
    """The higher version stands, in whatever order the messages came."""
    newest = a_hearing_notice(version=3, salt=SECOND_SALT)
    record_said(commands, newest, a_notice(), a_hearing_notice())
    code = make_paper_code(HANDOFF, 1, salt=SECOND_SALT).text
    assert printed(commands)["code"] == code
    assert standing(commands, code) == ("current", 0)
    assert standing(commands, make_paper_code(HANDOFF, 1, salt=HEARING_SALT).text)[0] == (
        "superseded"
    )


def test_without_a_hearing_the_paper_says_so(commands: Commands) -> None:
    """A hearing that was taken from the calendar is no longer on the paper."""
    record_said(commands, a_notice(), no_hearing())
    paper = printed(commands, "mx", "--lang", "en")
    assert paper["appointments"][0]["strong"] == ["No hearing is scheduled for now."]
    assert "2031" not in str(paper["appointments"])
    assert standing(commands, CODE, "mx") == ("superseded", 5)


def test_a_revision_makes_an_older_paper_superseded(commands: Commands) -> None:
    """Revision 2 is printed; the paper of revision 1 is genuine and no longer holds."""
    record_said(commands, a_notice(), a_notice(revision=2, salt=SECOND_SALT))
    assert printed(commands)["code"] == make_paper_code(HANDOFF, 2, salt=SECOND_SALT).text
    assert standing(commands, CODE) == ("superseded", 5)


def put_right(commands: Commands, **changes: Any) -> None:
    """Have the US side say the notice, and that its surname was recorded wrong."""
    record_said(commands, a_notice(), lambda said: a_correction(message=said[0], **changes))


def test_a_paper_shows_what_was_put_right(commands: Commands) -> None:
    """The value that holds is printed with the one that was signed, and the older paper ends."""
    put_right(commands, salt=SECOND_SALT)
    for side in ("us", "mx"):
        paper = printed(commands, side, "--lang", "en")
        assert "First surname: Núñez Ávila" in paper["person"]["lines"]
        assert paper["person"]["corrected"].startswith("Corrected on ")
        assert paper["person"]["corrected"].endswith("says here: First surname: Núñez")
        assert paper["code"] == make_paper_code(HANDOFF, 1, salt=SECOND_SALT).text
        assert standing(commands, paper["code"], side) == ("current", 0)
        assert standing(commands, CODE, side) == ("superseded", 5)


def test_a_correction_of_what_is_not_printed_leaves_the_paper_current(commands: Commands) -> None:
    """A passport's number stands on no paper: both codes are current."""
    put_right(commands, salt=SECOND_SALT, pointer="/body/travel_document/number", value="F482916")
    paper = printed(commands)
    assert paper["person"]["corrected"] is None
    assert standing(commands, paper["code"]) == standing(commands, CODE) == ("current", 0)


def test_a_correction_holds_beside_a_later_hearing(commands: Commands) -> None:
    """Whichever was said last, the newest paper has both, and the one before it ends."""

    def name(said: list[str]) -> Correction:
        return a_correction(message=said[0], salt=SECOND_SALT)

    record_said(commands, a_notice(), name, a_hearing_notice())
    paper = printed(commands, "mx", "--lang", "en")
    assert "First surname: Núñez Ávila" in paper["person"]["lines"]
    assert "Tuesday, May 13, 2031" in str(paper["appointments"])
    assert paper["code"] == make_paper_code(HANDOFF, 1, salt=HEARING_SALT).text
    assert standing(commands, paper["code"]) == ("current", 0)
    for older in (SALT, SECOND_SALT):
        assert standing(commands, make_paper_code(HANDOFF, 1, salt=older).text)[0] == "superseded"


def test_a_corrected_hearing_shows_both_dates(commands: Commands) -> None:
    """An hour that was typed wrong is shown beside the one that holds."""

    def hour(said: list[str]) -> Correction:
        moved = {"pointer": "/body/present_at/local", "value": "2031-05-13T09:30"}
        return a_correction(message=said[1], salt=SECOND_SALT, **moved)

    record_said(commands, a_notice(), a_hearing_notice(), hour)
    present, hearing = printed(commands, "us", "--lang", "en")["appointments"]
    assert "9:30 a.m. (09:30)" in present["strong"]
    assert "9:00 a.m. (09:00)" in present["corrected"]
    assert hearing["corrected"] is None
    assert standing(commands, make_paper_code(HANDOFF, 1, salt=HEARING_SALT).text)[0] == (
        "superseded"
    )


@pytest.mark.parametrize("of_the_paper", [True, False])
def test_a_correction_that_waits_stops_the_old_paper(
    commands: Commands, *, of_the_paper: bool
) -> None:
    """Until it is sealed nothing is printed that it changes; one of another message may wait."""
    record_said(commands, a_notice())
    settings = load_settings(commands.directory / "us/exchange.toml")
    keyring = open_keyring(settings, now=datetime.now(UTC), entropy=token_bytes)

    def wait(connection: Any) -> None:
        row = find_handoff(connection, HANDOFF)
        assert row is not None
        (notice,) = list_entries_of(connection, row.number)
        message = notice.jti if of_the_paper else a_correction().message
        octets = canonical(a_correction(message=message).model_dump(mode="json"))
        (key,) = find_data_keys(connection, [row.number]).values()
        kept = keyring.lock(keyring.open_data_key(key), octets, context=context_of(HANDOFF))
        (body,) = record_bodies(connection, [NewBody(kept, row.number)])
        stored_draft(connection, row.number, schema=CORRECTION.schema, body=body)

    write(settings, wait)
    assert commands.us("paper", HANDOFF, "--json").code == (4 if of_the_paper else 0)


def test_a_cancelled_handoff_has_no_paper(commands: Commands) -> None:
    """Nobody is told to come any more, and the paper that was given is said to be cancelled."""
    record_said(commands, a_notice(), a_cancellation())
    ended = commands.us("paper", HANDOFF)
    assert ended.code == 4
    assert "cancelled" in ended.err
    assert standing(commands, CODE, "mx") == ("cancelled", 5)


def test_a_cancellation_that_waits_counts_already(commands: Commands) -> None:
    """From the moment our side takes the person back, no paper of ours is handed out."""
    record_said(commands, a_notice(), intent="cancelled")
    assert commands.us("paper", HANDOFF).code == 4
    assert standing(commands, CODE) == ("cancelled", 5)


def test_a_cancellation_after_the_reception_changes_nothing(commands: Commands) -> None:
    """A person who was received waits for the hearing whatever crossed on the way."""
    record_said(commands, a_notice(), a_cancellation(), a_reception())
    assert standing(commands, CODE) == ("current", 0)


def test_a_closed_case_has_no_paper(commands: Commands) -> None:
    """Once the case is closed no date of it may be handed out or taken for current."""
    closure = CASE_CLOSURE.compose({"salt": HEARING_SALT, "case": CASE, "reason": "closed"})
    record_said(commands, a_notice(), closure)
    assert commands.mx("paper", HANDOFF).code == 4
    assert standing(commands, CODE, "mx") == ("cancelled", 5)


@pytest.mark.parametrize("kind", [RETURN_NOTICE, HEARING_NOTICE])
def test_nothing_is_printed_while_something_newer_waits(commands: Commands, kind: Any) -> None:
    """A revision or hearing that is drafted and not sealed stops the old date from going out."""
    record_said(commands, a_notice())
    settings = load_settings(commands.directory / "us/exchange.toml")

    def wait(connection: Any) -> None:
        row = find_handoff(connection, HANDOFF)
        assert row is not None
        stored_draft(connection, row.number, schema=kind.schema)

    write(settings, wait)
    ended = commands.us("paper", HANDOFF)
    assert ended.code == 4
    assert "waits to be sealed" in ended.err
    assert commands.mx("paper", HANDOFF, "--json").code == 0


def test_what_was_never_announced_has_no_paper(commands: Commands) -> None:
    """A draft is nothing to print: nobody was told of it."""
    settings = load_settings(commands.directory / "us/exchange.toml")
    write(settings, lambda connection: stored_handoff(connection, handoff=HANDOFF))
    ended = commands.us("paper", HANDOFF)
    assert ended.code == 4
    assert "sealed or received" in ended.err
    assert standing(commands, CODE) == ("unknown", 4)


@pytest.mark.parametrize("handoff", ["nobody", HANDOFF])
def test_a_handoff_that_is_not_there_has_no_paper(commands: Commands, handoff: str) -> None:
    """An id that nobody has is not found, and its code is unknown."""
    assert commands.us("paper", handoff).code == 4
    assert standing(commands, CODE) == ("unknown", 4)


def test_the_other_side_may_be_ahead(commands: Commands) -> None:
    """A revision that has not arrived is unknown, not false: the paper may well be genuine."""
    record_said(commands, a_notice())
    ahead = make_paper_code(HANDOFF, 2, salt=SECOND_SALT).text
    assert standing(commands, ahead, "mx") == ("unknown", 4)


@pytest.mark.parametrize("stages", [(a_notice(),), (a_notice(), a_cancellation())])
def test_a_false_code_learns_nothing(commands: Commands, stages: Any) -> None:
    """A guessed mark is false, and does not learn whether the handoff was cancelled."""
    record_said(commands, *stages)
    guess = CODE[:-1] + ("A" if CODE[-1] != "A" else "B")
    assert standing(commands, guess) == ("false", 5)


def test_a_code_dies_with_erasure(commands: Commands) -> None:
    """Once the person is erased nothing can be printed, nor any code be told from another."""
    record_said(commands, a_notice())
    with sqlite3.connect(commands.directory / "mx/exchange.db") as connection:
        connection.execute("DELETE FROM data_keys")
    ended = commands.mx("paper", HANDOFF)
    assert ended.code == 4
    assert "erased" in ended.err
    for code in (CODE, CODE[:-1] + "A"):
        assert standing(commands, code, "mx") == ("erased", 5)
    assert standing(commands, CODE, "us") == ("current", 0)


def test_what_was_misread_is_a_mistake_and_not_a_forgery(commands: Commands) -> None:
    """A text that no paper bears exits with 2 and asks to read it again."""
    ended = commands.us("paper", "verify", CODE[:-1] + "1")
    assert ended.code == 2
    assert "read it again" in ended.err


def test_a_code_is_told_in_words(commands: Commands) -> None:
    """Without `--json` a sentence says what the code is worth, in the operator's language."""
    record_said(commands, a_notice())
    assert commands.us("paper", "verify", CODE.lower()).out.startswith("current: ")
    commands.patch.setenv("EXCHANGE_LANG", "es")
    assert "viene del mensaje más reciente" in commands.us("paper", "verify", CODE).out


def test_every_standing_has_its_words() -> None:
    """Each begins with the code that programs get."""
    assert set(MEANINGS) == set(Standing)
    for state, words in MEANINGS.items():
        assert words.startswith(f"{state}: ")
        assert words.es.startswith(f"{state}: ")


def test_the_word_draw_may_be_left_out(commands: Commands) -> None:
    """`paper HANDOFF`, `paper --lang es HANDOFF` and `paper draw HANDOFF` are one command."""
    record_said(commands, a_notice())
    for words in (
        ("paper", HANDOFF),
        ("paper", "--lang", "es", HANDOFF),
        ("paper", "draw", HANDOFF),
    ):
        assert commands.us(*words, "--json").json()["code"] == CODE
    assert "verify" in commands.run("paper", "--help").out
