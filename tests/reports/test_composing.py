"""The account as a report: nothing of it is lost, and everything has words."""

from dataclasses import replace

import pytest

from exchange.domain.deadlines import DEADLINES
from exchange.domain.handoff import Stage
from exchange.domain.parties import Side
from exchange.installation.shipped import shipped_rule_sets
from exchange.reports.account import TERMS
from exchange.reports.composing import make_report
from exchange.reports.document import LedgerState
from exchange.reports.findings import (
    ODD_CODES,
    ON_PAPER,
    REJECTED,
    VISA_TOO_SHORT,
    WITHOUT_NOTICE,
    Finding,
)
from exchange.reports.flows import Flows
from exchange.reports.folding import Unbalanced
from exchange.reports.punctuality import TOLD, Punctuality
from exchange.reports.selection import Selection
from exchange.reports.steps import STEPS
from exchange.reports.texts import LANGUAGES, Language, has_words
from exchange.reports.visas import ShortVisas
from exchange.reports.wording import title_of, wording_of
from tests.builders import HANDOFF, NOW, TODAY, places
from tests.reports.samples import an_account

KINDS = (
    *(f"{how}-{deadline.name}" for how in ("late", "overdue") for deadline in DEADLINES),
    *(VISA_TOO_SHORT, WITHOUT_NOTICE, REJECTED, ON_PAPER, *ODD_CODES),
)


@pytest.mark.parametrize("side", list(Side))
def test_the_report_says_all_of_the_account(side: Side) -> None:
    """Terms, stages, reasons, steps, what is out of order and the ledger each have a section."""
    account = an_account(side)
    report = make_report(account, places())
    assert (report.side, report.first, report.last, report.adds_up) == (side, TODAY, TODAY, True)
    terms = report.section("terms")
    assert [terms.sum_of(term) for term in TERMS[side]] == [1] * len(TERMS[side])
    assert report.section("stages").figure("2504", stage="accepted") == 1
    steps = report.section("steps").by("step", "handoffs")
    assert steps == {**account.steps, **({"held": 1} if side is Side.US else {})}
    assert report.section("findings").by("finding", "count") == {"overdue-visa": 1, "sent-again": 2}
    assert report.section("out-of-order").rows == (("overdue-visa", HANDOFF, Side.MX, NOW, None),)
    assert report.section("alarms").rows == (("sequence-gap", 1),)
    assert report.section("ledger").cells("sequence_gaps") == ("2-3",)
    assert report.ledger == LedgerState(7, "A" * 43)
    reasons = [one.id for one in report.sections if one.id == "reasons"]
    assert reasons == (["reasons"] if side is Side.US else [])


def test_what_does_not_add_up_stands_first() -> None:
    """The first section names the rule, the place and both figures."""
    wrong = replace(an_account(), unbalanced=(Unbalanced("sum-of-terms", "2504", 3, 2),))
    report = make_report(wrong, places())
    assert report.adds_up is False
    assert report.sections[0].rows == (("sum-of-terms", "2504", 3, 2),)


def test_what_there_is_nothing_of_has_no_section() -> None:
    """Without findings, reasons and alarms there are the account, the steps and the ledger."""
    account = an_account(Side.MX)
    empty = replace(account.ledger, alarms={}, sequence_gaps=())
    made = replace(
        account,
        findings=(),
        found_kinds={},
        sent_again=0,
        ledger=empty,
        visas=ShortVisas(),
        flows=Flows(),
        both_sides=None,
        punctuality=Punctuality(),
    )
    report = make_report(made, places())
    ids = ["terms", "stages", "steps", "flows", "punctuality", "discrepancies-by-age", "ledger"]
    assert [one.id for one in report.sections] == ids
    assert report.section("ledger").cells("sequence_gaps") == (None,)


def test_a_long_list_is_cut_and_the_rest_counted() -> None:
    """Of more handoffs than are listed the report counts all, and says how many are left out."""
    many = (Finding(REJECTED, HANDOFF),) * 7
    made = replace(an_account(), findings=many, found_kinds={REJECTED: 10})
    report = make_report(made, places())
    listed = report.section("out-of-order")
    assert (len(listed.rows), listed.left_out) == (7, 3)
    assert report.section("findings").figure("count", finding=REJECTED) == 10


def test_a_report_knows_its_places() -> None:
    """The places it is limited to, and the name of every port and receiving point."""
    own = Selection(only_at=frozenset({"2504", "2503"}))
    assert make_report(replace(an_account(), selection=own), places()).only_at == ("2503", "2504")
    asked = replace(own, port="2504", point="MX-CHAPARRAL")
    report = make_report(replace(an_account(), selection=asked), places())
    assert report.only_at == ("2504", "MX-CHAPARRAL")
    assert make_report(an_account(), places()).only_at is None
    assert report.names["2504"] == "San Ysidro"
    assert {point.id for port in places() for point in port.receiving_points} <= set(report.names)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "key",
    [
        *(f"stage.{stage}" for stage in Stage),
        *(f"column.{term}" for term in sorted({term for one in TERMS.values() for term in one})),
        *(f"finding.{kind}" for kind in KINDS),
        *STEPS,
        *(f"deadline.{deadline.name}" for deadline in TOLD),
        "held",
        *(f"rule.{rule}" for rule in ("sum-of-terms", "sum-of-stages", "one-stage")),
        *(f"side.{side}" for side in Side),
        *sorted({f"reason.{one.code}" for rules in shipped_rule_sets() for one in rules.reasons}),
        *("reason.not-in-force", "reason.port-not-open", "finding.sent-again"),
    ],
)
def test_everything_an_account_may_say_has_words(key: str, language: Language) -> None:
    """Stages, terms, reasons, findings and rules have a sentence in each language."""
    assert has_words(key, language)


@pytest.mark.parametrize("side", list(Side))
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_heading_of_an_account_has_words(side: Side, language: Language) -> None:
    """Title, sections, columns and notes are all in the catalogues."""
    wrong = (Unbalanced("sum-of-terms", "total", 3, 2),)
    report = make_report(replace(an_account(side), unbalanced=wrong), places())
    words = wording_of(report, language)
    keys = [f"title.{report.kind}.{report.side}"]
    for section in report.sections:
        keys.append(f"section.{section.id}")
        keys += [f"note.{section.note}"] if section.note else []
        keys += [f"column.{one.id}" for one in section.columns if one.heading != "place"]
    assert [key for key in keys if not has_words(key, language)] == []
    assert title_of(report, words)
