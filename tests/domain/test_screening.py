"""The three dated rule sets, rule by rule."""

from datetime import date

import pytest

from exchange.domain.decision import Category
from exchange.domain.screening import (
    Cleared,
    Reason,
    RuleSet,
    Withheld,
    explain,
    load_rules,
    screen,
)
from tests.builders import a_decision, rule_book, rule_texts

Changes = dict[str, object]

MARCH_2019, JULY_2019 = date(2019, 3, 25), date(2019, 7, 31)
MARCH_2022 = date(2022, 3, 1)
ANNOUNCED, US_2019, US_2021 = "as-announced-2019", "us-2019-01", "us-2021-12"

BORN_IN_DOUBT: Changes = {"person__birth_date": "2001"}
CHILD: Changes = {"person__birth_date": "2008-01-01"}
ALONE: Changes = {**CHILD, "screening__unaccompanied": True}
MEXICAN: Changes = {"person__nationality": "MEX"}
BORN_IN_SAN_DIEGO: Changes = {
    "person__nationality": "USA",
    "person__birth_date": "2019-03-01",
    "family": {"group": "8b1c5a52-6d0e-4f57-9a43-5d2c1be7a0f7", "size": 2, "role": "CHILD"},
}
CAMEROONIAN: Changes = {"person__nationality": "CMR"}


def fear(value: str) -> Changes:
    """Return the change that states what is known of a fear."""
    return {"screening__fear": value}


def category(value: Category) -> Changes:
    """Return the change that puts the person in a category."""
    return {"screening__categories": [value]}


CASES: list[tuple[str, date, Changes, tuple[str, ...]]] = [
    (ANNOUNCED, MARCH_2019, {}, ()),
    (ANNOUNCED, MARCH_2019, CHILD, ("minor",)),
    (ANNOUNCED, MARCH_2019, ALONE, ("minor",)),
    (ANNOUNCED, MARCH_2019, BORN_IN_DOUBT, ("minor",)),
    (ANNOUNCED, MARCH_2019, {"person__birth_date": "2001-03-25"}, ()),
    (ANNOUNCED, MARCH_2019, {"person__birth_date": "2001-03-26"}, ("minor",)),
    (ANNOUNCED, MARCH_2019, MEXICAN, ("mexican-national",)),
    (ANNOUNCED, MARCH_2019, BORN_IN_SAN_DIEGO, ("minor", "united-states-national")),
    (ANNOUNCED, MARCH_2019, CAMEROONIAN, ()),
    (ANNOUNCED, MARCH_2019, fear("expressed"), ("fear",)),
    (ANNOUNCED, MARCH_2019, fear("assessed-negative"), ("fear",)),
    (ANNOUNCED, MARCH_2019, fear("assessed-positive"), ("fear",)),
    (ANNOUNCED, MARCH_2019, category("expedited-removal"), ("expedited-removal",)),
    (ANNOUNCED, MARCH_2019, category("returning-resident"), ("resident-or-paroled",)),
    (ANNOUNCED, MARCH_2019, category("paroled"), ("resident-or-paroled",)),
    (ANNOUNCED, MARCH_2019, category("physical-health"), ("health",)),
    (ANNOUNCED, MARCH_2019, category("mental-health"), ("health",)),
    (ANNOUNCED, MARCH_2019, category("pregnancy"), ("health",)),
    (ANNOUNCED, MARCH_2019, category("disability"), ("health",)),
    (ANNOUNCED, MARCH_2019, category("advanced-age"), ("vulnerable",)),
    (ANNOUNCED, MARCH_2019, category("orientation-or-identity"), ("vulnerable",)),
    (ANNOUNCED, MARCH_2019, category("criminal-history"), ("criminal-history",)),
    (ANNOUNCED, MARCH_2019, category("government-interest"), ("government-interest",)),
    (ANNOUNCED, MARCH_2019, category("port-discretion"), ("port-discretion",)),
    (ANNOUNCED, date(2019, 1, 27), {}, ("not-in-force", "port-not-open")),
    (ANNOUNCED, date(2019, 1, 28), {}, ()),
    (ANNOUNCED, date(2019, 3, 11), {"return__port": "2503"}, ("port-not-open",)),
    (ANNOUNCED, date(2019, 3, 12), {"return__port": "2503"}, ()),
    (ANNOUNCED, date(2019, 3, 19), {"return__port": "2402"}, ("port-not-open",)),
    (ANNOUNCED, date(2019, 3, 20), {"return__port": "2402"}, ()),
    (ANNOUNCED, MARCH_2019, {"return__port": "2304"}, ("port-not-open",)),
    (
        ANNOUNCED,
        MARCH_2019,
        {**CHILD, **MEXICAN, **fear("expressed"), **category("paroled"), "return__port": "2304"},
        ("port-not-open", "minor", "mexican-national", "fear", "resident-or-paroled"),
    ),
    (US_2019, MARCH_2019, {}, ()),
    (US_2019, MARCH_2019, CHILD, ()),
    (US_2019, MARCH_2019, ALONE, ("unaccompanied-minor",)),
    (US_2019, MARCH_2019, {"screening__unaccompanied": True}, ()),
    (US_2019, MARCH_2019, MEXICAN, ("mexican-national",)),
    (US_2019, MARCH_2019, BORN_IN_SAN_DIEGO, ("united-states-national",)),
    (US_2019, MARCH_2019, fear("expressed"), ("fear",)),
    (US_2019, MARCH_2019, fear("assessed-negative"), ()),
    (US_2019, MARCH_2019, fear("assessed-positive"), ("fear",)),
    (US_2019, MARCH_2019, category("mental-health"), ("health",)),
    (US_2019, MARCH_2019, category("advanced-age"), ()),
    (US_2019, MARCH_2019, category("paroled"), ("resident-or-paroled",)),
    (US_2019, MARCH_2019, category("expedited-removal"), ("expedited-removal",)),
    (US_2019, MARCH_2019, category("criminal-history"), ("criminal-history",)),
    (US_2019, MARCH_2019, category("government-interest"), ("government-interest",)),
    (US_2019, MARCH_2019, category("port-discretion"), ("port-discretion",)),
    (US_2019, MARCH_2019, {"return__port": "2304"}, ("port-not-open",)),
    (US_2019, JULY_2019, {"return__port": "2304"}, ()),
    (US_2021, MARCH_2022, {}, ()),
    (US_2021, MARCH_2022, CHILD, ()),
    (US_2021, MARCH_2022, ALONE, ("unaccompanied-minor",)),
    (US_2021, MARCH_2022, MEXICAN, ("mexican-national",)),
    (US_2021, MARCH_2022, BORN_IN_SAN_DIEGO, ("united-states-national",)),
    (US_2021, MARCH_2022, CAMEROONIAN, ("other-hemisphere",)),
    (US_2021, MARCH_2022, {"person__nationality": "NIC"}, ()),
    (US_2021, MARCH_2022, fear("expressed"), ("fear",)),
    (US_2021, MARCH_2022, fear("assessed-negative"), ()),
    (US_2021, MARCH_2022, fear("assessed-positive"), ("fear",)),
    (US_2021, MARCH_2022, category("advanced-age"), ("vulnerable",)),
    (US_2021, MARCH_2022, category("pregnancy"), ("vulnerable",)),
    (US_2021, MARCH_2022, category("returning-resident"), ("resident-or-paroled",)),
    (US_2021, MARCH_2022, category("expedited-removal"), ("expedited-removal",)),
    (US_2021, MARCH_2022, category("criminal-history"), ("criminal-history",)),
    (US_2021, MARCH_2022, category("government-interest"), ("government-interest",)),
    (US_2021, MARCH_2022, category("port-discretion"), ("port-discretion",)),
    (US_2021, date(2021, 12, 6), {"return__port": "2504"}, ("port-not-open",)),
    (US_2021, date(2021, 12, 6), {"return__port": "2402"}, ()),
]


