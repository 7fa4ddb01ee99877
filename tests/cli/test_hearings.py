"""`exchange hearings move` moves each hearing once, however often it is run."""

import json
import threading
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.cli.commands import Commands, Ended
from tests.cli.listener import TOKEN, Court
from tests.domain.test_court_files import RULE, a_line

HANDOFFS = [f"00000000-0000-4000-8000-{number:012d}" for number in range(20)]


@pytest.fixture
def court(commands: Commands) -> Iterator[type[Court]]:
    """Run the listener where the US side's settings expect it."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Court)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    Court.asked.clear()
    Court.refused.clear()
    commands.patch.setenv("EXCHANGE_LISTEN__INTERNAL", f"127.0.0.1:{server.server_port}")
    (commands.directory / "us/send.token").write_text(TOKEN, encoding="utf-8")
    yield Court
    server.shutdown()
    server.server_close()


def rule_file(directory: Path) -> Path:
    """Return the file of a rule that moves the hearings of May 2031."""
    file = directory / f"{RULE.name}.toml"
    members = RULE.model_dump().items()
    file.write_text("".join(f"{name} = {json.dumps(is_)}\n" for name, is_ in members), "utf-8")
    return file


def move(commands: Commands, *lines: bytes, more: tuple[object, ...] = ()) -> Ended:
    """Move the hearings of these lines."""
    file = commands.directory / "hearings.jsonl"
    file.write_bytes(b"\n".join(lines))
    rule = rule_file(commands.directory)
    return commands.us("hearings", "move", file, "--rule", rule, *more)


def lines() -> list[bytes]:
    """Return one hearing for each handoff."""
    return [a_line(handoff=handoff) for handoff in HANDOFFS]


def test_each_line_is_one_act(commands: Commands, court: type[Court]) -> None:
    """Every handoff is asked once for its own hearing, as its next version."""
    ended = move(commands, *lines(), more=("--json",))
    said = ended.json()
    assert (ended.code, said["hearings"], said["moved"]) == (0, 20, 20)
    assert {path for path, _, _ in court.asked} == {f"/v1/handoffs/{h}/hearing" for h in HANDOFFS}
    assert {document["version"] for _, _, document in court.asked} == {2}
    assert {document["hearing_at"]["local"] for _, _, document in court.asked} == {
        "2031-06-06T08:00"
    }


def test_a_run_again_asks_the_same_under_the_same_key(
    commands: Commands, court: type[Court]
) -> None:
    """What was done is answered again and not done twice; no two lines share a key."""
    for _ in range(2):
        assert move(commands, *lines()).code == 0
    keys = [key for _, key, _ in court.asked]
    assert sorted(keys[:20]) == sorted(keys[20:])
    assert len(set(keys)) == 20


def test_a_dry_run_asks_nothing(commands: Commands, court: type[Court]) -> None:
    """Each move is shown from where to where; what the rule leaves is said too."""
    june = {"local": "2031-06-03T08:00", "zone": "America/Los_Angeles"}
    ended = move(commands, a_line(), a_line(hearing_at=june), more=("--dry-run",))
    assert ended.code == 0
    assert "hearings.jsonl:1: moved: 2031-05-06T08:00 → 2031-06-06T08:00" in ended.out
    assert "hearings.jsonl:2: stay: 2031-06-03T08:00" in ended.out
    assert "2 hearings: 1 moved, 1 stay, 0 refused" in ended.out
    assert court.asked == []


def test_a_line_that_does_not_fit_stops_no_other(commands: Commands, court: type[Court]) -> None:
    """It is told by line and pointer, like what the service refuses; the exit code is 5."""
    court.refused.add(HANDOFFS[0])
    ended = move(commands, *lines()[:2], a_line(version=0))
    assert ended.code == 5
    assert "hearings.jsonl:1: refused: The case has ended" in ended.out
    assert "hearings.jsonl:3: refused: /version " in ended.out
    assert "3 hearings: 1 moved, 0 stay, 2 refused" in ended.out


@pytest.mark.parametrize(("rule", "says"), [("one-year", "neither a file"), (None, "no move rule")])
def test_a_rule_that_is_none_is_a_usage_error(
    commands: Commands, rule: str | None, says: str
) -> None:
    """A name that is not shipped, and a file that is no rule, exit with 2."""
    file = commands.directory / "hearings.jsonl"
    file.write_bytes(a_line())
    bad = commands.directory / "bad.toml"
    bad.write_text("months = 1\n", encoding="utf-8")
    ended = commands.us("hearings", "move", file, "--rule", rule or bad)
    assert ended.code == 2
    assert says in ended.err


def test_the_shipped_rule_leaves_other_years_alone(commands: Commands) -> None:
    """By its name the rule of 2020 moves nothing of 2031."""
    file = commands.directory / "hearings.jsonl"
    file.write_bytes(a_line())
    ended = commands.us("hearings", "move", file, "--rule", "one-month-2020", "--dry-run")
    assert "1 hearings: 0 moved, 1 stay, 0 refused" in ended.out
