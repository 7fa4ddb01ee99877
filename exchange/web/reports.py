"""(10) The account of one side, for whoever may see reports: figures, ids and codes, no person."""

from dataclasses import dataclass
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
from exchange.reports.days import has_begun
from exchange.reports.forms.plain import report_json
from exchange.store.engine import Store
from exchange.web.calls import Call, Calls
from exchange.web.documents import json_response
from exchange.web.handoffs import DAY, day_in
from exchange.web.routes import Parameter, Route


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
                "The account of a day, or of all days: every person is somewhere, once",
                gives="application/json",
                parameters=(Parameter("day", "A day of each place's own calendar.", DAY),),
                problems=(errors.Invalid,),
                needs=Action.READ_REPORTS,
            ),
        )

    async def show_account(self, call: Call) -> web.Response:
        """Answer with the account of the caller's places."""
        day = day_in(call.request, "day") if "day" in call.request.query else None
        now = self.clock()
        if day is not None and not has_begun(day, self.side, self.places, now=now):
            raise errors.Invalid([errors.Fault("/day", "not-begun")])
        account = await self.store.scan(
            partial(
                make_account,
                side=self.side,
                places=self.places,
                limits=self.limits,
                day=day,
                now=now,
                only_at=call.caller.ports,
                tells_holds=call.caller.client.may(Action.READ_HOLDS),
            )
        )
        report = make_report(account, self.places, only_at=call.caller.ports)
        return json_response(report_json(report).encode())
