"""One seed: a world, what is asked of it, what goes wrong in it, and what must be true after."""

import asyncio
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from io import StringIO
from pathlib import Path
from random import Random
from tempfile import mkdtemp
from unittest.mock import patch

import structlog
from structlog.processors import JSONRenderer, add_log_level
from structlog.types import EventDict

import exchange.flow.outbox
import exchange.web.handoffs
from exchange.service.outside import agreement_of
from exchange.web.logs import only_allowed
from tests.sim import faults as faulty
from tests.sim import sides
from tests.sim.desks import Desk
from tests.sim.evidence import Finished, Held
from tests.sim.faults import PROXY, Fault, Place
from tests.sim.files import ask, count_waiting
from tests.sim.history import Broken, History
from tests.sim.invariants import AT_END
from tests.sim.officials import Officials
from tests.sim.ports import Errand, Ports, errands
from tests.sim.sides import BEGUN_AT, SideOfWorld, joined_to, scratch
from tests.sim.simulator import machine_here
from tests.sim.watching import Watch
from tests.sim.world import World

FAULTS_SECONDS = 1800.0
"""The first part of a run, in which things go wrong."""

LIVENESS_SECONDS = 1800.0
"""Within which all must have come to an end once nothing goes wrong any more."""

STATED_SECONDS = 1_100.0
"""By when the day in which a run begins has ended, has closed on any clock, and is stated."""

LOOK_SECONDS = 10.0
CALM_LOOKS = 4
"""How often in a row nothing waits anywhere before a run is over."""

SELDOM = (
    (exchange.flow.outbox, "POLL_SECONDS", 20.0),
    (exchange.web.handoffs, "LOOK_SECONDS", 20.0),
)
"""
How seldom a service looks at what nobody told it of, in most runs (the watch looks once a
minute): to look costs time, and a run in which looking is what mends everything finds less. One
run in ten is as it is shipped.
"""

