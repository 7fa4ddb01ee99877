"""The demo ends well only where the account finds everything: a mutated account makes it fail."""

import signal
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from importlib import import_module
from typing import Any

import pytest

from exchange.demo.ending import STEPS_OF, Ending
from exchange.demo.filed import report_of_both
from exchange.domain.parties import Side
from exchange.reports import account, folding
from exchange.reports.forms.every import FORMS
from exchange.reports.forms.plain import read_report, report_json
from exchange.reports.texts import Language
from exchange.reports.wording import title_of, wording_of
from tests.builders import NOW

Account = Callable[[], Ending]
Mutation = tuple[str, Callable[[Any], Any]]
"""A name within the account, and what to put in the place of what stands there."""

KINDS = ("late-acknowledgment", "overdue-visa", "visa-ends-before-hearing")


@pytest.fixture(scope="module")
def make(tmp_path_factory: pytest.TempPathFactory) -> Account:
    """Play one demo of 24 people to its end, and give what makes its account anew."""
    made: list[Account] = []

    def kept(*given: Any) -> Ending:
        made.append(partial(whole, *given))
        return made[0]()

    demo = import_module("exchange.demo.run")
    whole = demo.make_ending
    before = signal.getsignal(signal.SIGINT)
    out = tmp_path_factory.mktemp("demo") / "whole"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(demo, "make_ending", kept)
        assert demo.run(handoffs=24, seed=7, out=out, fast=True, as_json=True) == 0
    signal.signal(signal.SIGINT, before)
    return made[0]


def _without_step(step: str) -> Mutation:
    return "steps_of", lambda steps: lambda shared: (one for one in steps(shared) if one != step)


def _without_finding(kind: str) -> Mutation:
    return (
        "findings_in",
        lambda findings: (
            lambda shared, judged: (one for one in findings(shared, judged) if one.kind != kind)
        ),
    )


def _without_first(stream: Callable[..., Iterator[Any]]) -> Callable[..., list[Any]]:
    return lambda *given: list(stream(*given))[1:]


MUTATIONS: dict[str, Mutation] = {
    **{f"no {step}": _without_step(step) for step in STEPS_OF},
    **{f"no {kind}": _without_finding(kind) for kind in KINDS},
    "a decision is passed over": ("stream_decided", _without_first),
    "a handoff that Mexico heard of is passed over": ("stream_stood", _without_first),
    "holds are not told": (
        "make_account",
        lambda whole: (
            lambda connection, asked: whole(connection, replace(asked, knows_holds=False))
        ),
    ),
    "nobody was noticed": ("_was_noticed", lambda _: lambda _spoken: False),
    "a notice is no message": ("stream_spoken", lambda _: lambda *_given: ()),
}


def test_the_account_of_the_demo_holds(make: Account) -> None:
    """Made again it finds the same: two cycles, moved hearings, a hold, a no-show, an end."""
    ending = make()
    assert ending.holds
    assert all(row.planted for row in ending.rows)
    assert {row.what.en for row in ending.rows} >= {"returned once more", "held now (ours alone)"}


@pytest.mark.parametrize("mutation", MUTATIONS.values(), ids=list(MUTATIONS))
def test_a_mutated_account_does_not_hold(
    make: Account, mutation: Mutation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the account overlooks, on both sides alike, the demo does not end well."""
    name, mutate = mutation
    where = account if hasattr(account, name) else folding
    monkeypatch.setattr(where, name, mutate(getattr(where, name)))
    assert not make().holds


def test_sides_that_count_steps_otherwise_do_not_agree(make: Account) -> None:
    """Each side counts the same steps from its own ledger, or the demo does not end well."""
    ending = make()
    steps = {**ending.mx.steps, "step-received": 1}
    assert not replace(ending, mx=replace(ending.mx, steps=steps)).holds


@pytest.mark.parametrize(
    ("language", "title", "planted"),
    [
        ("en", "The demo: the account of both sides", "withheld: under 18"),
        ("es", "La demostración: la cuenta de ambos lados", "excluidas: menor de 18 años"),
    ],
)
def test_what_is_left_says_what_was_planted(
    make: Account, language: Language, title: str, planted: str
) -> None:
    """The report of both sides says what was planted, whether ledgers agree, and each account."""
    report = report_of_both(make(), language, now=NOW)
    words = wording_of(report, language)
    assert title_of(report, words) == title
    assert report.section("planted").figure("planted", thing=planted) == 1
    assert report.section("compared").cells("ledgers_agree") == ("yes",)
    for side in Side:
        assert report.section("ledger", side).rows
    assert read_report(report_json(report)) == report
    assert all(form.write(report, language) for form in FORMS.values())
