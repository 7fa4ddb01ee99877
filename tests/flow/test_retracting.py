"""What waits unsealed when a handoff is taken back is never said, whoever takes it back and why."""

from collections.abc import Awaitable, Callable

import pytest

from exchange.domain.handoff import Stage
from exchange.domain.messages.catalogue import RETURN_CANCELLATION, WELFARE_ALERT
from exchange.flow.rows import type_of
from tests.builders import a_decision_document
from tests.flow.holding import FAMILY, hold
from tests.flow.standing import drafts, noticed, row_of
from tests.ledgers import assert_agree
from tests.sides import BothSides, SideOfTests

PAIR = {"family": FAMILY["family"] | {"size": 2}}
LATER = {
    "return__window__from_": "2031-03-18T18:00:00Z",
    "return__window__to": "2031-03-18T21:00:00Z",
}


async def withdraw(us: SideOfTests, handoff: str, _other: str) -> None:
    """A port changes its mind."""
    await us.cancellations.withdraw(handoff, {"cause": "other"}, actor="port")


async def hold_it(us: SideOfTests, handoff: str, _other: str) -> None:
    """The person expresses fear."""
    await hold(us, handoff)


async def hold_another(us: SideOfTests, _handoff: str, other: str) -> None:
    """Another of the family expresses fear."""
    await hold(us, other)


async def withhold(us: SideOfTests, handoff: str, _other: str) -> None:
    """A further revision is withheld."""
    document = a_decision_document(**PAIR, **LATER, screening__fear="expressed")
    await us.revisions.revise(handoff, document, actor="port")


@pytest.mark.parametrize("take_back", [withdraw, hold_it, hold_another, withhold])
async def test_a_revision_that_waits_goes_with_the_handoff(
    both: BothSides, take_back: Callable[[SideOfTests, str, str], Awaitable[None]]
) -> None:
    """The cancellation is about what Mexico has heard, and is the last of it."""
    us = both.us
    handoff, other = [await noticed(both, number, **PAIR) for number in (1, 2)]
    await us.revisions.revise(handoff, a_decision_document(**PAIR, **LATER), actor="port")
    assert len(await drafts(us)) == 2  # a family moves together

    await take_back(us, handoff, other)

    own = (await row_of(us, handoff)).number
    assert [type_of(one) for one in await drafts(us) if one.handoff == own] == [RETURN_CANCELLATION]
    await both.settle()
    shared = await both.mx.shared(handoff)
    assert (shared.stage, shared.revision) == (Stage.CANCELLED, 1)
    await assert_agree(both)


async def test_a_call_for_help_is_said_all_the_same(both: BothSides) -> None:
    """Whoever called about the person is heard, though the person does not come any more."""
    us = both.us
    handoff = await noticed(both)
    await us.welfare.alert(handoff, {"code": "call-now"}, actor="port")
    await withdraw(us, handoff, handoff)
    assert {type_of(one) for one in await drafts(us)} == {WELFARE_ALERT, RETURN_CANCELLATION}
