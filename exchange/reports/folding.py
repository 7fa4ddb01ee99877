"""
The rows of one side counted as they pass, some hundreds at a time: nothing else is held.

Of whatever is listed one by one no more is kept than a report lists; all of it is counted.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import islice

from exchange.domain.deadlines import Limits
from exchange.domain.handoff import LocalStage, SharedHandoff
from exchange.domain.messages.catalogue import RETURN_NOTICE
from exchange.domain.parties import Side
from exchange.domain.places import Places
from exchange.domain.punctuality import judge
from exchange.reports.findings import ON_PAPER, Finding, findings_about, findings_in
from exchange.reports.flows import Flows
from exchange.reports.punctuality import Punctuality
from exchange.reports.selection import Selection, zone_at
from exchange.reports.steps import steps_of
from exchange.reports.visas import ShortVisas
from exchange.store.accounts import (
    CHUNK,
    Decided,
    Spoken,
    Stood,
    stream_decided,
    stream_spoken,
    stream_spoken_of_since,
    stream_stood,
)
from exchange.store.columns import Status
from exchange.store.decisions import Outcome
from exchange.store.engine import Connection

NOWHERE = "-"
"""The place of a handoff of which no place is known."""

FINDINGS_LISTED_MAX = 10_000
"""How many handoffs that are out of order a report lists one by one; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Unbalanced:
    """Something that does not add up: which rule, where, and the two figures."""

    rule: str
    subject: str
    expected: int
    found: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """
    What is asked for, of which side, by which limits and calendars, and when.

    Whoever asks *knows_holds*, or must not learn that somebody is held; and *reads_journal*, or
    sees only what was said.
    """

    side: Side
    places: Places
    limits: Limits
    selection: Selection
    now: dt.datetime
    knows_holds: bool = True
    reads_journal: bool = True


@dataclass(slots=True)
class Folded:
    """What was counted of the rows seen so far."""

    asked: Asked
    on_paper: frozenset[str]
    terms: dict[str, Counter[str]] = field(default_factory=dict)
    stages: dict[str, Counter[str]] = field(default_factory=dict)
    reasons: Counter[str] = field(default_factory=Counter)
    steps: Counter[str] = field(default_factory=Counter)
    held: int = 0
    found: Counter[str] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)
    sent_again: int = 0
    unbalanced: list[Unbalanced] = field(default_factory=list)
    punctuality: Punctuality = field(default_factory=Punctuality)
    visas: ShortVisas = field(default_factory=ShortVisas)
    flows: Flows = field(default_factory=Flows)

    def has(self, row: Stood) -> bool:
        """Say whether a handoff is of the places asked for."""
        selection, side = self.asked.selection, self.asked.side
        return selection.has(side, port=row.port, point=row.receiving_point)

    def zone(self, row: Stood) -> str:
        """Return the zone of our place of a handoff."""
        asked = self.asked
        return zone_at(asked.side, asked.places, port=row.port, point=row.receiving_point)

    def count(self, place: str, term: str) -> None:
        """Count one more under a term."""
        self.terms.setdefault(place, Counter())[term] += 1

    def note(self, findings: Iterable[Finding]) -> None:
        """Count what is out of order; keep as much of it as is listed, by kind and handoff."""
        for one in findings:
            self.found[one.kind] += 1
            self.findings.append(one)
        if len(self.findings) >= 2 * FINDINGS_LISTED_MAX:
            self.findings = self.listed()

    def listed(self) -> list[Finding]:
        """Return what is out of order one by one, as much of it as a report lists."""
        ordered = sorted(self.findings, key=lambda one: (one.kind, one.handoff))
        return ordered[:FINDINGS_LISTED_MAX]


def fold_begun(connection: Connection, folded: Folded) -> None:
    """Count every handoff that began in the days asked for, and what never became one."""
    rows = _decided if folded.asked.side is Side.US else _heard
    handoffs = rows(connection, folded)
    while chunk := list(islice(handoffs, CHUNK)):
        spoken = _spoken_by_handoff(connection, chunk)
        for row in chunk:
            _fold(row, spoken.get(row.number, []), folded)


def fold_flows(connection: Connection, folded: Folded) -> None:
    """Count every step that was made in the days asked for, whenever its handoff began."""
    around, selection = folded.asked.selection.around(), folded.asked.selection
    rows = stream_spoken_of_since(connection, None if around is None else around[0])
    for row in rows:
        if row.shared is not None and folded.has(row):
            shared = SharedHandoff.model_validate_json(row.shared)
            folded.flows.see(shared, partial(selection.has_time, zone=folded.zone(row)))


def _decided(connection: Connection, folded: Folded) -> Iterator[Stood]:
    """Count what was decided and withheld; give the handoffs that the rest began."""
    selection = folded.asked.selection
    for decided in stream_decided(connection, selection.days):
        row = decided.handoff
        point = None if row is None else row.receiving_point
        if not selection.has(Side.US, port=decided.port, point=point):
            continue
        folded.count(decided.port, "decided")
        _count_withheld(decided, folded)
        if row is not None:
            yield row


def _count_withheld(decided: Decided, folded: Folded) -> None:
    if decided.outcome is Outcome.WITHHELD:
        folded.count(decided.port, "withheld")
        folded.reasons.update(decided.codes)


def _heard(connection: Connection, folded: Folded) -> Iterator[Stood]:
    """Count and give the handoffs first heard of on a receiving point's own days."""
    selection = folded.asked.selection
    for row in stream_stood(connection, selection.around()):
        if folded.has(row) and selection.has_time(row.created_at, folded.zone(row)):
            folded.count(row.receiving_point or NOWHERE, "heard_of")
            yield row


def _spoken_by_handoff(connection: Connection, rows: Iterable[Stood]) -> dict[int, list[Spoken]]:
    found: dict[int, list[Spoken]] = {}
    for spoken in stream_spoken(connection, [row.number for row in rows]):
        found.setdefault(spoken.handoff, []).append(spoken)
    return found


def _fold(row: Stood, spoken: list[Spoken], folded: Folded) -> None:
    """Count where one handoff is, and everything about it that is out of order."""
    side = folded.asked.side
    place = (row.port if side is Side.US else row.receiving_point) or NOWHERE
    folded.sent_again += sum(one.attempts > 1 for one in spoken)
    folded.note(findings_about(row.handoff, spoken))
    if row.handoff in folded.on_paper:
        folded.note([Finding(ON_PAPER, row.handoff)])
    folded.held += bool(row.holds)
    if row.local_stage == LocalStage.WITHDRAWN:
        folded.count(place, "withdrawn")
    elif row.local_stage == LocalStage.DRAFTED:
        folded.count(place, "waiting")
    if _was_noticed(spoken):
        folded.count(place, "noticed")
    elif side is Side.MX:
        folded.count(place, "unannounced")
    if row.shared is not None:
        _fold_shared(row, SharedHandoff.model_validate_json(row.shared), place, folded)


def _fold_shared(row: Stood, shared: SharedHandoff, place: str, folded: Folded) -> None:
    """Count what both sides know of one handoff, in its one stage."""
    judged = judge(shared, folded.asked.now, folded.asked.limits)
    folded.note(findings_in(shared, judged))
    folded.punctuality.see(judged)
    folded.visas.see(shared)
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
