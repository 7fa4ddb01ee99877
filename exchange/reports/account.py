"""
The account of one side: every person is somewhere, once (10).

The US side balances what its ports *decided* against what became of it: withheld by
screening, withdrawn before anybody was told, waiting to be told, or noticed. The Mexican side
balances whom it *heard of*. On both, each handoff that was noticed stands in exactly one
stage. The terms come from different records (decisions, handoffs, ledger), so that the sum is
a check and not a definition; whatever does not hold is named in ``unbalanced``.

A ``day`` is the day of the place itself: of the US port at which it was decided, or of the
receiving point at which the handoff was first heard of. Figures of ``ledger`` and the
messages that wait or were rejected are of everything there is, at the moment ``made_at``.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from exchange.domain.alarms import AlarmKind
from exchange.domain.deadlines import Limits
from exchange.domain.handoff import LocalStage, SharedHandoff, Stage
from exchange.domain.messages.catalogue import RETURN_NOTICE
from exchange.domain.parties import Side
from exchange.domain.places import Places, day_in
from exchange.reports.days import is_closed
from exchange.reports.findings import ON_PAPER, Finding, findings_about, findings_in
from exchange.reports.ledger import LedgerFigures, read_ledger
from exchange.reports.steps import STEPS, steps_of
from exchange.store.accounts import (
    Decided,
    Spoken,
    Stood,
    find_subjects,
    stream_decided,
    stream_spoken,
    stream_stood,
)
from exchange.store.columns import Status
from exchange.store.decisions import Outcome
from exchange.store.engine import Connection

NOWHERE = "-"
"""The place of a handoff of which no place is known."""

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


@dataclass(frozen=True, slots=True)
class Unbalanced:
    """Something that does not add up: which rule, where, and the two figures."""

    rule: str
    subject: str
    expected: int
    found: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """
    Everything there is to say about one side's day, or about all days.

    *closed* is whether the day is over at all of the side's places: no figure of it moves on.
    *held* counts the handoffs on which a hold stands: ours alone, None for who may not know.
    """

    side: Side
    day: dt.date | None
    closed: bool
    made_at: dt.datetime
    places: tuple[PlaceAccount, ...]
    total: PlaceAccount
    withheld_reasons: Mapping[str, int]
    steps: Mapping[str, int]
    held: int | None
    findings: tuple[Finding, ...]
    sent_again: int
    ledger: LedgerFigures
    unbalanced: tuple[Unbalanced, ...]

    @property
    def adds_up(self) -> bool:
        """Whether every person is somewhere, once."""
        return not self.unbalanced

    def found(self, kind: str) -> int:
        """Return how many findings of a kind there are."""
        return sum(finding.kind == kind for finding in self.findings)


@dataclass(slots=True)
class _Folded:
    """What is counted while the rows pass, at the places that it is for."""

    only_at: frozenset[str] | None
    on_paper: frozenset[str]
    terms: dict[str, Counter[str]] = field(default_factory=dict)
    stages: dict[str, Counter[str]] = field(default_factory=dict)
    reasons: Counter[str] = field(default_factory=Counter)
    steps: Counter[str] = field(default_factory=Counter)
    held: int = 0
    findings: list[Finding] = field(default_factory=list)
    sent_again: int = 0
    unbalanced: list[Unbalanced] = field(default_factory=list)

    def is_for(self, place: str | None) -> bool:
        return self.only_at is None or place in self.only_at

    def count(self, place: str, term: str) -> None:
        self.terms.setdefault(place, Counter())[term] += 1


def make_account(
    connection: Connection,
    *,
    side: Side,
    places: Places,
    limits: Limits,
    day: dt.date | None,
    now: dt.datetime,
    only_at: frozenset[str] | None = None,
    tells_holds: bool = True,
) -> Account:
    """
    Return the account of *side* for a *day*, or for all days where it is None.

    *only_at* are the ports (or receiving points) of whom it is for, None for all;
    *tells_holds* is whether they may know that somebody is held.
    """
    folded = _Folded(only_at, find_subjects(connection, AlarmKind.OUTAGE_OVERRIDE))
    if side is Side.US:
        rows = _count_decisions(connection, day, folded)
    else:
        rows = _count_heard(connection, places, day, folded)
    spoken = _spoken_by_handoff(connection, rows)
    for row in rows.values():
        _fold(side, row, spoken.get(row.number, []), folded, limits=limits, now=now)
    every = sorted(folded.terms)
    lines = tuple(_line(side, place, folded.terms[place], folded.stages) for place in every)
    total = _total(side, lines)
    return Account(
        side=side,
        day=day,
        closed=day is not None and is_closed(day, side, places, now=now),
        made_at=now.replace(microsecond=0),
        places=lines,
        total=total,
        withheld_reasons=dict(sorted(folded.reasons.items())),
        steps={step: folded.steps[step] for step in STEPS},
        held=folded.held if tells_holds and side is Side.US else None,
        findings=tuple(sorted(folded.findings, key=lambda one: (one.kind, one.handoff))),
        sent_again=folded.sent_again,
        ledger=read_ledger(connection),
        unbalanced=(*folded.unbalanced, *_unbalanced(side, (*lines, total))),
    )


def _count_decisions(
    connection: Connection, day: dt.date | None, folded: _Folded
) -> dict[int, Stood]:
    """Count what was decided and withheld; return the handoffs that the rest began."""
    begun: dict[int, Stood] = {}
    for decided in stream_decided(connection, day):
        if not folded.is_for(decided.port):
            continue
        folded.count(decided.port, "decided")
        _count_withheld(decided, folded)
        if decided.handoff is not None:
            begun[decided.handoff.number] = decided.handoff
    return begun


def _count_withheld(decided: Decided, folded: _Folded) -> None:
    if decided.outcome is Outcome.WITHHELD:
        folded.count(decided.port, "withheld")
        folded.reasons.update(decided.codes)


def _count_heard(
    connection: Connection, places: Places, day: dt.date | None, folded: _Folded
) -> dict[int, Stood]:
    """Count and return the handoffs first heard of on a receiving point's own *day*."""
    heard: dict[int, Stood] = {}
    for row in stream_stood(connection, None if day is None else _around(day)):
        is_of_day = day is None or day_in(row.created_at, _zone(places, row)) == day
        if is_of_day and folded.is_for(row.receiving_point):
            folded.count(row.receiving_point or NOWHERE, "heard_of")
            heard[row.number] = row
    return heard


