"""A decision becomes a handoff once, and all that belongs to it is stored with it or not at all."""

import asyncio
import threading
from collections.abc import Collection
from functools import partial
from typing import Any

import orjson
import pytest
from sqlalchemy import URL

from exchange.domain.deadlines import Limits, receipt_due_at
from exchange.domain.decision import read_decision
from exchange.domain.handoff import LocalStage, Stage
from exchange.domain.messages.catalogue import RETURN_NOTICE
from exchange.domain.messages.return_notice import ReturnNotice
from exchange.domain.screening import Withheld
from exchange.errors import DecisionConflict, Invalid
from exchange.flow import decisions
from exchange.flow.decisions import Standing, find_standing
from exchange.flow.intake import Taken, faults_of_time, parse_document
from exchange.flow.keyring import context_of
from exchange.proof import grammar
from exchange.store import Store
from exchange.store.bodies import list_bodies
from exchange.store.clients import insert_client
from exchange.store.engine import Connection, Duplicate
from exchange.store.handoffs import Handoff, list_changed
from exchange.store.idempotency import Answer, record_answer
from exchange.store.journal import list_events
from exchange.store.outbox import Waiting, list_outbox
from tests.builders import NOW, a_decision, a_decision_document, places
from tests.sides import BothSides, SideOfTests, join
from tests.store.test_clients import PORT as CLIENT

ID = "00000000-0000-4000-8000-000000000001"


def document(number: int = 1, **changes: Any) -> dict[str, Any]:
    """Return a decision with an id of its own."""
    changes = {"decision_id": f"00000000-0000-4000-8000-{number:012d}"} | changes
    return a_decision_document(**changes)


def decision(number: int = 1, **changes: Any) -> bytes:
    """Return the octets of a decision with an id of its own."""
    return orjson.dumps(document(number, **changes))


@pytest.fixture
def us(both: BothSides) -> SideOfTests:
    """Return the US side."""
    return both.us


async def handoffs(us: SideOfTests) -> list[Handoff]:
    """Return every handoff of the US side."""
    return await us.store.read(partial(list_changed, after=0, limit=500))


async def drafts(us: SideOfTests) -> list[Waiting]:
    """Return what waits to be said."""
    return await us.store.read(list_outbox)


async def standing(us: SideOfTests, decision_id: str = ID) -> Standing | None:
    """Return what is stored of a decision."""
    found = await us.store.read(partial(find_standing, decision_ids=[decision_id]))
    return found.get(decision_id)


async def test_a_decision_is_stored_whole(us: SideOfTests) -> None:
    """Decision, handoff, both bodies, draft and journal entry are there before the answer is."""
    taken = await us.intake.submit(decision(), actor="port-7")

    assert isinstance(taken, Taken)
    assert (taken.recorded_at, taken.next) == (NOW, "return-notice")
    assert taken.deadlines == {"receipt_by": receipt_due_at(NOW, Limits())}
    stands = await standing(us)
    assert stands is not None
    assert (stands.handoff, stands.row.rule_set) == (taken.handoff, "as-announced-2019")
    (row,) = await handoffs(us)
    assert (row.handoff, row.local_stage, row.stage) == (
        taken.handoff,
        LocalStage.DRAFTED,
        Stage.UNANNOUNCED,
    )
    (draft,) = await drafts(us)
    assert (draft.schema, draft.handoff, draft.due_at) == (RETURN_NOTICE.schema, row.number, NOW)
    (event,) = await us.store.read(list_events)
    assert (event.kind, event.actor, event.handoff) == ("decision.cleared", "port-7", row.number)
    assert us.tally.counts["decisions", "cleared"] == 1


