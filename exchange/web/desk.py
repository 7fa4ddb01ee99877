"""(8-9) The routes of a Mexican official: who is expected, and what is answered about them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus

from aiohttp import web
from pydantic import BaseModel

from exchange import errors
from exchange.access.rights import Action
from exchange.domain.messages.catalogue import ACKNOWLEDGMENT, RECEPTION, VISA_ISSUANCE, MessageType
from exchange.flow.acts import Keep
from exchange.flow.answering import Answered
from exchange.flow.answers import Answers
from exchange.flow.intake import parse_document
from exchange.web.arrivals import ArrivalList
from exchange.web.calls import Act, Call, Calls
from exchange.web.documents import (
    ACKNOWLEDGMENT_GIVEN,
    RECEPTION_GIVEN,
    VISA_ISSUANCE_GIVEN,
    ActTaken,
    Arrivals,
)
from exchange.web.handoffs import DAY, day_in, handoff_in
from exchange.web.routes import Parameter, Route

NAME: dict[str, object] = {"type": "string", "pattern": "^[A-Z0-9-]{2,64}$"}

Answering = Callable[..., Awaitable[Answered]]


@dataclass(frozen=True, slots=True)
class ReceivingDesk:
    """What the routes of a receiving point need."""

    answers: Answers
    arrivals: ArrivalList
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
                parameters=(
                    Parameter(
                        "port", "A CBP port code, or one receiving point.", NAME, required=True
                    ),
                    Parameter("on", "A day of that place's calendar.", DAY, required=True),
                ),
                problems=(errors.Invalid, errors.NotFound),
                needs=Action.READ_ARRIVALS,
            ),
            self._answering(
                Action.ACKNOWLEDGE, ACKNOWLEDGMENT, self.answers.acknowledge, ACKNOWLEDGMENT_GIVEN
            ),
            self._answering(
                Action.RECEIVE, RECEPTION, self.answers.record_reception, RECEPTION_GIVEN
            ),
            self._answering(
                Action.ISSUE_VISA, VISA_ISSUANCE, self.answers.record_visa, VISA_ISSUANCE_GIVEN
            ),
        )

    async def show_arrivals(self, call: Call) -> web.Response:
        """Answer with everybody expected, once the view is in the journal."""
        port = call.request.query.get("port", "")
        arrivals = await self.arrivals.of_day(call.caller, port, day_in(call.request, "on"))
        return arrivals.response()

    def _answering(
        self, action: Action, kind: MessageType, answer: Answering, given: type[BaseModel]
    ) -> Route:
        """Return the row of one answer: what it needs and what it becomes."""

        async def does(call: Call, keep: Keep[Answered] | None) -> Answered:
            return await answer(
                handoff_in(call.request),
                parse_document(call.body),
                actor=call.caller.name,
                places=call.caller.ports,
                keep=keep,
            )

        return Route(
            "POST",
            f"/v1/handoffs/{{handoff}}/{kind.name}",
            self.calls.acting(action, Act(does, _say_taken)),
            f"Record the {kind.name.replace('-', ' ')}; its message waits to be sent",
            success=HTTPStatus.ACCEPTED,
            takes=given,
            gives=ActTaken,
            problems=(
                errors.Invalid,
                errors.NotFound,
                errors.AlreadyAnswered,
                errors.NotPossible,
            ),
            needs=action,
            idempotent=True,
        )


def _say_taken(_call: Call, answered: Answered) -> web.Response:
    """Say that the answer is stored and what the handoff will be."""
    taken = ActTaken.model_validate(answered, from_attributes=True)
    return taken.response(HTTPStatus.ACCEPTED)
