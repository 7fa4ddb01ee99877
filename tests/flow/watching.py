"""The watch of a side, and what it has found."""

from datetime import timedelta

from exchange.flow.watch import Watch
from exchange.store.alarms import count_open
from tests.sides import SideOfTests


def watch_of(side: SideOfTests, *, told_within: timedelta | None = None) -> Watch:
    """Return the watch of a side."""
    return Watch(
        store=side.store,
        agreement=side.agreement,
        keyring=side.keyring,
        partner=side.partner,
        clock=side.clock,
        every_seconds=10,
        expiry_warnings=[timedelta(days=days) for days in (7, 14, 30, 60)],
        told_within=told_within,
    )


async def alarms(side: SideOfTests) -> dict[str, int]:
    """Return how many alarms of each kind are open."""
    return await side.store.read(count_open)
