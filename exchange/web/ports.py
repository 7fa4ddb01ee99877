"""(1, 8) The routes of a US port: decisions, what stops them, and people at the gate."""

from dataclasses import dataclass
from http import HTTPStatus

import orjson
from aiohttp import web

from exchange import errors
from exchange.access.rights import Action
from exchange.domain.decision import ReturnDecision
from exchange.domain.screening import Withheld
from exchange.flow.acts import Keep
from exchange.flow.cancellations import Cancellations, Withdrawn
from exchange.flow.departures import Departures
from exchange.flow.holds import Holds
from exchange.flow.intake import Intake, Taken, parse_document
from exchange.web.calls import Act, Call, Calls
from exchange.web.cases import CaseDesk, Cases
from exchange.web.departures import DepartureDesk
from exchange.web.documents import (
    CancellationDocument,
    CancellationTaken,
    DecisionTaken,
    json_response,
)
from exchange.web.handoffs import handoff_in
from exchange.web.holds import HoldDesk
from exchange.web.problems import language_of, problem
from exchange.web.routes import Route


@dataclass(frozen=True, slots=True)
class PortDesk:
    """What the routes of a port need."""

    intake: Intake
    cancellations: Cancellations
    holds: Holds
    departures: Departures
    cases: Cases
    calls: Calls

    def routes(self) -> tuple[Route, ...]:
        """Return the rows of these routes."""
        return (
            Route(
                "POST",
                "/v1/return-decisions",
                self.calls.acting(Action.DECIDE, Act(self.take_decision, _say_decided)),
                "Enter a return decision; a repeat of its decision_id gets the same answer",
                success=HTTPStatus.ACCEPTED,
                takes=ReturnDecision,
                gives=DecisionTaken,
                problems=(
                    errors.Invalid,
                    errors.WithheldFromReturn,
                    errors.DecisionConflict,
                    errors.Held,
                    errors.WindowFull,
                    errors.CaseClosed,
                    errors.Draining,
                ),
                needs=Action.DECIDE,
                idempotent=True,
            ),
            Route(
                "POST",
                "/v1/handoffs/{handoff}/cancellation",
                self.calls.acting(Action.CANCEL, Act(self.cancel, _say_withdrawn)),
                "Take a handoff back; its cause stays in our journal",
                success=HTTPStatus.ACCEPTED,
                takes=CancellationDocument,
                gives=CancellationTaken,
                problems=(errors.Invalid, errors.NotFound, errors.NotPossible),
                needs=Action.CANCEL,
                idempotent=True,
            ),
            *CaseDesk(self.cases, self.calls).routes(),
            *HoldDesk(self.holds, self.calls).routes(),
            *DepartureDesk(self.departures, self.calls).routes(),
        )

    async def take_decision(
        self, call: Call, keep: Keep[Taken | Withheld] | None
    ) -> Taken | Withheld:
        """Return once decision, handoff and draft of the notice are stored, or what hinders."""
        return await self.intake.submit(
            call.body, actor=call.caller.name, ports=call.caller.ports, keep=keep
        )

    async def cancel(self, call: Call, keep: Keep[Withdrawn] | None) -> Withdrawn:
        """Return once the handoff is withdrawn here; whether the partner must be told is said."""
        return await self.cancellations.withdraw(
            handoff_in(call.request),
            parse_document(call.body),
            actor=call.caller.name,
            ports=call.caller.ports,
            keep=keep,
        )


def _say_decided(call: Call, result: Taken | Withheld) -> web.Response:
    """Say what a decision became; that the person is withheld is a problem like any other."""
    if isinstance(result, Withheld):
        withheld = errors.WithheldFromReturn(rule_set=result.rule_set, reasons=result.reasons)
        return problem(withheld, language_of(call.request))
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


def _say_withdrawn(_call: Call, withdrawn: Withdrawn) -> web.Response:
    """Say that the handoff is withdrawn, and whether the partner is told."""
    taken = CancellationTaken.model_validate(withdrawn, from_attributes=True)
    return taken.response(HTTPStatus.ACCEPTED)
