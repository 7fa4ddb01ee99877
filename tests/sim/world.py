"""
One process, one seed: machines, wires between them and a virtual clock.

The only module that knows the simulator (simloop, pinned): another one could take its place.
Nothing here knows what a handoff is. A *machine* runs tasks; a *wire* joins two machines and can
be slow, lose connections, fall silent or be cut; a machine can be killed (its kernel resets its
connections) or lose its power (nobody hears anything).

A stream of the simulator never loses a byte, as TCP does not: what a network that loses packets
does to a caller is that its connection is reset or that nothing comes any more, and both are
done to connections here, in the middle of whatever they carry.
"""

import asyncio
import hashlib
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Coroutine
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from typing import Any

from simloop._loop import SimLoop, _ExecutorJob
from simloop._net import SimNetwork, _current_host, _Packet
from simloop._trace import TraceRecorder

from exchange.errors import StoreFailed
from tests.sim.wire import Tap

SLICE = 512
"""Decisions hashed at once."""

WIND_UP_SECONDS = 600.0

JOB_SECONDS = (0.0, 0.0005, 0.002, 0.01, 0.05)
"""How long what is given to a thread may take: a commit, a signature, a look-up."""

ACCEPTANCE_RACE = ("TypeError", "'NoneType' object is not callable", "start")
"""
aiohttp's server runs the task of a connection that was lost before the task began, and calls a
factory that is gone by then (web_protocol.py, ``start``). The connection is closed already:
nobody sees it. This error, from this function, is the one thing that a run forgives.
"""


class Recorder(TraceRecorder):  # type: ignore[misc]  # simloop's types are not seen everywhere
    """Keeps a digest of every scheduling decision instead of the decisions: a run has 100,000."""

    def __init__(self) -> None:
        super().__init__()
        self._digest = hashlib.sha256()
        self._pending: list[str] = []
        self.count = 0
        self.ran: tuple[str, str] = ("", "")
        """The machine and the name of what ran last."""

    def record(self, kind: str, when: float, seq: int, label: str, host: str = "") -> None:
        """Add one decision to the digest."""
        self.count += 1
        if kind == "run":
            self.ran = (host, label)
        self._pending.append(f"{kind}|{when!r}|{seq}|{host}|{label}\n")
        if len(self._pending) == SLICE:
            self._fold()

    def __len__(self) -> int:
        return self.count

    def hash(self) -> str:
        """Return the digest of everything decided so far."""
        self._fold()
        return self._digest.hexdigest()

    def _fold(self) -> None:
        self._digest.update("".join(self._pending).encode())
        self._pending.clear()


ORDINARY_SECONDS = (0.001, 0.02)


@dataclass(slots=True)
class Wire:
    """How two machines are joined now."""

    slowings: list[tuple[float, float]] = field(default_factory=list)
    """How long a packet takes, from and to, for each thing that slows the wire down now."""
    loss: float = 0.0
    """The share of packets with which their connection is reset, the packet lost."""
    hush: float = 0.0
    """The share of packets after which nothing on their connection arrives any more."""
    silent: set[str] = field(default_factory=set)
    """Machines of which nothing arrives at the other end, while this stands."""

    @property
    def latency(self) -> tuple[float, float]:
        """How long a packet takes now; of several slowings the newest counts."""
        return self.slowings[-1] if self.slowings else ORDINARY_SECONDS


