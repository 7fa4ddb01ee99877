"""The run itself: two services, two relays between them, ports and officials at work."""

import asyncio
import signal
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from aiohttp import ClientSession, TCPConnector

from exchange.demo.cases import Cases
from exchange.demo.desks import Desk
from exchange.demo.directories import Directory
from exchange.demo.faults import ENDS, MOVED, Part, Role
from exchange.demo.feeds import Change, Feed
from exchange.demo.officials import Officials
from exchange.demo.ports import Ports
from exchange.demo.processes import Service
from exchange.demo.relay import Relay
from exchange.domain.stages import LocalStage, Stage

LOOK_SECONDS = 0.1
STILL_SECONDS_MAX = 60.0
AWAY_NOTED_SECONDS_MAX = 3.0
WAITING = 'exchange_outbox_depth{state="waiting"}'
FAILURES = "exchange_partner_failures"

Pair = Mapping[str, Directory]


class Showing(Protocol):
    """Whoever watches the run."""

    def running(self, services: Sequence[Service]) -> None:
        """Both processes run."""

    def restarted(self, side: str, pid: int) -> None:
        """One died, and runs again."""

    def moved(self, us: Counter[str], mx: Counter[str]) -> None:
        """So many handoffs stand in each stage of each side, and made each step there."""


@dataclass(slots=True)
class Played:
    """What ports, officials and the relays know of the run; the account does not."""

    roles: dict[str, Role] = field(default_factory=dict)
    entered: int = 0
    withheld: Counter[str] = field(default_factory=Counter)
    vanished: int = 0
    late: int = 0
    sent_again: dict[str, set[bytes]] = field(default_factory=dict)
    arrived_twice: set[bytes] = field(default_factory=set)
    restarts: int = 0
    finished: bool = False


class Play:
    """One run; `played` says what was done in it, also when it was broken off."""

    def __init__(self, sides: Pair, roles: Sequence[Role], showing: Showing) -> None:
        self.played = Played()
        self._sides = sides
        self._roles = list(roles)
        self._count = len(roles)
        self._services: list[Service] = []
        self.interrupted = False
        self._showing = showing

    async def run(self, *, pause_seconds: float) -> None:
        """
        Enter every role and see it to its end, or until nothing moves any more.

        Raises:
            ExceptionGroup: A service does not run, or takes something that it should not.
        """
        self._listen_for_the_end(asyncio.current_task())
        async with self._stage() as (services, relays):
            self._showing.running(services)
            async with asyncio.TaskGroup() as tasks:
                players = _Players(self._sides, self._session, tasks, self._roles)
                behind = [tasks.create_task(one.keep_running()) for one in services]
                behind += [tasks.create_task(feed) for feed in players.following()]
                try:
                    await self._begin(players, relays["us"])
                    rest = [role for role in self._roles if role.part not in _NOT_YET]
                    entering = tasks.create_task(
                        players.ports.enter_all(rest, pause_seconds=pause_seconds)
                    )
                    await self._until_done(players)
                    await entering
                finally:
                    self._remember(players, services, relays)
                    for task in behind:
                        task.cancel()

    def _listen_for_the_end(self, run: asyncio.Task[None] | None) -> None:
        """Let Ctrl-C (and SIGTERM) end the run in order; a second one ends both at once."""

        def end() -> None:
            if self.interrupted:
                for service in self._services:
                    service.kill()
            elif run is not None:
                self.interrupted = True
                run.cancel()

        for name in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(name, end)

    @asynccontextmanager
    async def _stage(self) -> AsyncIterator[tuple[list[Service], dict[str, Relay]]]:
        """Give both services and relays, running; end all of them after."""
        us, mx = self._sides["us"], self._sides["mx"]
        relays = {
            "us": Relay(port=us.relay_port, target=mx.partner_url, twice=1),
            "mx": Relay(port=mx.relay_port, target=us.partner_url, lost=2),
        }
        relays["us"].is_away = any(role.part is Part.WITHDRAWN for role in self._roles)
        self._session = ClientSession(connector=TCPConnector(limit=64))
        services = self._services = [
            Service(one, self._session, self._showing.restarted) for one in self._sides.values()
        ]
        try:
            for relay in relays.values():
                await relay.start()
            async with asyncio.TaskGroup() as starting:
                for one in services:
                    starting.create_task(one.start())
            yield services, relays
        finally:
            await asyncio.gather(*(one.stop() for one in services), return_exceptions=True)
            for relay in relays.values():
                await relay.stop()
            await self._session.close()

    async def _begin(self, players: "_Players", relay: Relay) -> None:
        """
        While the partner is away withdraw some before their notice; then let it come back.

        One notice finds out that it is away. What is drafted after that waits unsealed, and
        a draft that is withdrawn then vanishes: nobody ever heard of the person.
        """
        ports = players.ports
        first, *_ = (role for role in self._roles if role.part is Part.ORDINARY)
        await ports.enter(first)
        self._roles = [role for role in self._roles if role is not first]
        if not relay.is_away:
            return
        await relay.turned_away.wait()
        await self._until_noted(players.us)
        for role in self._roles:
            if role.part is Part.WITHDRAWN:
                await ports.withdraw(role)
        relay.is_away = False
        # Whose answers take their time goes first.
        self._roles = sorted(self._roles, key=lambda role: role.part not in _SLOW)

    async def _until_noted(self, desk: Desk) -> None:
        """Return once the US side has noted that its partner is away."""
        try:
            async with asyncio.timeout(AWAY_NOTED_SECONDS_MAX):
                while not await desk.figure(FAILURES):  # noqa: ASYNC110  # another process sets it
                    await asyncio.sleep(0.02)
        except TimeoutError:
            return  # it was back before we looked: then some are cancelled instead

    async def _until_done(self, players: "_Players") -> None:
        """Return once everybody is where their part ends on both sides and nothing waits."""
        loop = asyncio.get_running_loop()
        moved_at, moves = loop.time(), -1
        while loop.time() - moved_at < STILL_SECONDS_MAX:
            self._showing.moved(*players.progress())
            if players.ports.answered == self._count and await players.are_done():
                self.played.finished = True
                return
            if players.moves != moves:
                moved_at, moves = loop.time(), players.moves
            await asyncio.sleep(max(LOOK_SECONDS, self._count / 50_000))

    def _remember(
        self, players: "_Players", services: list[Service], relays: dict[str, Relay]
    ) -> None:
        played, ports = self.played, players.ports
        played.roles = ports.known_roles()
        played.entered = ports.answered
        played.withheld = ports.withheld
        played.vanished = ports.vanished
        played.late = players.officials.late
        played.sent_again = {side: relay.unanswered for side, relay in relays.items()}
        played.arrived_twice = relays["us"].doubled
        played.restarts = sum(one.restarts for one in services)


