"""Every shipped scenario, played: what must be found is found, on both sides, and nothing else."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args
from unittest.mock import patch

import pytest
from sqlalchemy import make_url
from typer.testing import CliRunner

from exchange.cli.app import app
from exchange.cli.exits import exit_code
from exchange.demo.scenarios.casting import one_in
from exchange.demo.scenarios.comparing import expected_of
from exchange.demo.scenarios.ending import Ending
from exchange.demo.scenarios.manual import draw_scenarios
from exchange.demo.scenarios.reading import parse_scenario, read_scenario, shipped_names
from exchange.demo.scenarios.run import play
from exchange.errors import Language, UsageWrong
from exchange.installation.shipped import shipped_places
from exchange.settings import CONFIG_NAME
from exchange.store.migrations import upgrade

PLACES = shipped_places()
PEAK = "july-2019-peak"
ONE_IN = {PEAK: 200, "march-2019": 3, "february-2019": 2}


@pytest.fixture(scope="module", autouse=True)
def _directories_are_cheap() -> Iterator[None]:
    """What takes longer than a scenario is made once, an empty database, or left out: scrypt."""
    empty: list[bytes] = []

    def once(url: str) -> None:
        file = Path(make_url(url).database or "")
        if not empty:
            upgrade(url)
            empty.append(file.read_bytes())
        file.write_bytes(empty[0])

    def derived(passphrase: bytes, kdf: Any) -> bytes:
        return hashlib.sha256(passphrase + kdf.salt.encode()).digest()

    with (
        patch("exchange.installation.directory.upgrade", once),
        patch("exchange.proof.keyfiles._derive", derived),
    ):
        yield


def played(name: str, out: Path) -> Ending:
    """Return what came of a shipped scenario, its crowds scaled to a test's time."""
    return play(one_in(ONE_IN.get(name, 1), read_scenario(name, PLACES)), name, out)


@pytest.mark.parametrize("name", shipped_names())
def test_what_must_be_found_is_found(name: str, tmp_path: Path) -> None:
    """On both sides, by rule, by whom it is about and why, and whether it ended; nothing else."""
    ending = played(name, tmp_path)
    expected = expected_of(name)
    assert expected is not None
    assert ending.found == expected
    assert list(ending.unforeseen) == []
    assert ending.faults == ()
    assert ending.counts()["noticed_us"] == ending.counts()["noticed_mx"] > 0


HEAD = """
name = "one"
begins = 2019-03-01
ends = 2019-03-08
en = "One person."
es = "Una persona."
source = "made up"
"""
ANA = """
[[person]]
name = "ana"
port = "2504"
window = 2019-03-04T10:00:00
"""
EXPECTED = '[[discrepancy]]\nrule = "R03"\nsubject = "ana"\n'
run = CliRunner().invoke


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return where a scenario of a test stands."""
    return tmp_path / "one.toml"


def demo(file: Path | str, out: Path, *more: str) -> tuple[int, dict[str, Any]]:
    """Return the exit code of the command, and its last line."""
    done = run(app, ["demo", "--scenario", str(file), "--out", str(out), "--json", *more])
    return done.exit_code, json.loads(done.stdout.splitlines()[-1])


def test_a_file_of_ones_own_is_played_and_judged(file: Path, tmp_path: Path) -> None:
    """Without a file beside it nothing is expected; with one exactly that must come out."""
    file.write_text(HEAD + ANA + 'seen = "nobody"\n', encoding="utf-8")
    code, ended = demo(file, tmp_path / "first")
    assert (code, ended["expected"]) == (0, None)
    assert [(one["rule"], one["subject"]) for one in ended["found"]["mx"]] == [("R03", "ana")]
    beside = file.with_suffix(".expected.toml")
    beside.write_text(EXPECTED, encoding="utf-8")
    assert demo(file, tmp_path / "second")[0] == 0
    beside.write_text(EXPECTED.replace("R03", "R09"), encoding="utf-8")
    code, ended = demo(file, tmp_path / "third")
    assert (code, ended["faults"]) == (1, ["discrepancies"])


def test_both_directories_are_ordinary(file: Path, tmp_path: Path) -> None:
    """The commands of an operator work on them afterwards, and nothing is written over."""
    file.write_text(HEAD + ANA, encoding="utf-8")
    out = tmp_path / "out"
    assert demo(file, out)[0] == 0
    for side in ("us", "mx"):
        config = ["--config", str(out / side / CONFIG_NAME)]
        for command in (["status"], ["ledger", "verify"], ["reconcile", "--day", "2019-03-03"]):
            assert run(app, [*command, *config]).exit_code == 0
    with pytest.raises(UsageWrong):
        run(app, ["demo", "--scenario", str(file), "--out", str(out)], catch_exceptions=False)


def test_what_a_step_says_must_come_of_it(file: Path, tmp_path: Path) -> None:
    """A step that is refused, or that is not though the file says so, fails the scenario."""
    step = '[[step]]\nat = 2019-03-03T20:00:00\nwho = "ana"\n'
    early = step + 'do = "cross"\n'
    held = step + 'do = "hold"\ncause = "legal"\nrefused = "not-held"\n'
    file.write_text(HEAD + ANA + early + held, encoding="utf-8")
    code, ended = demo(file, tmp_path / "out")
    assert (code, ended["faults"]) == (1, ["unforeseen"])
    assert ended["unforeseen"] == [
        "2019-03-04 04:00 cross ana: before-window != done",
        "2019-03-04 04:00 hold ana: done != not-held",
    ]


def test_who_is_of_unknown_port_is_counted_and_not_played(file: Path, tmp_path: Path) -> None:
    """The ports of a source may not add up to its total: the rest is said, and nobody made up."""
    crowd = (
        "[[crowd]]\nfirst = 2019-03-02\nlast = 2019-03-04\npublished = 7\nports = { 2504 = 6 }\n"
    )
    file.write_text(HEAD + crowd, encoding="utf-8")
    code, ended = demo(file, tmp_path / "out")
    assert code == 0
    counts = ended["counts"]
    assert (counts["published"], counts["of_unknown_port"], counts["decided"]) == (7, 1, 6)


MISTAKES = (
    HEAD
    + """
