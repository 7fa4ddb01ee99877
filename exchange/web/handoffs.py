"""Reading handoffs, on both sides: one with its timeline, or the feed of what changed."""

import asyncio
import re
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Final

from aiohttp import web

from exchange import errors
from exchange.access.rights import Action
from exchange.domain.messages.catalogue import by_schema
from exchange.domain.parties import Side
from exchange.flow.changes import Changes
from exchange.flow.holds import is_held
from exchange.store.columns import Direction, Kind
from exchange.store.engine import Connection, Store
from exchange.store.handoffs import Handoff, find_handoff, list_changed
from exchange.store.journal import list_events_of
from exchange.store.ledger import Entry, list_entries_of
from exchange.store.outbox import list_outbox_of
from exchange.store.verdicts import Verdict, find_verdicts
from exchange.web.calls import Call, Caller, Calls
from exchange.web.documents import (
    EventOfTimeline,
    HandoffFeed,
    HandoffSummary,
    HandoffTimeline,
    MessageOfTimeline,
)
from exchange.web.gate import Drain
from exchange.web.routes import Parameter, Route

PAGE_MAX: Final = 500
WAIT_SECONDS_MAX: Final = 60
# On PostgreSQL other processes change handoffs without ringing our bell: look again by then.
LOOK_SECONDS: Final = 2.0

_MEMBERS = HandoffSummary.model_fields.keys() - {"case", "held", "causes"}
CURSORS: Final = range(10**19)
_CHANGED_MAX: Final = 2**62
_DIGITS = re.compile("[0-9]{1,19}")
# The years that a message can name: a day outside them may have no next one.
_DAY = re.compile("(?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}")
_UUID = re.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Handoffs:
    """What the routes that read handoffs need."""

    side: Side
    store: Store
    changes: Changes
    drain: Drain
    calls: Calls

    def routes(self) -> tuple[Route, ...]:
        """Return the rows of these routes."""
        return (
            Route(
                "GET",
                "/v1/handoffs",
                self.calls.reading(Action.READ_HANDOFFS, self.show_feed),
                "What changed after a cursor; waits for a change where there is none yet",
                gives=HandoffFeed,
                parameters=(
                    Parameter("after", "A cursor: `next` of the last answer.", CURSOR),
                    Parameter("wait", "Seconds to wait for a change, at most 60.", SECONDS),
                    Parameter("limit", "Handoffs at most, 500 or fewer.", LIMIT),
                ),
                problems=(errors.Invalid,),
                needs=Action.READ_HANDOFFS,
            ),
            Route(
                "GET",
                "/v1/handoffs/{handoff}",
                self.calls.reading(Action.READ_HANDOFFS, self.show_one),
                "One handoff with everything said about it",
                gives=HandoffTimeline,
                problems=(errors.NotFound,),
                needs=Action.READ_HANDOFFS,
            ),
        )

    async def show_feed(self, call: Call) -> web.Response:
        """Answer with what changed; without a change, once there is one or the time is over."""
        after = min(number_in(call.request, "after", 0, within=CURSORS), _CHANGED_MAX)
        limit = number_in(call.request, "limit", 100, within=range(1, PAGE_MAX + 1))
        wait = number_in(call.request, "wait", 0, within=range(WAIT_SECONDS_MAX + 1))
        loop = asyncio.get_running_loop()
        until = loop.time() + wait
        while True:
            rung = self.changes.rung
            feed = await self.store.read(partial(self._read_feed, call.caller, after, limit))
            left = until - loop.time()
            if feed.handoffs or left <= 0 or self.drain.draining:
                return feed.response()
            after = int(feed.next)
            await self.changes.wait(rung, min(left, LOOK_SECONDS))

    def _read_feed(
        self, caller: Caller, after: int, limit: int, connection: Connection
    ) -> HandoffFeed:
        """Return up to *limit* of the caller's handoffs; the cursor passes those of others."""
        seen: list[HandoffSummary] = []
        while True:
            rows = list_changed(connection, after=after, limit=PAGE_MAX)
            for row in rows:
                if len(seen) == limit:
                    return HandoffFeed(handoffs=tuple(seen), next=str(after), more=True)
                after = row.changed
                if caller.sees(self.place_of(row)):
                    seen.append(HandoffSummary(**self._summary(caller, row)))
            if len(rows) < PAGE_MAX:
                return HandoffFeed(handoffs=tuple(seen), next=str(after), more=False)

    async def show_one(self, call: Call) -> web.Response:
        """Answer with the timeline of a handoff that is the caller's to see."""
        timeline = await self.store.read(
            partial(self._read_timeline, call.caller, handoff_in(call.request))
        )
        return timeline.response()

    def _read_timeline(
        self, caller: Caller, handoff: str, connection: Connection
    ) -> HandoffTimeline:
        row = find_handoff(connection, handoff)
        if row is None or not caller.sees(self.place_of(row)):
            raise errors.NotFound
        entries = [
            entry for entry in list_entries_of(connection, row.number) if entry.kind is Kind.MESSAGE
        ]
        verdicts = find_verdicts(connection, [entry.number for entry in entries])
        waiting = list_outbox_of(connection, row.number)
        return HandoffTimeline(
            **self._summary(caller, row),
            messages=tuple(_message(entry, verdicts.get(entry.number)) for entry in entries),
            waiting=tuple(_name(draft.schema) for draft in waiting if draft.ledger is None),
            events=_events(connection, row) if caller.client.may(Action.READ_JOURNAL) else None,
        )

    def _summary(self, caller: Caller, row: Handoff) -> dict[str, object]:
        """Return the members of a summary; of holds what the caller may know, here alone."""
        client = caller.client
        told = self.side is Side.US and client.may(Action.READ_HOLDS)
        return {
            **{name: getattr(row, name) for name in _MEMBERS},
            "case": row.case_id,
            "held": is_held(row) if told else None,
            "causes": client.causes_shown(row.holds) if told else None,
        }

    def place_of(self, row: Handoff) -> str | None:
        """Return the port that a client of this side must have to see the handoff."""
        return row.port if self.side is Side.US else row.receiving_point


