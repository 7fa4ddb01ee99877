"""(10) The account of one side, for whoever may see reports: figures, ids and codes, no person."""

import asyncio
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import partial
from typing import Any, Final

from aiohttp import web
from pydantic import Field

from exchange import errors
from exchange.access.rights import Action
from exchange.domain.deadlines import Limits
from exchange.domain.parties import Side
from exchange.domain.places import Places
from exchange.flow.clock import Clock
from exchange.flow.naming import Naming
from exchange.flow.sharing import Line
from exchange.reports.account import make_account
from exchange.reports.composing import make_report
from exchange.reports.folding import Asked
from exchange.reports.forms.plain import read_report, report_document
from exchange.reports.joint import make_joint
from exchange.reports.selection import Selection, faults_of
from exchange.store.engine import Store
from exchange.store.reports import find_report, list_reports
from exchange.web.calls import Call, Calls
from exchange.web.casefile import CaseFiles
from exchange.web.documents import Document
from exchange.web.forms import FORMAT, GIVEN, form_of, report_response
from exchange.web.handoffs import DAY, day_in, day_of
from exchange.web.routes import Parameter, Route

NAME: dict[str, object] = {"type": "string", "pattern": "^[A-Z0-9-]{2,64}$"}
SIGNED: Final = "application/jose+json"
_DAYS_AND_PLACES = (
    Parameter("day", "A day of each place's own calendar.", DAY),
    Parameter("from", "The first of several days.", DAY),
    Parameter("to", "The last of several days.", DAY),
    Parameter("port", "Of this US port alone, by its CBP code.", NAME),
    Parameter("point", "Of this receiving point alone.", NAME),
)


LISTED_MAX: Final = 366


class ReportMade(Document):
    """The report of a day that was made by itself."""

    day: date
    made_at: datetime
    adds_up: bool
    critical: int = Field(description="How many critical discrepancies were open then.")
    entries: int = Field(description="How long the ledger was.")
    root: str = Field(description="The root of its tree, base64url.")


class ReportList(Document):
    """The reports that were made by themselves, the newest day first."""

    reports: tuple[ReportMade, ...]


@dataclass(frozen=True, slots=True)
class Reports:
    """What the routes of the reports need."""

    side: Side
    store: Store
    places: Places
    limits: Limits
    clock: Clock
    calls: Calls
    share: Callable[[dict[str, Any]], Line]
    """Signs what both sides know, for the partner."""
    naming: Naming

    def routes(self) -> tuple[Route, ...]:
        """Return the rows of these routes."""
        return (
            Route(
                "GET",
                "/v1/reports/reconciliation",
                self.calls.reading(Action.READ_REPORTS, self.show_account),
                "The account of days, or of all days: every person is somewhere, once",
                gives=GIVEN,
                parameters=(*_DAYS_AND_PLACES, FORMAT),
                problems=(errors.Invalid, errors.NotAcceptable),
                needs=Action.READ_REPORTS,
            ),
            *self._case_files().routes(),
            Route(
                "GET",
                "/v1/reports",
                self.calls.reading(Action.READ_REPORTS, self.show_made),
                "The days whose report was made by itself, the newest first",
                gives=ReportList,
                needs=Action.READ_REPORTS,
            ),
            Route(
                "GET",
                "/v1/reports/days/{day}",
                self.calls.reading(Action.READ_REPORTS, self.show_day),
                "The report of a day as it was made; of whoever has every place and knows of holds",
                gives=GIVEN,
                parameters=(FORMAT,),
                problems=(errors.Invalid, errors.NotAcceptable, errors.NotFound),
                needs=Action.READ_REPORTS,
            ),
            Route(
                "GET",
                "/v1/reports/joint",
                self.calls.reading(Action.READ_REPORTS, self.show_joint),
                "What both sides know of days, signed for the partner; of whoever has every place",
                gives=SIGNED,
                parameters=_DAYS_AND_PLACES,
                problems=(errors.Invalid, errors.KeysUnusable),
                needs=Action.READ_REPORTS,
            ),
        )

    def _case_files(self) -> CaseFiles:
        return CaseFiles(
            self.side,
            self.store,
            self.places,
            self.limits,
            self.clock,
            self.calls,
            self.naming,
        )

    async def show_account(self, call: Call) -> web.Response:
        """Answer with the account of the caller's places."""
        form, asked = form_of(call.request), self._asked(call)
        account = await self.store.scan(partial(make_account, asked=asked))
        report = make_report(account, self.places)
        return await report_response(call.request, report, form)

    async def show_made(self, call: Call) -> web.Response:
        """Answer with the days of which there is a report."""
        _require_all(call, self.side)
        made = await self.store.read(partial(list_reports, limit=LISTED_MAX))
        return ReportList(reports=tuple(ReportMade(**asdict(one)) for one in made)).response()

    async def show_day(self, call: Call) -> web.Response:
        """Answer with the report of a day as it was made: it is of all places, and tells all."""
        form = form_of(call.request)
        _require_all(call, self.side)
        day = day_of(call.request.match_info["day"])
        kept = None if day is None else await self.store.read(partial(find_report, day=day))
        if kept is None:
            raise errors.NotFound
        return await report_response(call.request, read_report(kept.octets), form)

    async def show_joint(self, call: Call) -> web.Response:
        """Answer with what both sides know, as one signed line."""
        asked = self._asked(call)
        if call.caller.ports is not None:
            raise errors.Forbidden(needs="every place")
        joint = await self.store.scan(partial(make_joint, asked=asked))
        document = report_document(joint.report()).model_dump(mode="json")
        line = await asyncio.get_running_loop().run_in_executor(None, self.share, document)
        return web.Response(
            body=line.octets() + b"\n",
            headers={"Content-Type": SIGNED, "Cache-Control": "no-store"},
        )

    def _asked(self, call: Call) -> Asked:
        """Return what the caller asks for, and what they may know of it."""
        now, client = self.clock(), call.caller.client
        return Asked(
            side=self.side,
            places=self.places,
            limits=self.limits,
            selection=self._selection(call, now),
            now=now,
            knows_holds=client.may(Action.READ_HOLDS),
            reads_journal=client.may(Action.READ_JOURNAL),
        )

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


def _require_all(call: Call, side: Side) -> None:
    """
    Return when the caller may know all that a report of every place tells.

    Raises:
        Forbidden: They have some places alone, or may not know that somebody is held.
    """
    if call.caller.ports is not None:
        raise errors.Forbidden(needs="every place")
    if side is Side.US and not call.caller.client.may(Action.READ_HOLDS):
        raise errors.Forbidden(needs=Action.READ_HOLDS)
