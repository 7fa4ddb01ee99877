"""Persons who are held, and what a port, a doctor or an asylum officer does about it."""

from dataclasses import replace
from typing import Any

from exchange.domain.wire import utc_text
from exchange.flow.holds import Lifted, Placed
from exchange.store.handoffs import update_handoffs
from tests.flow.standing import row_of
from tests.sides import BothSides, SideOfTests

GROUP = "5f0c1e2d-3b4a-4958-8677-695a4b3c2d1e"
FAMILY = {"family": {"group": GROUP, "size": 3, "role": "ADULT"}}


async def hold(us: SideOfTests, handoff: str, cause: str = "fear", **asked: Any) -> Placed:
    """Place a hold."""
    return await us.holds.place(handoff, {"cause": cause}, actor="port", **asked)


async def lift(us: SideOfTests, handoff: str, cause: str = "fear", **asked: Any) -> Lifted:
    """Lift a hold."""
    return await us.holds.lift(handoff, {"cause": cause}, actor="asylum", **asked)


async def put(us: SideOfTests, handoff: str, **members: Any) -> None:
    """Put a handoff where other acts would have brought it."""
    row = await row_of(us, handoff)
    await us.store.write(lambda c: update_handoffs(c, [(row, replace(row, **members))]))


def received(both: BothSides) -> dict[str, str]:
    """Return an official's record that a person was received now."""
    return {
        "outcome": "received",
        "at": utc_text(both.clock()),
        "receiving_point": "MX-CHAPARRAL",
        "identity": "match",
    }