[[person]]
name = "ana"
port = "9999"
window = 2019-02-30T10:00:00
hat = 1

[[step]]
at = 2019-03-05T10:00:00
who = "eva"
do = "fly"

[[step]]
at = 2019-03-05T25:00:00
who = "ana"
do = "hold"
cause = "boredom"

[[road]]
since = 2019-03-05T10:00:00Z
until = 2019-03-05T12:00:00Z
how = "explodes"
"""
)
SAYS = (
    ("line 12: 2019-02-30T10:00:00 is on no calendar", "no está en ningún calendario"),
    ("line 21: 2019-03-05T25:00:00 is on no calendar", "no está en ningún calendario"),
    ("person[1].hat: is not known here; known are fear", "no se conoce aquí; se conocen fear"),
    ("step[1].do: fly is not known; known are hold", "fly no se conoce; se conocen hold"),
    ("road[1].how: explodes is not known; known are cut", "explodes no se conoce; se conocen cut"),
    ("person[1].port: unknown port 9999; known are 2502", "puerto desconocido 9999"),
    ("step[1].who: nobody is called eva; known are ana", "nadie se llama eva; se conocen ana"),
    ("step[2].cause: unknown cause boredom; known are fear", "causa desconocida boredom"),
)


def test_every_mistake_of_a_file_is_named_at_once() -> None:
    """Each with its place and what is known there, in both languages."""
    with pytest.raises(UsageWrong) as caught:
        parse_scenario(MISTAKES, "one.toml", PLACES)
    said = caught.value.said
    assert said is not None
    for lines, nth in ((said.en.splitlines(), 0), (said.es.splitlines(), 1)):
        assert len(lines) == len(SAYS)
        assert all("one.toml: " in line for line in lines)
        for line, words in zip(lines, SAYS, strict=True):
            assert words[nth] in line


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("name = ", "is not TOML"),
        (HEAD.replace("2019-03-08", "2019-02-08"), "ends: is not after begins"),
        (HEAD + ANA.replace("03-04", "04-04"), "is not within 2019-03-01 - 2019-03-08"),
        (HEAD + ANA + ANA, "person[2].name: ana is there twice"),
        (HEAD + ANA + 'same_case_as = "eva"\n', "person[1].same_case_as: nobody is called eva"),
        (
            HEAD + "[[crowd]]\nfirst = 2019-03-02\nlast = 2019-03-04\npublished = 1\n"
            "ports = { 2504 = 6 }\n",
            "crowd[1]: the ports add up to more than published",
        ),
        (HEAD.replace("source", "sauce"), "source: is missing"),
        (HEAD + ANA + 'window_hours = "a"\n', "person[1].window_hours: a does not fit"),
    ],
)
def test_a_mistake_is_named_with_its_place(text: str, says: str) -> None:
    """Whatever is wrong, the reader learns where."""
    with pytest.raises(UsageWrong) as caught:
        parse_scenario(text, "one.toml", PLACES)
    assert caught.value.said is not None
    assert says in caught.value.said.en


def test_a_name_that_is_not_shipped_shows_those_that_are() -> None:
    """Neither a shipped name nor a file: exit 2, with what there is."""
    with pytest.raises(UsageWrong) as caught:
        read_scenario("april", PLACES)
    assert caught.value.said is not None
    assert all(name in caught.value.said.en for name in shipped_names())
    assert exit_code(caught.value) == 2


def test_the_manual_lists_them_as_they_are() -> None:
    """Each scenario, what happened and what must be found, word for word, in both languages."""
    manual = (Path(__file__).parents[2] / "docs/scenarios.md").read_text(encoding="utf-8")
    for language in get_args(Language):
        assert draw_scenarios(language) in manual
