"""The life of one side, where it does not need a partner."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from exchange.errors import StoreFailed
from exchange.installation.directory import make_directory, plan_of
from exchange.service.running import Service
from exchange.settings import CONFIG_NAME, load_settings
from tests.keys import entropy_from


async def test_a_store_that_failed_ends_the_service_as_such_whoever_met_it_first(
    tmp_path: Path,
) -> None:
    """When a leg ends because the store failed, the service says that, not that a leg ended."""
    make_directory(
        tmp_path / "us", plan_of("us"), now=datetime.now(UTC), entropy=entropy_from("service")
    )
    service = Service(load_settings(tmp_path / "us" / CONFIG_NAME))

    async def leg() -> None:
        service.store.failed.set()
        message = "a leg ended"
        raise ExceptionGroup(message, [StoreFailed()])

    service._running = [asyncio.create_task(leg())]  # noqa: SLF001  # a leg that meets it first
    with pytest.raises(StoreFailed):
        await service.wait(asyncio.Event())
    service._running[0].exception()  # noqa: SLF001  # as above
