"""
The discrepancies that stand, by how grave and how old they are, each with what happened.

They are those of this moment, whatever the days of a report; only its places narrow them.
"""

import datetime as dt
import heapq
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from exchange.domain.discrepancies import OUR_RULES
from exchange.domain.discrepancies.finding import Finding
from exchange.domain.discrepancies.scopes import Scope
from exchange.domain.severity import Severity
from exchange.reports.document import Cell, Chart, ChartForm, Column, Kind, Row, Section
from exchange.reports.folding import Asked
from exchange.reports.timeline import NO_RECEIPT, Happened, timeline_of
from exchange.store.discrepancies import Kept, stream_open
from exchange.store.engine import Connection
from exchange.store.handoffs import Handoff, find_handoffs

LISTED_MAX: Final = 1_000
"""How many discrepancies a report lists one by one, the gravest and oldest first."""
TIMELINES_MAX: Final = 200
"""Of how many handoffs it tells what happened."""
OURS_ALONE: Final = frozenset(rule.id for rule in OUR_RULES)
"""The rules over what the United States alone know."""
BOTH: Final = "both"

_HOUR, _DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
AGES: Final = {
    "under-an-hour": _HOUR,
    "under-a-day": _DAY,
    "under-a-week": 7 * _DAY,
    "older": dt.timedelta.max,
}
"""How old a discrepancy is: less than this."""

_PAGE = 500
_URGENCY = {severity: place for place, severity in enumerate(Severity)}


@dataclass(frozen=True, slots=True)
class Differences:
    """The open discrepancies of the places asked for: all counted, the gravest listed."""

    now: dt.datetime
    ages: Counter[tuple[Severity, str]]
    overdue: Counter[Severity]
    listed: tuple[Kept, ...]
    timelines: tuple[tuple[str, tuple[Happened, ...]], ...]

    @property
    def count(self) -> int:
        """How many are open."""
        return self.ages.total()

    def has_critical(self) -> bool:
        """Say whether one that is open is critical."""
        return any(severity is Severity.CRITICAL for severity, _ in self.ages)

    def sections(self) -> Iterator[Section]:
        """Give the sections: how many there are, then each, then what happened to whom."""
        yield self._by_age()
        if self.listed:
            yield self._each()
        if self.timelines:
            yield self._timelines()

    def _by_age(self) -> Section:
        def row(severity: Severity) -> Row:
            ages = (self.ages[severity, age] for age in AGES)
            return severity, *ages, self.overdue[severity]

        return Section(
            id="discrepancies-by-age",
            columns=(
                Column("severity", Kind.CODE, "severity."),
                *(Column(age) for age in AGES),
                Column("past-due"),
            ),
            rows=tuple(map(row, Severity)),
            chart=Chart(ChartForm.STACKED, ("severity",), tuple(AGES)),
            note="discrepancies-by-age",
        )

    def _each(self) -> Section:
        return Section(
            id="discrepancies",
            columns=(
                Column("number", Kind.TEXT),
                Column("severity", Kind.CODE, "severity."),
                *FINDING_COLUMNS,
                Column("age", Kind.DURATION),
            ),
            rows=tuple(self._row(one) for one in self.listed),
            group="severity",
            left_out=self.count - len(self.listed),
        )

    def _row(self, kept: Kept) -> Row:
        finding = kept.discrepancy.finding
        age = self.now - finding.since
        return str(kept.number), finding.severity, *finding_cells(finding), age

    def _timelines(self) -> Section:
        return Section(
            id="timelines",
            columns=(
                Column("handoff", Kind.HANDOFF),
                Column("at", Kind.INSTANT),
                Column("who", Kind.CODE, "who."),
                Column("what", Kind.CODE, "message."),
                Column("outcome", Kind.CODE, "outcome."),
            ),
            rows=tuple(
                (handoff, one.at, one.who, one.what, _outcome(one))
                for handoff, events in self.timelines
                for one in events
            ),
            group="handoff",
        )


