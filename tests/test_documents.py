"""What the documents say is what the code does, and nothing in the tree is of one machine."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from exchange import errors
from exchange.web.problems import STATUSES
from exchange.web.texts import has_text, problem_text

ROOT = Path(__file__).parent.parent


def texts() -> Iterator[tuple[Path, str]]:
    """Give every text file of the project, but what a tool made or installed."""
    for path in sorted(ROOT.rglob("*")):
        inside = path.relative_to(ROOT).parts
        made = {"__pycache__", "build", "dist"} & {*inside} or inside[0].startswith("demo-")
        hidden = any(part.startswith(".") for part in inside) and inside[0] != ".ci"
        if path.is_file() and not made and not hidden and ".egg-info" not in str(path):
            yield path, path.read_text(encoding="utf-8", errors="replace")


def subclasses(kind: type[errors.ExchangeError]) -> Iterator[type[errors.ExchangeError]]:
    """Give *kind* and all that descend from it."""
    yield kind
    for below in kind.__subclasses__():
        yield from subclasses(below)


KINDS = list(subclasses(errors.ExchangeError))


@pytest.mark.parametrize("kind", KINDS)
def test_every_error_tells_its_reader_what_to_do(kind: type[errors.ExchangeError]) -> None:
    """Each class has a docstring and an HTTP status, and its code words in both languages."""
    assert kind.__doc__
    assert any(ancestor in STATUSES for ancestor in kind.__mro__)
    if "code" in vars(kind) and kind is not errors.ExchangeError:
        assert has_text(kind.code)
        assert problem_text(kind.code, "en").detail != problem_text(kind.code, "es").detail


def test_no_two_errors_share_a_code() -> None:
    """A code names one class: the one that says it."""
    codes = [kind.code for kind in KINDS if "code" in vars(kind)]
    assert sorted(codes) == sorted(set(codes))


def test_nothing_is_of_one_machine() -> None:
    """No file names a path of somebody's machine, a package registry's host or a private key."""
    forbidden = re.compile(
        r"(?<![\w./])/(?:ro{2}t|hom{1}e/[a-z]+|wor{1}k|Use{1}rs/\w+)/"
        r"|pypi\.o{1}rg|python{1}hosted|npmjs\.o{1}rg"
        r"|-----BEGIN [A-Z ]*PRIVATE{1} KEY-----"
    )
    offences = [
        f"{path.relative_to(ROOT)}: {found.group()}"
        for path, text in texts()
        if (found := forbidden.search(text))
    ]
    assert offences == []


def test_nothing_is_promised_for_later() -> None:
    """No file of the code or tests holds a note to finish it, a skipped test or a stub."""
    forbidden = re.compile(
        r"TOD{1}O|FIXM{1}E|pytest\.(?:mark\.)?(?:sk{1}ip|xf{1}ail)|NotImplemented{1}Error"
    )
    offences = [
        f"{path.relative_to(ROOT)}: {found.group()}"
        for path, text in texts()
        if path.suffix == ".py" and (found := forbidden.search(text))
    ]
    assert offences == []


def test_the_readme_names_only_targets_that_exist() -> None:
    """Every `make TARGET` in a document is a target of the Makefile."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z][a-z-]*):", makefile, re.MULTILINE))
    named = {
        target
        for path, text in texts()
        if path.suffix == ".md"
        for target in re.findall(r"`make ([a-z-]+)`|^make ([a-z-]+)", text, re.MULTILINE)
        for target in target
        if target
    }
    assert named <= targets


def test_decision_records_are_numbered_without_a_gap() -> None:
    """Decision records count from one, and each has its three paragraphs."""
    records = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    assert [int(record.name[:4]) for record in records] == list(range(1, len(records) + 1))
    for record in records:
        text = record.read_text(encoding="utf-8")
        assert all(f"**{part}" in text for part in ("Context", "Choice", "Rejected")), record.name


def test_the_journey_names_modules_that_exist() -> None:
    """Each module named in the package's opening docstring is there."""
    journey = (ROOT / "exchange" / "__init__.py").read_text(encoding="utf-8").split('"""')[1]
    for name in re.findall(r"``([a-z]+\.[a-z_]+)``", journey):
        path = ROOT / "exchange" / name.replace(".", "/")
        assert path.is_dir() or path.with_suffix(".py").is_file(), name


def test_the_threat_model_names_tests_that_exist() -> None:
    """Each control is shown by a test: the one that is named, in the file that is named."""
    text = (ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8")
    named = re.findall(r"`(tests/[a-z_/]+\.py)(?:::(test_[a-z0-9_]+))?`", text)
    assert len(named) > 30
    for file, test in named:
        source = (ROOT / file).read_text(encoding="utf-8")
        assert f"def {test or 'test_'}" in source, (file, test)
