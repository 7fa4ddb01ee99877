"""
How each body becomes a fact, and what it does to its handoff.

The members of a fact are the list of what is kept of a body in the clear; whatever else the
body says stays in the body.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple

from exchange.domain.facts import (
    AcknowledgmentFact,
    CancellationFact,
    ClosureFact,
    ConfirmationFact,
    DeliveryFact,
    DepartureFact,
    ExitFact,
    Fact,
    HearingFact,
    NoticeFact,
    PresentationFact,
    ReceptionFact,
    VerificationFact,
    VisaChangeFact,
    VisaFact,
)
from exchange.domain.messages.acknowledgment import Acknowledgment
from exchange.domain.messages.body import Body
from exchange.domain.messages.case_closure import CaseClosure
from exchange.domain.messages.correction import Correction
from exchange.domain.messages.departure import Departure
from exchange.domain.messages.exit import Exit
from exchange.domain.messages.hearing_confirmation import HearingConfirmation
from exchange.domain.messages.hearing_delivery import HearingDelivery
from exchange.domain.messages.hearing_notice import HearingNotice
from exchange.domain.messages.hearing_verification import HearingVerification
from exchange.domain.messages.presentation import Presentation
from exchange.domain.messages.reception import Reception
from exchange.domain.messages.return_cancellation import ReturnCancellation
from exchange.domain.messages.return_notice import ReturnNotice
from exchange.domain.messages.visa_change import VisaChange
from exchange.domain.messages.visa_issuance import VisaIssuance
from exchange.domain.messages.welfare_alert import WelfareAlert
from exchange.domain.shared import HearingStands
from exchange.domain.stages import Act
from exchange.domain.wire import utc_text

_ANSWERS = MappingProxyType(
    {"accepted": Act.ACCEPTANCE, "refused": Act.REFUSAL, "deferred": Act.DEFERRAL}
)
_ACTS: Mapping[type[Body], Act] = MappingProxyType(
    {
        ReturnNotice: Act.NOTICE,
        ReturnCancellation: Act.CANCELLATION,
        VisaIssuance: Act.VISA,
        Departure: Act.DEPARTURE,
        HearingNotice: Act.HEARING,
        HearingDelivery: Act.DELIVERY,
        HearingVerification: Act.VERIFICATION,
        HearingConfirmation: Act.CONFIRMATION,
        VisaChange: Act.VISA_CHANGE,
        Exit: Act.EXIT,
        CaseClosure: Act.CLOSURE,
        Correction: Act.CORRECTION,
        WelfareAlert: Act.ALERT,
    },
)


class Kind(NamedTuple):
    """How a body becomes a fact, and where that fact stands in a handoff."""

    slot: str
    fact: Callable[[Any, int, str], Fact]


def act_of(body: Body) -> Act:
    """Return what a body does to a handoff."""
    match body:
        case Acknowledgment():
            return _ANSWERS[body.answer]
        case Reception():
            return Act.RECEPTION if body.outcome == "received" else Act.NON_RECEPTION
        case Presentation():
            return Act.PRESENTATION if body.outcome == "presented" else Act.NON_PRESENTATION
        case _:
            return _ACTS[type(body)]


def kind_of(body: Body) -> Kind | None:
    """Return how the body becomes a fact; None where it is an event of its own."""
    return _KINDS.get(type(body))


def hearing_of(body: HearingNotice | ReturnNotice, said_at: datetime) -> HearingStands:
    """Return the hearing that a body says, or will say once it is sealed."""
    if isinstance(body, ReturnNotice):
        return HearingStands.of_notice(_notice_fact(body, 0, utc_text(said_at)))
    return HearingStands.of(_hearing_fact(body, 0, utc_text(said_at)))


def _notice_fact(body: ReturnNotice, seq: int, said_at: str) -> NoticeFact:
    # Nothing about the person is kept in the clear.
    window, hearing, family = body.return_.window, body.hearing, body.family
    return NoticeFact(
        seq=seq,
        said_at=said_at,
        first_said_at=said_at,
        revision=body.revision,
        case=body.case,
        cycle=body.cycle,
        port=body.return_.port,
        receiving_point=body.return_.receiving_point,
        window_from=window.from_,
        window_to=window.to,
        hearing=hearing.hearing,
        hearing_version=hearing.version,
        hearing_at=hearing.hearing_at.utc,
        hearing_on=hearing.hearing_at.local[:10],
        present_at=hearing.present_at.utc,
        presentation_port=hearing.presentation_port,
        source_as_of=hearing.source_as_of,
        family_group=family.group if family else None,
        family_size=family.size if family else None,
        rule_set=body.screening.rule_set,
    )


def _acknowledgment_fact(body: Acknowledgment, seq: int, said_at: str) -> AcknowledgmentFact:
    # The officer stays in the body.
    return AcknowledgmentFact(
        seq=seq,
        said_at=said_at,
        first_said_at=said_at,
        revision=body.revision,
        answer=body.answer,
        code=body.code,
        window_from=body.window.from_ if body.window else None,
        window_to=body.window.to if body.window else None,
        answered_at=body.answered_at,
    )


def _hearing_fact(body: HearingNotice, seq: int, said_at: str) -> HearingFact:
    hearing_at, present_at = body.hearing_at, body.present_at
    return HearingFact(
        seq=seq,
        said_at=said_at,
        first_said_at=said_at,
        revision=body.version,
        status=body.status,
        hearing=body.hearing,
        hearing_at=hearing_at and hearing_at.utc,
        hearing_on=hearing_at and hearing_at.local[:10],
        present_at=present_at and present_at.utc,
        presentation_port=body.presentation_port,
        source_as_of=body.source_as_of,
    )


def _copied(fact: type[Fact], ranked_by: str | None = None) -> Callable[[Any, int, str], Fact]:
    """Return how to keep exactly the members that the fact has, each as the body says it."""
    kept = tuple(fact.model_fields.keys() - Fact.model_fields.keys())

    def make(body: Body, seq: int, said_at: str) -> Fact:
        return fact(
            seq=seq,
            said_at=said_at,
            first_said_at=said_at,
            revision=getattr(body, ranked_by) if ranked_by else 0,
            **{name: getattr(body, name) for name in kept},
        )

    return make


_KINDS: Mapping[type[Body], Kind] = MappingProxyType(
    {
        ReturnNotice: Kind("notice", _notice_fact),
        ReturnCancellation: Kind("cancellation", _copied(CancellationFact, "revision")),
        Acknowledgment: Kind("acknowledgment", _acknowledgment_fact),
        Reception: Kind("reception", _copied(ReceptionFact)),
        VisaIssuance: Kind("visa", _copied(VisaFact)),
        Departure: Kind("departure", _copied(DepartureFact, "revision")),
        HearingNotice: Kind("hearing", _hearing_fact),
        HearingDelivery: Kind("delivery", _copied(DeliveryFact, "version")),
        HearingVerification: Kind("verification", _copied(VerificationFact)),
        HearingConfirmation: Kind("confirmation", _copied(ConfirmationFact, "version")),
        VisaChange: Kind("visa_change", _copied(VisaChangeFact)),
        Exit: Kind("exit", _copied(ExitFact)),
        Presentation: Kind("presentation", _copied(PresentationFact)),
        CaseClosure: Kind("closure", _copied(ClosureFact)),
    },
)
