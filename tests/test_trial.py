"""`make trial` runs its parts one by one, keeps what they print, and names those that failed."""

import io
import sys
from pathlib import Path

import pytest

from tests.trial.__main__ import conclude, main
from tests.trial.parts import PARTS, Ended, Part, run, without_paths

MAKEFILE = Path(__file__).parent.parent / "Makefile"


def _part(name: str, program: str, missing: str | None = None) -> Part:
    return Part(name, f"{sys.executable} -c '{program}'", 1, lambda: missing)


def test_what_a_part_prints_is_kept(tmp_path: Path) -> None:
    """What is printed stands in a file of the day, with command, commit and machine before it."""
    shown = io.StringIO()
    ended = run(_part("brief", 'import sys; print("seen"); sys.exit(3)'), tmp_path, to=shown)
    (kept,) = tmp_path.iterdir()
    assert kept.name.endswith("-brief.txt")
    text = kept.read_text("utf-8")
    assert text == shown.getvalue()
    head, _, rest = text.partition("\n\n")
    assert head.startswith("$ ")
    assert "commit" in head
    assert "Python" in head
    assert rest.startswith("seen\n\nbrief ended with 3 after ")
    assert ended.code == 3


def test_a_part_that_cannot_run_says_why(tmp_path: Path) -> None:
    """What is missing is said and kept, and the command is not run."""
    shown = io.StringIO()
    ended = run(_part("absent", 'print("ran")', "there is no disk"), tmp_path, to=shown)
    assert "left out: absent: there is no disk" in shown.getvalue()
    assert "\nran" not in shown.getvalue()
    assert ended.code is None


@pytest.mark.parametrize(("environment", "fails"), [({}, False), ({"CI": "true"}, True)])
def test_what_is_left_out_fails_in_ci_alone(
    environment: dict[str, str], *, fails: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where somebody looks it is said; where nobody does it is a failure."""
    monkeypatch.delenv("CI", raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    left_out = Ended(_part("absent", ""), None, "there is no disk")
    assert bool(conclude([left_out, Ended(_part("good", ""), 0)])) == fails


def test_those_that_failed_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    """One that fails makes the whole fail, whatever became of the others."""
    ended = [Ended(_part("good", ""), 0), Ended(_part("bad", ""), 1), Ended(_part("ill", ""), 2)]
    assert conclude(ended) == 1
    assert "failed: bad, ill\n" in capsys.readouterr().out


def test_no_path_of_this_machine_is_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The working directory, the home directory and that of temporary files are cut out."""
    monkeypatch.chdir(tmp_path)
    line = f"\x1b[31m{tmp_path}/a.py {Path.home()}/b"
    assert without_paths(line) == "./a.py ~/b"


def test_every_part_is_a_target(capsys: pytest.CaptureFixture[str]) -> None:
    """Each part can be run by itself with make, and is listed."""
    text = MAKEFILE.read_text("utf-8")
    assert main(["--list"]) == 0
    listed = capsys.readouterr().out
    for part in PARTS:
        assert f"\n{part.command.split()[1]}:" in text
        assert part.command in listed
