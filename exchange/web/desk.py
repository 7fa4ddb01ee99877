"""(8-9) The routes of a Mexican official: who is expected, and what is answered about them."""

from dataclasses import dataclass
from datetime import date

from aiohttp import web

from exchange import errors
from exchange.access.rights import Action
from exchange.domain.messages.catalogue import ACKNOWLEDGMENT, RECEPTION, VISA_ISSUANCE
from exchange.errors import Language
from exchange.flow.answers import Answers
from exchange.flow.stays import Stays
from exchange.web.answering import answering
from exchange.web.arrivals import ArrivalList
from exchange.web.calls import Call, Calls
from exchange.web.documents import (
    ACKNOWLEDGMENT_GIVEN,
    RECEPTION_GIVEN,
    VISA_ISSUANCE_GIVEN,
)
from exchange.web.handoffs import DAY, day_in
from exchange.web.problems import language_of
from exchange.web.routes import Parameter, Route
from exchange.web.shown import Arrivals, Worklist
from exchange.web.stays import StayDesk
from exchange.web.worklist import TaskList

NAME: dict[str, object] = {"type": "string", "pattern": "^[A-Z0-9-]{2,64}$"}
PLACE_AND_DAY = (
    Parameter("port", "A CBP port code, or one receiving point.", NAME, required=True),
    Parameter("on", "A day of that place's calendar.", DAY, required=True),
)


@dataclass(frozen=True, slots=True)
class ReceivingDesk:
    """What the routes of a receiving point need."""

    answers: Answers
    stays: Stays
    arrivals: ArrivalList
    tasks: TaskList
    calls: Calls

    def routes(self) -> tuple[Route, ...]:
        """Return the rows of these routes."""
        return (
            Route(
                "GET",
                "/v1/arrivals",
                self.calls.reading(Action.READ_ARRIVALS, self.show_arrivals),
                "Who is expected on a day, with names; the view is journaled first",
                gives=Arrivals,
                parameters=PLACE_AND_DAY,
                problems=(errors.Invalid, errors.NotFound),
                needs=Action.READ_ARRIVALS,
            ),
            Route(
                "GET",
                "/v1/worklist",
                self.calls.reading(Action.READ_ARRIVALS, self.show_tasks),
                "What is to be done on a day, with names; the view is journaled first",
                gives=Worklist,
                parameters=PLACE_AND_DAY,
                problems=(errors.Invalid, errors.NotFound),
                needs=Action.READ_ARRIVALS,
            ),
            answering(
                self.calls,
                Action.ACKNOWLEDGE,
                ACKNOWLEDGMENT,
                self.answers.acknowledge,
                ACKNOWLEDGMENT_GIVEN,
            ),
            answering(
                self.calls,
                Action.RECEIVE,
                RECEPTION,
                self.answers.record_reception,
                RECEPTION_GIVEN,
            ),
            answering(
                self.calls,
                Action.ISSUE_VISA,
                VISA_ISSUANCE,
                self.answers.record_visa,
                VISA_ISSUANCE_GIVEN,
            ),
            *StayDesk(self.stays, self.calls).routes(),
        )

    async def show_arrivals(self, call: Call) -> web.Response:
        """Answer with everybody expected, once the view is in the journal."""
        shown = await self.arrivals.of_day(call.caller, *_asked(call))
        return shown.response()

    async def show_tasks(self, call: Call) -> web.Response:
        """Answer with everything to be done, once the view is in the journal."""
        shown = await self.tasks.of_day(call.caller, *_asked(call))
        return shown.response()


def _asked(call: Call) -> tuple[str, date, Language]:
    """Return the place and the day that are asked about, and the caller's language."""
    on = day_in(call.request, "on")
    return call.request.query.get("port", ""), on, language_of(call.request)
