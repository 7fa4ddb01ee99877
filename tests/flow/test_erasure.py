"""One person proposes whose data are erased and another confirms; what proves speech stays."""

from functools import partial

import pytest
from sqlalchemy import select

from exchange.domain.handoff import Stage
from exchange.domain.retention import Basis, Ground, is_erased
from exchange.errors import NotErasable, NotFound, NotPreserved, SamePerson
from exchange.flow import erasure
from exchange.flow.erasable import Found, KeptBack, find_all_due
from exchange.flow.preserving import preserve, preserve_no_more
from exchange.store import tables
from exchange.store.engine import Connection
from exchange.store.erasures import list_erasures, list_proposals
from exchange.store.preservations import list_preservations
from tests.flow.erasing import (
    DAY,
    DOCUMENT,
    RULES,
    closed,
    confirm,
    documented,
    erase,
    journaled,
    propose,
    row_of,
    taken,
)
from tests.flow.test_journey import decision
from tests.sides import BothSides, SideOfTests


async def due(side: SideOfTests) -> Found:
    """Return what is due."""
    return await side.store.read(partial(find_all_due, rules=RULES, now=side.clock()))


def left_of(connection: Connection) -> dict[str, list[object]]:
    """Return whatever is kept by which a person could be known."""
    return {
        "keys": list(connection.execute(select(tables.data_keys.c.handoff)).scalars()),
        "digests": [one for (one,) in connection.execute(select(tables.decisions.c.digest)) if one],
        "marks": [
            mark
            for row in connection.execute(
                select(tables.bearings.c.born, tables.bearings.c.document)
            )
            for mark in row
            if mark is not None
        ],
    }


async def test_a_case_that_ended_is_erased_when_it_is_due(both: BothSides) -> None:
    """Ninety days after its end it is due on both sides; on the day before it is not."""
    handoff = await closed(both)
    both.clock.pass_seconds(89 * DAY)
    for side in (both.us, both.mx):
        assert (await due(side)).candidates == ()
        assert await propose(side) is None
    both.clock.pass_seconds(DAY)
    for side in (both.us, both.mx):
        (found,) = (await due(side)).candidates
        assert (found.row.handoff, found.due.basis) == (handoff, Basis.CASE_CLOSED)
        outcome = await erase(side)
        assert [one.handoff for one in outcome.erased] == [handoff]
        assert (await due(side)).candidates == ()


async def test_nothing_of_the_person_is_left(both: BothSides) -> None:
    """Keys, marks, digests and the document's number go; stage, lines and receipts stay."""
    handoff = await documented(both)
    for side in (both.us, both.mx):
        await side.reconciling.look()
        entries = await side.entries()
        before = await side.store.read(left_of)
        assert before["keys"]
        assert before["marks"]
        await erase(side, handoff)
        assert await side.store.read(left_of) == {"keys": [], "digests": [], "marks": []}
        shared = await side.shared(handoff)
        assert (shared.stage, shared.visa and is_erased(shared.visa.number)) == (
            Stage.DOCUMENTED,
            True,
        )
        assert DOCUMENT not in str((await row_of(side, handoff)).shared)
        assert await side.entries() == entries
        await side.reconciling.look()
        assert (await side.store.read(left_of))["marks"] == []


async def test_one_person_cannot_do_it_alone(both: BothSides) -> None:
    """Who proposed cannot confirm, and what was decided is decided; the journal has both."""
    handoff = await documented(both)
    number = await propose(both.us, handoff, actor="ana")
    with pytest.raises(SamePerson):
        await confirm(both.us, number, actor="ana")
    assert (await both.us.store.read(left_of))["keys"]
    await confirm(both.us, number, actor="luis")
    with pytest.raises(NotFound):
        await confirm(both.us, number, actor="eva")
    events = await journaled(both.us, "erasure.")
    assert [(one.kind, one.actor) for one in events] == [
        ("erasure.proposed", "ana"),
        ("erasure.done", "luis"),
        ("erasure.confirmed", "luis"),
    ]
    assert events[1].data == {"proposal": number, "basis": "PERSON_ASKS"}
    (listed,) = await both.us.store.read(list_proposals)
    assert (listed.proposed_by, listed.decided_by, listed.confirmed) == ("ana", "luis", True)


async def test_a_proposal_that_is_withdrawn_erases_nothing(both: BothSides) -> None:
    """Whoever proposed it may end it; after that nobody can confirm it."""
    handoff = await documented(both)
    number = await propose(both.us, handoff)
    assert number is not None
    end = partial(erasure.withdraw, number=number, actor="ana", now=both.clock())
    await both.us.store.write(end)
    with pytest.raises(NotFound):
        await confirm(both.us, number)
    assert (await both.us.store.read(left_of))["keys"]
    (one,) = await both.us.store.read(partial(list_erasures, proposal=number))
    assert one.erased_at is None


