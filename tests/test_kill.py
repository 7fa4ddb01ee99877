"""
Either side is killed at any moment, again and again: nothing acknowledged is lost or doubled.

Each side is a process of its own, once on a SQLite file and once on PostgreSQL.

``KILL_HANDOFFS`` and ``KILL_COUNT`` make the run longer (`make kill`: 2,000 and 40).
"""

import asyncio
import os
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from exchange.demo.directories import Directory
from exchange.demo.faults import cast
from exchange.installation.shipped import shipped_places
from tests.databases import PostgresOfTests
from tests.exports import assert_agree, envelope, messages
from tests.processes import (
    Running,
    both_running,
    exported,
    hand_over,
    ordinary,
    two_directories,
)

HANDOFFS = int(os.environ.get("KILL_HANDOFFS", "150"))
KILLS = int(os.environ.get("KILL_COUNT", "6"))


async def _killed_again_and_again(sides: dict[str, Directory]) -> tuple[set[str], Running]:
    roles = cast(HANDOFFS + HANDOFFS // 3 + 50, 7, shipped_places(), datetime.now(UTC))
    async with both_running(sides) as running:
        handoffs = await hand_over(running, ordinary(roles, HANDOFFS), kills=KILLS)
    return handoffs, running


@pytest.fixture(params=["sqlite", "postgres"])
def databases(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[dict[str, str]]:
    """The database of each side, empty where each makes a file of its own."""
    if request.param == "sqlite":
        yield {}
        return
    # What a killed process had claimed stays its own until the lease ends: others may serve.
    monkeypatch.setenv("EXCHANGE_OUTBOX__LEASE_SECONDS", "5")
    monkeypatch.setenv("EXCHANGE_OUTBOX__DELIVERY_TIMEOUT_SECONDS", "4")
    server: PostgresOfTests = request.getfixturevalue("postgres")
    with server.database() as us, server.database() as mx:
        yield {side: url.render_as_string() for side, url in (("us", us), ("mx", mx))}


def test_nothing_acknowledged_is_lost_and_nothing_happens_twice(
    tmp_path: Path, databases: dict[str, str]
) -> None:
    """Every decision that a port was told of is documented once, and both ledgers agree."""
    sides = two_directories(tmp_path, databases)
    handoffs, running = asyncio.run(_killed_again_and_again(sides))
    us, mx = (exported(running.sides[side]) for side in ("us", "mx"))

    assert running.kills == KILLS
    assert len(handoffs) == HANDOFFS
    assert_agree(us, mx)
    said = Counter(
        (envelope(entry)["sub"], envelope(entry)["schema"])
        for direction in ("sent", "received")
        for entry in messages(us, direction)
    )
    assert {handoff for handoff, _ in said} == handoffs
    assert set(said.values()) == {1}
    assert len(said) == 4 * HANDOFFS
