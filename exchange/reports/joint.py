"""
The report for both sides: shared counters and facts, and nothing else.

Nothing here can hold what is ours alone: it is folded from ``SharedHandoff``, from what was
stated and from what was said. There is no decision, nobody withheld, no hold, no journal, no
name of anybody, no number of ours, and no rule of ours: ``SharedFinding`` refuses it. A day is
00 to 24 h UTC by the clock of whoever spoke, so that both sides make the same of it.
"""

import datetime as dt
import heapq
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from typing import Final

from exchange.domain.discrepancies.finding import Finding
from exchange.domain.handoff import SharedHandoff, Stage
from exchange.domain.punctuality import judge
from exchange.domain.severity import Severity
from exchange.reports.composing import names_of
from exchange.reports.differences import (
    FINDING_COLUMNS,
    LISTED_MAX,
    OURS_ALONE,
    finding_cells,
    stream_seen,
)
from exchange.reports.document import Column, Kind, LedgerState, Report, Section
from exchange.reports.flows import Flows
from exchange.reports.folding import Asked
from exchange.reports.ledger import ledger_state
from exchange.reports.punctuality import Punctuality
from exchange.reports.selection import UNKNOWN_ZONE
from exchange.reports.stated import BothSides, read_both_sides
from exchange.reports.story import Said, stories_section, story_of
from exchange.reports.visas import ShortVisas
from exchange.store.accounts import stream_spoken_of_since
from exchange.store.engine import Connection
from exchange.store.handoffs import find_handoffs

NOWHERE: Final = "-"
STORIES_MAX: Final = 200
"""Of how many handoffs it tells what was said."""
CLOSES_AFTER: Final = dt.timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class SharedFinding:
    """
    A discrepancy in what both sides know.

    Raises:
        ValueError: Its rule looks at what one side alone knows.
    """

    finding: Finding

    def __post_init__(self) -> None:
        """Refuse what may not be told."""
        if self.finding.rule in OURS_ALONE:
            message = "a rule over what is ours is not for both sides"
            raise ValueError(message)


@dataclass(slots=True)
class Joint:
    """What both sides know of some days: each member is counted from what was said alone."""

    asked: Asked
    ledger: LedgerState
    both_sides: BothSides | None = None
    stages: Counter[tuple[str, Stage]] = field(default_factory=Counter)
    flows: Flows = field(default_factory=Flows)
    punctuality: Punctuality = field(default_factory=Punctuality)
    visas: ShortVisas = field(default_factory=ShortVisas)
    open: int = 0
    findings: list[SharedFinding] = field(default_factory=list)
    stories: dict[str, tuple[Said, ...]] = field(default_factory=dict)

    def report(self) -> Report:
        """Return it as a report, whose verdict is that of nobody."""
        asked, selection = self.asked, self.asked.selection
        last = selection.last
        return Report(
            kind="joint",
            side=asked.side,
            first=selection.first,
            last=last,
            closed=last is not None and last < (asked.now - CLOSES_AFTER).date(),
            only_at=None if selection.named is None else tuple(sorted(selection.named)),
            made_at=asked.now.replace(microsecond=0),
            ledger=self.ledger,
            adds_up=None,
            sections=tuple(self._sections()),
            names=names_of(asked.places),
        )

    def _sections(self) -> Iterator[Section]:
        if self.both_sides is not None:
            yield from self.both_sides.sections()
        yield self._stages()
        yield self.flows.section()
        yield self.punctuality.section()
        if self.visas.count:
            yield self.visas.section()
        yield self._findings()
        if self.stories:
            yield stories_section(self.stories)

    def _stages(self) -> Section:
        order = {stage: place for place, stage in enumerate(Stage)}
        rows = sorted(self.stages.items(), key=lambda one: (one[0][0], order[one[0][1]]))
        return Section(
            id="joint-stages",
            columns=(
                Column("port", Kind.PLACE),
                Column("stage", Kind.CODE, "stage."),
                Column("handoffs"),
            ),
            rows=tuple((*key, count) for key, count in rows),
            note="joint-stages",
            group="port",
        )

    def _findings(self) -> Section:
        return Section(
            id="joint-discrepancies",
            columns=(Column("severity", Kind.CODE, "severity."), *FINDING_COLUMNS),
            rows=tuple(
                (one.finding.severity, *finding_cells(one.finding)) for one in self.findings
            ),
            left_out=self.open - len(self.findings),
        )


def make_joint(connection: Connection, asked: Asked) -> Joint:
    """Return what both sides know of what is *asked* for, by one view of the database."""
    joint = Joint(asked, ledger_state(connection), read_both_sides(connection, asked))
    _fold(connection, joint)
    _find(connection, joint)
    return joint


def _fold(connection: Connection, joint: Joint) -> None:
    """Count every handoff of which something was said in the days asked for."""
    asked, selection = joint.asked, joint.asked.selection
    around = selection.around()
    for row in stream_spoken_of_since(connection, None if around is None else around[0]):
        if row.shared is None:
            continue
        shared = SharedHandoff.model_validate_json(row.shared)
        if selection.has(asked.side, port=shared.port, point=shared.receiving_point):
            _fold_one(shared, joint)


def _fold_one(shared: SharedHandoff, joint: Joint) -> None:
    """Count the steps of one handoff, and all else of it if it was announced in these days."""
    asked = joint.asked
    joint.flows.see(shared, _is_within(asked))
    noticed_at = shared.noticed_at
    if noticed_at is None or not asked.selection.has_time(noticed_at, UNKNOWN_ZONE):
        return
    joint.stages[shared.port or NOWHERE, shared.stage] += 1
    joint.punctuality.see(judge(shared, asked.now, asked.limits))
    joint.visas.see(shared)


def _is_within(asked: Asked) -> Callable[[dt.datetime], bool]:
    return partial(asked.selection.has_time, zone=UNKNOWN_ZONE)


def _find(connection: Connection, joint: Joint) -> None:
    """Add the open discrepancies that both sides find, and the story of each of their handoffs."""
    asked = replace(joint.asked, knows_holds=False, reads_journal=False)

    def seen() -> Iterator[Finding]:
        for kept in stream_seen(connection, asked):
            joint.open += 1
            yield kept.discrepancy.finding

    gravest = heapq.nsmallest(LISTED_MAX, seen(), key=_gravest_first)
    joint.findings = [SharedFinding(one) for one in gravest]
    named = dict.fromkeys(handoff for one in gravest for handoff in one.handoffs)
    wanted = list(islice(named, STORIES_MAX))
    rows = find_handoffs(connection, wanted) if wanted else {}
    for one in wanted:
        if one in rows:
            joint.stories[one] = story_of(connection, asked.side, rows[one].number)


def _gravest_first(finding: Finding) -> tuple[int, dt.datetime, str, str]:
    urgency = list(Severity).index(finding.severity)
    return urgency, finding.since, finding.rule, finding.subject.name
