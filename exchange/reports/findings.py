"""What is out of order with a handoff though it is accounted for: late, overdue, out of place."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from exchange.domain.deadlines import visa_ends_before_hearing
from exchange.domain.handoff import SharedHandoff
from exchange.domain.parties import Side
from exchange.domain.punctuality import Judged, Kept
from exchange.domain.stages import OUT_OF_PLACE, UNKNOWN_SUBJECT
from exchange.store.accounts import Spoken
from exchange.store.columns import Status

WITHOUT_NOTICE = "without-notice"
VISA_TOO_SHORT = "visa-ends-before-hearing"
REJECTED = "rejected"
ON_PAPER = "on-paper"
"""A crossing or reception that was entered from the paper of an outage."""
ODD_CODES = (OUT_OF_PLACE, UNKNOWN_SUBJECT)


@dataclass(frozen=True, slots=True)
class Finding:
    """
    One thing out of order: its kind and handoff, never a person.

    *owner* is the side that must act, where one of the two must; *due_at* and *met_at* are
    those of a deadline.
    """

    kind: str
    handoff: str
    owner: Side | None = None
    due_at: dt.datetime | None = None
    met_at: dt.datetime | None = None


def findings_in(shared: SharedHandoff, judged: Iterable[Judged]) -> Iterator[Finding]:
    """Give what the facts of a handoff show, and how its deadlines were *judged*."""
    handoff = shared.handoff
    for one in judged:
        if one.kept in (Kept.OVERDUE, Kept.LATE):
            kind = f"{one.kept}-{one.deadline.name}"
            yield Finding(kind, handoff, one.deadline.owner, one.due_at, one.met_at)
    if visa_ends_before_hearing(shared):
        yield Finding(VISA_TOO_SHORT, handoff, Side.MX)
    was_seen = shared.visa is not None or shared.received_at is not None
    if shared.notice is None and was_seen:
        yield Finding(WITHOUT_NOTICE, handoff, Side.US)


def findings_about(handoff: str, spoken: Iterable[Spoken]) -> Iterator[Finding]:
    """Give what the receipts of the messages about a handoff show."""
    for one in spoken:
        if Status.REJECTED in (one.status, one.verdict):
            yield Finding(REJECTED, handoff)
        elif one.code in ODD_CODES:
            yield Finding(one.code, handoff)
