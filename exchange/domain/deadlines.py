"""
Every deadline of the exchange in one table.

Silence is never acceptance: a deadline that passes opens an alarm and changes no stage. A
deadline is *overdue* while what it asks for has not come, and *late* where it came, but after
it was due.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from exchange.domain.handoff import SharedHandoff, Stage
from exchange.domain.parties import Side
from exchange.domain.wire import read_utc
from exchange.errors import Sentence


class Limits(BaseModel):
    """How long each side has. The defaults are those the field was found with."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    receipt_seconds: int = Field(
        default=300,
        ge=1,
        description=Sentence(
            "From sealing a message until its receipt is held.",
            "Desde que se sella un mensaje hasta tener su constancia de recibo.",
        ),
    )
    acknowledgment_seconds: int = Field(
        default=7_200,
        ge=1,
        description=Sentence(
            "From the notice until Mexico's answer.", "Desde el aviso hasta la respuesta de México."
        ),
    )
    acknowledgment_before_window_seconds: int = Field(
        default=3_600,
        ge=0,
        description=Sentence(
            "How long before the window opens the answer is due at the latest.",
            "Cuánto antes de abrirse la ventana vence a más tardar la respuesta.",
        ),
    )
    reception_seconds: int = Field(
        default=7_200,
        ge=1,
        description=Sentence(
            "From the end of the window until Mexico says what was seen at the line.",
            "Desde el fin de la ventana hasta que México dice qué se vio en la línea.",
        ),
    )
    visa_seconds: int = Field(
        default=86_400,
        ge=1,
        description=Sentence(
            "From the reception until the document that was given.",
            "Desde la recepción hasta el documento que se dio.",
        ),
    )


class Deadline(NamedTuple):
    """One row: who must act, the stage in which it waits, when it is due, when it was met."""

    name: str
    owner: Side
    waits_in: Stage
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


_LAST = datetime.max.replace(tzinfo=UTC)


def _acknowledgment_due(shared: SharedHandoff, limits: Limits) -> datetime | None:
    noticed, opens = shared.noticed_at, shared.window_from
    if noticed is None or opens is None:
        return None
    latest = opens - timedelta(seconds=limits.acknowledgment_before_window_seconds)
    due = _after(noticed, limits.acknowledgment_seconds)
    return latest if noticed < latest < due else due


def _reception_due(shared: SharedHandoff, limits: Limits) -> datetime | None:
    answer, closes = shared.answer, shared.window_to
    if answer is None or answer.answer != "accepted" or closes is None:
        return None
    return _after(closes, limits.reception_seconds)


def _reception_met(shared: SharedHandoff) -> datetime | None:
    return read_utc(shared.reception.first_said_at) if shared.reception else None


def _visa_due(shared: SharedHandoff, limits: Limits) -> datetime | None:
    received = shared.received_at
    return None if received is None else _after(received, limits.visa_seconds)


def _visa_met(shared: SharedHandoff) -> datetime | None:
    return read_utc(shared.visa.first_said_at) if shared.visa else None


DEADLINES: tuple[Deadline, ...] = (
    Deadline(
        "acknowledgment",
        Side.MX,
        Stage.NOTICED,
        _acknowledgment_due,
        lambda shared: shared.answered_at,
    ),
    Deadline("reception", Side.MX, Stage.ACCEPTED, _reception_due, _reception_met),
    Deadline("visa", Side.MX, Stage.RECEIVED, _visa_due, _visa_met),
)
"""The deadlines of a handoff. A message's own deadline, its receipt, is ``receipt_due_at``."""


def overdue(shared: SharedHandoff, now: datetime, limits: Limits) -> tuple[Waiting, ...]:
    """Return every deadline that has passed at *now* and still waits for what it asks."""
    return tuple(
        Waiting(deadline.name, deadline.owner, due_at)
        for deadline, due_at in _standing(shared, limits)
        if deadline.waits_in is shared.stage and due_at < now
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
    return overdue(shared, _LAST, limits)


def receipt_due_at(sealed_at: datetime, limits: Limits) -> datetime:
    """Return when the receipt of a message sealed at *sealed_at* is due."""
    return _after(sealed_at, limits.receipt_seconds)


def _after(at: datetime, seconds: int) -> datetime:
    """Return the time *seconds* after *at*: the last there is, where a partner's clock says so."""
    left = (_LAST - at) // timedelta(seconds=1)
    return at + timedelta(seconds=min(seconds, left))


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
