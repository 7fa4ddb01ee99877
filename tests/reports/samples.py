"""Reports for the tests: the account of one side, and a report with every kind of cell."""

import datetime as dt
from collections import Counter
from dataclasses import replace
from zoneinfo import ZoneInfo

from exchange.domain.handoff import Stage
from exchange.domain.parties import Side
from exchange.domain.punctuality import Kept
from exchange.reports.account import TERMS, Account, PlaceAccount
from exchange.reports.differences import Differences
from exchange.reports.document import (
    Chart,
    ChartForm,
    Column,
    Kind,
    Layout,
    LedgerState,
    Report,
    Section,
    Share,
)
from exchange.reports.findings import Finding
from exchange.reports.flows import Flows
from exchange.reports.ledger import LedgerFigures
from exchange.reports.punctuality import Punctuality
from exchange.reports.selection import Selection
from exchange.reports.stated import BothSides
from exchange.reports.steps import STEPS
from exchange.reports.visas import ShortVisa, ShortVisas
from tests.builders import HANDOFF, NOW, TODAY

HOSTILE = (
    *('=HYPERLINK("https://example.net";"x")', "+1+1", "-2", "@SUM(A1)", "\t=1", "\r=1"),
    *('a "quoted" name', "two\nlines", "comma, semicolon; bar |", "<script>alert(1)</script>"),
    *("{braces}", "[bold]rich[/]", "#strong[typst]", "\\n & $x$ ~ `raw` _a_ *b*", "Núñez Ñandú"),
)
"""Texts that some form could take for a formula, for markup or for the end of a cell."""

LEDGER = LedgerFigures(
    entries=7,
    root="A" * 43,
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

EVERY_KIND = Section(
    id="out-of-order",
    columns=(
        Column("finding", Kind.CODE, "finding."),
        Column("handoff", Kind.HANDOFF),
        Column("subject", Kind.PLACE),
        Column("root", Kind.TEXT),
        Column("count"),
        Column("expected", Kind.SHARE),
        Column("due_at", Kind.INSTANT),
        Column("met_at", Kind.DATE),
        Column("found", Kind.DURATION),
    ),
    rows=(
        (
            *("rejected", HANDOFF, "2504", "=1+1", 12_345, Share(1, 8)),
            dt.datetime(2031, 3, 17, 11, 0, tzinfo=ZoneInfo("America/Tijuana")),
            *(dt.date(2031, 3, 18), dt.timedelta(hours=25, minutes=30)),
        ),
        (*("rejected", HANDOFF, "-", "x", 0, Share(0, 0)), NOW, None, -dt.timedelta(minutes=5)),
        ("on-paper", None, None, None, None, None, None, None, None),
    ),
    group="finding",
    left_out=2,
)
"""A section with every kind of cell, each also without a value."""


def an_account(side: Side = Side.US) -> Account:
    """Return an account with something in every part."""
    stages = {stage.value: int(stage is Stage.ACCEPTED) for stage in Stage}
    line = PlaceAccount("2504", dict.fromkeys(TERMS[side], 1), stages)
    return Account(
        side=side,
        selection=Selection(first=TODAY, last=TODAY),
        closed=True,
        made_at=NOW,
        places=(line,),
        total=replace(line, place="total"),
        withheld_reasons={"minor": 1} if side is Side.US else {},
        steps=dict.fromkeys(STEPS, 1),
        held=1 if side is Side.US else None,
        found_kinds={"overdue-visa": 1},
        findings=(Finding("overdue-visa", HANDOFF, Side.MX, NOW),),
        sent_again=2,
        punctuality=Punctuality(Counter({("visa", Kept.OVERDUE): 1, ("visa", Kept.IN_TIME): 3})),
        visas=ShortVisas([ShortVisa(TODAY, HANDOFF, "MX-CHAPARRAL", TODAY)], 1),
        differences=Differences(NOW, Counter(), Counter(), (), ()),
        both_sides=BothSides(
            Counter({("2504", "noticed"): 2}),
            Counter({("2504", "noticed"): 1}),
            ((TODAY, Side.US, 2, 1, "differ"),),
        ),
        flows=Flows(Counter({(Stage.UNANNOUNCED, Stage.NOTICED): 1})),
        ledger=LEDGER,
        unbalanced=(),
    )


def a_report(*sections: Section) -> Report:
    """Return a report of two days with these sections, or with one of every kind of cell."""
    return Report(
        kind="account",
        side=Side.MX,
        first=TODAY,
        last=TODAY + dt.timedelta(days=1),
        closed=False,
        only_at=("2504",),
        made_at=NOW,
        ledger=LedgerState(7, "A" * 43),
        adds_up=None,
        sections=sections or (EVERY_KIND, FLOW),
        names={"2504": "San Ysidro"},
    )


FLOW = Section(
    id="stages",
    columns=(
        Column("stage", Kind.CODE, "stage."),
        Column("step", Kind.CODE, "stage."),
        Column("count"),
    ),
    rows=(("noticed", "accepted", 30), ("noticed", "refused", 4), ("accepted", "received", 25)),
    total=(None, None, 59),
    chart=Chart(ChartForm.FLOW, ("stage", "step"), ("count",)),
)
"""Where handoffs went, from stage to stage."""

FIGURES = Section(
    id="ledger",
    columns=(Column("entries"), Column("root", Kind.TEXT)),
    rows=((7, "A" * 43),),
    layout=Layout.FIGURES,
)


def hostile() -> Section:
    """Return a section of names that mean something to a spreadsheet or to markup."""
    return Section(
        id="out-of-order",
        columns=(Column("subject", Kind.TEXT), Column("count")),
        rows=tuple((name, number) for number, name in enumerate(HOSTILE)),
    )
