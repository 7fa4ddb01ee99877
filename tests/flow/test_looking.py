"""Looking is done once by whoever is first, to the end; what a person resolved stays so."""

from functools import partial
from typing import Any

import pytest

from exchange.domain.discrepancies.scopes import Scope
from exchange.domain.discrepancies.standing import Resolution
from exchange.errors import NotFound
from exchange.flow.reconciling import BATCH_MAX, Settled
from exchange.flow.resolving import resolve_by_person
from exchange.store.engine import Duplicate
from exchange.store.handoffs import Stale
from exchange.store.heads import Head, get_size, pass_on
from exchange.store.journal import list_events
from tests.flow.gates import family_of
from tests.flow.looks import assert_whole, found_on, rules_on
from tests.flow.standing import noticed
from tests.flow.test_reconciling import doubted, open_of
from tests.sides import BothSides

HEADS = (Head.RECONCILED, Head.CHANGES)


async def test_what_a_person_resolved_stays_so(both: BothSides) -> None:
    """The same is found again and nothing opens; the journal has who said so, and how."""
    await doubted(both)
    (kept,) = await open_of(both.us, "R05")
    end = partial(
        resolve_by_person,
        number=kept.number,
        resolution=Resolution.AGREED,
        actor="liaison",
        at=both.clock(),
    )
    resolved = await both.us.store.write(end)
    assert resolved.discrepancy.ending is not None
    assert await rules_on(both.us) == set()
    await both.us.reconciling.look_at_all()
    assert await found_on(both.us) == set()
    (*_, event) = await both.us.store.read(list_events)
    assert (event.kind, event.actor) == ("discrepancy.resolved", "liaison")
    assert event.data["resolution"] == "agreed"
    with pytest.raises(NotFound):
        await both.us.store.write(end)


async def test_who_was_overtaken_looks_again(
    both: BothSides, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process that took the same changes first costs a second look, and nothing else."""
    await doubted(both)
    write, times = both.us.store.write, 0

    async def overtaken(function: Any) -> Any:
        nonlocal times
        times += 1
        if times == 1:
            pass_one = partial(pass_on, head=Head.RECONCILED, since=0, to=1)
            assert await write(pass_one)
        return await write(function)

    monkeypatch.setattr(both.us.store, "write", overtaken)
    await both.us.reconciling.look()
    assert {one.rule for one in await found_on(both.us)} == {"R05"}
    ends = [await both.us.store.read(partial(get_size, head=head)) for head in HEADS]
    assert ends[0] == ends[1]
    assert times > len(HEADS)


@pytest.mark.parametrize("error", [Stale(), Duplicate("", {}, Exception())])
async def test_who_is_always_overtaken_gives_up_until_later(
    both: BothSides, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """After twenty tries the look is postponed, and says so to its caller."""
    await noticed(both)

    async def overtaken(_: object) -> None:
        raise error

    monkeypatch.setattr(both.us.store, "write", overtaken)
    with pytest.raises(type(error)):
        await both.us.reconciling.look()


async def test_more_than_one_step_is_looked_at_to_the_end(
    both: BothSides, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many have changed, one look comes to the end of them."""
    assert BATCH_MAX > 2
    monkeypatch.setattr("exchange.flow.reconciling.BATCH_MAX", 2)
    for number in range(1, 6):
        await doubted(both, number)
    await both.us.reconciling.look()
    of_handoffs = [one for one in await found_on(both.us) if one.subject.scope is Scope.HANDOFF]
    assert len(of_handoffs) == 5
    await assert_whole(both.us)


async def test_a_look_that_finds_nothing_new_writes_nothing(both: BothSides) -> None:
    """The second look has nothing to say."""
    await doubted(both)
    assert (await both.us.reconciling.look()).opened == 1
    assert await both.us.reconciling.look() == Settled()
    before = await both.us.store.read(partial(get_size, head=Head.RECONCILED))
    assert before == await both.us.store.read(partial(get_size, head=Head.CHANGES))


async def test_a_family_that_is_read_in_parts_is_never_taken_for_one_that_lost_a_member(
    both: BothSides, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who catches up after an outage finds what stands, and nothing that only seemed so."""
    monkeypatch.setattr("exchange.flow.reconciling.BATCH_MAX", 1)
    for number in (1, 2, 3):
        named = {"person__given_names": ("Otilia", "Zoila", "Ramón")[number - 1]}
        born = {"person__birth_date": f"199{number}-02-03"}
        await noticed(both, number, **family_of(3), **named, **born)
    both.clock.pass_seconds(3600)
    assert await both.mx.reconciling.look() == Settled()
    assert await both.us.reconciling.look() == Settled()
