"""
A world in which what one machine does by itself shifts nothing for anybody else.

In an ordinary world one stream of chance serves all: a read more on one machine, and every packet
after it takes another time. Here how long something takes follows from the seed and from what it
is: a packet's time from its connection and its place on it, a job's from its machine and the
moment. Two runs that differ only inside one machine are then the same on every wire, to the
microsecond, unless what differs is let out.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Any
from zlib import crc32

from simloop._net import _Packet

from tests.sim.simulator import ORDINARY_SECONDS, Loop, Network, machine_here
from tests.sim.world import World

JOB_SECONDS = (0.0, 0.0005, 0.002, 0.01)
"""How long what is given to a thread may take."""

FINENESS = 2**32

STEPS_A_SECOND = 2**14
"""
Time goes in steps of some sixty microseconds. What was computed from the calendar and what was
computed from the last packet differ in the last digit, which is no difference between runs.
"""


class InOrder:
    """Whatever is ready runs in the order in which it became so, as in asyncio's own loop."""

    diverged_at: int | None = None

    def choose(self, ready: object) -> int:
        """Return the place of the oldest."""
        del ready
        return 0


class SteadyNetwork(Network):
    """Every packet takes the time that its connection and its place on it give."""

    def __init__(self, loop: Loop, seed: int) -> None:
        super().__init__(loop, seed)
        self.watch: Callable[[str, _Packet], None] | None = None
        """Who sees each packet between two machines as it leaves, and on which connection."""
        self._seed = seed
        self._opened: Counter[tuple[str, str]] = Counter()
        self._names: dict[int, str] = {}
        self._seconds = 0.0

    def name_of(self, packet: _Packet) -> str:
        """Return what a connection is called: who opened it, to whom, and the how manieth."""
        if packet.conn not in self._names:
            ends = (packet.src, packet.dst)
            self._opened[ends] += 1
            self._names[packet.conn] = f"{packet.src}>{packet.dst} {self._opened[ends]}"
        return self._names[packet.conn]

    def _transmit(self, packet: _Packet) -> None:
        least, most = ORDINARY_SECONDS
        place = f"{self._seed} {self.name_of(packet)} {packet.src} {packet.kind} {packet.seq}"
        self._seconds = least + (most - least) * crc32(place.encode()) / FINENESS
        if self.watch is not None and packet.src != packet.dst:
            self.watch(self.name_of(packet), packet)
        super()._transmit(packet)

    def _resolved(self, src: str, dst: str) -> tuple[tuple[float, float], float, float]:
        del src, dst
        return (self._seconds, self._seconds), 0.0, 0.0


class SteadyLoop(Loop):
    """The loop of such a world."""

    _net: SteadyNetwork

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self._policy = InOrder()
        self._net = SteadyNetwork(self, seed)

    def _call_at_true(self, when: float, *given: Any) -> asyncio.TimerHandle:
        """Let a timer ring with the nearest step of time, the next one at the least."""
        nearest = round(when * STEPS_A_SECOND)
        if when > self.now:
            nearest = max(nearest, round(self.now * STEPS_A_SECOND) + 1)
        timer: asyncio.TimerHandle = super()._call_at_true(nearest / STEPS_A_SECOND, *given)
        return timer

    def job_seconds(self) -> float:
        """Return how long a job that begins here and now takes."""
        place = f"{self.seed} {machine_here()} {self.now:.6f}"
        return JOB_SECONDS[crc32(place.encode()) % len(JOB_SECONDS)]


def steady_world(seed: int) -> World:
    """Return a world whose machines do not shift one another."""
    return World(seed, SteadyLoop(seed))
