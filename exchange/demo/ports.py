"""
The US ports: they enter decisions, withdraw some before notice and cancel some after.

What they do later about a case that was announced is in ``cases``.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

from exchange.demo.desks import Desk, Said
from exchange.demo.faults import CROSSING, LATE_WITHIN_SECONDS, Part, Role
from exchange.demo.feeds import Change
from exchange.domain.stages import LocalStage, Stage
from exchange.domain.wire import utc_text
from exchange.errors import Sentence, UsageWrong

AT_ONCE = 16


class Ports:
    """Enters every role, and remembers which handoff each became."""

    def __init__(self, desk: Desk, tasks: asyncio.TaskGroup) -> None:
        self.withheld: Counter[str] = Counter()
        """How many a port was told are withheld, by reason."""
        self.vanished = 0
        """How many a port withdrew and was told that Mexico never heard of."""
        self.answered = 0
        self._desk = desk
        self._tasks = tasks
        self._roles: dict[str, asyncio.Future[Role]] = {}
        self._cancelled: set[str] = set()

    async def role_of(self, handoff: str) -> Role:
        """Return who a handoff is about, once its port was told that there is one."""
        return await self._role(handoff)

    def known_roles(self) -> dict[str, Role]:
        """Return every handoff that a port was told of, with who it is about."""
        return {handoff: role.result() for handoff, role in self._roles.items() if role.done()}

    async def enter_all(self, roles: Sequence[Role], *, pause_seconds: float) -> None:
        """Enter *roles*, several at once; a pause between them is for the eye."""
        gate = asyncio.Semaphore(AT_ONCE)

        async def enter(role: Role) -> None:
            async with gate:
                await self.enter(role)

        async with asyncio.TaskGroup() as entering:
            for role in roles:
                entering.create_task(enter(role))
                if pause_seconds:
                    await asyncio.sleep(pause_seconds)

    async def enter(self, role: Role) -> str | None:
        """
        Enter one decision and return its handoff, None where the person is withheld.

        Raises:
            UsageWrong: The service does not take what the demo made up.
        """
        if role.part is Part.LATE_ACKNOWLEDGMENT:
            role = _opening_in(timedelta(hours=1, seconds=LATE_WITHIN_SECONDS), role)
        elif role.part in CROSSING:
            role = _opening_in(timedelta(), role)
        place = role.document["return"]["port"]
        said = await self._desk.give(
            place, "/v1/return-decisions", role.document, key=role.decision_id
        )
        self.answered += 1
        if said.status == HTTPStatus.ACCEPTED:
            handoff = str(said.answer["handoff"])
            self._role(handoff).set_result(role)
            return handoff
        if said.answer.get("code") != "withheld":
            unfit = f"{role.part}: {said.answer}"
            raise UsageWrong(Sentence(unfit, unfit))
        self.withheld.update(said.answer["reasons"])
        return None

    async def withdraw(self, role: Role) -> None:
        """Enter a decision and take it back at once."""
        handoff = await self.enter(role)
        if handoff is not None:
            await self._cancel(handoff, role)

    def on_change(self, change: Change) -> None:
        """Cancel whoever is to be cancelled in the stage that this handoff has reached."""
        self._tasks.create_task(self._react(change))

    async def _react(self, change: Change) -> None:
        role = await self.role_of(change.handoff)
        wanted = {
            Part.CANCELLED_NOTICED: Stage.NOTICED,
            Part.CANCELLED_ACCEPTED: Stage.ACCEPTED,
        }.get(role.part)
        if change.stage == wanted and change.handoff not in self._cancelled:
            self._cancelled.add(change.handoff)
            await self._cancel(change.handoff, role)

    async def _cancel(self, handoff: str, role: Role) -> None:
        causes = ("custody", "data", "family", "medical", "legal")
        said = await self._desk.give(
            role.document["return"]["port"],
            f"/v1/handoffs/{handoff}/cancellation",
            {"cause": causes[role.number % len(causes)]},
            key=f"cancel-{handoff}",
        )
        self.vanished += _vanished(said)

    def _role(self, handoff: str) -> asyncio.Future[Role]:
        if handoff not in self._roles:
            self._roles[handoff] = asyncio.get_running_loop().create_future()
        return self._roles[handoff]


def _vanished(said: Said) -> bool:
    """Say whether nobody ever heard of what was taken back, also when that was answered before."""
    if said.status == HTTPStatus.ACCEPTED:
        return not said.answer["told"]
    return said.answer.get("standing") == LocalStage.WITHDRAWN


def _opening_in(time: timedelta, role: Role) -> Role:
    """Return the role with a window that opens so long from now."""
    opens = datetime.now(UTC) + time
    window = {"from": utc_text(opens), "to": utc_text(opens + timedelta(hours=2))}
    document = {**role.document, "return": {**role.document["return"], "window": window}}
    return replace(role, document=document)
