"""(1) The routes of a US port: decisions come in, and a handoff can be taken back."""

from dataclasses import dataclass
from http import HTTPStatus

import orjson
from aiohttp import web

from exchange import errors
from exchange.access.rights import Action
from exchange.domain.decision import ReturnDecision
from exchange.domain.screening import Withheld
from exchange.flow.cancellations import Cancellations
from exchange.flow.intake import Intake, parse_document
from exchange.web.calls import Call, Calls
from exchange.web.documents import (
    CancellationDocument,
    CancellationTaken,
    DecisionTaken,
    json_response,
)
from exchange.web.handoffs import handoff_in
from exchange.web.routes import Route


@dataclass(frozen=True, slots=True)
class PortDesk:
    """What the routes of a port need."""

    intake: Intake
    cancellations: Cancellations
    calls: Calls

    def routes(self) -> tuple[Route, ...]:
        """Return the rows of these routes."""
        return (
            Route(
                "POST",
                "/v1/return-decisions",
                self.calls.acting(Action.DECIDE, self.take_decision),
                "Enter a return decision; a repeat of its decision_id gets the same answer",
                success=HTTPStatus.ACCEPTED,
                takes=ReturnDecision,
                gives=DecisionTaken,
                problems=(
                    errors.Invalid,
                    errors.WithheldFromReturn,
                    errors.DecisionConflict,
                    errors.Draining,
                ),
                needs=Action.DECIDE,
                idempotent=True,
            ),
            Route(
                "POST",
                "/v1/handoffs/{handoff}/cancellation",
                self.calls.acting(Action.CANCEL, self.cancel),
                "Take a handoff back; its cause stays in our journal",
                success=HTTPStatus.ACCEPTED,
                takes=CancellationDocument,
                gives=CancellationTaken,
                problems=(errors.Invalid, errors.NotFound, errors.NotPossible),
                needs=Action.CANCEL,
                idempotent=True,
            ),
        )

    async def take_decision(self, call: Call) -> web.Response:
        """Answer once decision, handoff and draft of the notice are stored, or say what hinders."""
        result = await self.intake.submit(
            call.body, actor=call.caller.name, ports=call.caller.ports
        )
        if isinstance(result, Withheld):
            raise errors.WithheldFromReturn(rule_set=result.rule_set, reasons=result.reasons)
        # What `DecisionTaken` describes, written without a model: this is the hottest route.
        document = orjson.dumps(
            {
                "handoff": result.handoff,
                "recorded_at": result.recorded_at,
                "next": result.next,
                "deadlines": result.deadlines,
            },
            option=orjson.OPT_UTC_Z,
        )
        return json_response(document, HTTPStatus.ACCEPTED)

    async def cancel(self, call: Call) -> web.Response:
        """Answer once the handoff is withdrawn here; whether the partner must be told is said."""
        result = await self.cancellations.withdraw(
            handoff_in(call.request),
            parse_document(call.body),
            actor=call.caller.name,
            ports=call.caller.ports,
        )
        taken = CancellationTaken.model_validate(result, from_attributes=True)
        return taken.response(HTTPStatus.ACCEPTED)
