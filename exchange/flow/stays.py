"""
(9) What Mexico records of a person who waits there, until the person leaves.

A change of the temporary document, that the person was told of a hearing or could not be
found, a doubt whether a hearing's date is true, the exit. None of them moves the handoff.
"""

from typing import cast

from exchange.domain.due import confirmation_met
from exchange.domain.facts import DeliveryFact, Fact, ReceptionFact, VisaFact
from exchange.domain.handoff import HandoffId, SharedHandoff
from exchange.domain.messages.body import Body
from exchange.domain.messages.catalogue import (
    EXIT,
    HEARING_DELIVERY,
    HEARING_VERIFICATION,
    RECEPTION,
    VISA_CHANGE,
    VISA_ISSUANCE,
    MessageType,
)
from exchange.domain.messages.exit import Exit
from exchange.domain.messages.hearing_delivery import HearingDelivery
from exchange.domain.messages.visa_change import VisaChange
from exchange.domain.wire import read_utc
from exchange.errors import AlreadyAnswered, Fault, Invalid
from exchange.flow.acts import Keep, Seen
from exchange.flow.answering import Answered, Answering, Speech, fact_of


class Stays(Answering):
    """Takes what the officials of the Mexican side record of a stay."""

    async def change_visa(
        self,
        handoff: str,
        document: object,
        *,
        actor: str,
        places: frozenset[str] | None = None,
        keep: Keep[Answered] | None = None,
    ) -> Answered:
        """
        Record what became of the document that the person was given, as it is printed.

        Raises:
            Invalid, NotFound, AlreadyAnswered, NotPossible: As `Answering` says. It is Invalid
                where the number is not that of the document given.
        """
        speech = Speech(
            VISA_CHANGE,
            document,
            nullable=("valid_until",),
            check=self._check_change,
            journaled=("status",),
        )
        return await self._say(handoff, speech, actor=actor, places=places, keep=keep)

    async def record_delivery(
        self,
        handoff: str,
        document: object,
        *,
        actor: str,
        places: frozenset[str] | None = None,
        keep: Keep[Answered] | None = None,
    ) -> Answered:
        """
        Record that the person was told of a version of the hearing, or could not be found.

        Who was not found may be found later, or not again; who was told of a version is told.

        Raises:
            Invalid, NotFound, AlreadyAnswered, NotPossible: As `Answering` says. It is Invalid
                where no such version of the hearing was announced.
        """
        speech = Speech(
            HEARING_DELIVERY,
            document,
            check=self._check_delivery,
            journaled=("version", "outcome"),
        )
        return await self._say(handoff, speech, actor=actor, places=places, keep=keep)

    async def doubt_hearing(
        self,
        handoff: str,
        document: object,
        *,
        actor: str,
        places: frozenset[str] | None = None,
        keep: Keep[Answered] | None = None,
    ) -> Answered:
        """
        Ask whether a hearing that somebody was shown is the one that stands, known here or not.

        Raises:
            Invalid, NotFound, AlreadyAnswered, NotPossible: As `Answering` says. It is
                AlreadyAnswered while the same doubt waits for its confirmation.
        """
        speech = Speech(
            HEARING_VERIFICATION, document, check=self._check_doubt, journaled=("version",)
        )
        return await self._say(handoff, speech, actor=actor, places=places, keep=keep)

    async def record_exit(
        self,
        handoff: str,
        document: object,
        *,
        actor: str,
        places: frozenset[str] | None = None,
        keep: Keep[Answered] | None = None,
    ) -> Answered:
        """
        Record that the person left, once; never where to.

        Raises:
            Invalid, NotFound, AlreadyAnswered, NotPossible: As `Answering` says. It is Invalid
                where it lies before the reception.
        """
        speech = Speech(EXIT, document, check=self._check_exit, journaled=("kind",))
        return await self._say(handoff, speech, actor=actor, places=places, keep=keep)

    async def _check_change(self, seen: Seen, body: Body) -> None:
        change, shared = cast("VisaChange", body), _shared(seen)
        visa = await self._standing(seen, VISA_ISSUANCE, shared.visa)
        if isinstance(visa, VisaFact) and visa.number != change.number:
            raise Invalid([Fault("/number", "other-document")])
        await self._require_news(seen, VISA_CHANGE, shared.visa_change, body, change.status)

    async def _check_delivery(self, seen: Seen, body: Body) -> None:
        delivery, shared = cast("HearingDelivery", body), _shared(seen)
        stands = shared.current_hearing
        if stands is None or delivery.hearing != stands.hearing:
            raise Invalid([Fault("/hearing", "unknown-hearing")])
        if delivery.version > stands.version:
            raise Invalid([Fault("/version", "unknown-hearing")])
        last = await self._standing(seen, HEARING_DELIVERY, shared.delivery)
        if isinstance(last, DeliveryFact) and (last.revision, last.outcome) == (
            delivery.version,
            "delivered",
        ):
            raise AlreadyAnswered(last.outcome)
        await self._require_news(seen, HEARING_DELIVERY, shared.delivery, body, delivery.outcome)

    async def _check_doubt(self, seen: Seen, body: Body) -> None:
        shared = _shared(seen)
        said = shared.verification if confirmation_met(shared) is None else None
        await self._require_news(seen, HEARING_VERIFICATION, said, body, HEARING_VERIFICATION.name)

    async def _check_exit(self, seen: Seen, body: Body) -> None:
        left, shared = cast("Exit", body), _shared(seen)
        reception = await self._standing(seen, RECEPTION, shared.reception)
        if isinstance(reception, ReceptionFact) and read_utc(left.at) < read_utc(reception.at):
            raise Invalid([Fault("/at", "before-reception")])
        if await self._standing(seen, EXIT, shared.exit) is not None:
            raise AlreadyAnswered(EXIT.name)

    async def _require_news(
        self, seen: Seen, kind: MessageType, said: Fact | None, body: Body, standing: str
    ) -> None:
        """
        Return where *body* says something else than what stands of its kind.

        Raises:
            AlreadyAnswered: It stands already, or waits to be said.
        """
        stands, fresh = await self._standing(seen, kind, said), fact_of(body)
        if stands is not None and fresh is not None and stands.says_the_same_as(fresh):
            raise AlreadyAnswered(standing)


def _shared(seen: Seen) -> SharedHandoff:
    return seen.shared or SharedHandoff(handoff=HandoffId(seen.row.handoff))
