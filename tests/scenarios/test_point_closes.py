"""
A receiving point closes while people are on their way to it.

As it was reported: whether Mexico received at a point, and how many, was learned at the line. A
gate closed for the day with people in the vans, and the next day's lists were made for more
people than the point took (domain.md F5; the Mexican conditions of 2021 on daily capacity).
"""

from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import uuid4

import orjson
import pytest

from exchange.domain.alarms import AlarmKind
from exchange.domain.handoff import Stage
from exchange.errors import WindowFull
from exchange.flow.bulletins import Bulletins
from exchange.flow.intake import Taken
from exchange.store.alarms import list_open
from tests.builders import a_decision_document
from tests.ledgers import assert_agree
from tests.sides import BothSides, SideOfTests

OPEN: dict[str, Any] = {
    "receiving_point": "MX-CHAPARRAL",
    "on": "2031-03-18",
    "people_max": 2,
    "families_max": 0,
    "opens": "09:00",
    "closes": "17:30",
}
MID_WINDOW = datetime(2031, 3, 18, 17, 0, tzinfo=UTC)


def officials_of(side: SideOfTests) -> Bulletins:
    """Return where the Mexican officials say what their point takes."""
    return Bulletins(
        store=side.store,
        agreement=side.agreement,
        keyring=side.keyring,
        partner=side.partner,
        changes=side.changes,
        clock=side.clock,
    )


async def decide(both: BothSides, **changes: Any) -> str:
    """Enter a decision of somebody new, and return the handoff."""
    document = a_decision_document(decision_id=str(uuid4()), **changes)
    taken = await both.us.intake.submit(orjson.dumps(document), actor="port")
    assert isinstance(taken, Taken)
    return taken.handoff


async def without_room(both: BothSides) -> set[str]:
    """Return the handoffs about which the port is alarmed."""
    found = await both.us.store.read(partial(list_open))
    return {one.subject for one in found if one.kind is AlarmKind.NO_ROOM}


async def test_a_point_that_closes_mid_window(both: BothSides) -> None:
    """The port is told at once of everybody on the way, and gets no new place there."""
    points = officials_of(both.mx)
    await points.advise(OPEN, actor="INM-7")
    await both.settle()

    # The day fills; whoever comes after is given the next day.
    first, second = await decide(both), await decide(both)
    with pytest.raises(WindowFull) as full:
        await decide(both)
    assert full.value.next_window == ("2031-03-19T16:00:00Z", "2031-03-19T20:00:00Z")
    await both.settle()
    assert (await both.us.shared(first)).stage is Stage.NOTICED
    assert await without_room(both) == set()

    # The first is over the line when the gate closes, the second is not.
    both.clock.at = MID_WINDOW
    seen = {"outcome": "received", "at": "2031-03-18T16:59:00Z", "identity": "match"}
    reception = seen | {"receiving_point": "MX-CHAPARRAL"}
    await both.mx.answers.record_reception(first, reception, actor="INM-7")
    closed = OPEN | {"people_max": 0, "families_max": 0, "opens": None, "closes": None}
    await points.advise(closed, actor="INM-7")
    await both.settle()
    assert await without_room(both) == {second}

    # It opens again in the afternoon, and nobody need be called any more.
    await points.advise(OPEN, actor="INM-7")
    await both.settle()
    assert await without_room(both) == set()
    await assert_agree(both)
