"""A disk that takes no more: the process stops and says so, and nothing acknowledged is lost."""

import asyncio
import resource
from datetime import UTC, datetime
from pathlib import Path

from aiohttp import ClientError

from exchange.demo.directories import Directory
from exchange.demo.faults import Role, cast
from exchange.demo.processes import LOG_NAME
from exchange.installation.shipped import shipped_places
from tests.exports import assert_agree, envelope, messages
from tests.processes import Running, both_running, exported, ordinary, two_directories

ROOM = 600 * 1024
"""How many octets the disk still takes."""


async def _fill(running: Running, roles: list[Role]) -> set[str]:
    """Enter decisions until the process ends, and return the handoffs that were acknowledged."""
    us = running.sides["us"]
    grown = (us.path / "exchange.db-wal").stat().st_size + ROOM
    limits = (grown, resource.RLIM_INFINITY)
    resource.prlimit(running.services["us"].pid, resource.RLIMIT_FSIZE, limits)
    acknowledged = set()
    for role in roles:
        place = role.document["return"]["port"]
        try:
            async with running.session.post(
                f"{us.internal_url}/v1/return-decisions",
                json=role.document,
                headers={"Authorization": f"Bearer {us.tokens[place]}"},
            ) as answer:
                if answer.status == 202:
                    acknowledged.add((await answer.json())["handoff"])
        except ClientError:
            return acknowledged
    message = "the disk was never full"
    raise AssertionError(message)


async def _play(sides: dict[str, Directory]) -> tuple[set[str], int | None]:
    roles = ordinary(cast(600, 5, shipped_places(), datetime.now(UTC)), 400)
    async with both_running(sides) as running:
        acknowledged = await _fill(running, roles)
        ended = await running.services["us"].ended()
        await running.services["us"].start()
        heard: set[str] = set()
        cursor = "0"
        while not acknowledged <= heard:
            page = await running.desk("mx").changes(cursor)
            cursor = page["next"]
            heard |= {row["handoff"] for row in page["handoffs"]}
    return acknowledged, ended


def test_a_full_disk_stops_the_process_and_loses_nothing(tmp_path: Path) -> None:
    """It ends with an error of its own; started again, all that ports were told of goes out."""
    sides = two_directories(tmp_path)
    acknowledged, ended = asyncio.run(_play(sides))

    assert acknowledged
    assert ended == 1
    assert "store.failed" in (sides["us"].path / LOG_NAME).read_text(encoding="utf-8")
    us, mx = (exported(side) for side in sides.values())
    assert_agree(us, mx)
    assert acknowledged <= {str(envelope(entry)["sub"]) for entry in messages(mx, "received")}
