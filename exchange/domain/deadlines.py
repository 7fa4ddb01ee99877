"""
Every deadline of a handoff in one table.

Silence is never acceptance: a deadline that passes opens an alarm and changes no stage. A
deadline is *overdue* while what it asks for has not come, and *late* where it came, but after
it was due. A row needs nothing but itself and its kind in ``domain.alarms``: watch, account and
manual read the table.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import NamedTuple

from exchange.domain.due import (
    LAST,
    acknowledgment_due,
    after,
    confirmation_due,
    confirmation_met,
    delivery_due,
    delivery_met,
    last_delivery_due,
    never,
    presentation_due,
    presentation_met,
    reception_due,
    reception_met,
    since_reception,
    stay_due,
    visa_due,
    visa_met,
    whereabouts_due,
    window_due,
)
from exchange.domain.handoff import SharedHandoff, Stage
from exchange.domain.limits import Limits
from exchange.domain.parties import Side
from exchange.domain.severity import Severity
from exchange.errors import Sentence

__all__ = [
    "DEADLINES",
    "Deadline",
    "Late",
    "Limits",
    "Waiting",
    "late",
    "overdue",
    "pending",
    "receipt_due_at",
    "visa_ends_before_hearing",
]


class Deadline(NamedTuple):
    """
    One row: who must act, how grave its passing is, in which stages it waits, when, for what.

    *due_at* is None while nothing is asked; *met_at* while what is asked for has not come.
    """

    name: str
    owner: Side
    severity: Severity
    waits_in: frozenset[Stage]
    asks: Sentence
    due_at: Callable[[SharedHandoff, Limits], datetime | None]
    met_at: Callable[[SharedHandoff], datetime | None]


class Waiting(NamedTuple):
    """A deadline that still waits for what it asks."""

    name: str
    owner: Side
    due_at: datetime


class Late(NamedTuple):
    """A deadline that was met after it had passed."""

    name: str
    owner: Side
    due_at: datetime
    met_at: datetime


_BEFORE_THE_LINE = frozenset({Stage.NOTICED, Stage.DEFERRED, Stage.ACCEPTED})
_IN_MEXICO = frozenset({Stage.RECEIVED, Stage.DOCUMENTED})
_STILL_OPEN = _IN_MEXICO | {Stage.NOT_PRESENTED}

DEADLINES: tuple[Deadline, ...] = (
    Deadline(
        "acknowledgment",
        Side.MX,
        Severity.HIGH,
        frozenset({Stage.NOTICED}),
        Sentence("the answer to a notice", "la respuesta a un aviso"),
        acknowledgment_due,
        lambda shared: shared.answered_at,
    ),
    Deadline(
        "window",
        Side.US,
        Severity.HIGH,
        _BEFORE_THE_LINE,
        Sentence(
            "the crossing within its window, or another notice, or the end of this one",
            "el cruce dentro de su ventana, u otro aviso, o el fin de este",
        ),
        window_due,
        lambda shared: shared.departed_at,
    ),
    Deadline(
        "reception",
        Side.MX,
        Severity.HIGH,
        frozenset({Stage.ACCEPTED, Stage.DEPARTED}),
        Sentence("what was seen at the line", "lo que se vio en la línea"),
        reception_due,
        reception_met,
    ),
    Deadline(
        "whereabouts",
        Side.MX,
        Severity.CRITICAL,
        frozenset({Stage.DEPARTED}),
        Sentence(
            "where the person is who crossed the line: call the other side at once",
            "dónde está la persona que cruzó la línea: llame a la otra parte de inmediato",
        ),
        whereabouts_due,
        reception_met,
    ),
    Deadline(
        "visa",
        Side.MX,
        Severity.HIGH,
        frozenset({Stage.RECEIVED}),
        Sentence("the temporary document", "el documento temporal"),
        visa_due,
        visa_met,
    ),
    Deadline(
        "confirmation",
        Side.US,
        Severity.HIGH,
        _BEFORE_THE_LINE | _STILL_OPEN | {Stage.DEPARTED},
        Sentence("whether a doubted hearing stands", "si una audiencia puesta en duda rige"),
        confirmation_due,
        confirmation_met,
    ),
    Deadline(
        "delivery",
        Side.MX,
        Severity.HIGH,
        _STILL_OPEN,
        Sentence(
            "that the person was told of the hearing's change",
            "que se informó a la persona del cambio de audiencia",
        ),
        delivery_due,
        delivery_met,
    ),
    Deadline(
        "last-delivery",
        Side.MX,
        Severity.CRITICAL,
        _STILL_OPEN,
        Sentence(
            "that the person was told of the hearing's change, which is days away: find the person",
            "que se informó a la persona del cambio de audiencia, que es en unos días: búsquela",
        ),
        last_delivery_due,
        delivery_met,
    ),
    Deadline(
        "stay-check",
        Side.MX,
        Severity.HIGH,
        frozenset({Stage.DOCUMENTED}),
        Sentence(
            "a document that outlasts the presentation",
            "un documento que rebase la cita en el puerto",
        ),
        lambda shared, limits: stay_due(shared, limits, before_seconds=limits.stay_check_seconds),
        never,
    ),
    Deadline(
        "stay-extension",
        Side.MX,
        Severity.CRITICAL,
        frozenset({Stage.DOCUMENTED}),
        Sentence(
            "a document that outlasts the presentation, which is days away",
            "un documento que rebase la cita en el puerto, que es en unos días",
        ),
        lambda shared, limits: stay_due(
            shared, limits, before_seconds=limits.stay_extension_seconds
        ),
        never,
    ),
    Deadline(
        "presentation",
        Side.US,
        Severity.HIGH,
        _IN_MEXICO,
        Sentence("whether the person presented", "si la persona se presentó"),
        presentation_due,
        presentation_met,
    ),
    Deadline(
        "case-review",
        Side.US,
        Severity.NORMAL,
        _STILL_OPEN,
        Sentence("a look at a case that is months old", "una revisión de un caso de meses"),
        lambda shared, limits: since_reception(shared, limits.case_review_seconds),
        never,
    ),
    Deadline(
        "case-end",
        Side.US,
        Severity.HIGH,
        _STILL_OPEN,
        Sentence("the end of a case", "el fin de un caso"),
        lambda shared, limits: since_reception(shared, limits.case_end_seconds),
        lambda shared: shared.closed_at,
    ),
)
"""The deadlines of a handoff. A message's own deadline, its receipt, is ``receipt_due_at``."""


