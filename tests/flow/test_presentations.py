"""Who came is recorded wherever they came; who did not, only after the grace."""

import asyncio
from typing import Any

import pytest

from exchange.domain.handoff import HandoffId, Stage
from exchange.domain.wire import utc_text
from exchange.errors import AlreadyAnswered, Forbidden, Invalid, NotPossible
from exchange.flow.answering import Answered
from tests.builders import DECISION, HEARING
from tests.flow.courts import RECEIVED, moved
from tests.flow.standing import drafted, drafts, events, noticed, row_of
from tests.sides import BothSides

GRACE_ENDS = "2031-05-06T13:00:00Z"
"""Two hours after a person must present at 4 in the morning in San Ysidro."""


def seen(both: BothSides, outcome: str = "presented", **changes: Any) -> dict[str, Any]:
    """Return what an officer saw at the port just now."""
    now = utc_text(both.clock())
    return {"outcome": outcome, "hearing": HEARING, "at": now, "port": "2504"} | changes


async def waiting(both: BothSides, *, until: str = GRACE_ENDS) -> str:
    """Return the handoff of a person who was received, at the end of the grace unless earlier."""
    handoff = await noticed(both)
    await both.mx.answers.record_reception(handoff, RECEIVED, actor="desk")
    await both.settle()
    both.clock.at = both.clock.at.fromisoformat(until)
    return handoff


@pytest.mark.parametrize(
    ("outcome", "stage"),
    [("presented", Stage.PRESENTED), ("not-presented", Stage.NOT_PRESENTED)],
)
async def test_what_was_seen_is_said(both: BothSides, outcome: str, stage: Stage) -> None:
    """Both sides know it; nothing is said of what follows."""
    handoff = await waiting(both)
    said = await both.us.presentations.present(handoff, seen(both, outcome), actor="port")
    assert said == Answered(HandoffId(handoff), "presentation", stage)
    assert (await row_of(both.us, handoff)).intent == stage
    await both.settle()
    for side in (both.us, both.mx):
        assert (await side.shared(handoff)).stage is stage
    (event,) = await events(both.us, "presentation.decided")
    assert event.data == {"stage": stage.value, "outcome": outcome}


async def test_nobody_is_absent_before_the_grace_ends(both: BothSides) -> None:
    """A second before they may be in the line; the pointer says what is too early."""
    handoff = await waiting(both, until="2031-05-06T12:59:59Z")
    with pytest.raises(Invalid) as caught:
        await both.us.presentations.present(handoff, seen(both, "not-presented"), actor="port")
    assert [(one.pointer, one.code) for one in caught.value.faults] == [("/at", "grace-not-over")]
    both.clock.pass_seconds(1)
    await both.us.presentations.present(handoff, seen(both, "not-presented"), actor="port")


async def test_nobody_is_absent_from_a_hearing_that_moved(both: BothSides) -> None:
    """The move may wait unsealed: nobody was to come on the day before it."""
    handoff = await waiting(both, until="2031-05-06T09:00:00Z")
    change = moved(source_as_of=utc_text(both.clock()))
    await both.us.hearings.change(handoff, change, actor="court")
    both.clock.at = both.clock.at.fromisoformat(GRACE_ENDS)
    with pytest.raises(Invalid) as caught:
        await both.us.presentations.present(handoff, seen(both, "not-presented"), actor="port")
    assert [one.code for one in caught.value.faults] == ["grace-not-over"]


async def test_who_comes_late_has_come(both: BothSides) -> None:
    """A person who was absent and comes is presented; who has come is not absent any more."""
    handoff = await waiting(both)
    await both.us.presentations.present(handoff, seen(both, "not-presented"), actor="port")
    with pytest.raises(AlreadyAnswered) as caught:
        await both.us.presentations.present(handoff, seen(both, "not-presented"), actor="port")
    assert caught.value.standing == "not-presented"
    await both.us.presentations.present(handoff, seen(both), actor="port")
    await both.settle()
    assert (await both.mx.shared(handoff)).stage is Stage.PRESENTED
    for outcome in ("presented", "not-presented"):
        with pytest.raises(AlreadyAnswered):
            await both.us.presentations.present(handoff, seen(both, outcome), actor="port")


async def test_of_two_officers_one_records_it(both: BothSides) -> None:
    """Of two who record one person at once one does, and the other is told that it stands."""
    handoff = await waiting(both)
    results = await asyncio.gather(
        *(both.us.presentations.present(handoff, seen(both), actor="port") for _ in range(2)),
        return_exceptions=True,
    )
    assert [type(one) for one in results if not isinstance(one, Answered)] == [AlreadyAnswered]
    assert len(await drafts(both.us)) == 1


async def test_who_came_is_recorded_though_nobody_saw_them_cross(both: BothSides) -> None:
    """They stand at the port: a reception that never was recorded does not undo that."""
    handoff = await noticed(both)
    both.clock.at = both.clock.at.fromisoformat(GRACE_ENDS)
    with pytest.raises(NotPossible):
        await both.us.presentations.present(handoff, seen(both, "not-presented"), actor="port")
    await both.us.presentations.present(handoff, seen(both), actor="port")
    await both.settle()
    assert (await both.mx.shared(handoff)).stage is Stage.PRESENTED


async def test_of_whom_nobody_was_told_nothing_is_said(both: BothSides) -> None:
    """A draft, and one that vanished, are not announced by the way."""
    for number, gone in enumerate((False, True), 1):
        handoff = await drafted(both.us, number)
        if gone:
            await both.us.cancellations.withdraw(handoff, {"cause": "custody"}, actor="port")
        with pytest.raises(NotPossible):
            await both.us.presentations.present(handoff, seen(both), actor="port")


async def test_the_port_is_the_callers_own(both: BothSides) -> None:
    """A person may come to another port than they left: an officer there records it."""
    handoff = await waiting(both)
    there = frozenset({"2503"})
    say = both.us.presentations.present
    with pytest.raises(Forbidden):
        await say(handoff, seen(both), actor="port", places=there)
    for wrong in ({"port": "9999"}, {"hearing": DECISION, "outcome": "not-presented"}):
        with pytest.raises(Invalid):
            await say(handoff, seen(both, **wrong), actor="port", places=None)
    await say(handoff, seen(both, port="2503"), actor="port", places=there)
