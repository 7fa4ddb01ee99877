"""Whether the code of a person's paper still holds, by what this side has on record."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from exchange.cli.paper_messages import Paper, Record
from exchange.errors import Sentence
from exchange.proof.papers import PaperCode


class Standing(StrEnum):
    """What a code is worth."""

    CURRENT = "current"
    SUPERSEDED = "superseded"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"
    FALSE = "false"
    ERASED = "erased"


MEANINGS: Mapping[Standing, Sentence] = MappingProxyType(
    {
        Standing.CURRENT: Sentence(
            "current: the paper was drawn from the newest message; what it says holds",
            "current: el papel viene del mensaje más reciente; lo que dice vale",
        ),
        Standing.SUPERSEDED: Sentence(
            "superseded: the paper is genuine, but a newer message says otherwise; print a new one",
            "superseded: el papel es auténtico, pero un mensaje posterior dice otra cosa; imprima "
            "uno nuevo",
        ),
        Standing.CANCELLED: Sentence(
            "cancelled: the paper is genuine, but the handoff was cancelled or its case is closed",
            "cancelled: el papel es auténtico, pero la entrega se canceló o su caso está cerrado",
        ),
        Standing.UNKNOWN: Sentence(
            "unknown: this side has no such handoff or revision; it may be on its way: ask the "
            "other side",
            "unknown: este lado no tiene esa entrega o revisión; puede estar en camino: pregunte "
            "al otro lado",
        ),
        Standing.FALSE: Sentence(
            "false: no message on this side makes this code; read it again, then ask the other",
            "false: ningún mensaje de este lado da este código; léalo otra vez, luego pregunte al "
            "otro lado",
        ),
        Standing.ERASED: Sentence(
            "erased: the person's data was erased, and with it what the code is checked against",
            "erased: los datos de la persona se borraron, y con ellos aquello con que se comprueba "
            "el código",
        ),
    }
)


def check_code(code: PaperCode, record: Record | None) -> Standing:
    """
    Return what *code* is worth; *record* is what we have of its handoff, None for nothing.

    A code says whether it is genuine before it says whether it is current: without the salt of
    a message nobody learns from a guess how a handoff stands.
    """
    if record is None:
        return Standing.UNKNOWN
    if record.erased:
        return Standing.ERASED
    newest = record.paper
    if newest is None or code.revision > record.revision:
        return Standing.UNKNOWN
    papers = [one for one in record.papers() if code.is_marked_by(one.salt)]
    if not papers:
        return Standing.FALSE
    if record.is_over:
        return Standing.CANCELLED
    is_current = code.revision == record.revision and _printed(newest) in map(_printed, papers)
    return Standing.CURRENT if is_current else Standing.SUPERSEDED


def _printed(paper: Paper) -> tuple[object, ...]:
    """Return what a paper says: a message that says the same again changes nothing."""
    person, hearing = paper.notice.person, paper.hearing
    return (
        person.full_name_as_recorded,
        person.given_names,
        person.first_surname,
        person.second_surname,
        person.birth_date,
        paper.notice.return_.receiving_point,
        hearing.hearing,
        hearing.version,
        hearing.hearing_at,
        hearing.present_at,
        hearing.presentation_port,
    )