_SLOW = MOVED | {Part.LATE_ACKNOWLEDGMENT, Part.VISA_NEVER, Part.HELD}
_NOT_YET = frozenset({Part.WITHDRAWN, Part.SECOND_CYCLE})


class _Players:
    """Ports, officials and the feeds that tell them what to do."""

    def __init__(
        self,
        sides: Pair,
        session: ClientSession,
        tasks: asyncio.TaskGroup,
        roles: Sequence[Role],
    ) -> None:
        self.us, self.mx = (Desk(sides[side], session) for side in ("us", "mx"))
        self.us_feed, self.mx_feed = Feed(self.us), Feed(self.mx)
        self.ports = Ports(self.us, tasks)
        self.cases = Cases(self.us, self.ports, tasks, roles)
        self.officials = Officials(self.mx, self.ports, tasks)
        self.moves = 0

    def following(self) -> list[Coroutine[None, None, None]]:
        """Return what follows each feed, for as long as it runs."""
        return [
            self.us_feed.follow(self._counting(self.ports.on_change, self.cases.on_change)),
            self.mx_feed.follow(self._counting(self.officials.on_change)),
        ]

    def progress(self) -> tuple[Counter[str], Counter[str]]:
        """Return how many stand in each stage of each side, and made each step there."""
        told = Counter({"step-change-told": self.officials.told})
        return self.us_feed.stages() + self.cases.steps, self.mx_feed.stages() + told

    def _counting(self, *reacting: Callable[[Change], None]) -> Callable[[Change], None]:
        def on_change(change: Change) -> None:
            self.moves += 1
            for react in reacting:
                react(change)

        return on_change

    async def are_done(self) -> bool:
        """Say whether everybody is at the end of their part on both sides and nothing waits."""
        now = datetime.now(UTC)
        for handoff, role in self.ports.known_roles().items():
            if not self._is_at_its_end(handoff, role, now):
                return False
        waiting = [await desk.figure(WAITING) for desk in (self.us, self.mx)]
        return waiting == [0, 0]

    def _is_at_its_end(self, handoff: str, role: Role, now: datetime) -> bool:
        us, mx = (feed.seen.get(handoff) for feed in (self.us_feed, self.mx_feed))
        if us is None:
            return False
        if role.part is Part.WITHDRAWN and us.stage == LocalStage.WITHDRAWN:
            return mx is None
        end = ENDS.get(role.part, Stage.CANCELLED)
        if role.part is Part.VISA_NEVER and (us.due_at is None or us.due_at >= now):
            return False
        return us.stage == end and mx is not None and mx.stage == end
