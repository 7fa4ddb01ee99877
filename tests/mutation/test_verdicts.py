"""A run of mutants is good only where each that survives is explained, and no row is stale."""

from pathlib import Path

import pytest

from tests.mutation.verdicts import Change, Mutant, judge, read_equivalents, report

CHANGE = Change("exchange.proof.encoding.b64u", 'decode("ascii")', 'decode("ASCII")')
ROWS = {CHANGE: "the same codec"}


def mutants(*, killed: int = 99, survived: int = 1, change: Change = CHANGE) -> list[Mutant]:
    """Return mutants of one module, of which so many survived."""
    return [
        Mutant(f"m{number}", "exchange.proof.encoding", change, survived=number < survived)
        for number in range(killed + survived)
    ]


def test_what_is_killed_or_explained_is_good() -> None:
    """Ninety-nine killed and one explained is a verdict without a word."""
    assert judge(mutants(), ROWS) == []


def test_an_unexplained_survivor_is_named() -> None:
    """A survivor that no row names fails the run, in part or in whole."""
    other = CHANGE._replace(becomes="pass")
    for partial in (True, False):
        verdict = judge(mutants(change=other), ROWS, partial=partial)
        assert any("survives unexplained" in line and "pass" in line for line in verdict)


def test_a_row_without_a_survivor_is_stale() -> None:
    """What no longer survives, or is no longer there, may not stay explained."""
    (line,) = judge(mutants(survived=0), ROWS)
    assert line.startswith("explained, but does not survive")
    assert judge(mutants(survived=0), ROWS, partial=True) == []


def test_explanations_have_a_bound() -> None:
    """Over five in a hundred explained, or under ninety killed, is not good for any reason."""
    (line,) = judge(mutants(killed=94, survived=6), ROWS)
    assert line == "over 5 in 100 are called equivalent"
    assert "under 90 in 100 are killed" in judge(mutants(killed=89, survived=11), ROWS)
    assert "no mutant was made" in judge([], {})


def test_every_row_has_its_reason(tmp_path: Path) -> None:
    """The rows of the tree are read, and one without a reason is refused."""
    assert all(read_equivalents(Path(__file__).with_name("equivalent.toml")).values())
    file = tmp_path / "rows.toml"
    file.write_text(
        '[[equivalent]]\nfunction = "f"\nwas = "a"\nbecomes = "b"\nreason = " "\n',
        encoding="utf-8",
    )
    with pytest.raises(ValueError, match="no reason"):
        read_equivalents(file)


def test_the_report_adds_up() -> None:
    """Each module and all of them have their figures, and the verdict ends it."""
    lines = report(mutants(), ROWS, ["a fault"]).splitlines()
    assert lines[1].split() == ["exchange.proof.encoding", "100", "99", "0", "1"]
    assert lines[2].split() == ["all", "100", "99", "0", "1"]
    assert lines[3:] == ["killed: 99.0 in 100", "a fault"]
