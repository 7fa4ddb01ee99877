"""What officials of either side may say, and what they look at: alarms, discrepancies."""

from dataclasses import dataclass

from aiohttp import web

from exchange import errors
from exchange.access.rights import Action
from exchange.domain.messages.catalogue import CORRECTION, WELFARE_ALERT
from exchange.domain.messages.correction import Correction
from exchange.domain.messages.welfare_alert import WelfareAlert
from exchange.domain.parties import Side
from exchange.flow.bulletins import Bulletins
from exchange.flow.corrections import Corrections
from exchange.flow.welfare import Welfare
from exchange.web.alarms import AlarmDesk
from exchange.web.answering import answering
from exchange.web.bulletins import BulletinDesk
from exchange.web.calls import Call, Calls
from exchange.web.corrections import CorrectionList
from exchange.web.discrepancies import DiscrepancyDesk
from exchange.web.documents import given_of
from exchange.web.handoffs import handoff_in
from exchange.web.routes import Route
from exchange.web.shown import PutRightOfHandoff
from exchange.web.statements import StatementDesk

CORRECTION_GIVEN = given_of(Correction)
WELFARE_ALERT_GIVEN = given_of(WelfareAlert)


@dataclass(frozen=True, slots=True)
class EitherDesk:
    """What the routes need that both sides have."""

    side: Side
    corrections: Corrections
    welfare: Welfare
    bulletins: Bulletins
    corrected: CorrectionList
    alarms: AlarmDesk
    discrepancies: DiscrepancyDesk
    statements: StatementDesk
    calls: Calls

    def routes(self) -> tuple[Route, ...]:
        """Return the rows of these routes."""
        return (
            answering(
                self.calls,
                Action.CORRECT,
                CORRECTION,
                self.corrections.correct,
                CORRECTION_GIVEN,
            ),
            answering(
                self.calls, Action.ALERT, WELFARE_ALERT, self.welfare.alert, WELFARE_ALERT_GIVEN
            ),
            Route(
                "GET",
                "/v1/handoffs/{handoff}/corrections",
                self.calls.reading(Action.READ_HANDOFFS, self.show_corrected),
                "What was put right of what was said: the value signed and the one read now",
                gives=PutRightOfHandoff,
                problems=(errors.NotFound,),
                needs=Action.READ_HANDOFFS,
            ),
            *BulletinDesk(self.side, self.bulletins, self.calls).routes(),
            *self.alarms.routes(),
            *self.discrepancies.routes(),
            *self.statements.routes(),
        )

    async def show_corrected(self, call: Call) -> web.Response:
        """Answer with what was put right about a handoff."""
        shown = await self.corrected.of_handoff(call.caller, handoff_in(call.request))
        return shown.response()
