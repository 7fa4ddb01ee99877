"""The table of rules is whole: every rule of the agreement, its words, and its own sentence."""

import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, get_args

import pytest

from exchange.domain.discrepancies import CAUSES, DESKS, OUR_RULES, RULES, Desk, Why
from exchange.domain.discrepancies.manual import (
    draw_causes,
    draw_our_rules,
    draw_resolutions,
    draw_rules,
    draw_thresholds,
    draw_waiting_rules,
)
from exchange.domain.discrepancies.scopes import OurRecord
from exchange.domain.discrepancies.standing import RESOLUTIONS, Resolution
from exchange.domain.messages.catalogue import MESSAGE_TYPES
from exchange.errors import Language

DOCUMENT = Path(__file__).parents[3] / "docs/discrepancies.md"
LANGUAGES: tuple[Language, ...] = get_args(Language)
DRAWN = (
    draw_rules,
    draw_our_rules,
    draw_waiting_rules,
    draw_causes,
    draw_resolutions,
    draw_thresholds,
)
_SCOPES = ("handoff", "family", "pair", "port_day", "channel", "message", "statement")


def checks() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Give every function that is a rule, with the rule's id."""
    for rule in RULES:
        for scope in _SCOPES:
            if (check := getattr(rule, f"of_{scope}")) is not None:
                yield rule.id, check
    yield from ((rule.id, rule.of_ours) for rule in OUR_RULES)


def sentence(check: Callable[..., Any]) -> str:
    """Return the first line of a rule's docstring."""
    return (inspect.getdoc(check) or "").splitlines()[0]


def test_every_rule_of_the_agreement_has_its_row() -> None:
    """R01 to R30 and L1 to L3, each once, in order."""
    assert [rule.id for rule in RULES] == [f"R{number:02}" for number in range(1, 31)]
    assert [rule.id for rule in OUR_RULES] == ["L1", "L2", "L3"]


def test_every_rule_looks_at_something_or_says_what_it_waits_for() -> None:
    """A rule waits only for a message that does not exist yet: once it does, it is built."""
    built = {kind.name for kind in MESSAGE_TYPES}
    looking = {rule for rule, _ in checks()}
    for rule in RULES:
        assert (rule.id in looking) is (rule.awaits is None)
        assert rule.awaits not in built


@pytest.mark.parametrize(("rule", "check"), list(checks()))
def test_the_docstring_of_a_rule_is_the_rule(rule: str, check: Callable[..., Any]) -> None:
    """One sentence: where the rule is one function, word for word what the manual says."""
    words = next(one for one in (*RULES, *OUR_RULES) if one.id == rule)
    assert sentence(check).endswith(".")
    if [one for one, _ in checks()].count(rule) == 1:
        assert sentence(check) == words.says.en


def test_only_the_rules_of_the_united_states_know_what_is_theirs() -> None:
    """No other rule takes a record that holds a hold or a court's file (8 CFR 208.6)."""
    for rule, check in checks():
        looks_at, _ = inspect.signature(check).parameters.values()
        assert (looks_at.annotation is OurRecord) is rule.startswith("L")


def test_every_word_is_in_both_languages() -> None:
    """No row says in Spanish what it says in English, and every desk and code has words."""
    for rule in (*RULES, *OUR_RULES):
        for words in (rule.name, rule.says, rule.remedy, *(DESKS[desk] for desk in rule.call)):
            assert words.es
            assert words.es != words.en
        assert rule.call
    for words in (*CAUSES.values(), *RESOLUTIONS.values()):
        assert words.es
        assert words.es != words.en
    assert set(DESKS) == set(Desk)
    assert set(RESOLUTIONS) == set(Resolution)
    assert set(Why) <= set(CAUSES)


def test_who_must_act_is_said_by_the_rule_or_found() -> None:
    """A rule that finds the one side names none itself."""
    for rule in RULES:
        assert not (rule.finds_owner and rule.owner)


def test_a_hold_and_any_other_hold_are_told_alike() -> None:
    """The remedy and whom to call are one: nothing tells a fear claim from another cause."""
    fear, other, _ = OUR_RULES
    assert (fear.severity, fear.owner, fear.call, fear.remedy) == (
        other.severity,
        other.owner,
        other.call,
        other.remedy,
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("draw", DRAWN)
def test_the_manual_shows_the_tables_as_they_are(
    draw: Callable[[Language], str], language: Language
) -> None:
    """Each table stands in docs/discrepancies.md, word for word, in both languages."""
    drawn = draw(language)
    assert f"\n\n{drawn}\n" in DOCUMENT.read_text("utf-8")
    assert "|  |" not in drawn


def test_the_manual_lists_what_cannot_be_told_yet() -> None:
    """A rule that waits for a message stands there by its id, and not among the others."""
    for rule in RULES:
        assert (f"| {rule.id} |" in draw_rules("en")) is (rule.awaits is None)
        assert (f"| {rule.id} |" in draw_waiting_rules("en")) is (rule.awaits is not None)
