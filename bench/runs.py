"""One run: handoffs pushed through a running pair, and what that took of it."""

import sqlite3
import time
from collections.abc import Awaitable
from dataclasses import dataclass
from uuid import UUID

from bench.client import Client
from bench.driver import Driver, Tally
from bench.figures import Usage, quantile, usage_of
from bench.floor import Batch
from bench.sides import Pair, Side

# When each notice was asked for is the driver's; when its receipt was verified, the ledger's.
_RECEIPTED = """
SELECT handoffs.handoff, receipt.recorded_at FROM handoffs
JOIN ledger AS notice ON notice.handoff = handoffs.number AND notice.direction = 0
JOIN verdicts ON verdicts.message = notice.number
JOIN ledger AS receipt ON receipt.number = verdicts.receipt
WHERE handoffs.number > ?
"""
_ENTRIES = "SELECT count(*) FROM ledger"
_RECEIPTS = "SELECT count(*) FROM ledger WHERE kind = 1 AND direction = ?"
_HANDOFFS = "SELECT coalesce(max(number), 0) FROM handoffs"


@dataclass(frozen=True, slots=True)
class Run:
    """What a run of whole handoffs took."""

    handoffs: int
    seconds: float
    us: Usage
    mx: Usage
    driver_cpu_seconds: float
    batch: Batch
    lines_per_receipt: Batch
    latencies: tuple[float, ...]

    @property
    def per_second(self) -> float:
        """Whole handoffs a second."""
        return self.handoffs / self.seconds

    def cpu(self, side: str) -> float:
        """Return the microseconds of CPU that *side* spent on a handoff."""
        usage: Usage = getattr(self, side)
        return usage.cpu_seconds / self.handoffs * 1e6

    @property
    def kilobytes_written(self) -> float:
        """What both sides sent to storage for a handoff."""
        return (self.us.bytes_written + self.mx.bytes_written) / self.handoffs / 1000

    def latency_ms(self, share: float) -> float:
        """Return the time from intake to verified receipt that *share* of the notices kept."""
        return quantile(self.latencies, share) * 1000


@dataclass(frozen=True, slots=True)
class _Count:
    """Where both sides stand: usage, requests and receipts until now."""

    us: Usage
    mx: Usage
    requests: tuple[float, float]
    receipts: tuple[int, int]


async def peak(pair: Pair, handoffs: int, *, under_way_max: int = 512) -> Run:
    """Return a run as fast as the pair takes them; *under_way_max* 1 is one after the other."""
    driver = Driver(pair)
    work = driver.as_fast_as(handoffs, under_way_max=under_way_max)
    return await _measured(pair, driver, handoffs, work)


async def paced(pair: Pair, handoffs: int, *, per_second: float) -> Run:
    """Return a run in which so many come each second, however long the last ones take."""
    driver = Driver(pair)
    work = driver.at_rate(handoffs, per_second=per_second)
    return await _measured(pair, driver, handoffs, work)


def ledger_entries(side: Side) -> int:
    """Return how many entries the ledger of a side has."""
    return _number(side, _ENTRIES)


async def _measured(pair: Pair, driver: Driver, handoffs: int, work: Awaitable[Tally]) -> Run:
    await driver.catch_up()
    known = _number(pair.us, _HANDOFFS)
    before = await _count(pair)
    wall, cpu = time.perf_counter(), time.process_time()
    tally = await work
    seconds, driver_cpu = time.perf_counter() - wall, time.process_time() - cpu
    after = await _count(pair)
    driver.close()
    return Run(
        handoffs=handoffs,
        seconds=seconds,
        us=after.us - before.us,
        mx=after.mx - before.mx,
        driver_cpu_seconds=driver_cpu,
        batch=_batch(handoffs, before.requests, after.requests),
        lines_per_receipt=_batch(handoffs, before.receipts, after.receipts),
        latencies=_latencies(pair.us, tally, known),
    )


def _batch(handoffs: int, before: tuple[float, float], after: tuple[float, float]) -> Batch:
    """Return the lines for each request (or receipt): one notice and three answers a handoff."""
    notices, given = (late - early for early, late in zip(before, after, strict=True))
    return Batch(handoffs / notices, 3 * handoffs / given)


async def _count(pair: Pair) -> _Count:
    return _Count(
        us=usage_of(pair.us.pid),
        mx=usage_of(pair.mx.pid),
        requests=(await _requests(pair.mx), await _requests(pair.us)),
        receipts=(_receipts(pair.us, 1), _receipts(pair.us, 0)),
    )


async def _requests(side: Side) -> float:
    """Return how many requests with lines a side has answered."""
    client: Client = side.client()
    _, octets = await client.get("/metrics")
    client.close()
    series = b'exchange_requests_total{listener="partner",route="POST /v1/messages",status="200"} '
    return float(octets.partition(series)[2].partition(b"\n")[0] or 0)


def _receipts(side: Side, direction: int) -> int:
    return _number(side, _RECEIPTS, direction)


def _number(side: Side, query: str, *values: int) -> int:
    with sqlite3.connect(f"file:{side.database}?mode=ro", uri=True) as connection:
        found: int = connection.execute(query, values).fetchone()[0]
    connection.close()
    return found


def _latencies(side: Side, tally: Tally, known: int) -> tuple[float, ...]:
    with sqlite3.connect(f"file:{side.database}?mode=ro", uri=True) as connection:
        rows = connection.execute(_RECEIPTED, (known,)).fetchall()
    connection.close()
    return tuple(at / 1e6 - tally.asked_at[str(UUID(bytes=octets))] for octets, at in rows)
