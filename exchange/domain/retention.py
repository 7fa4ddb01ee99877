"""
How long what was recorded of a person is kept, and from what that is counted.

It is counted from what both sides have said, so both come to the same day. The defaults are
proposals of the field: the agreement of the two authorities sets them. What proves that
something was said (envelopes, signatures, receipts) names nobody, and is kept.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from exchange.domain.due import after
from exchange.domain.facts import Fact, VisaChangeFact, VisaFact
from exchange.domain.limits import DAY
from exchange.domain.shared import SharedHandoff
from exchange.domain.wire import read_utc
from exchange.errors import Sentence


class Basis(StrEnum):
    """Why a person's data are erased: a rule of retention, or what somebody asked for."""

    CASE_CLOSED = "CASE_CLOSED"
    CASE_SILENT = "CASE_SILENT"
    NEVER_ANNOUNCED = "NEVER_ANNOUNCED"
    PERSON_ASKS = "PERSON_ASKS"
    RECORDED_WRONG = "RECORDED_WRONG"
    COURT_ORDER = "COURT_ORDER"


BASES = MappingProxyType(
    {
        Basis.CASE_CLOSED: Sentence("the case closed", "el caso se cerró"),
        Basis.CASE_SILENT: Sentence(
            "nothing was said about the case for long", "hace mucho que no se dice nada del caso"
        ),
        Basis.NEVER_ANNOUNCED: Sentence("it was never announced", "nunca se avisó"),
        Basis.PERSON_ASKS: Sentence("the person asks for it", "la persona lo pide"),
        Basis.RECORDED_WRONG: Sentence("it was recorded in error", "se registró por error"),
        Basis.COURT_ORDER: Sentence("a court ordered it", "lo ordenó un tribunal"),
    }
)
ASKED = (Basis.PERSON_ASKS, Basis.RECORDED_WRONG, Basis.COURT_ORDER)
"""What somebody may ask for although no rule has it due."""


class Ground(StrEnum):
    """Why a person's data are kept although a rule would have them erased. Never sent."""

    COURT = "court"
    INSPECTION = "inspection"
    COMPLAINT = "complaint"


GROUNDS = MappingProxyType(
    {
        Ground.COURT: Sentence("for a court", "para un tribunal"),
        Ground.INSPECTION: Sentence("for an inspection", "para una inspección"),
        Ground.COMPLAINT: Sentence("for a complaint", "por una queja"),
    }
)


class Retention(BaseModel):
    """How long a person's data are kept. The defaults are those the field was found with."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    case_closed_days: int = Field(
        default=90,
        ge=1,
        le=36_500,
        description=Sentence(
            "From the end of a case until its persons' data are erased.",
            "Desde el cierre de un caso hasta que se borran los datos de la persona.",
        ),
    )
    case_silent_days: int = Field(
        default=730,
        ge=1,
        le=36_500,
        description=Sentence(
            "From the last word or hearing of a case that nobody ended until they are erased.",
            "Desde lo último dicho o la última audiencia de un caso que nadie cerró hasta que se "
            "borran.",
        ),
    )
    never_announced_days: int = Field(
        default=30,
        ge=1,
        le=36_500,
        description=Sentence(
            "From a decision whose notice was never said until its data are erased.",
            "Desde una decisión cuyo aviso nunca se dijo hasta que se borran sus datos.",
        ),
    )
    withheld_days: int = Field(
        default=365,
        ge=1,
        le=36_500,
        description=Sentence(
            "From a decision that was withheld until its keyed digest is erased.",
            "Desde una decisión excluida hasta que se borra su resumen con llave.",
        ),
    )


class Due(NamedTuple):
    """Under which rule a person's data are to be erased, and from when on."""

    basis: Basis
    at: datetime


def find_due(case: Iterable[SharedHandoff], rules: Retention) -> Due | None:
    """
    Return from when on the data of a case are to be erased; None where nothing was ever said.

    All its handoffs are of one person: their data go together, once the last is over.
    """
    known = tuple(case)
    closed = [one.closed_at for one in known if one.closed_at is not None]
    if closed:
        return Due(Basis.CASE_CLOSED, after(max(closed), rules.case_closed_days * DAY))
    spoken = [at for one in known for at in _times_of(one)]
    if not spoken:
        return None
    return Due(Basis.CASE_SILENT, after(max(spoken), rules.case_silent_days * DAY))


def _times_of(shared: SharedHandoff) -> Sequence[datetime]:
    """Return when something was said of a handoff, and when its hearing is."""
    said = [read_utc(fact.said_at) for fact in facts_of(shared)]
    return said if shared.hearing_at is None else [*said, shared.hearing_at]


def facts_of(shared: SharedHandoff) -> tuple[Fact, ...]:
    """Return every fact of a handoff."""
    members = (getattr(shared, name) for name in SharedHandoff.model_fields)
    return tuple(one for one in members if isinstance(one, Fact))


ERASED = "erased:"
"""How a document's number begins once it was erased; no number on the wire has a colon."""


def is_erased(number: str) -> bool:
    """Say whether a document's number was erased."""
    return number.startswith(ERASED)


def without_person(shared: SharedHandoff, token: str) -> SharedHandoff:
    """
    Return what both sides know of a handoff without the number of the person's document.

    The *token* is random: what was one document stays one, and two stay two.
    """
    return shared.model_copy(
        update={
            slot: fact.model_copy(update={"number": _unnumbered(fact, shared, token)})
            for slot in ("visa", "visa_change")
            if isinstance(fact := getattr(shared, slot), VisaFact | VisaChangeFact)
        }
    )


def _unnumbered(fact: VisaFact | VisaChangeFact, shared: SharedHandoff, token: str) -> str:
    if is_erased(fact.number):
        return fact.number
    is_other = shared.visa is not None and fact.number != shared.visa.number
    return f"{ERASED}{token}{'-2' if is_other else ''}"