INSIDERS = {"us": "ports", "mx": "officials"}


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that the seed decides before a run begins."""

    seed: int
    errands: list[Errand]
    faults: list[Fault]
    policy: str
    ahead_seconds: dict[str, float]
    looks_often: bool
    patience_seconds: float
    """How long a delivery may take; a claim lasts a little longer."""
    states_a_day: bool = True
    """Whether the day in which it begins is stated: what is said of it wakes whoever sleeps."""

    @property
    def changed_settings(self) -> dict[str, dict[str, object]]:
        """The settings of both sides that are not as ``exchange init`` writes them."""
        changed: dict[str, dict[str, object]] = {"": {"signature_policy": self.policy}}
        changed["outbox"] = {
            "delivery_timeout_seconds": self.patience_seconds,
            "lease_seconds": self.patience_seconds * 1.5,
        }
        closes = 60 if self.states_a_day else 86_400
        changed["statements"] = {"closes_after_seconds": closes, "look_seconds": 20.0}
        if not self.looks_often:
            changed["watch"] = changed["reconciliation"] = {"look_seconds": 60.0}
        return changed


def plan_of(seed: int) -> Plan:
    """Return what the seed decides."""
    chance = Random(f"{seed}:plan")
    faults = faulty.schedule(chance, FAULTS_SECONDS)
    moments = [*(fault.at for fault in faults), chance.uniform(0, FAULTS_SECONDS)]
    return Plan(
        seed=seed,
        errands=errands(chance, chance.randint(10, 20), moments),
        faults=faults,
        policy="hybrid" if chance.random() < 0.1 else "es256",
        ahead_seconds={side: chance.choice((0.0, 0.0, 1.0, -30.0, 90.0)) for side in INSIDERS},
        looks_often=chance.random() < 0.1,
        patience_seconds=chance.choice((8.0, 30.0)),
        states_a_day=chance.random() < 0.4,
    )


@dataclass(slots=True)
class Result:
    """What a run was, for whoever asks."""

    plan: Plan
    trace_hash: str = ""
    steps: int = 0
    virtual_seconds: float = 0.0
    broken: list[Broken] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    happened: Counter[str] = field(default_factory=Counter)
    outcomes: dict[str, int] = field(default_factory=dict)
    stale: int = 0
    """How often somebody wrote under a claim that another had taken over."""
    log: str = ""
    alarms: set[str] = field(default_factory=set)
    """The kinds of alarm that either side ever raised."""


class Run:
    """A world with both sides and everybody who calls them."""

    def __init__(self, plan: Plan, root: Path) -> None:
        sides.copy_template(root)
        self.plan = plan
        self.world = world = World(plan.seed)
        self.history = History()
        self.sides = {
            side: SideOfWorld(world, side, root / side, plan.changed_settings) for side in INSIDERS
        }
        for side, seconds in plan.ahead_seconds.items():
            self.sides[side].clock.ahead_seconds = seconds
        for name in (*INSIDERS.values(), PROXY):
            world.machine(name)
        self.desks = {
            side: Desk(
                world,
                self.history,
                name,
                self.sides[side],
                (root / side / "token").read_text(encoding="ascii"),
            )
            for side, name in INSIDERS.items()
        }
        self.ports = Ports(self.desks["us"], plan.errands)
        self.officials = Officials(self.desks["mx"], Random(f"{plan.seed}:officials"))
        self.broken: list[Broken] = []
        self.log = StringIO()
        self.watch = Watch({side: held.database for side, held in self.sides.items()})
        world.net.tap.look = self.watch.see_packet
        for desk in self.desks.values():
            desk.look = self.watch.see_answer

    def without_the_dead(self, _logger: object, _method: str, event: EventDict) -> EventDict:
        """
        Return the event, unless its process was killed: what is unwound of it says nothing.

        Raises:
            DropEvent: It was.
        """
        side = self.sides.get(machine_here())
        if side is not None and side.is_killed:
            raise structlog.DropEvent
        return event

    async def main(self) -> None:
        """Let the world go on until all that was asked has come to its end, or a side fell over."""
        whole = asyncio.create_task(self._whole())
        fallen = asyncio.create_task(self.world.fallen.wait())
        await asyncio.wait({whole, fallen}, return_when=asyncio.FIRST_COMPLETED)
        if whole.done():
            whole.result()
            return
        for desk in self.desks.values():
            desk.let_go()
        for side in self.sides.values():
            side.let_go()

    async def _whole(self) -> None:
        living = [asyncio.create_task(side.live()) for side in self.sides.values()]
        callers = [
            self.world.start("ports", self.ports.work()),
            self.world.start("officials", self.officials.work()),
        ]
        await faulty.go_wrong(self.plan.faults, Place(self.world, self.sides, INSIDERS))
        self.world.say("nothing goes wrong any more")
        await self._come_to_an_end()
        await self._close(callers)
        for life in living:
            life.cancel()

    async def _come_to_an_end(self) -> None:
        until = max(self.world.now, FAULTS_SECONDS) + LIVENESS_SECONDS
        calm = 0
        while calm < CALM_LOOKS:
            await asyncio.sleep(LOOK_SECONDS)
            calm = calm + 1 if self._is_calm() else 0
            if self.world.now > until:
                waiting = {name: count_waiting(side.database) for name, side in self.sides.items()}
                self.broken.append(
                    Broken(
                        "liveness",
                        f"ports done: {self.ports.are_done}, officials done: "
                        f"{self.officials.are_done}, waiting in the outboxes: {waiting}",
                    )
                )
                return

    def _is_calm(self) -> bool:
        return (
            (self.world.now > STATED_SECONDS or not self.plan.states_a_day)
            and self.ports.are_done
            and self.officials.are_done
            and not any(count_waiting(side.database) for side in self.sides.values())
        )

    async def _close(self, callers: list[asyncio.Task[None]]) -> None:
        for caller in callers:
            caller.cancel()
        await asyncio.wait(callers)
        for desk in self.desks.values():
            await desk.close()
        for side in self.sides.values():
            side.stop(down_seconds=1e9)
        await asyncio.sleep(60)


def run(plan: Plan) -> Result:
    """Return what became of a world that goes by *plan*."""
    root = Path(mkdtemp(prefix="run-", dir=scratch()))
    try:
        this = Run(plan, root)
        structlog.configure(
            processors=[this.without_the_dead, add_log_level, only_allowed, JSONRenderer()],
            logger_factory=structlog.PrintLoggerFactory(this.log),
            cache_logger_on_first_use=False,
        )
        with (
            looking(plan.looks_often),
            joined_to(this.world, this.sides),
            this.watch.fences(),
        ):
            this.world.run(this.main)
        return _judged(this)
    finally:
        shutil.rmtree(root, ignore_errors=True)


@contextmanager
def looking(often: bool) -> Iterator[None]:  # noqa: FBT001  # one of two paces
    """Let the services look at what nobody told them of: seldom, or as often as shipped."""
    with ExitStack() as changed:
        for module, name, seconds in () if often else SELDOM:
            changed.enter_context(patch.object(module, name, seconds))
        yield


def _judged(this: Run) -> Result:
    world = this.world
    us, mx = (Held(name, one.settings(), one.database) for name, one in this.sides.items())
    finished = Finished(
        history=this.history,
        us=us,
        mx=mx,
        tap=world.net.tap,
        errands=this.plan.errands,
        sets=agreement_of(us.settings).we_sign,
        log=this.log.getvalue(),
        ended_at=BEGUN_AT + timedelta(seconds=world.now),
        states_a_day=this.plan.states_a_day,
    )
    broken = [*this.broken, *this.watch.broken]
    broken += [Broken("nothing ends unforeseen", text) for text in world.unforeseen]
    if not world.unforeseen:  # else the files are those of the middle of a run
        broken += [found for check in AT_END for found in check(finished)]
    return Result(
        plan=this.plan,
        trace_hash=world.loop.trace_hash(),
        steps=world.loop._recorder.count,  # noqa: SLF001  # simloop tells it nowhere else
        virtual_seconds=world.now,
        broken=broken,
        lines=world.lines,
        happened=world.net.happened,
        outcomes=this.history.counts(),
        stale=this.watch.stale,
        log=this.log.getvalue(),
        alarms={
            str(kind)
            for side in this.sides.values()
            for (kind,) in ask(side.database, "SELECT kind FROM alarms")
        },
    )