FINDING_COLUMNS: Final = (
    Column("rule", Kind.CODE, "discrepancy."),
    Column("because", Kind.CODE, "because."),
    Column("about", Kind.TEXT),
    Column("owner", Kind.CODE, "side."),
    Column("since", Kind.INSTANT),
    Column("due_at", Kind.INSTANT),
)
"""What both sides know of a discrepancy."""


def finding_cells(finding: Finding) -> tuple[Cell, ...]:
    """Return the cells of ``FINDING_COLUMNS``."""
    return (
        finding.rule,
        " ".join(finding.because) or None,
        finding.subject.name,
        finding.owner or BOTH,
        finding.since,
        finding.due_at,
    )


def read_differences(connection: Connection, asked: Asked) -> Differences:
    """Return the open discrepancies of the places that are *asked* for, as they stand now."""
    ages: Counter[tuple[Severity, str]] = Counter()
    overdue: Counter[Severity] = Counter()

    def seen() -> Iterator[Kept]:
        for one in stream_seen(connection, asked):
            finding = one.discrepancy.finding
            ages[finding.severity, age_of(asked.now - finding.since)] += 1
            overdue[finding.severity] += finding.due_at < asked.now
            yield one

    listed = tuple(heapq.nsmallest(LISTED_MAX, seen(), key=_gravest_first))
    return Differences(asked.now, ages, overdue, listed, _timelines(connection, asked, listed))


def stream_seen(connection: Connection, asked: Asked) -> Iterator[Kept]:
    """Give the open discrepancies of the places asked for that the reader may know of."""
    rows = stream_open(connection)
    while page := list(islice(rows, _PAGE)):
        known = [one for one in page if asked.knows_holds or _rule(one) not in OURS_ALONE]
        if asked.selection.is_of_every_place:
            yield from known
            continue
        ids = {handoff for one in known for handoff in one.discrepancy.finding.handoffs}
        found = find_handoffs(connection, ids) if ids else {}
        yield from (one for one in known if is_there(one, found, asked))


def age_of(age: dt.timedelta) -> str:
    """Return how old something is."""
    return next(name for name, limit in AGES.items() if age < limit)


def _outcome(event: Happened) -> str | None:
    return "no-receipt" if event.outcome == NO_RECEIPT else event.outcome or None


def _rule(kept: Kept) -> str:
    return kept.discrepancy.finding.rule


def _gravest_first(kept: Kept) -> tuple[int, dt.datetime, int]:
    finding = kept.discrepancy.finding
    return _URGENCY[finding.severity], finding.since, kept.number


def is_there(kept: Kept, found: dict[str, Handoff], asked: Asked) -> bool:
    """Say whether a discrepancy is about one of the places; what is of no place is of none."""
    finding = kept.discrepancy.finding
    if finding.subject.scope is Scope.PORT_DAY:
        port, _, _ = finding.subject.name.partition(" ")
        points = _points(port, asked)
        return any(asked.selection.has(asked.side, port=port, point=one) for one in points)
    return any(_has(found[one], asked) for one in finding.handoffs if one in found)


def _points(port: str, asked: Asked) -> tuple[str, ...]:
    known = asked.places.find_port(port)
    return () if known is None else tuple(point.id for point in known.receiving_points)


def _has(row: Handoff, asked: Asked) -> bool:
    return asked.selection.has(asked.side, port=row.port, point=row.receiving_point)


def _timelines(
    connection: Connection, asked: Asked, listed: Sequence[Kept]
) -> tuple[tuple[str, tuple[Happened, ...]], ...]:
    """Return what happened to the handoffs of the gravest, each handoff once."""
    named = dict.fromkeys(one for kept in listed for one in kept.discrepancy.finding.handoffs)
    wanted = list(islice(named, TIMELINES_MAX))
    rows = find_handoffs(connection, wanted) if wanted else {}
    return tuple(
        (one, tuple(timeline_of(connection, rows[one].number, tells_ours=asked.reads_journal)))
        for one in wanted
        if one in rows and _has(rows[one], asked)
    )
