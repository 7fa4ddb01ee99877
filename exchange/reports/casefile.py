"""
The file of one discrepancy, for both sides to look at together: what each has said, side by side.

It holds facts and receipts, and no person: names stand in it only where they are given, by
whoever may see them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from exchange.domain.discrepancies import OUR_RULES, RULES
from exchange.domain.handoff import SharedHandoff
from exchange.reports.composing import names_of
from exchange.reports.differences import FINDING_COLUMNS, OURS_ALONE, finding_cells, is_there
from exchange.reports.document import Cell, Column, Kind, Layout, LedgerState, Report, Section
from exchange.reports.folding import Asked
from exchange.reports.ledger import ledger_state
from exchange.reports.story import Said, stories_section, story_of
from exchange.store.discrepancies import Kept, find_discrepancy
from exchange.store.engine import Connection
from exchange.store.handoffs import find_handoffs

HANDOFFS_MAX: Final = 200
"""Of how many handoffs of one discrepancy the file tells all; a channel or a day may have many."""

_RULES: Final = {rule.id: rule for rule in (*RULES, *OUR_RULES)}
_Say = Callable[[SharedHandoff], str | None]


class Name(NamedTuple):
    """Who a handoff is about, as its newest notice records it."""

    full_name: str
    birth_date: str


def _of(fact: str, member: str) -> _Say:
    """Return what reads a member of a fact; None where nothing was said of it."""

    def say(shared: SharedHandoff) -> str | None:
        said = getattr(shared, fact)
        value = None if said is None else getattr(said, member)
        if value is None:
            return None
        return str(value).lower() if isinstance(value, bool) else str(value)

    return say


def _nothing(_: SharedHandoff) -> None:
    return None


SIDE_BY_SIDE: Final[Mapping[str, tuple[_Say, _Say]]] = {
    "announced": (_of("notice", "first_said_at"), _of("acknowledgment", "first_said_at")),
    "revision": (_of("notice", "revision"), _of("acknowledgment", "revision")),
    "answer": (_nothing, _of("acknowledgment", "answer")),
    "answer-code": (_nothing, _of("acknowledgment", "code")),
    "window-from": (_of("notice", "window_from"), _of("acknowledgment", "window_from")),
    "window-to": (_of("notice", "window_to"), _of("acknowledgment", "window_to")),
    "port": (_of("notice", "port"), _nothing),
    "receiving-point": (_of("notice", "receiving_point"), _of("reception", "receiving_point")),
    "taken-back": (_of("cancellation", "first_said_at"), _nothing),
    "at-the-line": (_of("departure", "at"), _of("reception", "at")),
    "seen": (_nothing, _of("reception", "outcome")),
    "seen-code": (_nothing, _of("reception", "code")),
    "identity": (_nothing, _of("reception", "identity")),
    "document": (_nothing, _of("visa", "document")),
    "valid-from": (_nothing, _of("visa", "valid_from")),
    "valid-until": (_nothing, _of("visa", "valid_until")),
    "document-status": (_nothing, _of("visa_change", "status")),
    "status-until": (_nothing, _of("visa_change", "valid_until")),
    "hearing": (_of("notice", "hearing"), _of("verification", "hearing")),
    "hearing-version": (_of("notice", "hearing_version"), _of("verification", "version")),
    "hearing-on": (_of("notice", "hearing_on"), _nothing),
    "since": (_of("hearing", "hearing"), _of("delivery", "hearing")),
    "since-version": (_of("hearing", "revision"), _of("delivery", "revision")),
    "since-on": (_of("hearing", "hearing_on"), _nothing),
    "since-status": (_of("hearing", "status"), _of("delivery", "outcome")),
    "confirmed-version": (_of("confirmation", "revision"), _nothing),
    "confirmed": (_of("confirmation", "current"), _nothing),
    "at-the-hearing": (_of("presentation", "outcome"), _of("exit", "kind")),
    "at-the-hearing-at": (_of("presentation", "at"), _of("exit", "at")),
    "ended": (_of("closure", "first_said_at"), _nothing),
}
"""What one side said beside what the other said of the same, each a fact that both hold."""

VALUES: Final = "value."
"""Begins the key of a code's words; whatever else is said has none and stands for itself."""