async def test_what_is_preserved_is_kept_back_by_name(both: BothSides) -> None:
    """It can neither be proposed nor, where it came to be preserved since, erased."""
    handoff = await closed(both)
    both.clock.pass_seconds(91 * DAY)
    first = await propose(both.us)
    at = both.clock()
    keep, lift = (
        partial(one, handoff=handoff, ground=Ground.COURT, actor="eva", now=at)
        for one in (preserve, preserve_no_more)
    )
    for _ in range(2):
        await both.us.store.write(keep)
    outcome = await confirm(both.us, first)
    assert (outcome.erased, outcome.kept_back) == ((), {handoff: KeptBack.PRESERVED})
    with pytest.raises(NotErasable) as caught:
        await propose(both.us, handoff)
    assert handoff in str(caught.value.said)
    (found,) = (await due(both.us)).candidates
    assert found.kept_back is KeptBack.PRESERVED
    assert await propose(both.us) is None
    await both.us.store.write(lift)
    with pytest.raises(NotPreserved):
        await both.us.store.write(lift)
    assert len((await erase(both.us)).erased) == 1
    (kept,) = await both.us.store.read(list_preservations)
    assert (kept.placed_by, kept.lifted_by) == ("eva", "eva")
    assert [one.data for one in await journaled(both.us, "preservation.")] == [
        {"ground": "court"},
        {"ground": "court"},
    ]


async def test_what_still_waits_to_be_said_is_kept_back(both: BothSides) -> None:
    """A message that nobody has received yet needs its body."""
    handoff = await taken(both)
    with pytest.raises(NotErasable) as caught:
        await propose(both.us, handoff)
    assert "waits" in str(caught.value.said)


async def test_nobody_erases_what_is_not_theirs(both: BothSides) -> None:
    """Another port's handoff, an unknown one and one that was erased are not found."""
    handoff = await documented(both)
    name = partial(
        erasure.propose_named,
        handoffs=[handoff],
        basis=Basis.COURT_ORDER,
        actor="ana",
        now=both.clock(),
    )
    with pytest.raises(NotFound):
        await both.us.store.write(partial(name, places=frozenset({"2402"})))
    assert await both.us.store.write(partial(name, places=frozenset({"2504"})))
    await erase(both.us, handoff)
    with pytest.raises(NotFound):
        await propose(both.us, handoff)


async def test_what_comes_after_erasure_is_kept_anew_and_erased_again(both: BothSides) -> None:
    """A late message has a key of its own; what was erased stays closed, and nothing fails."""
    handoff = await documented(both)
    await erase(both.us, handoff)
    left = {"at": both.clock().isoformat().replace("+00:00", "Z"), "kind": "other"}
    await both.mx.stays.record_exit(handoff, left, actor="desk")
    await both.settle()
    assert (await both.us.store.read(left_of))["keys"]
    await both.us.reconciling.look()
    assert (await both.us.store.read(left_of))["marks"] == []
    await erase(both.us, handoff)
    assert (await both.us.store.read(left_of))["keys"] == []


async def test_what_was_never_announced_has_a_rule_of_its_own(both: BothSides) -> None:
    """A draft that was taken back before anybody heard of it is due after thirty days."""
    handoff = await taken(both)
    await both.us.cancellations.withdraw(handoff, {"cause": "data"}, actor="port")
    both.clock.pass_seconds(31 * DAY)
    (found,) = (await due(both.us)).candidates
    assert (found.row.handoff, found.due.basis) == (handoff, Basis.NEVER_ANNOUNCED)
    assert len((await erase(both.us)).erased) == 1
    assert await both.us.store.read(left_of) == {"keys": [], "digests": [], "marks": []}


async def test_the_digest_of_who_was_withheld_goes_too(both: BothSides) -> None:
    """After a year nothing of the decision is left but that there was one, and its codes."""
    await both.us.intake.submit(decision(screening__fear="expressed"), actor="port")
    both.clock.pass_seconds(364 * DAY)
    assert (await due(both.us)).withheld == 0
    both.clock.pass_seconds(2 * DAY)
    assert (await due(both.us)).withheld == 1
    assert (await erase(both.us)).withheld == 1
    assert (await both.us.store.read(left_of))["digests"] == []
    assert (await due(both.us)).withheld == 0


async def test_a_case_that_nobody_ended_is_due_long_after_its_last_word(both: BothSides) -> None:
    """What is silent is erased too, counted from the last word or hearing."""
    handoff = await documented(both)
    both.clock.pass_seconds(700 * DAY)
    assert (await due(both.mx)).candidates == ()
    both.clock.pass_seconds(200 * DAY)
    (found,) = (await due(both.mx)).candidates
    assert (found.row.handoff, found.due.basis) == (handoff, Basis.CASE_SILENT)


async def test_a_restored_database_erases_again(both: BothSides) -> None:
    """What the list has and the backup brought back is erased; a second time changes nothing."""
    handoff = await documented(both)
    kept = erasure.Kept("ana", "luis", {handoff: Basis.PERSON_ASKS})
    again = partial(
        erasure.replay,
        kept=kept,
        actor="eva",
        now=both.clock(),
        entropy=both.us.keyring.entropy,
    )
    assert [one.handoff for one in (await both.us.store.write(again)).erased] == [handoff]
    assert (await both.us.store.write(again)).erased == ()
    assert (await both.us.store.read(left_of))["keys"] == []
    (event,) = await journaled(both.us, "erasure.")
    assert (event.kind, event.actor) == ("erasure.replayed", "eva")
