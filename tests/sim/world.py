"""
One process, one seed: machines, wires between them and a virtual clock.

Nothing here knows what a handoff is. A *machine* runs tasks; a *wire* joins two machines and can
be slow, lose connections, fall silent or be cut; a machine can be killed (its kernel resets its
connections) or lose its power (nobody hears anything).
"""

import asyncio
import random
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from exchange.errors import StoreFailed
from tests.sim.simulator import Loop, Network, Wire, machine_here

WIND_UP_SECONDS = 600.0

ACCEPTANCE_RACE = ("TypeError", "'NoneType' object is not callable", "start")
"""
aiohttp's server runs the task of a connection that was lost before the task began, and calls a
factory that is gone by then (web_protocol.py, ``start``). The connection is closed already:
nobody sees it. This error, from this function, is the one thing that a run forgives.
"""


@dataclass(slots=True)
class _Armed:
    """What is done once a machine has made some steps more."""

    machine: str
    steps: int
    act: Callable[[], None]


class World:
    """The machines of one run."""

    def __init__(self, seed: int, loop: Loop | None = None) -> None:
        self.seed = seed
        self.loop = loop or Loop(seed)
        self.chance = random.Random(f"{seed}:world")
        self.unforeseen: list[str] = []
        """What ended in a way nobody foresaw: any entry fails the run."""
        self.lines: list[str] = []
        """What happened, for a reader."""
        self.fallen = asyncio.Event()
        self._armed: list[_Armed] = []
        self.loop.after_step = self._count_down
        self.loop.set_exception_handler(self._hear)

    @property
    def net(self) -> Network:
        """The network between the machines."""
        return self.loop.net

    @property
    def now(self) -> float:
        """Seconds of virtual time since the run began."""
        return self.loop.now

    def fall(self, what: str) -> None:
        """Something ended as nobody foresaw: the run is over, and failed."""
        self.unforeseen.append(what)
        self.fallen.set()

    def say(self, line: str) -> None:
        """Add a line to what a reader of the run sees."""
        self.lines.append(f"{self.now:10.3f}  {line}")

    def machine(self, name: str) -> None:
        """There is a machine of that name."""
        self.net.host(name)

    def start(self, name: str, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Run *work* on a machine."""
        task: asyncio.Task[Any] = self.net.host(name).create_task(work)
        return task

    def wire(self, one: str, other: str) -> Wire:
        """Return how two machines are joined, to be changed in place."""
        return self.net.wires[frozenset((one, other))]

    def cut(self, one: str, other: str) -> None:
        """Hold back everything between two machines."""
        self.net.partition([one], [other])

    def heal(self, one: str, other: str, *, is_lost: bool) -> None:
        """Let what was held back arrive, or reset every connection on which something was held."""
        if is_lost:
            self.net.reset_between(one, other)
        self.net.heal()

    def end_process(self, name: str) -> None:
        """Kill what runs on a machine: it does not run on, and its connections are reset."""
        for task in list(self.net._tasks[name]):  # noqa: SLF001  # the simulator's own
            task.cancel()
        self.net.close_all_of(name)

    def cut_power(self, name: str) -> None:
        """End everything on a machine, of which nobody hears."""
        self.net.crash(name)
        self.net.restart(name)

    def after_steps(self, name: str, steps: int, act: Callable[[], None]) -> None:
        """Do *act* after *steps* further steps of a machine, between any two of its awaits."""
        self._armed.append(_Armed(name, steps, act))

    def _count_down(self, host: str, _label: str) -> None:
        for armed in self._armed:
            if armed.machine == host:
                armed.steps -= 1
        for armed in [armed for armed in self._armed if armed.steps < 0]:
            self._armed.remove(armed)
            armed.act()

    def run(self, main: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Run *main* to its end, then end and forget everything that still runs."""
        asyncio.set_event_loop(self.loop)
        try:
            self.loop.run_until_complete(main())
        finally:
            self._wind_up()
            self.loop.close()
            asyncio.set_event_loop(None)

    def _wind_up(self) -> None:
        """Cancel what still runs and let it end, so that nothing is left to be collected."""
        self.loop.after_step = None
        left = [task for tasks in self.net._tasks.values() for task in tasks]  # noqa: SLF001  # as above
        for task in left:
            task.cancel()
        if left:
            self.loop.run_until_complete(asyncio.wait(left, timeout=WIND_UP_SECONDS))

    def _hear(self, _loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if error is None or _is_foreseen(error):
            return
        if _is_acceptance_race(error):
            self.net.happened["aiohttp's race at a lost connection"] += 1
            return
        self.unforeseen.append(f"{machine_here()}: {type(error).__name__}: {error}")


def _is_foreseen(error: BaseException) -> bool:
    """
    Say whether a task may end with *error* though nobody asks it how it ended.

    What a kill left behind is cancelled, meets the database that was closed at the kill, or had
    met a store that failed just before: nobody is left to whom its end could be told.
    """
    if isinstance(error, BaseExceptionGroup):
        return all(map(_is_foreseen, error.exceptions))
    if isinstance(error, (asyncio.CancelledError, StoreFailed)):
        return True
    return "Cannot operate on a closed database" in str(error)


def _is_acceptance_race(error: BaseException) -> bool:
    kind, words, function = ACCEPTANCE_RACE
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return (
        type(error).__name__ == kind
        and str(error) == words
        and trace is not None
        and trace.tb_frame.f_code.co_name == function
    )
