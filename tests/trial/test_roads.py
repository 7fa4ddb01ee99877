"""
Both authorities over mutual TLS on roads where something happens to connections.

Each mishap comes at many numbers of bytes, so that it falls into handshakes, heads, bodies and
answers, on the way there and on the way back, on the road of either side. Afterwards the road is
kind again, and what was said is said once, on both sides.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

import pytest
import pytest_asyncio

from bench.driver import Driver
from bench.sides import Pair
from exchange.domain.parties import Side
from tests.trial.authorities import serving
from tests.trial.large_ledgers import faults_between
from tests.trial.relay import (
    Carried,
    Cut,
    HalfClose,
    Happens,
    Mishap,
    Relay,
    Reset,
    Stall,
    Way,
    to,
)
from tests.web.tls_sides import make_sides

pytestmark = pytest.mark.asyncio(loop_scope="module")

STEPS = 8
DELIVERY_SECONDS = 1.0
STALL_SECONDS = 3.0
"""Longer than a delivery may take: what was held back arrives after it was sent again."""
SILENCE_SECONDS = 3600.0
"""Longer than anybody waits: only whoever sends can end it."""
CASE_SECONDS_MAX = 60.0
LISTENS = "0A"  # a state in /proc/net/tcp
WISHES = {
    "EXCHANGE_OUTBOX__DELIVERY_TIMEOUT_SECONDS": str(DELIVERY_SECONDS),
    "EXCHANGE_OUTBOX__LEASE_SECONDS": "5",
    "EXCHANGE_OUTBOX__BACKOFF_FIRST_SECONDS": "0.05",
    "EXCHANGE_OUTBOX__BACKOFF_MAX_SECONDS": "0.2",
    "EXCHANGE_KEYS__POLL_SECONDS": "3600",  # so that it is a delivery that a mishap meets
}
MISHAPS: tuple[Callable[[int], Mishap], ...] = (
    Reset,
    Cut,
    HalfClose,
    lambda after: Stall(after, STALL_SECONDS),
    lambda after: Stall(after, SILENCE_SECONDS),
)
NAMES = ("reset", "cut", "half-close", "stall", "silence")


class Roads:
    """The two sides, the road of each to the other, and ports and officials who are at work."""

    def __init__(self, pair: Pair, relays: Mapping[Side, Relay], listening: set[int]) -> None:
        self.pair = pair
        self.relays = relays
        self.listening = listening
        """The ports of both partner listeners."""
        self.lengths: dict[Side, Counter[Way]] = {}
        """How many bytes a handoff brings each way, on a connection of its own to each side."""
        self.driver = Driver(pair)
        self._handoffs = 0

    async def hand_over(self) -> None:
        """Return once a further handoff is through, and both ledgers agree about all of them."""
        await self.driver.catch_up()
        async with asyncio.timeout(CASE_SECONDS_MAX):
            await self.driver.as_fast_as(1, under_way_max=1)
        self._handoffs += 1
        faults = faults_between(
            self.pair.us.database, self.pair.mx.database, handoffs=self._handoffs
        )
        assert faults == []

    def each(self) -> Iterator[Carried]:
        """Give every connection that is open between the two."""
        for relay in self.relays.values():
            yield from list(relay.open)

    async def begin_anew(self) -> None:
        """Return once there is no connection between the two."""
        async with asyncio.timeout(CASE_SECONDS_MAX):
            while any(True for one in self.each()):
                for one in self.each():
                    one.abort()
                await asyncio.sleep(0.01)

    async def measure(self) -> None:
        """Hand over on a kind road, and note how many bytes that takes."""
        await self.hand_over()  # meanwhile our keys are asked for, which is once
        await self.begin_anew()
        await self.hand_over()
        for side, relay in self.relays.items():
            (one,) = relay.open
            self.lengths[side] = one.bytes


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def roads(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Roads]:
    """Both sides, running, that have handed one person over on a kind road."""
    directory: Path = tmp_path_factory.mktemp("roads")
    async with Relay(tuple) as us, Relay(tuple) as mx:
        relays = {Side.US: us, Side.MX: mx}
        sides = make_sides(directory, toward={side: relays[side].port for side in Side})
        for side, relay in relays.items():
            relay.leads = to(sides[side.other].listen.partner.port)
        async with serving(sides, WISHES) as pair:
            listening = {side.listen.partner.port for side in sides.values()}
            made = Roads(pair, relays, listening)
            await made.measure()
            yield made
            made.driver.close()


def _to_the_next(way: Way, mishap: Mishap) -> Happens:
    """Return that *mishap* happens to the next connection alone."""
    left = {way: iter([mishap])}
    return lambda asked: left.pop(asked, iter(()))


@pytest.mark.parametrize("step", range(STEPS))
@pytest.mark.parametrize("way", list(Way), ids=lambda way: way.value)
@pytest.mark.parametrize("kind", range(len(MISHAPS)), ids=NAMES.__getitem__)
async def test_a_mishap_on_the_road_of_each(roads: Roads, kind: int, way: Way, step: int) -> None:
    """Whatever happens to a connection, and after however many bytes: all is said, and once."""
    share = (step + kind / len(MISHAPS)) / STEPS
    await roads.begin_anew()
    before = {side: relay.mishaps.total() for side, relay in roads.relays.items()}
    for side, relay in roads.relays.items():
        mishap = MISHAPS[kind](int(share * roads.lengths[side][way]))
        relay.happens = _to_the_next(way, mishap)
    await roads.hand_over()
    for side, relay in roads.relays.items():
        assert relay.mishaps.total() == before[side] + 1, f"nothing happened to {side}"


@pytest.mark.parametrize("end", [Carried.close, Carried.reset, Carried.vanish])
async def test_connections_end_between_requests(
    roads: Roads, end: Callable[[Carried], None]
) -> None:
    """Connections kept for the next request may end, or only be forgotten: it gets there."""
    await roads.begin_anew()
    for _ in range(3):
        await roads.hand_over()
        kept = list(roads.each())
        assert kept
        for one in kept:
            end(one)


async def test_nothing_stays_open(roads: Roads) -> None:
    """Whatever happened to connections, each process has let go of its own end."""
    ports = {relay.port for relay in roads.relays.values()} | roads.listening
    pids = (roads.pair.us.pid, roads.pair.mx.pid)
    assert any(_connections(pid, ports) for pid in pids)
    await roads.begin_anew()
    async with asyncio.timeout(CASE_SECONDS_MAX):
        while any(_connections(pid, ports) for pid in pids):  # noqa: ASYNC110  # another process
            await asyncio.sleep(0.2)


def _connections(pid: int, ports: set[int]) -> int:
    """Return how many connections from or to *ports* a process holds, by the kernel's account."""
    held = set()
    for link in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # closed just now
            held.add(link.readlink().name)
    found = 0
    for line in Path("/proc/net/tcp").read_text("ascii").splitlines()[1:]:
        fields = line.split()
        ends = {int(end.partition(":")[2], 16) for end in fields[1:3]}
        found += fields[3] != LISTENS and f"socket:[{fields[9]}]" in held and bool(ends & ports)
    return found
