"""The rules of the stay: every person has one document, and it outlasts the hearing."""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from exchange.domain.discrepancies.rules import Desk, Rule
from exchange.domain.discrepancies.scopes import Breach, Record, Terms, at_once, once, said_at
from exchange.domain.due import after, stay_due, visa_due
from exchange.domain.handoff import SharedHandoff, Stage
from exchange.domain.parties import Side
from exchange.domain.places import zone_of
from exchange.domain.severity import Severity
from exchange.domain.wire import read_utc
from exchange.errors import Sentence

_Days = tuple[date, date]
_HAS_DOCUMENT = frozenset({Stage.DOCUMENTED, Stage.NOT_PRESENTED})


def without_document(record: Record, terms: Terms) -> Breach | None:
    """A person was received, and has no document in time."""
    shared = record.shared
    if shared.visa is not None:
        return None
    due_at, left = visa_due(shared, terms.limits), _left_at(shared)
    if due_at is None or (left is not None and left <= due_at):
        return None
    return once(due_at)


def document_without_reception(record: Record, terms: Terms) -> Breach | None:
    """A document was given or changed for a person who was not received."""
    shared = record.shared
    said = shared.visa or shared.visa_change
    if said is None or shared.received_at is not None:
        return None
    return once(after(said_at(said), terms.thresholds.overtaking_seconds))


def two_documents(record: Record, _: Terms) -> Breach | None:
    """A person has two documents that are valid on one day, in two cycles of the case."""
    shared, visa = record.shared, record.shared.visa
    if visa is None or not record.others:
        return None
    mine, last = _validity(shared), (said_at(visa), shared.handoff)
    is_second = any(
        one.visa is not None
        and (said_at(one.visa), one.handoff) < last
        and _overlap(mine, _validity(one))
        for one in record.others
    )
    return at_once(visa) if is_second else None


def ends_before_hearing(record: Record, terms: Terms) -> Breach | None:
    """
    A person's document ends before the hearing, or too soon after it.

    It is looked at again with every change of either, and is critical in the last days.
    """
    shared = record.shared
    if record.stage not in _HAS_DOCUMENT or not record.waits:
        return None
    seconds = terms.thresholds.stay_critical_seconds
    critical_from = stay_due(shared, terms.limits, before_seconds=seconds)
    if critical_from is None:
        return None
    found = at_once(shared.visa, shared.visa_change, shared.notice, shared.hearing)
    return found._replace(critical_from=critical_from)


@lru_cache(maxsize=4_096)
def day_ends_at(on: date, zone: str) -> datetime:
    """Return when the day has ended on the wall calendar of *zone*."""
    following = on + timedelta(days=1)
    midnight = datetime(following.year, following.month, following.day, tzinfo=zone_of(zone))
    return midnight.astimezone(UTC)


def _left_at(shared: SharedHandoff) -> datetime | None:
    """Return when the person was first seen to have left Mexico."""
    left = [shared.presented_at, read_utc(shared.exit.at) if shared.exit else None]
    return min((at for at in left if at is not None), default=None)


def _validity(shared: SharedHandoff) -> _Days | None:
    """
    Return the first and last day of the document that stands, while the person stays.

    On the day on which the person leaves it counts no more: many come back on the same day.
    """
    visa, until, left = shared.visa, shared.document_valid_until, _left_at(shared)
    if visa is None or until is None or shared.awaits_successor:
        return None
    last = until if left is None else min(until, left.date() - timedelta(days=1))
    return date.fromisoformat(visa.valid_from), last


def _overlap(mine: _Days | None, theirs: _Days | None) -> bool:
    return bool(mine and theirs and mine[0] <= theirs[1] and theirs[0] <= mine[1])


STAY_RULES = (
    Rule(
        id="R09",
        severity=Severity.HIGH,
        owner=Side.MX,
        call=(Desk.DOCUMENTS,),
        name=Sentence("No document", "Sin documento"),
        says=Sentence(
            "A person was received, and has no document in time.",
            "Una persona fue recibida y no tiene documento a tiempo.",
        ),
        remedy=Sentence(
            "Give the person a document, and record it.",
            "Entregue un documento a la persona y regístrelo.",
        ),
        of_handoff=without_document,
    ),
    Rule(
        id="R10",
        severity=Severity.NORMAL,
        owner=Side.MX,
        call=(Desk.DOCUMENTS, Desk.POINT),
        name=Sentence("Document without reception", "Documento sin recepción"),
        says=Sentence(
            "A document was given or changed for a person who was not received.",
            "Se dio o cambió un documento de una persona que no fue recibida.",
        ),
        remedy=Sentence(
            "Record the reception, or revoke the document.",
            "Registre la recepción, o revoque el documento.",
        ),
        of_handoff=document_without_reception,
    ),
    Rule(
        id="R11",
        severity=Severity.NORMAL,
        owner=Side.MX,
        call=(Desk.DOCUMENTS,),
        name=Sentence("Two documents", "Dos documentos"),
        says=Sentence(
            "A person has two documents that are valid on one day, in two cycles of the case.",
            "Una persona tiene dos documentos válidos un mismo día, en dos ciclos del caso.",
        ),
        remedy=Sentence(
            "Revoke the one that does not stand, and tell the person which does.",
            "Revoque el que no rige e informe a la persona cuál sí.",
        ),
        of_handoff=two_documents,
    ),
    Rule(
        id="R12",
        severity=Severity.HIGH,
        owner=Side.MX,
        call=(Desk.DOCUMENTS, Desk.POINT),
        name=Sentence("Document ends before the hearing", "Documento vence antes de la audiencia"),
        says=Sentence(
            "A person's document ends before the hearing, or too soon after it.",
            "El documento de una persona vence antes de la audiencia, o demasiado pronto después.",
        ),
        remedy=Sentence(
            "Extend or replace the document before the person has to present.",
            "Amplíe o reemplace el documento antes de que la persona deba presentarse.",
        ),
        of_handoff=ends_before_hearing,
    ),
)
