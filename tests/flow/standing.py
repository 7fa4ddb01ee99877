"""What stands on the US side of a test: handoffs as far as they have come, and what waits."""

from functools import partial

import orjson

from exchange.flow.intake import Taken
from exchange.store.handoffs import Handoff, find_handoff
from exchange.store.journal import RecordedEvent, list_events
from exchange.store.outbox import Waiting, list_outbox
from tests.builders import a_decision_document
from tests.sides import BothSides, SideOfTests


async def drafted(us: SideOfTests, number: int = 1, **changes: object) -> str:
    """Return a handoff whose notice waits unsealed."""
    changes = {"decision_id": f"00000000-0000-4000-8000-{number:012d}"} | changes
    taken = await us.intake.submit(orjson.dumps(a_decision_document(**changes)), actor="port")
    assert isinstance(taken, Taken)
    return taken.handoff


async def noticed(both: BothSides, number: int = 1, **changes: object) -> str:
    """Return a handoff whose notice the partner has."""
    handoff = await drafted(both.us, number, **changes)
    await both.us.send()
    return handoff


async def row_of(us: SideOfTests, handoff: str) -> Handoff:
    """Return the handoff as the US side has it."""
    row = await us.store.read(partial(find_handoff, handoff=handoff))
    assert row is not None
    return row


async def drafts(us: SideOfTests) -> list[Waiting]:
    """Return what waits to be said."""
    return await us.store.read(list_outbox)


async def events(us: SideOfTests, *kinds: str) -> list[RecordedEvent]:
    """Return the journal's entries of these kinds."""
    every = await us.store.read(partial(list_events, limit=100_000))
    return [event for event in every if event.kind in kinds]