class Network(SimNetwork):  # type: ignore[misc]  # as above
    """The simulator's network, with wires that do what real ones do to a connection."""

    def __init__(self, loop: "Loop", seed: int) -> None:
        super().__init__(loop)
        self.wires: dict[frozenset[str], Wire] = defaultdict(Wire)
        self.tap = Tap()
        self.happened: Counter[str] = Counter()
        self._chance = random.Random(f"{seed}:wires")
        self._hushed: set[int] = set()

    def _transmit(self, packet: _Packet) -> None:
        if packet.src == packet.dst:
            super()._transmit(packet)
            return
        wire = self.wires[frozenset((packet.src, packet.dst))]
        self.tap.see(packet.conn, packet.src, packet.dst, packet.payload)
        if packet.conn in self._hushed or packet.src in wire.silent:
            self._trace("lost", packet)
            return
        if packet.kind in ("data", "syn") and self._is_spoiled(packet, wire):
            return
        super()._transmit(packet)

    def _is_spoiled(self, packet: _Packet, wire: Wire) -> bool:
        if wire.hush and self._chance.random() < wire.hush:
            self._hushed.add(packet.conn)
            self.happened["connection hushed"] += 1
            self._trace("lost", packet)
            return True
        if wire.loss and self._chance.random() < wire.loss:
            self.happened["connection reset"] += 1
            self._trace("lost", packet)
            self.reset(packet.conn)
            return True
        return False

    def _resolved(self, src: str, dst: str) -> tuple[tuple[float, float], float, float]:
        return (self.wires[frozenset((src, dst))].latency, 0.0, 0.0)

    def reset(self, conn: int) -> None:
        """Both ends of a connection learn now that it was reset."""
        self._hushed.add(conn)
        for key in [key for key in self._streams if key[0] == conn]:
            context = _context_of(key[1])
            self._loop.call_soon(self._streams[key]._reset_arrived, context=context)  # noqa: SLF001  # the simulator's own

    def reset_between(self, one: str, other: str) -> None:
        """Every connection between two machines is reset."""
        joined = {one, other}
        for transport in list(self._streams.values()):
            if {transport._local[0], transport._remote[0]} == joined:  # noqa: SLF001  # as above
                self.reset(transport._conn)  # noqa: SLF001  # as above

    def close_all_of(self, name: str) -> None:
        """Do what a kernel does when a process dies: reset its connections, close its ports."""
        for key in [key for key in self._streams if key[1] == name]:
            self._streams[key].abort()
        for bound in [bound for bound in self._listeners if bound[0] == name]:
            self._listeners[bound].server.close()


def _context_of(name: str) -> Context:
    context = copy_context()
    context.run(_current_host.set, name)
    return context


class _Hashed:
    """Mixed into tasks and futures: sets of them have an order that the seed alone gives."""

    _made = 0

    def __hash__(self) -> int:
        return self._number

    @classmethod
    def begin(cls) -> None:
        _Hashed._made = 0

    def number(self) -> None:
        _Hashed._made += 1
        self._number = _Hashed._made


class _Task(_Hashed, asyncio.Task[Any]):
    def __init__(self, *given: Any, **named: Any) -> None:
        self.number()
        super().__init__(*given, **named)


class _Future(_Hashed, asyncio.Future[Any]):
    def __init__(self, *given: Any, **named: Any) -> None:
        self.number()
        super().__init__(*given, **named)


class Loop(SimLoop):  # type: ignore[misc]  # as above
    """The simulator's loop: seeded order, virtual time, work for threads done in turn."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        _Hashed.begin()
        self._recorder = Recorder()
        self._net = Network(self, seed)
        self._durations = random.Random(f"{seed}:durations")
        self.after_step: Callable[[str, str], None] | None = None
        self.set_task_factory(_make_task)

    @property
    def now(self) -> float:
        """The true virtual time in seconds since the run began."""
        return float(self._now)

    @property
    def net(self) -> Network:
        """The network of the run."""
        network: Network = self._net
        return network

    def create_future(self) -> asyncio.Future[Any]:
        """Return a future with a place in the order of the run."""
        return _Future(loop=self)

    def run_in_executor(
        self, executor: Any, func: Callable[..., Any], *args: Any
    ) -> asyncio.Future[Any]:
        """Run *func* as threads would: later, in one go, while others go on."""
        future = self.create_future()
        job = _ExecutorJob(func, args, future)
        self.call_later(self._durations.choice(JOB_SECONDS), job)
        return future

    def _step(self) -> None:
        super()._step()
        if self.after_step is not None:
            self.after_step(*self._recorder.ran)


def _make_task(loop: asyncio.AbstractEventLoop, work: Any, **named: Any) -> asyncio.Task[Any]:
    return _Task(work, loop=loop, **named)


def machine_here() -> str:
    """Return the machine whose code runs now."""
    return str(_current_host.get())


@dataclass(slots=True)
class _Armed:
    """What is done once a machine has made some steps more."""

    machine: str
    steps: int
    act: Callable[[], None]


class World:
    """The machines of one run."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.loop = Loop(seed)
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