@dataclass(frozen=True, slots=True)
class CaseFile:
    """
    A discrepancy with all that was said about its handoffs.

    *seen* are those of its handoffs that are of the reader's places.
    """

    asked: Asked
    ledger: LedgerState
    kept: Kept
    facts: Mapping[str, SharedHandoff]
    stories: Mapping[str, tuple[Said, ...]]
    seen: tuple[str, ...]

    def report(self, persons: Mapping[str, Name] | None = None) -> Report:
        """Return the file as a report; *persons* are the names, for whoever may see them."""
        asked, one = self.asked, self.kept.discrepancy
        sections = [self._what(), self._both()]
        if persons is not None:
            sections.append(_persons(persons))
        if self.stories:
            sections.append(stories_section(self.stories))
        return Report(
            kind="case",
            side=asked.side,
            first=one.finding.since.date(),
            last=None if one.ending is None else one.ending.at.date(),
            closed=one.ending is not None,
            only_at=None,
            made_at=asked.now.replace(microsecond=0),
            ledger=self.ledger,
            adds_up=None,
            sections=tuple(sections),
            names=names_of(asked.places),
        )

    def _what(self) -> Section:
        """What is wrong, whose it is to act, what to do and whom to call."""
        one = self.kept.discrepancy
        finding, ending = one.finding, one.ending
        figures: dict[Column, Cell] = {
            Column("severity", Kind.CODE, "severity."): finding.severity,
            **dict(zip(FINDING_COLUMNS, finding_cells(finding), strict=True)),
            Column("says", Kind.CODE, "says."): finding.rule,
            Column("remedy", Kind.CODE, "remedy."): finding.rule,
            Column("call", Kind.CODE, "desk."): " ".join(_RULES[finding.rule].call),
            Column("ended_at", Kind.INSTANT): None if ending is None else ending.at,
        }
        return Section(
            id="case",
            columns=tuple(figures),
            rows=(tuple(figures.values()),),
            layout=Layout.FIGURES,
        )

    def _both(self) -> Section:
        rows = [
            (handoff, name, ours, theirs)
            for handoff, shared in self.facts.items()
            for name, (us, mx) in SIDE_BY_SIDE.items()
            for ours, theirs in [(us(shared), mx(shared))]
            if ours is not None or theirs is not None
        ]
        return Section(
            id="side-by-side",
            columns=(
                Column("handoff", Kind.HANDOFF),
                Column("what", Kind.CODE, "fact."),
                Column("us-said", Kind.CODE, VALUES),
                Column("mx-said", Kind.CODE, VALUES),
            ),
            rows=tuple(rows),
            group="handoff",
            note="side-by-side",
        )


def make_case(connection: Connection, asked: Asked, number: int) -> CaseFile | None:
    """Return the file of a discrepancy; None where there is none that the reader may see."""
    kept = find_discrepancy(connection, number)
    if kept is None:
        return None
    finding = kept.discrepancy.finding
    if finding.rule in OURS_ALONE and not asked.knows_holds:
        return None
    rows = find_handoffs(connection, set(finding.handoffs)) if finding.handoffs else {}
    if not asked.selection.is_of_every_place and not is_there(kept, rows, asked):
        return None
    wanted = [rows[one] for one in finding.handoffs[:HANDOFFS_MAX] if one in rows]
    return CaseFile(
        asked=asked,
        ledger=ledger_state(connection),
        kept=kept,
        facts={
            row.handoff: SharedHandoff.model_validate_json(row.shared)
            for row in wanted
            if row.shared is not None
        },
        stories={row.handoff: story_of(connection, asked.side, row.number) for row in wanted},
        seen=tuple(
            row.handoff
            for row in wanted
            if asked.selection.has(asked.side, port=row.port, point=row.receiving_point)
        ),
    )


def _persons(persons: Mapping[str, Name]) -> Section:
    return Section(
        id="persons",
        columns=(
            Column("handoff", Kind.HANDOFF),
            Column("full_name", Kind.TEXT),
            Column("birth_date", Kind.TEXT),
        ),
        rows=tuple((handoff, *name) for handoff, name in persons.items()),
    )
