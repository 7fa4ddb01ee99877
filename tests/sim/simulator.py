"""
The simulator (simloop, pinned) made one loop and one network: a seeded order, virtual time, wires.

Nobody else knows it: another one could take its place. A stream of the simulator never loses a
byte, as TCP does not: what a network that loses packets does to a caller is that its connection
is reset or that nothing comes any more, and both are done to connections here, in the middle of
whatever they carry.
"""

import asyncio
import hashlib
import random
from collections import Counter, defaultdict
from collections.abc import Callable
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from typing import Any

from simloop._loop import SimLoop, _ExecutorJob
from simloop._net import SimNetwork, _current_host, _Packet
from simloop._trace import TraceRecorder

from tests.sim.wire import Tap

SLICE = 512
"""Decisions hashed at once."""

JOB_SECONDS = (0.0, 0.0005, 0.002, 0.01, 0.05)
"""How long what is given to a thread may take: a commit, a signature, a look-up."""


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
        self.call_later(self.job_seconds(), job)
        return future

    def job_seconds(self) -> float:
        """Return how long a job that is given to a thread now takes."""
        return self._durations.choice(JOB_SECONDS)

    def _step(self) -> None:
        super()._step()
        if self.after_step is not None:
            self.after_step(*self._recorder.ran)


def _make_task(loop: asyncio.AbstractEventLoop, work: Any, **named: Any) -> asyncio.Task[Any]:
    return _Task(work, loop=loop, **named)


def machine_here() -> str:
    """Return the machine whose code runs now."""
    return str(_current_host.get())
