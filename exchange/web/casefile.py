"""The case file of one discrepancy, for who sees reports; its names, for who sees persons."""

from dataclasses import dataclass
from functools import partial
from typing import Final

from aiohttp import web

from exchange import errors
from exchange.access.clients import require
from exchange.access.rights import Action
from exchange.domain.deadlines import Limits
from exchange.domain.parties import Side
from exchange.domain.places import Places
from exchange.flow.clock import Clock
from exchange.flow.naming import Naming
from exchange.reports.casefile import CaseFile, Name, make_case
from exchange.reports.folding import Asked
from exchange.reports.selection import Selection
from exchange.store.engine import Store
from exchange.web.calls import Call, Calls
from exchange.web.forms import FORMAT, GIVEN, form_of, report_response
from exchange.web.numbers import number_of
from exchange.web.routes import Parameter, Route

NAMES: Final = Parameter(
    "names",
    "true: who it is about, for who may see persons; the journal has who asked.",
    {"type": "string", "enum": ["true", "false"]},
)


@dataclass(frozen=True, slots=True)
class CaseFiles:
    """What the route of case files needs."""

    side: Side
    store: Store
    places: Places
    limits: Limits
    clock: Clock
    calls: Calls
    naming: Naming

    def routes(self) -> tuple[Route, ...]:
        """Return the row of this route."""
        return (
            Route(
                "GET",
                "/v1/discrepancies/{number}/case",
                self.calls.reading(Action.READ_REPORTS, self.show),
                "What both sides have said of one discrepancy, side by side",
                gives=GIVEN,
                parameters=(NAMES, FORMAT),
                problems=(errors.Invalid, errors.NotAcceptable, errors.NotFound),
                needs=Action.READ_REPORTS,
            ),
        )

    async def show(self, call: Call) -> web.Response:
        """Answer with the file; with names, once the journal has that they were asked for."""
        form, number, client = form_of(call.request), number_of(call.request), call.caller.client
        with_names = call.request.query.get("names", "false")
        if with_names not in {"true", "false"}:
            raise errors.Invalid([errors.Fault("/names", "not-in-list", ("true", "false"))])
        if with_names == "true":
            require(client, Action.READ_HANDOFFS)
        asked = Asked(
            side=self.side,
            places=self.places,
            limits=self.limits,
            selection=Selection(only_at=call.caller.ports),
            now=self.clock(),
            knows_holds=client.may(Action.READ_HOLDS),
            reads_journal=client.may(Action.READ_JOURNAL),
        )
        file = await self.store.scan(partial(make_case, asked=asked, number=number))
        if file is None:
            raise errors.NotFound
        persons = await self._names(call, file, number) if with_names == "true" else None
        return await report_response(call.request, file.report(persons), form)

    async def _names(self, call: Call, file: CaseFile, number: int) -> dict[str, Name]:
        """Return the names of the handoffs that are the caller's to see."""
        persons = await self.naming.name(file.seen, discrepancy=number, actor=call.caller.name)
        return {
            handoff: Name(person.full_name_as_recorded, person.birth_date)
            for handoff, person in persons.items()
        }
