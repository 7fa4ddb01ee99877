"""The dated data that comes with the program is whole and can be read."""

import tomllib
from pathlib import Path

from exchange.installation.shipped import (
    shipped_acceptance,
    shipped_move_rules,
    shipped_places,
    shipped_rule_sets,
)

ROOT = Path(__file__).parents[2]


def test_every_kind_of_data_is_shipped() -> None:
    """Screening, acceptance, moves and ports, each from its own folder."""
    assert {rules.name for rules in shipped_rule_sets()} >= {"as-announced-2019", "us-2019-01"}
    assert {rules.name for rules in shipped_acceptance().rule_sets} == {"mx-2019-01", "mx-2021-12"}
    assert [rule.name for rule in shipped_move_rules()] == ["one-month-2020"]
    assert shipped_places().find_port("2504") is not None


def test_the_package_takes_every_file_along() -> None:
    """What is installed has the data of the folders too."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    package = ROOT / "exchange"
    taken = {
        path
        for pattern in project["tool"]["setuptools"]["package-data"]["exchange"]
        for path in package.glob(pattern)
    }
    assert set((package / "rules").rglob("*.toml")) <= taken
