"""
A disk that fails, through libfiu: the process stops, says so, and nothing acknowledged is lost.

The US side runs on SQLite, unmodified, with libfiu between it and the system. Under a load of
decisions its syncs or writes begin to fail; it must end by itself with 1 and ``store.failed``
in its log. It is started again each time, and at the end every decision that a port was told
of stands in both ledgers once.

``python -m tests.trial.diskfaults --rounds 3`` does so for each fault. It needs libfiu
(Debian: ``apt-get install fiu-utils``); without it, it says what is left out and ends with 1.
"""

import argparse
import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path

from aiohttp import ClientError

from exchange.demo.directories import Directory
from exchange.demo.faults import Role, cast
from exchange.demo.processes import LOG_NAME
from exchange.installation.shipped import shipped_places
from tests.exports import assert_agree, envelope, messages
from tests.processes import Running, both_running, exported, ordinary, two_directories

PRELOADED = tuple(Path("/usr/lib/fiu") / f"fiu_{part}_preload.so" for part in ("run", "posix"))
NO_SPACE, INPUT_OUTPUT = 28, 5
FAULTS = {
    "a sync fails (EIO), one in ten": ("posix/io/sync/*", 0.1, INPUT_OUTPUT),
    "every sync fails (EIO)": ("posix/io/sync/*", 1.0, INPUT_OUTPUT),
    "a write fails (EIO), one in a hundred": ("posix/io/rw/pwrite", 0.01, INPUT_OUTPUT),
    "the disk is full (ENOSPC)": ("posix/io/rw/pwrite", 1.0, NO_SPACE),
}
BEFORE = 10
"""Decisions entered before a fault begins."""
MOST = 600


@dataclass(slots=True)
class Seen:
    """What a fault did, over its rounds."""

    entered: int = 0
    unknown: int = 0
    """Decisions that got no answer, or 503."""
    exits: list[int | None] = field(default_factory=list)
    said: int = 0
    """How often the log says ``store.failed``."""


class Disk:
    """The US side's disk, which fails on demand, and the ports that go on all the same."""

    def __init__(self, running: Running, roles: Iterator[Role], pipes: str) -> None:
        self.acknowledged: dict[str, str] = {}
        """The handoff of each decision."""
        self._running = running
        self._roles = roles
        self._pipes = pipes

    async def fail(self, fault: tuple[str, float, int], seen: Seen) -> None:
        """Have the disk fail until the process ends, start it again, and ask what is unknown."""
        for _ in range(BEFORE):
            assert await self._enter(next(self._roles))
        service = self._running.services["us"]
        await asyncio.to_thread(self._enable, service.pid, *fault)
        ended = asyncio.create_task(service.ended())
        unknown = []
        while not ended.done():
            role = next(self._roles)
            seen.entered += 1
            if not await self._enter(role):
                unknown.append(role)
                await asyncio.wait({ended}, timeout=0.05)
        seen.unknown += len(unknown)
        seen.exits.append(await ended)
        await service.start()
        for role in unknown:
            assert await self._enter(role)

    def _enable(self, pid: int, name: str, probability: float, number: int) -> None:
        asked = f"name={name},probability={probability},failinfo={number}"
        command = ["fiu-ctrl", "-f", self._pipes, "-c", f"enable_random {asked}", str(pid)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        assert not done.stdout, done.stdout

    async def _enter(self, role: Role) -> bool:
        """Enter a decision once; say whether the port was told that it is taken."""
        us = self._running.sides["us"]
        token = us.tokens[role.document["return"]["port"]]
        try:
            async with self._running.session.post(
                f"{us.internal_url}/v1/return-decisions",
                json=role.document,
                headers={"Authorization": f"Bearer {token}"},
            ) as answer:
                if answer.status == HTTPStatus.SERVICE_UNAVAILABLE:
                    return False
                assert answer.status == HTTPStatus.ACCEPTED, answer.status
                self.acknowledged[role.decision_id] = (await answer.json())["handoff"]
                return True
        except (ClientError, OSError):
            return False

    async def until_heard(self) -> None:
        """Return once the other side knows every handoff that a port was told of."""
        heard: set[str] = set()
        cursor = "0"
        async with asyncio.timeout(120):
            while not set(self.acknowledged.values()) <= heard:
                page = await self._running.desk("mx").changes(cursor)
                cursor = page["next"]
                heard |= {row["handoff"] for row in page["handoffs"]}


async def play(
    sides: dict[str, Directory], pipes: str, rounds: int
) -> tuple[Disk, dict[str, Seen]]:
    """Have the disk fail in each way, *rounds* times, and return what was seen."""
    people = ordinary(cast(8 * MOST, 3, shipped_places(), datetime.now(UTC)), 4 * MOST)
    found: dict[str, Seen] = {}
    log = sides["us"].path / LOG_NAME
    async with both_running(sides) as running:
        disk = Disk(running, iter(people), pipes)
        for name, fault in FAULTS.items():
            seen = found[name] = Seen()
            before = log.read_text(encoding="utf-8").count("store.failed")
            for _ in range(rounds):
                await disk.fail(fault, seen)
            seen.said = log.read_text(encoding="utf-8").count("store.failed") - before
        await disk.until_heard()
    return disk, found


def missing_part() -> str | None:
    """Return why this cannot be run here, None where it can."""
    if sys.platform != "linux":
        return "libfiu's preloaded libraries are for Linux"
    if shutil.which("fiu-ctrl") is None or not all(one.is_file() for one in PRELOADED):
        return "libfiu is not installed (Debian: apt-get install fiu-utils)"
    return None


def main() -> int:
    """Run every fault, and print what was seen."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    if (why := missing_part()) is not None:
        print(f"left out: failing syncs and writes, and a full disk: {why}")
        return 1
    with tempfile.TemporaryDirectory(prefix="exchange-diskfaults-") as directory:
        sides = two_directories(Path(directory) / "out")
        os.environ["LD_PRELOAD"] = " ".join(map(str, PRELOADED))
        os.environ["FIU_CTRL_FIFO"] = pipes = f"{directory}/fiu"
        disk, found = asyncio.run(play(sides, pipes, asked.rounds))
        del os.environ["LD_PRELOAD"], os.environ["FIU_CTRL_FIFO"]
        us, mx = (exported(side) for side in sides.values())
    told = set(disk.acknowledged.values())
    times = Counter(str(envelope(entry)["sub"]) for entry in messages(mx, "received"))
    lost, doubled = len(told - times.keys()), sum(count - 1 for count in times.values())
    print("fault | rounds | exit codes | store.failed logged | entered meanwhile | of unknown end")
    for name, seen in found.items():
        exits = ", ".join(map(str, seen.exits))
        print(f"{name} | {asked.rounds} | {exits} | {seen.said} | {seen.entered} | {seen.unknown}")
    print(f"acknowledged {len(told)}, lost {lost}, doubled {doubled}")
    assert_agree(us, mx)
    stopped = all(
        seen.exits == [1] * asked.rounds and seen.said == asked.rounds for seen in found.values()
    )
    return 0 if stopped and not lost and not doubled and times.keys() == told else 1


if __name__ == "__main__":
    sys.exit(main())
