"""The account as it is shown: tables in two languages, and one JSON object."""

import json
import re
from dataclasses import replace
from io import StringIO

import pytest
from rich.console import Console

from exchange.domain.deadlines import DEADLINES
from exchange.domain.handoff import Stage
from exchange.domain.parties import Side
from exchange.reports.account import TERMS, Account, PlaceAccount, Unbalanced
from exchange.reports.findings import (
    ODD_CODES,
    ON_PAPER,
    REJECTED,
    VISA_TOO_SHORT,
    WITHOUT_NOTICE,
    Finding,
)
from exchange.reports.ledger import LedgerFigures
from exchange.reports.plain import account_document
from exchange.reports.steps import STEPS
from exchange.reports.table import account_tables
from exchange.reports.texts import TEXTS, Language, text
from tests.builders import HANDOFF, NOW, TODAY

KINDS = (
    *(f"{how}-{deadline.name}" for how in ("late", "overdue") for deadline in DEADLINES),
    *(VISA_TOO_SHORT, WITHOUT_NOTICE, REJECTED, ON_PAPER, *ODD_CODES),
)
LEDGER = LedgerFigures(
    entries=7,
    last_link="A" * 43,
    sent=2,
    received=3,
    rejected_by_partner=0,
    rejected_by_us=0,
    waiting=1,
    without_receipt=1,
    parked=0,
    sequence_gaps=("2-3",),
    sequence_repeated=(),
    alarms={"sequence-gap": 1},
)


def an_account(side: Side = Side.US) -> Account:
    """Return an account with something in every part."""
    stages = {stage.value: int(stage is Stage.ACCEPTED) for stage in Stage}
    line = PlaceAccount("2504", dict.fromkeys(TERMS[side], 1), stages)
    return Account(
        side=side,
        day=TODAY,
        closed=True,
        made_at=NOW,
        places=(line,),
        total=replace(line, place="total"),
        withheld_reasons={"minor": 1} if side is Side.US else {},
        steps=dict.fromkeys(STEPS, 1),
        held=1 if side is Side.US else None,
        findings=(Finding("overdue-visa", HANDOFF, Side.MX, NOW),),
        sent_again=2,
        ledger=LEDGER,
        unbalanced=(),
    )


def shown(account: Account, language: Language) -> str:
    """Return the tables as a terminal of 80 columns has them."""
    console = Console(width=80, file=StringIO())
    with console.capture() as capture:
        console.print(account_tables(account, language))
    return capture.get()


@pytest.mark.parametrize("side", list(Side))
def test_both_languages_show_the_same_figures(side: Side) -> None:
    """The words differ, and no figure does."""
    english, spanish = (shown(an_account(side), language) for language in ("en", "es"))
    assert "Every person is accounted for." in english
    assert "Hay cuenta de cada persona." in spanish
    assert re.findall(r"\d+", english) == re.findall(r"\d+", spanish)


def test_a_handoffs_id_stands_on_one_line() -> None:
    """An id can be copied from a table of 80 columns, in either language."""
    assert HANDOFF in shown(an_account(), "en")
    assert HANDOFF in shown(an_account(), "es")


def test_what_does_not_add_up_is_said() -> None:
    """The verdict names the rule, the place and both figures."""
    wrong = replace(an_account(), unbalanced=(Unbalanced("sum-of-terms", "2504", 3, 2),))
    assert "sum of the terms, 2504: expected 3, found 2" in shown(wrong, "en")
    assert "suma de los términos, 2504: se esperaba 3, se halló 2" in shown(wrong, "es")


@pytest.mark.parametrize(
    "key",
    [
        *(f"stage.{stage}" for stage in Stage),
        *sorted({term for terms in TERMS.values() for term in terms}),
        *KINDS,
        *STEPS,
        "held",
        *("sum-of-terms", "sum-of-stages", "one-stage"),
    ],
)
def test_everything_an_account_may_say_has_words(key: str) -> None:
    """Stages, terms, findings and rules have a sentence in each language."""
    assert key in TEXTS
    assert all(text(key, language) for language in ("en", "es"))


def test_the_document_says_all_of_it() -> None:
    """The JSON object has every member of the account, and whether it adds up."""
    document = json.loads(json.dumps(account_document(an_account())))
    assert document["adds_up"] is True
    assert (document["side"], document["day"]) == ("us", "2031-03-17")
    assert document["made_at"] == "2031-03-17T18:00:00Z"
    assert document["places"][0]["terms"]["decided"] == 1
    assert document["findings"] == [
        {
            "kind": "overdue-visa",
            "handoff": HANDOFF,
            "owner": "mx",
            "due_at": "2031-03-17T18:00:00Z",
            "met_at": None,
        }
    ]
    assert document["ledger"]["sequence_gaps"] == ["2-3"]


def test_a_day_that_still_runs_is_said_to() -> None:
    """Until the day is over everywhere its title says that the figures move; then no more."""
    open_ = replace(an_account(), closed=False)
    assert "the figures still move" in " ".join(shown(open_, "en").split())
    assert "todavía cambian" in " ".join(shown(open_, "es").split())
    assert "the figures still move" not in shown(an_account(), "en")
