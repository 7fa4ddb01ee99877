"""(9) The routes of a Mexican official for a person who waits: document, hearing, exit."""

from dataclasses import dataclass

from exchange.access.rights import Action
from exchange.domain.messages.catalogue import (
    EXIT,
    HEARING_DELIVERY,
    HEARING_VERIFICATION,
    VISA_CHANGE,
)
from exchange.domain.messages.exit import Exit
from exchange.domain.messages.hearing_delivery import HearingDelivery
from exchange.domain.messages.hearing_verification import HearingVerification
from exchange.domain.messages.visa_change import VisaChange
from exchange.flow.stays import Stays
from exchange.web.answering import answering
from exchange.web.calls import Calls
from exchange.web.documents import given_of
from exchange.web.routes import Route

VISA_CHANGE_GIVEN = given_of(VisaChange, nullable=("valid_until",))
HEARING_DELIVERY_GIVEN = given_of(HearingDelivery)
HEARING_VERIFICATION_GIVEN = given_of(HearingVerification)
EXIT_GIVEN = given_of(Exit)


@dataclass(frozen=True, slots=True)
class StayDesk:
    """What the routes of a stay need."""

    stays: Stays
    calls: Calls

    def routes(self) -> tuple[Route, ...]:
        """Return the rows of these routes."""
        calls, stays = self.calls, self.stays
        return (
            answering(calls, Action.CHANGE_VISA, VISA_CHANGE, stays.change_visa, VISA_CHANGE_GIVEN),
            answering(
                calls,
                Action.DELIVER_HEARING,
                HEARING_DELIVERY,
                stays.record_delivery,
                HEARING_DELIVERY_GIVEN,
            ),
            answering(
                calls,
                Action.DOUBT_HEARING,
                HEARING_VERIFICATION,
                stays.doubt_hearing,
                HEARING_VERIFICATION_GIVEN,
            ),
            answering(calls, Action.RECORD_EXIT, EXIT, stays.record_exit, EXIT_GIVEN),
        )