async def test_both_bodies_open_with_the_handoffs_key(us: SideOfTests) -> None:
    """The decision is kept as it came, in canonical form; the notice is what Mexico may see."""
    octets = orjson.dumps(dict(reversed(document().items())))
    taken = await us.intake.submit(octets, actor="port")

    assert isinstance(taken, Taken)
    (draft,) = await drafts(us)
    bodies = await us.store.read(partial(list_bodies, numbers=range(draft.body + 1)))
    unlock = partial(us.keyring.unlock, context=context_of(taken.handoff))
    kept, notice = (unlock(bodies[number]) for number in sorted(bodies))
    assert kept == grammar.canonical(document())
    read = ReturnNotice.model_validate(grammar.parse(notice or b""))
    assert (read.person, read.revision) == (a_decision().person, 1)
    assert notice == grammar.canonical(read.model_dump(mode="json"))


async def test_of_a_withheld_person_codes_are_kept(us: SideOfTests) -> None:
    """There is a decision with its codes and a journal entry; no handoff, no body, no draft."""
    withheld = await us.intake.submit(decision(screening__fear="expressed"), actor="port")

    assert withheld == Withheld("as-announced-2019", ("fear",))
    stands = await standing(us)
    assert stands is not None
    assert (stands.handoff, stands.row.codes) == (None, ("fear",))
    assert (await handoffs(us), await drafts(us)) == ([], [])
    assert await us.store.read(partial(list_bodies, numbers=range(5))) == {}
    (event,) = await us.store.read(list_events)
    assert (event.kind, event.handoff) == ("decision.withheld", None)
    assert event.data == {"decision": ID, "port": "2504", "codes": ["fear"]}
    assert us.tally.counts["decisions", "withheld"] == 1


async def test_many_at_once_are_each_answered(us: SideOfTests) -> None:
    """Of decisions that wait together each gets its own answer, whatever the others are."""
    submit = partial(us.intake.submit, actor="port")
    results = await asyncio.gather(
        *(submit(decision(number)) for number in range(10)),
        *(submit(decision(number)) for number in range(10)),
        *(submit(decision(number, screening__fear="expressed")) for number in range(10, 15)),
        submit(decision(3, person__sex="X")),
        return_exceptions=True,
    )

    first, again, withheld = results[:10], results[10:20], results[20:25]
    assert again == first
    assert len({one.handoff for one in first if isinstance(one, Taken)}) == 10
    assert all(isinstance(one, Withheld) for one in withheld)
    assert isinstance(results[25], DecisionConflict)
    rows = {row.number: row.handoff for row in await handoffs(us)}
    assert len(rows) == len(await drafts(us)) == 10
    for number, taken in enumerate(first):
        stands = await standing(us, f"00000000-0000-4000-8000-{number:012d}")
        assert stands is not None
        assert isinstance(taken, Taken)
        assert (stands.handoff, rows[stands.row.handoff or 0]) == (taken.handoff, taken.handoff)
    assert us.tally.counts["decisions", "cleared"] == 10
    assert us.tally.counts["decisions", "withheld"] == 5


async def test_each_draft_has_the_notice_of_its_handoff(us: SideOfTests) -> None:
    """Stored together, no body goes to another's draft: each opens under its own handoff's key."""
    names = ("Ana", "Eva", "Iris", "Luz")
    await asyncio.gather(
        *(
            us.intake.submit(decision(number, person__given_names=name), actor="port")
            for number, name in enumerate(names)
        )
    )

    rows = {row.number: row.handoff for row in await handoffs(us)}
    waiting = await drafts(us)
    bodies = await us.store.read(partial(list_bodies, numbers=[one.body for one in waiting]))
    found = []
    for draft in waiting:
        context = context_of(rows[draft.handoff or 0])
        octets = us.keyring.unlock(bodies[draft.body], context=context)
        found.append(ReturnNotice.model_validate(grammar.parse(octets or b"")).person.given_names)
    assert sorted(found) == sorted(names)


