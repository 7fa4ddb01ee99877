"""What differs between the two sides: the discrepancies, each in words, and their resolution."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Literal

from aiohttp import web
from pydantic import Field

from exchange import errors
from exchange.access.rights import Action
from exchange.domain.discrepancies import DESKS, OUR_RULES, RULES
from exchange.domain.discrepancies.scopes import Scope
from exchange.domain.discrepancies.standing import Resolution
from exchange.domain.parties import Side
from exchange.domain.severity import Severity
from exchange.domain.wire import Closed
from exchange.flow.acts import Keep
from exchange.flow.resolving import Resolving, Sight
from exchange.store.discrepancies import Kept, find_discrepancy, stream_open
from exchange.store.engine import Connection, Store
from exchange.web.calls import Act, Call, Calls
from exchange.web.documents import Document
from exchange.web.handoffs import LIMIT, PAGE_MAX, number_in
from exchange.web.numbers import number_of
from exchange.web.problems import language_of
from exchange.web.reading import document_in
from exchange.web.routes import Parameter, Route

_RULES = {rule.id: rule for rule in (*RULES, *OUR_RULES)}


class ResolutionDocument(Closed):
    """How a person says that a discrepancy was resolved."""

    resolution: Literal["handled", "mistake", "elsewhere", "agreed", "no-fault"]


class DiscrepancyShown(Document):
    """A rule that a subject breaks, or broke."""

    number: int
    rule: str
    name: str
    severity: Severity
    owner: Side | None = Field(description="Who must act; null is both sides together.")
    scope: Scope
    subject: str = Field(description="What it is about: ids and codes, never a person.")
    handoffs: tuple[str, ...]
    because: tuple[str, ...] = Field(description="Codes of docs/discrepancies.md.")
    since: datetime
    due_at: datetime
    opened_at: datetime
    updated_at: datetime
    ended_at: datetime | None
    resolution: Resolution | None = Field(description="null: it is open, or ended by itself.")
    resolved_by: str | None
    says: str
    remedy: str
    call: tuple[str, ...] = Field(description="Whom to call.")


class DiscrepancyList(Document):
    """The open discrepancies, what is due first before the rest."""

    discrepancies: tuple[DiscrepancyShown, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class DiscrepancyDesk:
    """What the routes of discrepancies need."""

    store: Store
    resolving: Resolving
    calls: Calls

    def routes(self) -> tuple[Route, ...]:
        """Return the rows of these routes."""
        return (
            Route(
                "GET",
                "/v1/discrepancies",
                self.calls.reading(Action.READ_REPORTS, self.show_open),
                "What differs between the two sides, what is due first before the rest",
                gives=DiscrepancyList,
                parameters=(Parameter("limit", "Discrepancies at most, 500 or fewer.", LIMIT),),
                problems=(errors.Invalid,),
                needs=Action.READ_REPORTS,
            ),
            Route(
                "GET",
                "/v1/discrepancies/{number}",
                self.calls.reading(Action.READ_REPORTS, self.show_one),
                "One discrepancy, open or ended",
                gives=DiscrepancyShown,
                problems=(errors.NotFound,),
                needs=Action.READ_REPORTS,
            ),
            Route(
                "POST",
                "/v1/discrepancies/{number}/resolution",
                self.calls.acting(Action.RESOLVE, Act(self.resolve, _say)),
                "Say how a discrepancy was resolved whose cause still stands",
                takes=ResolutionDocument,
                gives=DiscrepancyShown,
                problems=(errors.Invalid, errors.NotFound),
                needs=Action.RESOLVE,
                idempotent=True,
            ),
        )

    async def show_open(self, call: Call) -> web.Response:
        """Answer with the open discrepancies that are the caller's to see."""
        limit = number_in(call.request, "limit", 100, within=range(1, PAGE_MAX + 1))
        found = await self.store.scan(partial(self._read, call, limit + 1))
        shown = tuple(_shown(call, one) for one in found[:limit])
        return DiscrepancyList(discrepancies=shown, more=len(found) > limit).response()

    def _read(self, call: Call, limit: int, connection: Connection) -> list[Kept]:
        sight, found = self._sight(call), list[Kept]()
        rows = stream_open(connection)
        while len(found) < limit and (page := list(islice(rows, PAGE_MAX))):
            found += sight.of(connection, page)
        return found[:limit]

    async def show_one(self, call: Call) -> web.Response:
        """Answer with one discrepancy."""
        number = number_of(call.request)
        sight = self._sight(call)

        def read(connection: Connection) -> list[Kept]:
            found = find_discrepancy(connection, number)
            return [] if found is None else sight.of(connection, [found])

        found = await self.store.read(read)
        if not found:
            raise errors.NotFound
        return _shown(call, found[0]).response()

    async def resolve(self, call: Call, keep: Keep[Kept] | None) -> Kept:
        """Return the discrepancy once the caller has resolved it."""
        given = document_in(ResolutionDocument, call.body)
        return await self.resolving.resolve(
            number_of(call.request),
            Resolution(given.resolution),
            actor=call.caller.name,
            sight=self._sight(call),
            keep=keep,
        )

    def _sight(self, call: Call) -> Sight:
        return Sight(
            side=self.resolving.side,
            places=call.caller.ports,
            knows_holds=call.caller.client.may(Action.READ_HOLDS),
        )


def _shown(call: Call, kept: Kept) -> DiscrepancyShown:
    one, language = kept.discrepancy, language_of(call.request)
    finding, ending = one.finding, one.ending
    rule = _RULES[finding.rule]
    return DiscrepancyShown(
        number=kept.number,
        rule=rule.id,
        name=rule.name.spoken(language),
        severity=finding.severity,
        owner=finding.owner,
        scope=finding.subject.scope,
        subject=finding.subject.name,
        handoffs=finding.handoffs,
        because=finding.because,
        since=finding.since,
        due_at=finding.due_at,
        opened_at=one.opened_at,
        updated_at=one.updated_at,
        ended_at=None if ending is None else ending.at,
        resolution=None if ending is None else ending.resolution,
        resolved_by=None if ending is None else ending.by,
        says=rule.says.spoken(language),
        remedy=rule.remedy.spoken(language),
        call=tuple(DESKS[desk].spoken(language) for desk in rule.call),
    )


def _say(call: Call, kept: Kept) -> web.Response:
    """Say how the discrepancy stands now."""
    return _shown(call, kept).response()
