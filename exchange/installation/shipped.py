"""The dated data that comes with the program: screening rule sets, ports and receiving points."""

from importlib import resources
from importlib.resources.abc import Traversable

from exchange.domain.places import Places, load_places
from exchange.domain.screening import RuleSet, load_rules

PORTS = "ports.toml"


def rule_texts() -> dict[str, str]:
    """Return the text of every shipped rule set by its name."""
    files = sorted(_rules().iterdir(), key=lambda file: file.name)
    return {
        file.name.removesuffix(".toml"): file.read_text(encoding="utf-8")
        for file in files
        if file.name.endswith(".toml") and file.name != PORTS
    }


def shipped_rule_sets() -> tuple[RuleSet, ...]:
    """Return every shipped rule set, whatever policy selects."""
    return load_rules(rule_texts()).rule_sets


def shipped_places() -> Places:
    """Return the shipped ports with their receiving points."""
    return load_places((_rules() / PORTS).read_text(encoding="utf-8"))


def _rules() -> Traversable:
    return resources.files("exchange") / "rules"