def overdue(shared: SharedHandoff, now: datetime, limits: Limits) -> tuple[Waiting, ...]:
    """Return every deadline that has passed at *now* and still waits for what it asks."""
    return tuple(
        Waiting(deadline.name, deadline.owner, due_at)
        for deadline, due_at in _standing(shared, limits)
        if shared.stage in deadline.waits_in and deadline.met_at(shared) is None and due_at < now
    )


def late(shared: SharedHandoff, limits: Limits) -> tuple[Late, ...]:
    """Return every deadline that was met, but after it was due."""
    return tuple(
        Late(deadline.name, deadline.owner, due_at, met_at)
        for deadline, due_at in _standing(shared, limits)
        if (met_at := deadline.met_at(shared)) is not None and met_at > due_at
    )


def pending(shared: SharedHandoff, limits: Limits) -> tuple[Waiting, ...]:
    """Return every deadline that still waits, passed or not: what a port is told comes next."""
    return overdue(shared, LAST, limits)


def receipt_due_at(sealed_at: datetime, limits: Limits) -> datetime:
    """Return when the receipt of a message sealed at *sealed_at* is due."""
    return after(sealed_at, limits.receipt_seconds)


def visa_ends_before_hearing(shared: SharedHandoff) -> bool:
    """
    Say whether the document ends before the day of the hearing for which the person waits.

    The document is good until the end of its last day; the hearing's day is that of the
    place where it is held.
    """
    hearing, until = shared.current_hearing, shared.document_valid_until
    if shared.visa is None or hearing is None or hearing.hearing_on is None:
        return False
    return until is None or until < hearing.hearing_on


def _standing(shared: SharedHandoff, limits: Limits) -> Iterator[tuple[Deadline, datetime]]:
    for deadline in DEADLINES:
        due_at = deadline.due_at(shared, limits)
        if due_at is not None:
            yield deadline, due_at
