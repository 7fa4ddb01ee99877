"""One who is held keeps the whole family here, also who joins it meanwhile or comes anew."""

import asyncio
from dataclasses import replace
from functools import partial

import pytest

from exchange.domain.handoff import LocalStage, Stage
from exchange.errors import Held
from exchange.flow.holds import Placed, is_held
from exchange.store.outbox import URGENT
from tests.flow.holding import FAMILY, hold, lift, received
from tests.flow.meddling import before_next_write
from tests.flow.standing import drafted, drafts, events, noticed, row_of
from tests.ledgers import assert_agree
from tests.sides import BothSides


async def a_family(both: BothSides) -> list[str]:
    """Return four handoffs of one family: noticed twice, drafted, and one already received."""
    first, second, fourth = [await noticed(both, number, **FAMILY) for number in (1, 2, 4)]
    await both.mx.answers.record_reception(fourth, received(both), actor="desk")
    await both.mx.send()
    return [first, second, await drafted(both.us, 3, **FAMILY), fourth]


async def test_a_held_member_takes_the_whole_family_back(both: BothSides) -> None:
    """All of the group that are not at the line are taken back, on one tick; others are not."""
    us = both.us
    first, second, third, fourth = await a_family(both)
    stranger = await drafted(us, 5)

    placed = await hold(us, second)

    assert set(placed.family) == {first, third}
    assert (placed.told, placed.departed) == (True, None)
    rows = [await row_of(us, one) for one in (first, second, third, fourth, stranger)]
    assert [row.holds for row in rows] == [(), ("fear",), (), (), ()]
    assert [row.intent for row in rows] == [Stage.CANCELLED, Stage.CANCELLED, None, None, None]
    assert rows[2].local_stage == LocalStage.WITHDRAWN
    cancellations = [draft for draft in await drafts(us) if draft.priority == URGENT]
    assert {draft.handoff for draft in cancellations} == {rows[0].number, rows[1].number}
    assert len({draft.due_at for draft in cancellations}) == 1
    taken_back = await events(us, "handoff.withdrawn")
    assert [one.handoff for one in taken_back] == [rows[0].number, rows[2].number]
    assert [one.data for one in taken_back] == [{"cause": "family", "held": second}] * 2
    await both.settle()
    stages = [(await both.mx.shared(one)).stage for one in (first, second, fourth, stranger)]
    assert stages == [Stage.CANCELLED, Stage.CANCELLED, Stage.RECEIVED, Stage.NOTICED]


async def test_a_recalled_member_takes_the_rest_back(both: BothSides) -> None:
    """Where the held member is over the line, those of the family who are not stay here."""
    first, second, third, fourth = await a_family(both)
    placed = await hold(both.us, fourth)
    assert (placed.departed, set(placed.family)) == (Stage.RECEIVED, {first, second, third})


async def test_who_joins_the_family_meanwhile_is_taken_back_too(
    both: BothSides, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A member whose decision comes between look and hold does not slip through."""
    us = both.us
    first = await drafted(us, 1, **FAMILY)
    joined: list[str] = []

    async def join() -> None:
        joined.append(await drafted(us, 2, **FAMILY))

    before_next_write(monkeypatch, us.store, join)
    assert list((await hold(us, first)).family) == joined
    assert await drafts(us) == []


async def test_many_at_once_take_each_member_back_once(both: BothSides) -> None:
    """Of holds on all members and withdrawals at one moment each handoff is taken back once."""
    us = both.us
    members = [await noticed(both, number, **FAMILY) for number in range(3)]

    placed = await asyncio.gather(
        *(hold(us, one, cause) for one in members for cause in ("fear", "legal")),
        *(us.cancellations.withdraw(one, {"cause": "data"}, actor="port") for one in members),
        return_exceptions=True,
    )

    assert all(isinstance(one, Placed) for one in placed[:6])
    assert len(await drafts(us)) == len(members)
    assert [(await row_of(us, one)).holds for one in members] == [("fear", "legal")] * 3
    await both.settle()
    await assert_agree(both)


async def test_a_hold_does_not_wait_for_the_partner(both: BothSides) -> None:
    """While the partner takes no cancellation a hold stands alone; the next one drafts it."""
    us = both.us
    first, second = [await noticed(both, number, **FAMILY) for number in (1, 2)]
    key_set = us.partner.key_set
    us.partner.key_set = replace(key_set, schemas=())

    placed = await hold(us, first)
    assert (placed.told, placed.family, placed.standing) == (False, (), ("fear",))
    assert is_held(await row_of(us, first))
    assert await drafts(us) == []

    us.partner.key_set = key_set
    placed = await hold(us, first)
    assert (placed.told, placed.family) == (True, (second,))


async def test_nobody_held_is_returned_anew(both: BothSides) -> None:
    """While a hold stands no decision begins a handoff of the case or family; then one does."""
    us = both.us
    handoff = await drafted(us, 1, **FAMILY)
    case = (await row_of(us, handoff)).case_id
    await hold(us, handoff)
    for changes in ({"case": case}, FAMILY):
        with pytest.raises(Held):
            await drafted(us, 2, **changes)
    assert await drafted(us, 1, **FAMILY) == handoff
    assert await drafts(us) == []

    await lift(us, handoff)
    again = await drafted(us, 2, case=case, **FAMILY)
    assert again != handoff
    assert not is_held(await row_of(us, again))


async def test_a_hold_that_comes_first_stops_a_decision(
    both: BothSides, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hold placed while another member's decision is being stored is seen there."""
    us = both.us
    handoff = await drafted(us, 1, **FAMILY)
    before_next_write(monkeypatch, us.store, partial(hold, us, handoff))
    with pytest.raises(Held):
        await drafted(us, 2, **FAMILY)
