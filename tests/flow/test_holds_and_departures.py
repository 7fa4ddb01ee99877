"""Holds and departures at once, from three stores on one PostgreSQL: the version is the order."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, ExitStack
from functools import partial
from itertools import cycle

import pytest
from sqlalchemy import URL

from exchange.errors import StoreBusy
from exchange.flow.departures import Checked
from exchange.flow.holds import Placed
from exchange.proof.policy import DEFAULT
from exchange.store.engine import Store
from exchange.store.journal import list_events_of
from tests import keys
from tests.databases import PostgresOfTests
from tests.flow.gates import IN_WINDOW, accepted, names, to
from tests.flow.standing import row_of
from tests.ledgers import assert_agree
from tests.sides import BothSides, SideOfTests, join

HANDOFFS = 20
ACTS_EACH = 10
"""Of each handoff so many acts at once, holds and departures in turn: 200 in all."""
LOOKS_MAX = 4
"""Whoever holds looks up to so often before: a departure looks more often than a hold."""


@pytest.fixture
def urls(postgres: PostgresOfTests) -> Iterator[tuple[URL, URL]]:
    """Two fresh databases on PostgreSQL."""
    with ExitStack() as stack:
        yield stack.enter_context(postgres.database()), stack.enter_context(postgres.database())


@pytest.fixture
async def sides(urls: tuple[URL, URL]) -> AsyncIterator[tuple[BothSides, list[SideOfTests]]]:
    """Both sides, and the US side three times, each on a store of its own."""
    async with AsyncExitStack() as stack:
        stores = [Store(urls[0]), Store(urls[0]), Store(urls[0]), Store(urls[1])]
        for store in stores:
            await store.open()
            stack.push_async_callback(store.close)
        both = join(stores[0], stores[3])
        others = [SideOfTests(keys.US, keys.MX, one, both.clock, DEFAULT) for one in stores[1:3]]
        yield both, [both.us, *others]


async def hold(us: SideOfTests, handoff: str, looks: int) -> Placed | None:
    """
    Hold the person, after so many looks at the gate.

    None where the database had its hands full, and nothing was done.
    """
    try:
        for _ in range(looks):
            await us.departures.check(handoff, actor="asylum")
        return await us.holds.place(handoff, {"cause": "fear"}, actor="asylum")
    except StoreBusy:
        return None


async def depart(us: SideOfTests, handoff: str) -> Checked | None:
    """Let the person cross; None where the database had its hands full and nothing was done."""
    try:
        return await us.departures.depart(handoff, "PEDWEST", actor="port")
    except StoreBusy:
        return None


async def test_no_departure_comes_after_a_hold(
    sides: tuple[BothSides, list[SideOfTests]],
) -> None:
    """
    Of 200 acts at once each handoff departs once or not at all, and never after a hold.

    Whoever asks again after the hold is told to stop, whatever they were told before.
    """
    both, ours = sides
    handoffs = [await accepted(both, number) for number in range(HANDOFFS)]
    to(both, IN_WINDOW)
    for us in ours:
        us.partner.heard(IN_WINDOW)
    stores = cycle(ours)
    acts = [
        hold(next(stores), handoff, looks=one % LOOKS_MAX)
        if turn % 2
        else depart(next(stores), handoff)
        for turn in range(ACTS_EACH)
        for one, handoff in enumerate(handoffs)
    ]
    done = await asyncio.gather(*acts)

    departed = 0
    for handoff in handoffs:
        held, crossed = await _versions(both.us, handoff)
        assert len(crossed) <= 1
        assert all(version < min(held) for version in crossed)
        departed += len(crossed)
    assert departed == sum(isinstance(one, Checked) and one.recorded for one in done)
    assert 0 < departed < HANDOFFS, "one kind of act was always first: nothing was tried"
    for us, handoff in zip(cycle(ours), handoffs, strict=False):
        again = await us.departures.depart(handoff, "PEDWEST", actor="port")
        assert "held" in names(again)
    await both.settle()
    await assert_agree(both)


async def _versions(us: SideOfTests, handoff: str) -> tuple[list[int], list[int]]:
    """Return the versions that the holds of a handoff made, and those of its departures."""
    number = (await row_of(us, handoff)).number
    found = await us.store.read(partial(list_events_of, handoff=number))
    held, crossed = (
        [int(str(event.data["version"])) for event in found if event.kind in kinds]
        for kinds in ({"hold.placed", "hold.repeated"}, {"departure.recorded"})
    )
    return held, crossed
