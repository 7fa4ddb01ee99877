"""What the rules of reconciliation have found on a side of a test."""

from sqlalchemy import Connection, delete, update

from exchange.domain.discrepancies.finding import Finding
from exchange.store.discrepancies import stream_open
from exchange.store.heads import Head
from exchange.store.tables import bearings, discrepancies, heads, looks
from tests.sides import SideOfTests


async def found_on(side: SideOfTests) -> set[Finding]:
    """Return what is open on a side, as it was last found."""
    kept = await side.store.read(lambda connection: list(stream_open(connection)))
    return {one.discrepancy.finding for one in kept}


async def found_together(side: SideOfTests) -> set[Finding]:
    """Return what is open on a side of what both sides know."""
    return {one for one in await found_on(side) if one.rule.startswith("R")}


async def rules_on(side: SideOfTests) -> set[str]:
    """Return the rules that are broken on a side, once it has looked."""
    await side.reconciling.look()
    return {one.rule for one in await found_on(side)}


async def assert_whole(side: SideOfTests) -> None:
    """
    Assert that looking at what changed has found what looking at everything finds.

    So it does where everything is looked at beside what is known, and where nothing is known.
    """
    await side.reconciling.look()
    found = await found_on(side)
    again = await side.reconciling.look_at_all()
    assert (again.opened, again.updated, again.closed) == (0, 0, 0)
    assert await found_on(side) == found
    await side.store.write(forget)
    await side.reconciling.look_at_all()
    assert await found_on(side) == found


def forget(connection: Connection) -> None:
    """Delete all that the rules have found, and how far they have looked."""
    for table in (bearings, discrepancies, looks):
        connection.execute(delete(table))
    connection.execute(
        update(heads).where(heads.c.name.in_([Head.RECONCILED, Head.JUDGED])).values(size=0)
    )
