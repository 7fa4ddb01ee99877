"""
What the US ports do about whoever was accepted: the gate, the hearing, the hold, the next cycle.

Nobody waits for weeks: the court moves the hearing of those who come back to today, to present
at this very minute, and every time that is said is the true one.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

from exchange.demo.desks import Desk, Said
from exchange.demo.directories import GRACE_SECONDS
from exchange.demo.faults import CROSSING, MOVED, Part, Role
from exchange.demo.feeds import Change
from exchange.demo.people import Document
from exchange.demo.ports import Ports
from exchange.domain.messages.catalogue import HEARING_DELIVERY, PRESENTATION
from exchange.domain.places import LocalAppointment, LocalTimeRefused, resolve_local, zone_of
from exchange.domain.stages import Stage
from exchange.domain.wire import utc_text
from exchange.errors import Sentence, UsageWrong

GATE = "gate"
GATE_SECONDS_MAX = 45
GATE_PAUSE_SECONDS = 0.25
LEEWAY_SECONDS = 0.1
SAID_SECONDS_MAX = 5.0
"""Within which whatever is said here is taken, on a slow machine too."""
HOLD_CAUSES = ("fear", "medical", "legal")
CLOSURE_CAUSE = "legal"
TAKEN = {HTTPStatus.OK, HTTPStatus.ACCEPTED}


class Cases:
    """Follows each case from the acceptance of a handoff to its end."""

    def __init__(
        self, desk: Desk, ports: Ports, tasks: asyncio.TaskGroup, roles: Sequence[Role]
    ) -> None:
        """*roles* are all that are played; the later ones of a person are entered from here."""
        self.steps: Counter[str] = Counter()
        """How often each step was made, under its name among the texts of reports."""
        self._desk = desk
        self._ports = ports
        self._tasks = tasks
        self._later = {one.number: one for one in roles if one.part is Part.SECOND_CYCLE}
        self._done: set[tuple[str, str]] = set()
        self._present_at: dict[str, datetime] = {}

    def on_change(self, change: Change) -> None:
        """Let a port do what comes next of a case, unless one did before."""
        self._tasks.create_task(self._see_to(change))

    async def _see_to(self, change: Change) -> None:
        role = await self._ports.role_of(change.handoff)
        match change.stage, role.part:
            case Stage.ACCEPTED, Part.HELD if self._is_first(change, "held"):
                await self._hold(role, change.handoff)
            case Stage.ACCEPTED, part if part in CROSSING and self._is_first(change, "departed"):
                await self._let_cross(role, change.handoff)
            case Stage.DOCUMENTED, part if part in MOVED:
                if self._is_first(change, "hearing-changed"):
                    await self._move_hearing(role, change.handoff)
                else:
                    await self._look_who_comes(role, change)
            case Stage.PRESENTED, Part.RETURNED_AGAIN if self._is_first(change, "returned-again"):
                await self._return_again(role, change)
            case Stage.PRESENTED, Part.CASE_CLOSED if self._is_first(change, "case-closed"):
                await self._act(role, change.handoff, "closure", {"cause": CLOSURE_CAUSE})
                self.steps["step-case-closed"] += 1

    def _is_first(self, change: Change, step: str) -> bool:
        is_first = (change.handoff, step) not in self._done
        self._done.add((change.handoff, step))
        return is_first

    async def _hold(self, role: Role, handoff: str) -> None:
        """Hold the person; the gate must then say stop."""
        cause = HOLD_CAUSES[role.number % len(HOLD_CAUSES)]
        await self._act(role, handoff, "hold", {"cause": cause})
        said = await self._ask(role, handoff, GATE, {})
        if said.status != HTTPStatus.CONFLICT:
            raise _unfit(GATE, said)
        self.steps["held"] += 1

    async def _let_cross(self, role: Role, handoff: str) -> None:
        """Ask at the gate until it says go, as where the channel has just come back; then cross."""
        crossing = f"GATE-{1 + role.number % 2}"
        loop = asyncio.get_running_loop()
        until = loop.time() + GATE_SECONDS_MAX
        while True:
            said = await self._ask(role, handoff, GATE, {})
            if said.status in TAKEN:
                said = await self._ask(role, handoff, "departure", {"crossing": crossing})
            if said.status in TAKEN:
                break
            if said.status != HTTPStatus.CONFLICT or loop.time() > until:
                raise _unfit(GATE, said)
            await asyncio.sleep(GATE_PAUSE_SECONDS)
        self.steps["step-departed"] += 1

    async def _move_hearing(self, role: Role, handoff: str) -> None:
        """Say that the court has moved the hearing to today, an hour after presenting."""
        await asyncio.sleep(_left_of_the_minute())
        now, hearing = datetime.now(UTC), role.document["hearing"]
        zone = hearing["present_at"]["zone"]
        present_at = _on_the_wall(now, zone, step=timedelta(minutes=-1))
        hearing_at = _on_the_wall(now + timedelta(hours=1), zone, step=timedelta(hours=1))
        self._present_at[handoff] = present_at.at
        document = {
            "status": "scheduled",
            "hearing": hearing["hearing"],
            "version": hearing["version"] + 1,
            "hearing_at": hearing_at.model_dump(),
            "present_at": present_at.model_dump(),
            "presentation_port": hearing["presentation_port"],
            "source_as_of": utc_text(now),
        }
        await self._act(role, handoff, "hearing", document)
        self.steps["step-hearing-changed"] += 1

    async def _look_who_comes(self, role: Role, change: Change) -> None:
        """Record who came, or had not come after the grace, once they were told of the day."""
        shown = await self._desk.show(_port(role), change.handoff)
        told = any(one["message"] == HEARING_DELIVERY.name for one in shown["messages"])
        if not told or not self._is_first(change, PRESENTATION.name):
            return
        outcome = "not-presented" if role.part is Part.NOT_PRESENTED else "presented"
        grace_ends_at = self._present_at[change.handoff] + timedelta(seconds=GRACE_SECONDS)
        left = (grace_ends_at - datetime.now(UTC)).total_seconds()
        await asyncio.sleep(left + LEEWAY_SECONDS)
        document = {
            "outcome": outcome,
            "hearing": role.document["hearing"]["hearing"],
            "at": utc_text(datetime.now(UTC)),
            "port": role.document["hearing"]["presentation_port"],
        }
        await self._act(role, change.handoff, PRESENTATION.name, document)
        self.steps[f"step-{outcome}"] += 1

    async def _return_again(self, role: Role, change: Change) -> None:
        """Decide anew about whoever presented: the same case, another handoff."""
        later = self._later.get(role.number)
        if later is None:
            return
        again = {"case": change.case, "decided_at": utc_text(datetime.now(UTC))}
        await self._ports.enter(replace(later, document={**later.document, **again}))
        self.steps["step-returned-again"] += 1

    async def _act(self, role: Role, handoff: str, act: str, document: Document) -> None:
        said = await self._ask(role, handoff, act, document)
        if said.status not in TAKEN:
            raise _unfit(act, said)

    async def _ask(self, role: Role, handoff: str, act: str, document: Document) -> Said:
        path = f"/v1/handoffs/{handoff}/{act}"
        return await self._desk.give(_port(role), path, document, key=f"{act}-{handoff}")


def _port(role: Role) -> str:
    return str(role.document["return"]["port"])


def _left_of_the_minute() -> float:
    """Return how long to wait, so that the minute is not over before it is said."""
    left = 60 - datetime.now(UTC).timestamp() % 60
    return left if left < SAID_SECONDS_MAX else 0


def _on_the_wall(at: datetime, zone: str, *, step: timedelta) -> LocalAppointment:
    """Return the minute on the wall at *at*, or a *step* off while clocks go back over it."""
    while True:
        local = f"{at.astimezone(zone_of(zone)):%Y-%m-%dT%H:%M}"
        try:
            resolve_local(local, zone)
        except LocalTimeRefused:
            at += step
        else:
            return LocalAppointment(local=local, zone=zone)


def _unfit(act: str, said: Said) -> UsageWrong:
    unfit = f"{act}: {said.answer}"
    return UsageWrong(Sentence(unfit, unfit))