@pytest.mark.parametrize("changes", [{}, {"screening__fear": "expressed"}])
async def test_what_is_kept_stands_or_falls_with_it(
    us: SideOfTests, changes: dict[str, Any]
) -> None:
    """What a caller keeps gets the answer within the transaction, and undoes it by raising."""
    kept: list[Taken | Withheld] = []

    def keep(_connection: Connection, result: Taken | Withheld) -> None:
        kept.append(result)

    def refuse(_connection: Connection, _result: object) -> None:
        raise LookupError

    with pytest.raises(LookupError):
        await us.intake.submit(decision(**changes), actor="port", keep=refuse)
    assert await standing(us) is None
    assert (await drafts(us), await us.store.read(list_events)) == ([], [])

    first = await us.intake.submit(decision(**changes), actor="port", keep=keep)
    again = await us.intake.submit(decision(**changes), actor="port", keep=keep)
    assert kept == [first, again]
    with pytest.raises(DecisionConflict):
        await us.intake.submit(decision(person__sex="X", **changes), actor="port", keep=keep)
    assert len(kept) == 2


async def test_a_late_repeat_is_kept_too(both: BothSides) -> None:
    """A repeat that a later clock would refuse is answered and kept like any other."""
    kept: list[object] = []
    first = await both.us.intake.submit(decision(), actor="port")
    both.clock.pass_seconds(3 * 365 * 86_400)

    again = await both.us.intake.submit(
        decision(), actor="port", keep=lambda _connection, result: kept.append(result)
    )
    assert kept == [again] == [first]
    with pytest.raises(Invalid):
        await both.us.intake.submit(decision(2), actor="port")


async def test_an_answer_that_was_kept_before_undoes_the_decision(us: SideOfTests) -> None:
    """Where somebody else has answered, nothing of the decision is stored."""
    answer = Answer(client=1, key="k", digest=bytes(32), status=202, created_at=NOW)
    await us.store.write(partial(insert_client, new=CLIENT))
    await us.store.write(partial(record_answer, answer=answer))

    with pytest.raises(Duplicate):
        await us.intake.submit(
            decision(),
            actor="port",
            keep=lambda connection, _result: record_answer(connection, answer),
        )
    assert await standing(us) is None
    assert await drafts(us) == []


async def test_of_two_processes_one_is_first(
    postgres_url: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that looked too early finds the decision of the other one, and stores none."""
    one, other = Store(postgres_url), Store(postgres_url)
    await one.open()
    await other.open()
    first, second = (join(store, store).us for store in (one, other))
    second.keyring.entropy(64)  # its ids are its own
    looked, may_go_on = threading.Event(), threading.Event()

    def slow(connection: Connection, decision_ids: Collection[str]) -> dict[str, Standing]:
        found = find_standing(connection, decision_ids)
        if not looked.is_set():
            looked.set()
            assert may_go_on.wait(30)
        return found

    monkeypatch.setattr(decisions, "find_standing", slow)
    waiting = asyncio.create_task(second.intake.submit(decision(), actor="port"))
    await asyncio.to_thread(looked.wait, 30)
    answer = await first.intake.submit(decision(), actor="port")
    may_go_on.set()
    assert await waiting == answer
    assert len(await drafts(first)) == 1
    assert second.tally.counts["decisions", "cleared"] == 0
    await one.close()
    await other.close()


@pytest.mark.parametrize("octets", [b"", b"{", b'{"a":1,"a":2}', b"1.5", b"\xff", b'"\\ud800"'])
def test_what_is_outside_the_grammar_is_no_document(octets: bytes) -> None:
    """Whatever is not the JSON that we sign has one fault, at its root."""
    with pytest.raises(Invalid) as caught:
        parse_document(octets)
    assert [(fault.pointer, fault.code) for fault in caught.value.faults] == [("", "not-json")]


def test_time_is_judged_by_our_clock() -> None:
    """A port's clock may be two minutes ahead; a window or hearing must still be to come."""
    good = read_decision(document(decided_at="2031-03-17T18:02:00Z"), places())
    assert faults_of_time(good, NOW) == []
    closes = good.return_.window.to_at
    faults = {fault.pointer: fault.code for fault in faults_of_time(good, closes)}
    assert faults == {"/return/window/to": "in-the-past"}
