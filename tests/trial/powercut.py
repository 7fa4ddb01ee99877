"""
The power is cut at random moments of a load of writes: nothing that was acknowledged is lost.

``python -m tests.trial.powercut --cuts 200`` cuts it as often under the store's own settings,
and as often under ``synchronous = NORMAL``, where rows must be found missing: else the check
could not see a loss. It ends with 1 where either does not hold.
"""

import argparse
import asyncio
import sqlite3
import sys
import tempfile
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random

from exchange.errors import EvidenceBroken
from exchange.store import Store
from exchange.store.engine import Connection
from exchange.store.heads import Head, take_numbers
from exchange.store.ledger import record_entries, stream_entries
from exchange.store.migrations import upgrade
from exchange.store.prepared import driver_of
from exchange.store.sqlite import SqliteTransactions
from tests.ledgers import assert_holds
from tests.store.rows import entry, sent, stored_draft, stored_handoff
from tests.trial.disk import Disk, Event, Told, missing_part, recording

FILE = "exchange.db"
AT_ONCE = 12
WRITES = 4000
"""Enough for the log to be written back into the database more than once."""


@dataclass(slots=True)
class Seen:
    """What the cuts left."""

    cuts: int = 0
    acknowledged: int = 0
    lost: int = 0
    """Acknowledged writes that were missing, over all cuts."""
    cuts_with_loss: int = 0
    corrupt: int = 0
    torn: int = 0
    """Cuts after which a transaction was there in part."""


@dataclass(frozen=True, slots=True)
class Recording:
    """The disk before, and everything that SQLite asked and callers were told since."""

    before: bytes
    events: list[Event]


def record(directory: Path, *, writes: int, synchronous: str) -> Recording:
    """Return what a load of *writes* asks of the disk."""
    file = directory / FILE
    upgrade(f"sqlite:///{file}")
    before = file.read_bytes()
    with recording(directory) as events:
        asyncio.run(_load(file, events, writes=writes, synchronous=synchronous))
    return Recording(before, events)


async def _load(file: Path, events: list[Event], *, writes: int, synchronous: str) -> None:
    """Write from several callers at once, each telling what it was told; then stop dead."""
    store = Store(f"sqlite:///{file}")
    await store.open()
    _set_synchronous(store, synchronous)
    left = iter(range(writes))

    async def write_some() -> None:
        for seq in left:
            said = await store.write(partial(_say, seq=seq + 1))
            events.append(Told(said))

    await asyncio.gather(*(write_some() for _ in range(AT_ONCE)))
    recorded = list(events)  # what follows is an orderly end, and no power cut has one
    await store.close()
    events[:] = recorded


def _set_synchronous(store: Store, synchronous: str) -> None:
    transactions = store._transactions  # noqa: SLF001  # what the store never does of itself
    assert isinstance(transactions, SqliteTransactions)
    writer = transactions._writer  # noqa: SLF001  # the same
    assert writer is not None
    driver_of(writer).execute(f"PRAGMA synchronous = {synchronous}")


def _say(connection: Connection, seq: int) -> str:
    """Store a handoff, its draft and two messages; return what names the second."""
    handoff = stored_handoff(connection)
    stored_draft(connection, handoff.number)
    take_numbers(connection, Head.SEQ, 1)
    received = entry(handoff=handoff.number)
    record_entries(connection, [sent(seq=seq, handoff=handoff.number), received])
    return received.jti or ""


def cut_again_and_again(made: Recording, cuts: int, chance: Random) -> Seen:
    """Cut the power at *cuts* moments of a recording, and look at what is left each time."""
    moments = sorted(chance.sample(range(1, len(made.events)), cuts))
    disk = Disk({FILE: bytearray(made.before)})
    seen, told, at = Seen(), set[str](), 0
    for moment in moments:
        for event in made.events[at:moment]:
            disk.take(event)
            if isinstance(event, Told):
                told.add(event.what)
        at = moment
        with tempfile.TemporaryDirectory(prefix="exchange-powercut-") as directory:
            for name, octets in disk.cut(chance).items():
                Path(directory, name).write_bytes(octets)
            _look(Path(directory, FILE), told, seen)
    return seen


def _look(file: Path, told: set[str], seen: Seen) -> None:
    """Open what is left with the store as it is, and note what is missing."""
    seen.cuts += 1
    seen.acknowledged += len(told)
    try:
        found = asyncio.run(_opened(file))
    except EvidenceBroken:
        seen.corrupt += 1
        return
    missing = len(told - found)
    seen.lost += missing
    seen.cuts_with_loss += missing > 0
    with closing(sqlite3.connect(file)) as connection:
        (answer,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
        seen.corrupt += answer != "ok"
        (halves,) = connection.execute(_HALVES).fetchone()
        seen.torn += halves != 0


_HALVES = """
SELECT abs(2 * (SELECT count(*) FROM handoffs) - (SELECT count(*) FROM ledger))
     + abs((SELECT count(*) FROM outbox) - (SELECT count(*) FROM handoffs))
     + abs((SELECT count(*) FROM bodies) - (SELECT count(*) FROM handoffs))
"""


async def _opened(file: Path) -> set[str]:
    """Return the ``jti`` of every entry, once the ledger's tree was grown anew."""
    store = Store(f"sqlite:///{file}")
    await store.open()
    try:
        entries = await store.scan(lambda connection: list(stream_entries(connection)))
    finally:
        await store.close()
    assert_holds(entries)
    return {one.jti or "" for one in entries}


def run(synchronous: str, *, cuts: int, writes: int, seed: int) -> Seen:
    """Record a load, and cut it."""
    with tempfile.TemporaryDirectory(prefix="exchange-powercut-") as directory:
        made = record(Path(directory).resolve(), writes=writes, synchronous=synchronous)
    return cut_again_and_again(made, cuts, Random(seed))


def main() -> int:
    """Cut the power under both settings, and print what was seen."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cuts", type=int, default=200)
    parser.add_argument("--writes", type=int, default=WRITES)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    if (why := missing_part()) is not None:
        print(f"left out: power cuts: {why}")
        return 1
    print("synchronous  cuts  acknowledged before a cut  lost  cuts with a loss  corrupt  torn")
    seen = {}
    for synchronous in ("FULL", "NORMAL"):
        one = run(synchronous, cuts=asked.cuts, writes=asked.writes, seed=asked.seed)
        seen[synchronous] = one
        print(
            f"{synchronous:<11}  {one.cuts:>4}  {one.acknowledged // one.cuts:>17} on average  "
            f"{one.lost:>4}  {one.cuts_with_loss:>16}  {one.corrupt:>7}  {one.torn:>4}",
            flush=True,
        )
    full, normal = seen["FULL"], seen["NORMAL"]
    return 0 if not (full.lost or full.corrupt or full.torn) and normal.lost else 1


if __name__ == "__main__":
    sys.exit(main())
