"""A case ends once, about its last handoff, and nobody can tell why."""

import asyncio
from typing import Any

import orjson
import pytest

from exchange.domain.causes import Cause
from exchange.domain.handoff import HandoffId, LocalStage, Stage
from exchange.domain.messages.catalogue import CASE_CLOSURE
from exchange.domain.ticks import next_tick
from exchange.domain.wire import utc_text
from exchange.errors import AlreadyAnswered, CaseClosed, Invalid, NotPossible
from exchange.flow.answering import Answered
from exchange.flow.intake import Taken
from exchange.proof.envelope import parse_envelope
from tests.builders import HEARING, a_decision_document
from tests.flow.courts import RECEIVED, moved
from tests.flow.meddling import before_next_write
from tests.flow.standing import drafted, drafts, events, noticed, row_of
from tests.sides import BothSides

OTHER = {"cause": "other"}
ACCEPTED = {"answer": "accepted", "officer": "INM-77"}


async def received(both: BothSides, number: int = 1) -> str:
    """Return the handoff of a person who was received."""
    handoff = await noticed(both, number)
    await both.mx.answers.record_reception(handoff, RECEIVED, actor="desk")
    await both.settle()
    return handoff


async def again(both: BothSides, handoff: str, number: int = 2) -> str:
    """Return the handoff of the next cycle of the same case."""
    case = (await row_of(both.us, handoff)).case_id
    name = f"00000000-0000-4000-8000-{number:012d}"
    document = a_decision_document(decision_id=name, case=case)
    taken = await both.us.intake.submit(orjson.dumps(document), actor="port")
    assert isinstance(taken, Taken)
    return taken.handoff


async def close(both: BothSides, handoff: str, cause: str = "other") -> Answered:
    """End a case."""
    return await both.us.closures.close(handoff, {"cause": cause}, actor="supervisor")


@pytest.mark.parametrize("cause", list(Cause))
async def test_a_case_ends_with_the_tick(both: BothSides, cause: Cause) -> None:
    """The message waits for the tick and bears its time; the cause is in the journal alone."""
    handoff = await received(both)
    both.clock.pass_seconds(7)
    tick = next_tick(both.clock(), both.us.agreement.release_seconds)

    assert await close(both, handoff, cause) == Answered(
        HandoffId(handoff), "case-closure", Stage.CLOSED
    )

    (draft,) = await drafts(both.us)
    assert draft.due_at == tick
    await both.settle()
    for side in (both.us, both.mx):
        assert (await side.shared(handoff)).stage is Stage.CLOSED
    (said,) = [one for one in await both.us.entries() if one.schema == CASE_CLOSURE.schema]
    sealed = parse_envelope(said.envelope).sealed_at
    assert sealed.timestamp() % both.us.agreement.release_seconds == 0
    (event,) = await events(both.us, "case.closed")
    assert event.data == {"cause": cause.value}


async def test_of_two_at_once_one_ends_it(both: BothSides) -> None:
    """A case ends once, whoever asks and for whatever cause."""
    handoff = await received(both)
    results = await asyncio.gather(
        close(both, handoff), close(both, handoff, "legal"), return_exceptions=True
    )
    assert [type(one) for one in results if not isinstance(one, Answered)] == [AlreadyAnswered]
    assert len(await drafts(both.us)) == 1


async def test_it_is_said_of_the_last_handoff(both: BothSides) -> None:
    """Whichever cycle is named, the end is said of the last one that was announced."""
    first = await received(both)
    second = await again(both, first)
    with pytest.raises(NotPossible) as caught:
        await close(both, first)
    assert caught.value.stage == LocalStage.DRAFTED
    await both.settle()
    assert (await close(both, first)).handoff == second
    await both.settle()
    assert (await both.mx.shared(first)).stage is Stage.RECEIVED
    assert (await both.mx.shared(second)).stage is Stage.CLOSED


@pytest.mark.parametrize("told", [False, True])
async def test_nothing_comes_after_it(both: BothSides, *, told: bool) -> None:
    """From the moment it is decided the case gets no decision and no hearing, of any cycle."""
    first = await received(both)
    second = await again(both, first)
    await both.settle()
    await close(both, second)
    if told:
        await both.settle()
    with pytest.raises(CaseClosed):
        await again(both, first, 3)
    change = moved(source_as_of=utc_text(both.clock()))
    for handoff in (first, second):
        with pytest.raises(CaseClosed):
            await both.us.hearings.change(handoff, change, actor="court")
    with pytest.raises(AlreadyAnswered):
        await close(both, first)


async def test_a_return_that_begins_meanwhile_comes_first(
    both: BothSides, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a decision is entered between look and end, the case goes on."""
    first = await received(both)

    async def begin() -> None:
        await again(both, first)

    before_next_write(monkeypatch, both.us.store, begin)
    with pytest.raises(NotPossible):
        await close(both, first)


async def test_a_case_that_ends_meanwhile_gets_no_hearing(
    both: BothSides, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where another cycle ends the case between look and move, the hearing does not move."""
    first = await received(both)
    second = await again(both, first)
    await both.settle()

    async def end() -> None:
        await close(both, second)

    before_next_write(monkeypatch, both.us.store, end)
    change = moved(source_as_of=utc_text(both.clock()))
    with pytest.raises(CaseClosed):
        await both.us.hearings.change(first, change, actor="court")


async def test_what_is_under_way_ends_first(both: BothSides) -> None:
    """Who was accepted may be at the gate; of whom nobody heard there is nothing to end."""
    handoff = await noticed(both)
    await both.mx.answers.acknowledge(handoff, ACCEPTED, actor="desk")
    await both.settle()
    with pytest.raises(NotPossible) as caught:
        await close(both, handoff)
    assert caught.value.stage == Stage.ACCEPTED
    gone = await drafted(both.us, 2)
    await both.us.cancellations.withdraw(gone, OTHER, actor="port")
    with pytest.raises(NotPossible) as vanished:
        await close(both, gone)
    assert vanished.value.stage == LocalStage.WITHDRAWN


@pytest.mark.parametrize("document", [{}, {"cause": "judge"}, {"cause": "other", "why": "x"}, []])
async def test_a_cause_is_one_of_ours(both: BothSides, document: Any) -> None:
    """No cause, an unknown one, and whatever stands beside it are refused."""
    handoff = await received(both)
    with pytest.raises(Invalid):
        await both.us.closures.close(handoff, document, actor="supervisor")


async def test_the_next_cycle_keeps_the_case(both: BothSides) -> None:
    """After the hearing a new decision of the case makes a handoff of the next cycle."""
    first = await received(both)
    both.clock.at = both.clock.at.fromisoformat("2031-03-17T20:00:00Z")
    came = {"outcome": "presented", "hearing": HEARING, "at": utc_text(both.clock())}
    await both.us.presentations.present(first, came | {"port": "2504"}, actor="port")
    second = await again(both, first)
    await both.settle()
    before, after = await both.mx.shared(first), await both.mx.shared(second)
    assert before.stage is Stage.PRESENTED
    assert (after.case, after.cycle, after.stage) == (before.case, 2, Stage.NOTICED)