def _around(day: dt.date) -> tuple[dt.datetime, dt.datetime]:
    """Return times between which the *day* lies, wherever on earth."""
    noon = dt.datetime.combine(day, dt.time(12), dt.UTC)
    return noon - dt.timedelta(days=1), noon + dt.timedelta(days=1)


def _zone(places: Places, row: Stood) -> str:
    point = places.find_receiving_point(row.receiving_point or "")
    return point.zone if point else "Etc/UTC"


def _spoken_by_handoff(connection: Connection, rows: Iterable[int]) -> dict[int, list[Spoken]]:
    found: dict[int, list[Spoken]] = {}
    for spoken in stream_spoken(connection, list(rows)):
        found.setdefault(spoken.handoff, []).append(spoken)
    return found


def _fold(
    side: Side,
    row: Stood,
    spoken: list[Spoken],
    folded: _Folded,
    *,
    limits: Limits,
    now: dt.datetime,
) -> None:
    """Count where one handoff is, and everything about it that is out of order."""
    place = (row.port if side is Side.US else row.receiving_point) or NOWHERE
    folded.sent_again += sum(one.attempts > 1 for one in spoken)
    folded.findings += findings_about(row.handoff, spoken)
    if row.handoff in folded.on_paper:
        folded.findings.append(Finding(ON_PAPER, row.handoff))
    folded.held += bool(row.holds)
    shared = None if row.shared is None else SharedHandoff.model_validate_json(row.shared)
    if row.local_stage == LocalStage.WITHDRAWN:
        folded.count(place, "withdrawn")
    elif row.local_stage == LocalStage.DRAFTED:
        folded.count(place, "waiting")
    if _was_noticed(spoken):
        folded.count(place, "noticed")
    elif side is Side.MX:
        folded.count(place, "unannounced")
    if shared is None:
        return
    folded.findings += findings_in(shared, limits=limits, now=now)
    folded.steps.update(steps_of(shared))
    if shared.stage == row.stage and row.local_stage is None:
        folded.stages.setdefault(place, Counter())[row.stage] += 1
    else:
        folded.unbalanced.append(Unbalanced("one-stage", row.handoff, 1, 0))


def _was_noticed(spoken: list[Spoken]) -> bool:
    """Say whether the ledger holds a notice that its receiver did not reject."""
    return any(
        one.schema == RETURN_NOTICE.schema and Status.REJECTED not in (one.status, one.verdict)
        for one in spoken
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
