"""The dated data that comes with the program: rules of both sides, ports, receiving points."""

from importlib import resources
from importlib.resources.abc import Traversable

from exchange.domain.acceptance import AcceptanceBook, load_acceptance
from exchange.domain.hearings import MoveRule, load_move_rules
from exchange.domain.places import Places, load_places
from exchange.domain.screening import RuleSet, load_rules

PORTS = "ports"


def rule_texts() -> dict[str, str]:
    """Return the text of every shipped rule set by its name."""
    return {name: text for name, text in _texts(_rules()).items() if name != PORTS}


def shipped_rule_sets() -> tuple[RuleSet, ...]:
    """Return every shipped rule set, whatever policy selects."""
    return load_rules(rule_texts()).rule_sets


def shipped_places() -> Places:
    """Return the shipped ports with their receiving points."""
    return load_places((_rules() / f"{PORTS}.toml").read_text(encoding="utf-8"))


def shipped_acceptance(policy: str = "mx") -> AcceptanceBook:
    """Return the shipped acceptance rules of the Mexican side, as *policy* selects them."""
    return load_acceptance(_texts(_rules() / "mx"), policy)


def shipped_move_rules() -> tuple[MoveRule, ...]:
    """Return the shipped rules by which a court that closes moves its hearings."""
    return load_move_rules(_texts(_rules() / "moves"))


def _texts(folder: Traversable) -> dict[str, str]:
    """Return the text of every TOML file of a folder by its name, in the order of the names."""
    return {
        file.name.removesuffix(".toml"): file.read_text(encoding="utf-8")
        for file in sorted(folder.iterdir(), key=lambda file: file.name)
        if file.name.endswith(".toml")
    }


def _rules() -> Traversable:
    return resources.files("exchange") / "rules"
