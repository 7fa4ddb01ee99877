"""What the partner does not take is not drafted; what it takes is drafted as before."""

from dataclasses import replace

import orjson
import pytest

from exchange.domain.messages.catalogue import (
    ACKNOWLEDGMENT,
    RETURN_CANCELLATION,
    RETURN_NOTICE,
    MessageType,
)
from exchange.domain.screening import Withheld
from exchange.errors import SchemaNotTaken
from exchange.flow.intake import Taken
from exchange.flow.versions import version_of
from exchange.store.depth import get_depth
from tests.builders import a_decision_document
from tests.sides import BothSides, SideOfTests

DECISION = orjson.dumps(a_decision_document())


def unlist(side: SideOfTests, *kinds: MessageType) -> None:
    """Have the partner of *side* publish a key set that lists *kinds* no more."""
    gone = {kind.schema for kind in kinds}
    key_set = side.partner.key_set
    schemas = tuple(schema for schema in key_set.schemas if schema not in gone)
    side.partner.key_set = replace(key_set, schemas=schemas)


async def waiting(side: SideOfTests) -> int:
    """Return how many messages wait."""
    return (await side.store.read(get_depth)).waiting


async def test_a_notice_that_is_not_taken_is_not_drafted(both: BothSides) -> None:
    """The port is told and nothing is stored; once the partner lists it again it is drafted."""
    before = both.us.partner.key_set
    unlist(both.us, RETURN_NOTICE)
    with pytest.raises(SchemaNotTaken):
        await both.us.intake.submit(DECISION, actor="port")
    assert await waiting(both.us) == 0

    both.us.partner.key_set = before
    assert isinstance(await both.us.intake.submit(DECISION, actor="port"), Taken)
    assert await waiting(both.us) == 1


async def test_a_decision_that_was_taken_keeps_its_answer(both: BothSides) -> None:
    """A repeat begins nothing, and gets what the first got; a withheld person needs no notice."""
    first = await both.us.intake.submit(DECISION, actor="port")
    unlist(both.us, RETURN_NOTICE)
    assert await both.us.intake.submit(DECISION, actor="port") == first
    feared = a_decision_document(
        decision_id="00000000-0000-4000-8000-000000000009", screening__fear="expressed"
    )
    withheld = await both.us.intake.submit(orjson.dumps(feared), actor="port")
    assert isinstance(withheld, Withheld)


async def test_acts_that_are_not_taken_are_not_drafted(both: BothSides) -> None:
    """Neither a cancellation nor an official's answer is stored; the handoff stays as it was."""
    taken = await both.us.intake.submit(DECISION, actor="port")
    assert isinstance(taken, Taken)
    await both.us.send()
    unlist(both.us, RETURN_CANCELLATION)
    unlist(both.mx, ACKNOWLEDGMENT)
    with pytest.raises(SchemaNotTaken):
        await both.us.cancellations.withdraw(taken.handoff, {"cause": "data"}, actor="port")
    with pytest.raises(SchemaNotTaken):
        await both.mx.answers.acknowledge(
            taken.handoff, {"answer": "accepted", "officer": "INM-31"}, actor="desk"
        )
    assert await waiting(both.us) == await waiting(both.mx) == 0


async def test_the_version_in_force_is_that_of_the_key_set(both: BothSides) -> None:
    """What the partner lists is what is said, and it is asked anew each time."""
    assert version_of(RETURN_NOTICE, both.us.partner) == RETURN_NOTICE
    unlist(both.us, RETURN_NOTICE)
    with pytest.raises(SchemaNotTaken):
        version_of(RETURN_NOTICE, both.us.partner)
