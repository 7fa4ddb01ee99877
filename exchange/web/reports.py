"""(10) The account of one side, for whoever may see reports: figures, ids and codes, no person."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from aiohttp import web

from exchange import errors
from exchange.access.rights import Action
from exchange.domain.deadlines import Limits
from exchange.domain.parties import Side
from exchange.domain.places import Places
from exchange.flow.clock import Clock
from exchange.reports.account import make_account
from exchange.reports.composing import make_report
from exchange.reports.folding import Asked
from exchange.reports.selection import Selection, faults_of
from exchange.store.engine import Store
from exchange.web.calls import Call, Calls
from exchange.web.forms import FORMAT, GIVEN, form_of, report_response
from exchange.web.handoffs import DAY, day_in
from exchange.web.routes import Parameter, Route

NAME: dict[str, object] = {"type": "string", "pattern": "^[A-Z0-9-]{2,64}$"}
_PARAMETERS = (
    Parameter("day", "A day of each place's own calendar.", DAY),
    Parameter("from", "The first of several days.", DAY),
    Parameter("to", "The last of several days.", DAY),
    Parameter("port", "Of this US port alone, by its CBP code.", NAME),
    Parameter("point", "Of this receiving point alone.", NAME),
    FORMAT,
)


@dataclass(frozen=True, slots=True)
class Reports:
    """What the routes of the reports need."""

    side: Side
    store: Store
    places: Places
    limits: Limits
    clock: Clock
    calls: Calls

    def routes(self) -> tuple[Route, ...]:
        """Return the rows of these routes."""
        return (
            Route(
                "GET",
                "/v1/reports/reconciliation",
                self.calls.reading(Action.READ_REPORTS, self.show_account),
                "The account of days, or of all days: every person is somewhere, once",
                gives=GIVEN,
                parameters=_PARAMETERS,
                problems=(errors.Invalid, errors.NotAcceptable),
                needs=Action.READ_REPORTS,
            ),
        )

    async def show_account(self, call: Call) -> web.Response:
        """Answer with the account of the caller's places."""
        now, form = self.clock(), form_of(call.request)
        asked = Asked(
            side=self.side,
            places=self.places,
            limits=self.limits,
            selection=self._selection(call, now),
            now=now,
            knows_holds=call.caller.client.may(Action.READ_HOLDS),
            reads_journal=call.caller.client.may(Action.READ_JOURNAL),
        )
        account = await self.store.scan(partial(make_account, asked=asked))
        report = make_report(account, self.places)
        return await report_response(call.request, report, form)

    def _selection(self, call: Call, now: datetime) -> Selection:
        """
        Return what is asked for, of the caller's places alone.

        Raises:
            Invalid: A day is none, or to come, or there is no such place; what is known is said.
            Forbidden: The place is somebody else's.
        """
        query, only_at = call.request.query, call.caller.ports
        days = {name: day_in(call.request, name) for name in ("day", "from", "to") if name in query}
        if "day" in days and len(days) > 1:
            raise errors.Invalid([errors.Fault("/day", "day-or-days")])
        selection = Selection(
            first=days.get("day", days.get("from")),
            last=days.get("day", days.get("to")),
            port=query.get("port"),
            point=query.get("point"),
            only_at=only_at,
        )
        faults = list(faults_of(selection, self.side, self.places, now=now))
        if faults:
            raise errors.Invalid(faults)
        own = selection.port if self.side is Side.US else selection.point
        if own is not None and not call.caller.sees(own):
            raise errors.Forbidden(needs=own)
        return selection
