"""(1) The routes by which a US port says anew what it announced of a case."""

from dataclasses import dataclass
from http import HTTPStatus

from aiohttp import web

from exchange import errors
from exchange.access.rights import Action
from exchange.domain.causes import Cause
from exchange.domain.decision import ReturnDecision
from exchange.domain.hearings import HearingChange
from exchange.domain.messages.catalogue import PRESENTATION
from exchange.domain.messages.presentation import Presentation
from exchange.domain.screening import Withheld
from exchange.domain.wire import Closed
from exchange.flow.acts import Keep
from exchange.flow.answering import Answered
from exchange.flow.closures import Closures
from exchange.flow.hearings import Hearings
from exchange.flow.intake import parse_document
from exchange.flow.presentations import Presentations
from exchange.flow.revisions import Revisions
from exchange.flow.splitting import Splitting
from exchange.web.answering import answering, say_taken
from exchange.web.calls import Act, Call, Calls
from exchange.web.documents import ActTaken, given_of
from exchange.web.families import FamilyDesk
from exchange.web.handoffs import handoff_in
from exchange.web.problems import language_of, problem
from exchange.web.routes import Route

PRESENTATION_GIVEN = given_of(Presentation)


class ClosureDocument(Closed):
    """Why a case ends; the cause never leaves our side."""

    cause: Cause


@dataclass(frozen=True, slots=True)
class Cases:
    """The acts of a port on a case that was announced."""

    revisions: Revisions
    hearings: Hearings
    presentations: Presentations
    closures: Closures
    splitting: Splitting


@dataclass(frozen=True, slots=True)
class CaseDesk:
    """What the routes of a case need."""

    cases: Cases
    calls: Calls

    def routes(self) -> tuple[Route, ...]:
        """Return the rows of these routes."""
        return (
            self._revision(),
            *FamilyDesk(self.cases.splitting, self.calls).routes(),
            answering(
                self.calls,
                Action.RECORD_PRESENTATION,
                PRESENTATION,
                self.cases.presentations.present,
                PRESENTATION_GIVEN,
            ),
            Route(
                "POST",
                "/v1/handoffs/{handoff}/closure",
                self.calls.acting(Action.CLOSE_CASE, Act(self.close, say_taken)),
                "End the case of this handoff; its cause stays in our journal",
                success=HTTPStatus.ACCEPTED,
                takes=ClosureDocument,
                gives=ActTaken,
                problems=(
                    errors.Invalid,
                    errors.NotFound,
                    errors.AlreadyAnswered,
                    errors.NotPossible,
                    errors.SchemaNotTaken,
                ),
                needs=Action.CLOSE_CASE,
                idempotent=True,
            ),
            Route(
                "POST",
                "/v1/handoffs/{handoff}/hearing",
                self.calls.acting(Action.CHANGE_HEARING, Act(self.change_hearing, say_taken)),
                "Say the hearing as the court's schedule now has it: moved, or none scheduled",
                success=HTTPStatus.ACCEPTED,
                takes=HearingChange,
                gives=ActTaken,
                problems=(
                    errors.Invalid,
                    errors.NotFound,
                    errors.CaseClosed,
                    errors.NotPossible,
                    errors.SchemaNotTaken,
                ),
                needs=Action.CHANGE_HEARING,
                idempotent=True,
            ),
        )

    def _revision(self) -> Route:
        return Route(
            "POST",
            "/v1/handoffs/{handoff}/revision",
            self.calls.acting(Action.REVISE, Act(self.revise, _say_revised)),
            "Enter the decision anew, with what a revision of the notice may change",
            success=HTTPStatus.ACCEPTED,
            takes=ReturnDecision,
            gives=ActTaken,
            problems=(
                errors.Invalid,
                errors.WithheldFromReturn,
                errors.NotFound,
                errors.WindowFull,
                errors.Held,
                errors.NotPossible,
                errors.SchemaNotTaken,
            ),
            needs=Action.REVISE,
            idempotent=True,
        )

    async def revise(
        self, call: Call, keep: Keep[Answered | Withheld] | None
    ) -> Answered | Withheld:
        """Return once the notice as it now reads waits to be sent, or what hinders."""
        return await self.cases.revisions.revise(
            handoff_in(call.request),
            parse_document(call.body),
            actor=call.caller.name,
            ports=call.caller.ports,
            keep=keep,
        )

    async def close(self, call: Call, keep: Keep[Answered] | None) -> Answered:
        """Return once the end of the case waits for the tick."""
        return await self.cases.closures.close(
            handoff_in(call.request),
            parse_document(call.body),
            actor=call.caller.name,
            ports=call.caller.ports,
            keep=keep,
        )

    async def change_hearing(self, call: Call, keep: Keep[Answered] | None) -> Answered:
        """Return once the hearing that stands waits to be said."""
        return await self.cases.hearings.change(
            handoff_in(call.request),
            parse_document(call.body),
            actor=call.caller.name,
            places=call.caller.ports,
            keep=keep,
        )


def _say_revised(call: Call, result: Answered | Withheld) -> web.Response:
    """Say what waits; that the person is withheld now is a problem, though it is recorded."""
    if isinstance(result, Withheld):
        withheld = errors.WithheldFromReturn(rule_set=result.rule_set, reasons=result.reasons)
        return problem(withheld, language_of(call.request))
    return say_taken(call, result)
