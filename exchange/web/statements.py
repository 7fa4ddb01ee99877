"""(10) What both sides stated of each day, side by side, and what comparing it has found."""

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Final, Literal

from aiohttp import web
from pydantic import Field

from exchange import errors
from exchange.access.rights import Action
from exchange.domain.messages.comparison import Result
from exchange.domain.messages.statement import PortCounts
from exchange.domain.parties import Side
from exchange.domain.statements import compare_counts
from exchange.flow.clock import Clock
from exchange.store.comparisons import Compared
from exchange.store.engine import Connection, Store
from exchange.store.statements import Pair, list_pairs, speaker_of
from exchange.web.calls import Call, Calls
from exchange.web.documents import Document
from exchange.web.handoffs import DAY, day_in
from exchange.web.routes import Parameter, Route

DAYS: Final = 31
"""How many of the last days are shown where none is asked for."""


class StatementShown(Document):
    """What one side stated of a day."""

    stated_at: datetime
    messages: int
    fingerprint: str
    counters: tuple[PortCounts, ...] = Field(description="Of the places that the caller may see.")


class CountShown(Document):
    """A counter in which the two differ, with both values."""

    port: str | None
    counter: str
    ours: int
    theirs: int


class ComparisonShown(Document):
    """How far the comparison of two statements has come."""

    state: Literal["under-way", "ended"]
    began_at: datetime
    ended_at: datetime | None
    end: str | None = Field(description="Why nothing that holds was found; null where it was.")
    our_result: Result | None
    their_result: Result | None


class StatementsOfDay(Document):
    """What both sides stated of one speaker's messages of a day; null where nothing yet."""

    day: date
    speaker: Side
    ours: StatementShown | None
    theirs: StatementShown | None
    sets_differ: bool
    counters_differ: tuple[CountShown, ...]
    comparison: ComparisonShown | None = Field(
        description="That of these two statements, else the last one of the day."
    )


class StatementList(Document):
    """The days that either side has stated, in their order, each by speaker."""

    days: tuple[StatementsOfDay, ...]


@dataclass(frozen=True, slots=True)
class StatementDesk:
    """What the route of statements needs."""

    side: Side
    store: Store
    clock: Clock
    calls: Calls

    def routes(self) -> tuple[Route, ...]:
        """Return the row of the route."""
        return (
            Route(
                "GET",
                "/v1/statements",
                self.calls.reading(Action.READ_REPORTS, self.show),
                "What both sides stated of the last days or of one, and what comparing it found",
                gives=StatementList,
                parameters=(
                    Parameter("day", "One day, 00 to 24 h UTC; without it the last 31.", DAY),
                ),
                problems=(errors.Invalid,),
                needs=Action.READ_REPORTS,
            ),
        )

    async def show(self, call: Call) -> web.Response:
        """Answer with what both sides stated, each counter of the caller's places."""
        wanted = day_in(call.request, "day") if "day" in call.request.query else None
        if wanted is not None and wanted > self.clock().date():
            raise errors.Invalid([errors.Fault("/day", "in-the-future")])
        first = wanted or self.clock().date() - timedelta(days=DAYS)
        pairs = await self.store.scan(partial(self._read, first=first))
        shown = [pair for pair in pairs if wanted in {None, pair.of.day}]
        return statements_of(shown, self.side, places=call.caller.ports).response()

    def _read(self, connection: Connection, *, first: date) -> list[Pair]:
        return list_pairs(connection, self.side, first=first)


def statements_of(
    pairs: list[Pair], side: Side, *, places: frozenset[str] | None = None
) -> StatementList:
    """Return *pairs* as they are shown to whoever may see *places*; every one where None."""
    return StatementList(days=tuple(_shown(pair, side, places) for pair in pairs))


def _shown(pair: Pair, side: Side, places: frozenset[str] | None) -> StatementsOfDay:
    ours, theirs = _ours(pair, places), _theirs(pair, places)
    run = pair.compared or (pair.runs[-1] if pair.runs else None)
    differ = compare_counts(ours.counters, theirs.counters) if ours and theirs else ()
    return StatementsOfDay(
        day=pair.of.day,
        speaker=speaker_of(pair.of, side),
        ours=ours,
        theirs=theirs,
        sets_differ=pair.sets_differ,
        counters_differ=tuple(
            CountShown.model_validate(one, from_attributes=True) for one in differ
        ),
        comparison=run and _comparison(run),
    )


def _ours(pair: Pair, places: frozenset[str] | None) -> StatementShown | None:
    stated = pair.ours
    if stated is None:
        return None
    return StatementShown(
        stated_at=stated.stated_at,
        messages=stated.messages,
        fingerprint=stated.fingerprint_text,
        counters=_seen(stated.counts, places),
    )


def _theirs(pair: Pair, places: frozenset[str] | None) -> StatementShown | None:
    stated = pair.their_statement
    if stated is None or pair.theirs is None:
        return None
    return StatementShown(
        stated_at=pair.theirs.said_at,
        messages=stated.messages,
        fingerprint=stated.fingerprint,
        counters=_seen(stated.counters, places),
    )


def _seen(
    counters: tuple[PortCounts, ...], places: frozenset[str] | None
) -> tuple[PortCounts, ...]:
    return tuple(one for one in counters if places is None or one.port in places)


def _comparison(run: Compared) -> ComparisonShown:
    return ComparisonShown(
        state="under-way" if run.ended_at is None else "ended",
        began_at=run.began_at,
        ended_at=run.ended_at,
        end=run.end,
        our_result=_result(run.result),
        their_result=_result(run.their_result),
    )


def _result(written: str | None) -> Result | None:
    return None if written is None else Result.model_validate(json.loads(written))
