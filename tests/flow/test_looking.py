"""Looking is done once by whoever is first, to the end; what a person resolved stays so."""

from functools import partial
from typing import Any

import pytest

from exchange.domain.discrepancies.scopes import Scope, Subject
from exchange.domain.discrepancies.standing import Changes, Resolution
from exchange.errors import NotFound
from exchange.flow.reconciling import BATCH_MAX, Settled
from exchange.flow.resolving import resolve_by_person
from exchange.store.discrepancies import record_changes
from exchange.store.engine import Duplicate
from exchange.store.handoffs import Stale
from exchange.store.heads import Head, get_size, pass_on
from exchange.store.journal import list_events
from tests.flow.gates import IN_WINDOW, accepted, depart, family_of, to
from tests.flow.looks import assert_whole, found_on, rules_on
from tests.flow.standing import noticed
from tests.flow.test_journey import VISA, reception
from tests.flow.test_reconciling import ANOTHER, doubted, open_of, pairs_on
from tests.sides import BothSides
from tests.store.finding import a_discrepancy

HEADS = (Head.RECONCILED, Head.CHANGES)
HOUR = 3600


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


async def documented(both: BothSides, number: int, **changes: Any) -> str:
    """Return a handoff with a document: one and the same, whosever it is."""
    handoff = await accepted(both, number, **changes)
    await both.mx.answers.record_reception(handoff, reception(both), actor="desk")
    await both.mx.answers.record_visa(handoff, VISA, actor="desk")
    await both.settle()
    return handoff


async def test_what_two_have_in_common_stays_when_a_third_is_found_like_one(
    both: BothSides,
) -> None:
    """A document that a third bears too says nothing of the name that two of them share."""
    first, second = await documented(both, 1), await noticed(both, 2)
    assert await pairs_on(both.us) == {frozenset({first, second})}
    third = await documented(both, 3, **ANOTHER, person__birth_date="1999-05-06")
    for side in (both.us, both.mx):
        found = {frozenset({first, second}), frozenset({first, third})}
        assert await pairs_on(side) == found
        await assert_whole(side)


async def test_what_falls_due_during_a_look_is_looked_at_in_it(
    both: BothSides, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That a subject was looked at before its time came does not make it wait for ever."""
    handoff = await accepted(both)
    to(both, IN_WINDOW)
    await depart(both, handoff)
    await both.us.send()
    write, times = both.us.store.write, 0

    async def slowly(function: Any) -> Any:
        nonlocal times
        times += 1
        written = await write(function)
        both.clock.pass_seconds(3 * HOUR if times == 2 else 0)
        return written

    monkeypatch.setattr(both.us.store, "write", slowly)
    assert await rules_on(both.us) == {"R03"}


async def test_what_another_process_finds_during_a_look_at_everything_stands(
    both: BothSides, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only what was open when the look began, and is found of nobody any more, is ended by it."""
    await noticed(both)
    theirs, scan, times = a_discrepancy(), both.us.store.scan, 0
    await both.us.store.write(
        partial(record_changes, changes=Changes((theirs._replace(opened_at=both.clock()),), (), ()))
    )

    async def meanwhile(function: Any) -> Any:
        nonlocal times
        times += 1
        if times == 2:
            both.clock.pass_seconds(1)
            at, other = both.clock(), Subject(Scope.HANDOFF, "other")
            finding = theirs.finding._replace(subject=other)
            fresh = theirs._replace(finding=finding, opened_at=at, updated_at=at)
            await both.us.store.write(partial(record_changes, changes=Changes((fresh,), (), ())))
        return await scan(function)

    monkeypatch.setattr(both.us.store, "scan", meanwhile)
    await both.us.reconciling.look_at_all()
    assert {one.subject.name for one in await found_on(both.us)} == {"other"}
