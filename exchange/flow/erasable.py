"""
Whose data are due to be erased, by the rules of retention, and what is kept back all the same.

The rules look at whole cases: all handoffs of one person go together. Kept back is what is
preserved for a court, an inspection or a complaint, and what still waits to be said.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from exchange.domain.handoff import LocalStage, SharedHandoff
from exchange.domain.retention import Basis, Due, Retention, find_due
from exchange.errors import NotFound, Sentence
from exchange.flow.rows import case_of, shared_of
from exchange.store.bodies import find_data_keys
from exchange.store.engine import Connection
from exchange.store.erasures import count_withheld, find_speaking, list_keyed
from exchange.store.handoffs import Handoff, find_handoffs, stream_handoffs
from exchange.store.preservations import find_preserved

FOUND_MAX = 500
"""How many handoffs are found at a time: one proposal is confirmed in one transaction."""

Places = frozenset[str] | None
"""The ports and receiving points that somebody may act for, None for all."""


class KeptBack(StrEnum):
    """Why a handoff cannot be erased now."""

    PRESERVED = "preserved"
    SPEAKING = "speaking"


KEPT_BACK: Mapping[KeptBack, Sentence] = {
    KeptBack.PRESERVED: Sentence("it is preserved", "se conserva por mandato"),
    KeptBack.SPEAKING: Sentence(
        "something about it still waits to be said", "algo sobre ella espera decirse"
    ),
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A handoff that is due: under which rule, since when, and why it is kept back if it is."""

    row: Handoff
    due: Due
    kept_back: KeptBack | None


@dataclass(frozen=True, slots=True)
class Found:
    """What is due: the handoffs, whether there are *more*, and the *withheld* digests."""

    candidates: tuple[Candidate, ...]
    more: bool
    withheld: int


def find_all_due(
    connection: Connection, rules: Retention, *, now: datetime, places: Places = None
) -> Found:
    """Return what is to be erased by the rules, what is due longest before the rest."""
    keyed = list_keyed(connection)
    cases: dict[str, list[SharedHandoff]] = {}
    rows: list[Handoff] = []
    for row in stream_handoffs(connection):
        shared = shared_of(row)
        cases.setdefault(case_of(row), []).extend([shared] if shared else [])
        if row.number in keyed and _is_at(row, places):
            rows.append(row)
    dues = {case: find_due(known, rules) for case, known in cases.items()}
    found = [(row, due) for row in rows if (due := _due_of(row, dues, rules)) and due.at <= now]
    found.sort(key=lambda one: (one[1].at, one[0].handoff))
    chosen = found[:FOUND_MAX]
    back = find_kept_back(connection, [row for row, _ in chosen])
    return Found(
        tuple(Candidate(row, due, back.get(row.handoff)) for row, due in chosen),
        len(found) > FOUND_MAX,
        count_withheld(connection, before=now - timedelta(days=rules.withheld_days)),
    )


def _due_of(row: Handoff, dues: Mapping[str, Due | None], rules: Retention) -> Due | None:
    """Return when a handoff is due: one that nobody ever heard of by a rule of its own."""
    if row.local_stage == LocalStage.WITHDRAWN:
        days = timedelta(days=rules.never_announced_days)
        return Due(Basis.NEVER_ANNOUNCED, row.created_at + days)
    return dues[case_of(row)]


def find_kept_back(connection: Connection, rows: Sequence[Handoff]) -> dict[str, KeptBack]:
    """Return which of the handoffs cannot be erased now, by id, and why."""
    speaking = find_speaking(connection, [row.number for row in rows])
    back = {row.handoff: KeptBack.SPEAKING for row in rows if row.number in speaking}
    preserved = find_preserved(connection, [row.handoff for row in rows])
    return back | dict.fromkeys(preserved, KeptBack.PRESERVED)


def get_keyed(connection: Connection, handoffs: Collection[str], places: Places) -> list[Handoff]:
    """
    Return the handoffs (ids) as they stand.

    Raises:
        NotFound: One of them is not ours, is not at these places, or was erased.
    """
    found = find_handoffs(connection, set(handoffs)).values()
    keyed = find_data_keys(connection, [row.number for row in found])
    rows = [row for row in found if row.number in keyed and _is_at(row, places)]
    if len(rows) < len(set(handoffs)):
        raise NotFound
    return rows


def _is_at(row: Handoff, places: Places) -> bool:
    return places is None or not places.isdisjoint({row.port, row.receiving_point})