@pytest.mark.parametrize(("policy", "on", "changes", "reasons"), CASES)
def test_each_rule_withholds_whom_it_names(
    policy: str, on: date, changes: Changes, reasons: tuple[str, ...]
) -> None:
    """The result names the rule set and every reason, or clears the decision."""
    decision = a_decision(**{"person__birth_date": "1990-06-01"} | changes)
    result = screen(decision, rule_book(policy), on=on)
    if reasons:
        assert result == Withheld(policy, reasons)
    else:
        assert isinstance(result, Cleared)
        assert (result.decision, result.rule_set) == (decision, policy)


def test_every_reason_of_every_rule_set_has_a_case() -> None:
    """No reason stands in a rule set that the table above does not try."""
    tried = {(policy, reason) for policy, _, _, reasons in CASES for reason in reasons}
    for rules in rule_book().rule_sets:
        for reason in rules.reasons:
            assert (rules.name, reason.code) in tried


def test_only_screening_clears() -> None:
    """Nobody else can make the value from which a notice is drafted."""
    with pytest.raises(TypeError, match="only screening"):
        Cleared(a_decision(), "as-announced-2019", made_by=object())


def test_a_later_rule_set_of_the_family_replaces_the_earlier() -> None:
    """Under the family ``us`` the day decides, port by port."""
    book = rule_book("us")
    assert book.in_force("2504", date(2021, 12, 5)).name == US_2019
    assert book.in_force("2504", date(2021, 12, 6)).name == US_2021
    assert book.in_force("2507", date(2022, 6, 1)).name == US_2021
    assert book.in_force("2504", date(2018, 1, 1)).name == US_2019


