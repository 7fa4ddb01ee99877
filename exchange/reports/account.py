"""
The account of one side: every person is somewhere, once (10).

The US side balances what its ports *decided* against what became of it: withheld by
screening, withdrawn before anybody was told, waiting to be told, or noticed. The Mexican side
balances whom it *heard of*. On both, each handoff that was noticed stands in exactly one
stage. The terms come from different records (decisions, handoffs, ledger), so that the sum is
a check and not a definition; whatever does not hold is named in ``unbalanced``.

A day is the day of the place itself: of the US port at which it was decided, or of the
receiving point at which the handoff was first heard of. Figures of ``ledger`` and the
messages that wait or were rejected are of everything there is, at the moment ``made_at``.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from exchange.domain.alarms import AlarmKind
from exchange.domain.handoff import Stage
from exchange.domain.parties import Side
from exchange.reports.days import is_closed
from exchange.reports.differences import Differences, read_differences
from exchange.reports.findings import Finding
from exchange.reports.flows import Flows
from exchange.reports.folding import Asked, Folded, Unbalanced, fold_begun, fold_flows
from exchange.reports.ledger import LedgerFigures, read_ledger
from exchange.reports.punctuality import Punctuality
from exchange.reports.selection import Selection
from exchange.reports.stated import BothSides, read_both_sides
from exchange.reports.steps import STEPS
from exchange.reports.visas import ShortVisas
from exchange.store.accounts import find_subjects
from exchange.store.engine import Connection

TERMS: Mapping[Side, tuple[str, ...]] = {
    Side.US: ("decided", "withheld", "withdrawn", "waiting", "noticed"),
    Side.MX: ("heard_of", "unannounced", "noticed"),
}
"""Of each side, what is balanced: the first term is the sum of the others."""


@dataclass(frozen=True, slots=True)
class PlaceAccount:
    """One port (or receiving point): its terms, and in which stage those noticed stand."""

    place: str
    terms: Mapping[str, int]
    stages: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """
    Everything there is to say about one side's days, or about all days.

    *closed* is whether the days are over at all of the side's places: no figure moves on.
    *held* counts the handoffs on which a hold stands: ours alone, None for who may not know.
    *found* counts by kind what is out of order, and *findings* lists no more than a report does.
    """

    side: Side
    selection: Selection
    closed: bool
    made_at: dt.datetime
    places: tuple[PlaceAccount, ...]
    total: PlaceAccount
    withheld_reasons: Mapping[str, int]
    steps: Mapping[str, int]
    held: int | None
    found_kinds: Mapping[str, int]
    findings: tuple[Finding, ...]
    sent_again: int
    punctuality: Punctuality
    visas: ShortVisas
    flows: Flows
    differences: Differences
    both_sides: BothSides | None
    ledger: LedgerFigures
    unbalanced: tuple[Unbalanced, ...]

    @property
    def adds_up(self) -> bool:
        """Whether every person is somewhere, once."""
        return not self.unbalanced

    def found(self, kind: str) -> int:
        """Return how many findings of a kind there are."""
        return self.found_kinds.get(kind, 0)


def make_account(connection: Connection, asked: Asked) -> Account:
    """Return the account that is *asked* for, by one view of the database."""
    side, selection = asked.side, asked.selection
    folded = Folded(asked, find_subjects(connection, AlarmKind.OUTAGE_OVERRIDE))
    fold_begun(connection, folded)
    fold_flows(connection, folded)
    every = sorted(folded.terms)
    lines = tuple(_line(side, place, folded.terms[place], folded.stages) for place in every)
    total = _total(side, lines)
    last = selection.last
    return Account(
        side=side,
        selection=selection,
        closed=last is not None and is_closed(last, side, asked.places, now=asked.now),
        made_at=asked.now.replace(microsecond=0),
        places=lines,
        total=total,
        withheld_reasons=dict(sorted(folded.reasons.items())),
        steps={step: folded.steps[step] for step in STEPS},
        held=folded.held if asked.knows_holds and side is Side.US else None,
        found_kinds=dict(sorted(folded.found.items())),
        findings=tuple(folded.listed()),
        sent_again=folded.sent_again,
        punctuality=folded.punctuality,
        visas=folded.visas,
        flows=folded.flows,
        differences=read_differences(connection, asked),
        both_sides=read_both_sides(connection, asked),
        ledger=read_ledger(connection),
        unbalanced=(*folded.unbalanced, *_unbalanced(side, (*lines, total))),
    )


def _line(
    side: Side, place: str, terms: Counter[str], stages: Mapping[str, Counter[str]]
) -> PlaceAccount:
    here = stages.get(place, Counter())
    return PlaceAccount(
        place,
        {term: terms[term] for term in TERMS[side]},
        {stage.value: here[stage] for stage in Stage},
    )


def _total(side: Side, lines: tuple[PlaceAccount, ...]) -> PlaceAccount:
    return PlaceAccount(
        "total",
        {term: sum(line.terms[term] for line in lines) for term in TERMS[side]},
        {stage.value: sum(line.stages[stage] for line in lines) for stage in Stage},
    )


def _unbalanced(side: Side, lines: Iterable[PlaceAccount]) -> Iterator[Unbalanced]:
    whole, *parts = TERMS[side]
    for line in lines:
        terms = line.terms
        expected, found = terms[whole], sum(terms[part] for part in parts)
        if expected != found:
            yield Unbalanced("sum-of-terms", line.place, expected, found)
        spoken_of = terms["noticed"] + terms.get("unannounced", 0)
        standing = sum(line.stages.values())
        if spoken_of != standing:
            yield Unbalanced("sum-of-stages", line.place, spoken_of, standing)