CURSOR: Final[dict[str, object]] = {"type": "string", "pattern": "^[0-9]{1,19}$"}
SECONDS: Final[dict[str, object]] = {
    "type": "integer",
    "minimum": 0,
    "maximum": WAIT_SECONDS_MAX,
}
DAY: Final[dict[str, object]] = {
    "type": "string",
    "format": "date",
    "pattern": f"^{_DAY.pattern}$",
}
LIMIT: Final[dict[str, object]] = {"type": "integer", "minimum": 1, "maximum": PAGE_MAX}


def handoff_in(request: web.Request) -> str:
    """
    Return the handoff that the path names.

    Raises:
        NotFound: What stands there is no id.
    """
    named = request.match_info["handoff"]
    if _UUID.fullmatch(named) is None:
        raise errors.NotFound
    return named


def number_in(request: web.Request, name: str, default: int, *, within: range) -> int:
    """
    Return a whole number of the query string, *default* where it is absent.

    Raises:
        Invalid: It is no whole number, or not *within* what is published of it.
    """
    text = request.query.get(name)
    if text is None:
        return default
    if _DIGITS.fullmatch(text) is None:
        raise errors.Invalid([errors.Fault(f"/{name}", "bad-format")])
    if int(text) not in within:
        raise errors.Invalid([errors.Fault(f"/{name}", "out-of-range")])
    return int(text)


def day_in(request: web.Request, name: str) -> date:
    """
    Return a day of the query string.

    Raises:
        Invalid: It is absent, or no date.
    """
    day = day_of(request.query.get(name, ""))
    if day is None:
        raise errors.Invalid([errors.Fault(f"/{name}", "bad-format")])
    return day


def day_of(text: str) -> date | None:
    """Return the day that *text* is, or None where it is none."""
    try:
        # Python takes weeks and days without hyphens too, which is not what is published.
        return date.fromisoformat(text if _DAY.fullmatch(text) else "")
    except ValueError:
        return None


def _message(entry: Entry, verdict: Verdict | None) -> MessageOfTimeline:
    return MessageOfTimeline(
        at=entry.recorded_at,
        direction="sent" if entry.direction is Direction.SENT else "received",
        message=_name(entry.schema),
        jti=entry.jti,
        seq=entry.seq,
        receipt=None if verdict is None else verdict.status.value,
        code=verdict.code if verdict else None,
    )


def _name(schema: str | None) -> str:
    kind = by_schema(schema or "")
    return kind.name if kind else "unknown"


def _events(connection: Connection, row: Handoff) -> tuple[EventOfTimeline, ...]:
    events = list_events_of(connection, row.number)
    return tuple(EventOfTimeline(at=one.at, event=one.kind, actor=one.actor) for one in events)