def test_a_port_the_later_rule_set_does_not_list_keeps_the_earlier() -> None:
    """A rule set holds only where it says so."""
    later = rule_texts()[US_2021].replace("2504 = 2022-01-03", "2506 = 2022-01-03")
    book = load_rules(dict(rule_texts()) | {US_2021: later}, "us")
    assert book.in_force("2504", MARCH_2022).name == US_2019
    assert book.in_force("2506", MARCH_2022).name == US_2021


def test_the_default_policy_is_what_was_announced() -> None:
    """Without a setting the strictest rule set holds, whatever the day."""
    book = load_rules(rule_texts())
    assert book.in_force("2504", date(2031, 3, 17)).name == ANNOUNCED


def test_a_book_lists_every_rule_set_at_hand() -> None:
    """What the policy does not select can be listed and explained all the same."""
    book = load_rules(rule_texts(), "us")
    assert [rules.name for rules in book.rule_sets] == list(rule_texts())


def test_an_age_above_the_limit_withholds_in_doubt() -> None:
    """Where a rule set has an upper age the oldest reading of the birth date counts."""
    text = rule_texts()[ANNOUNCED] + (
        '[[reasons]]\ncode = "over-sixty"\nen = "Over 60."\nes = "Más de 60."\nover = 60\n'
    )
    book = load_rules({ANNOUNCED: text})
    decision = a_decision(person__birth_date="1958")
    assert screen(decision, book, on=date(2019, 3, 25)) == Withheld(ANNOUNCED, ("over-sixty",))
    assert isinstance(screen(decision, book, on=date(2018, 3, 25)), Withheld)


@pytest.mark.parametrize(
    ("texts", "policy"),
    [
        ({"as-announced-2019": "name = 3"}, "as-announced-2019"),
        ({"another": rule_texts()[ANNOUNCED]}, "as-announced-2019"),
        (rule_texts(), "nothing"),
        ({ANNOUNCED: rule_texts()[ANNOUNCED] + "speed = 3"}, ANNOUNCED),
    ],
)
def test_a_bad_rule_book_is_refused(texts: dict[str, str], policy: str) -> None:
    """A wrong shape, a wrong name or a policy that selects nothing."""
    with pytest.raises(ValueError, match=r".+"):
        load_rules(texts, policy)


def test_every_reason_has_a_sentence_in_both_languages() -> None:
    """A caller can be told why in English and in Spanish; an unknown code is an error."""
    rules: RuleSet = rule_book().in_force("2504", MARCH_2019)
    for code in [*(reason.code for reason in rules.reasons), "port-not-open", "not-in-force"]:
        sentence = rules.sentence(code)
        assert sentence.en
        assert sentence.es
        assert sentence.en != sentence.es
    with pytest.raises(KeyError):
        rules.sentence("no-such-reason")


def test_a_rule_set_explains_itself() -> None:
    """Name, source, date, ports and reasons are lines to read in either language."""
    for rules in rule_book().rule_sets:
        for lines in (explain(rules, "en"), explain(rules, "es")):
            text = "\n".join(lines)
            assert rules.name in lines[0]
            assert rules.effective_from.isoformat() in text
            assert all(f"{port}: " in text for port in rules.ports)
            assert all(reason.code in text for reason in rules.reasons)
        assert explain(rules, "en") != explain(rules, "es")


def test_a_rule_set_says_whose_and_what_it_is_in_the_language_asked() -> None:
    """The head and every reason are the English words or the Spanish ones, never mixed."""
    rules = rule_book().in_force("2504", MARCH_2019)
    english, spanish = explain(rules, "en"), explain(rules, "es")
    assert (english[1], spanish[1]) == (rules.en, rules.es)
    for reason in rules.reasons:
        assert any(line.endswith(f"{reason.code}: {reason.en}") for line in english)
        assert any(line.endswith(f"{reason.code}: {reason.es}") for line in spanish)


def test_a_port_that_the_later_set_leaves_out_keeps_the_earlier() -> None:
    """Screening asks for the rules of the decision's own port, not for the latest of all."""
    texts = {
        name: f"""
        name = "{name}"
        family = "two"
        effective_from = {since}
        en = "{name}"
        es = "{name}"
        reasons = []
        [ports]
        {port} = {since}
        """
        for name, since, port in (("first", "2031-01-01", "2504"), ("second", "2031-02-01", "2402"))
    }
    screened = screen(a_decision(), load_rules(texts, "two"), on=date(2031, 3, 18))
    assert isinstance(screened, Cleared)
    assert screened.rule_set == "first"


@pytest.mark.parametrize(("birth_date", "withheld"), [("1961-03-18", True), ("1962-03-18", False)])
def test_over_an_age_is_older_than_it(birth_date: str, *, withheld: bool) -> None:
    """Whoever has just turned the age is not over it; a year later they are."""
    reason = Reason(code="aged", en="aged", es="mayor", over=69)
    decision = a_decision(person__birth_date=birth_date)
    assert reason.applies(decision, date(2031, 3, 18)) is withheld
