"""
The Mexican officials: each change of a handoff that asks something of them gets its answer.

They follow the change feed of their own side and nothing else, several at once. To save the
days between notice and line, whoever is accepted is received at once; but for those who cross by
the gate, whose departure they wait for.
"""

import asyncio
from datetime import UTC, date, datetime, timedelta
from http import HTTPStatus

from exchange.demo.desks import Desk
from exchange.demo.faults import CANCELLED, CROSSING, MOVED, REFUSAL_CODES, Part, Role
from exchange.demo.feeds import Change
from exchange.demo.people import Document
from exchange.demo.ports import Ports
from exchange.domain.messages.catalogue import HEARING_DELIVERY, HEARING_NOTICE
from exchange.domain.stages import Stage
from exchange.domain.wire import read_utc, utc_text
from exchange.errors import Sentence, UsageWrong

AT_ONCE = 12
SOON_SECONDS = 60.0
VISA_DAYS = 180


class Officials:
    """Answers notices, records who was received, issues visas: as each role has it."""

    def __init__(self, desk: Desk, ports: Ports, tasks: asyncio.TaskGroup) -> None:
        self.late = 0
        """How many answers were given when their time had passed."""
        self.told = 0
        """How many people were told that their hearing has moved."""
        self._desk = desk
        self._ports = ports
        self._tasks = tasks
        self._gate = asyncio.Semaphore(AT_ONCE)
        self._done: set[tuple[str, str]] = set()

    def on_change(self, change: Change) -> None:
        """Let an official see to it, unless one did before."""
        if self._is_first(change, change.stage):
            self._tasks.create_task(self._see_to(change))
        if change.stage == Stage.DOCUMENTED:
            self._tasks.create_task(self._tell(change))

    def _is_first(self, change: Change, step: str) -> bool:
        is_first = (change.handoff, step) not in self._done
        self._done.add((change.handoff, step))
        return is_first

    async def _see_to(self, change: Change) -> None:
        role = await self._ports.role_of(change.handoff)
        match change.stage:
            case Stage.NOTICED if role.part is not Part.CANCELLED_NOTICED:
                await self._wait_too_long(role, change)
                await self._answer(change, "acknowledgment", _acknowledgment(role))
            case Stage.ACCEPTED if role.part not in CROSSING | CANCELLED:
                await self._answer(change, "reception", _reception(role))
            case Stage.DEPARTED:
                await self._answer(change, "reception", _reception(role))
            case Stage.RECEIVED if role.part is not Part.VISA_NEVER:
                await self._answer(change, "visa-issuance", _visa(role))

    async def _tell(self, change: Change) -> None:
        """Tell the person of the hearing that has moved, once the other side has said so."""
        role = await self._ports.role_of(change.handoff)
        if role.part not in MOVED:
            return
        shown = await self._desk.show(change.receiving_point, change.handoff)
        moved = any(one["message"] == HEARING_NOTICE.name for one in shown["messages"])
        if moved and self._is_first(change, HEARING_DELIVERY.name):
            await self._answer(change, HEARING_DELIVERY.name, _delivery(role))
            self.told += 1

    async def _wait_too_long(self, role: Role, change: Change) -> None:
        """Answer the one notice that is answered late when its time has passed."""
        if role.part is not Part.LATE_ACKNOWLEDGMENT or change.due_at is None:
            return
        left = (change.due_at - datetime.now(UTC)).total_seconds()
        if left < SOON_SECONDS:  # else it was noticed so late that more time is given
            self.late += 1
            await asyncio.sleep(left + 1.1)

    async def _answer(self, change: Change, message: str, document: Document) -> None:
        async with self._gate:
            said = await self._desk.give(
                change.receiving_point,
                f"/v1/handoffs/{change.handoff}/{message}",
                document,
                key=f"{message}-{change.handoff}",
            )
        if said.status not in {HTTPStatus.ACCEPTED, HTTPStatus.CONFLICT}:
            unfit = f"{message}: {said.answer}"
            raise UsageWrong(Sentence(unfit, unfit))


def _acknowledgment(role: Role) -> Document:
    officer = f"INM-{2200 + role.number % 40}"
    match role.part:
        case Part.REFUSED:
            code = REFUSAL_CODES[role.number % len(REFUSAL_CODES)]
            return {"answer": "refused", "code": code, "officer": officer}
        case Part.DEFERRED:
            window = role.document["return"]["window"]
            later = {edge: _next_day(window[edge]) for edge in ("from", "to")}
            return {"answer": "deferred", "window": later, "officer": officer}
        case _:
            return {"answer": "accepted", "officer": officer}


def _reception(role: Role) -> Document:
    seen = {
        "at": utc_text(datetime.now(UTC)),
        "receiving_point": role.document["return"]["receiving_point"],
    }
    if role.part is Part.NOT_RECEIVED:
        return {**seen, "outcome": "not-received", "code": "NOT_SEEN"}
    return {**seen, "outcome": "received", "identity": "match"}


def _delivery(role: Role) -> Document:
    return {
        "hearing": role.document["hearing"]["hearing"],
        "version": role.document["hearing"]["version"] + 1,
        "outcome": "delivered",
        "at": utc_text(datetime.now(UTC)),
        "method": "DESK",
    }


def _visa(role: Role) -> Document:
    """Return a document of the usual validity; one plays the part of a shorter one."""
    now = datetime.now(UTC)
    until = now.date() + timedelta(days=VISA_DAYS)
    if role.part is Part.VISA_SHORT:
        heard_on = date.fromisoformat(role.document["hearing"]["hearing_at"]["local"][:10])
        until = heard_on - timedelta(days=5 + role.number % 5)
    return {
        "document": "FMM",
        "number": role.decision_id.replace("-", "").upper()[:11],
        "issued_at": utc_text(now),
        "office": "INM-" + role.document["return"]["receiving_point"][3:6] + "-01",
        "valid_from": now.date().isoformat(),
        "valid_until": until.isoformat(),
        "entries": "multiple",
        "curp_assigned": role.number % 3 == 0,
    }


def _next_day(text: str) -> str:
    return utc_text(read_utc(text) + timedelta(days=1))
