"""
Mexico refuses at the line, and the person stays overnight.

As it was reported: people were brought to the line and Mexico did not take them. They spent the
night in custody on the US side, and nobody could say afterwards who had been refused, when, and
who was to cross on the next day (domain.md F5).
"""

from datetime import UTC, datetime
from typing import Any

import pytest

from exchange.domain.handoff import Stage
from exchange.domain.wire import utc_text
from exchange.errors import AlreadyAnswered, NotPossible
from tests.flow.gates import at_the_gate, depart, gate, names, to
from tests.flow.standing import events, noticed
from tests.flow.test_journey import VISA
from tests.ledgers import assert_agree
from tests.scenarios.desks import POINT, ToDo, expected, to_do
from tests.sides import BothSides

ACCEPTED = {"answer": "accepted", "officer": "INM-77"}
IN_THE_WINDOW = datetime(2031, 3, 18, 16, 30, tzinfo=UTC)
NEXT_DAY = "2031-03-19"


def at_the_line(both: BothSides, **changes: Any) -> dict[str, Any]:
    """Return what the official saw just now: somebody turned back."""
    seen = {"outcome": "not-received", "code": "TURNED_BACK", "receiving_point": POINT}
    return seen | {"at": utc_text(both.clock())} | changes


@pytest.fixture
async def turned_back(both: BothSides) -> str:
    """Return a person whom Mexico had accepted, and turned back at the line."""
    handoff = await noticed(both, hearing__source_as_of="2031-03-17T17:00:00Z")
    await both.mx.answers.acknowledge(handoff, ACCEPTED, actor="desk")
    await both.settle()
    to(both, IN_THE_WINDOW)
    assert names(await gate(both, handoff)) == []
    await both.mx.answers.record_reception(handoff, at_the_line(both), actor="desk")
    await both.settle()
    return handoff


async def test_both_sides_know_who_was_turned_back(both: BothSides, turned_back: str) -> None:
    """It is one fact with its time and place, the same in both ledgers; the handoff has ended."""
    for side in (both.us, both.mx):
        shared = await side.shared(turned_back)
        assert shared.stage is Stage.NOT_RECEIVED
        assert shared.reception is not None
        assert (shared.reception.code, shared.reception.receiving_point) == ("TURNED_BACK", POINT)
        assert shared.reception.at == utc_text(IN_THE_WINDOW)
    await assert_agree(both)
    (entry,) = await events(both.mx, "reception.decided")
    assert (entry.actor, entry.data) == ("desk", {"stage": "not-received"})


async def test_nobody_waits_for_who_sleeps_on_the_other_side(
    both: BothSides, turned_back: str
) -> None:
    """The official has nothing left to do about the person, that night or on the next day."""
    for on in ("2031-03-18", NEXT_DAY):
        assert await to_do(both.mx, on) == []
    with pytest.raises(AlreadyAnswered):
        await both.mx.answers.record_reception(turned_back, at_the_line(both), actor="other")
    with pytest.raises(NotPossible):
        await both.mx.answers.record_visa(turned_back, VISA, actor="desk")


async def test_the_acceptance_of_yesterday_lets_nobody_cross(
    both: BothSides, turned_back: str
) -> None:
    """The person crosses on no old word: the next day needs a handoff of its own."""
    for asked in (gate, depart):
        assert names(await asked(both, turned_back)) == ["not-received"]

    case = (await both.us.shared(turned_back)).case
    window = {"from": f"{NEXT_DAY}T16:00:00Z", "to": f"{NEXT_DAY}T20:00:00Z"}
    again = await noticed(
        both,
        2,
        case=case,
        decided_at=utc_text(both.clock()),
        return__window=window,
        hearing__source_as_of=utc_text(both.clock()),
    )

    assert await expected(both.mx, NEXT_DAY) == [again]
    assert await to_do(both.mx, NEXT_DAY) == [ToDo(again, "to-answer", overdue=False)]
    assert names(await depart(both, again)) == ["not-accepted", "before-window"]
    await both.mx.answers.acknowledge(again, ACCEPTED, actor="desk")
    await both.settle()
    assert await to_do(both.mx, NEXT_DAY) == [ToDo(again, "expected", overdue=False)]

    to(both, datetime(2031, 3, 19, 16, 15, tzinfo=UTC))
    assert {"not-received", "after-window"} <= set(names(await gate(both, turned_back)))
    assert (await depart(both, again)).recorded
    await both.us.send()
    assert await to_do(both.mx, NEXT_DAY) == [ToDo(again, "at-the-line", overdue=False)]
    seen = at_the_line(both, outcome="received", code=None, identity="match")
    await both.mx.answers.record_reception(again, seen, actor="desk")
    await both.settle()

    shared = await both.us.shared(again)
    assert (shared.stage, shared.cycle, shared.case) == (Stage.RECEIVED, 1, case)
    assert await to_do(both.mx, NEXT_DAY) == [ToDo(again, "document-to-issue", overdue=False)]
    await assert_agree(both)


async def test_who_was_turned_back_after_crossing_crosses_no_second_time(both: BothSides) -> None:
    """Our departure and their word stand beside each other: not received, and never a go again."""
    handoff = await at_the_gate(both)
    assert (await depart(both, handoff)).recorded
    await both.us.send()
    assert (await both.mx.shared(handoff)).stage is Stage.DEPARTED
    await both.mx.answers.record_reception(handoff, at_the_line(both), actor="desk")
    await both.settle()

    for side in (both.us, both.mx):
        shared = await side.shared(handoff)
        assert (shared.stage, shared.departure is not None) == (Stage.NOT_RECEIVED, True)
    again = await depart(both, handoff)
    assert not again.recorded
    assert again.crossed is not None
    assert len(await events(both.us, "departure.recorded")) == 1
    assert await to_do(both.mx, NEXT_DAY) == []
    await assert_agree(both)


async def test_who_was_never_recorded_is_asked_about(both: BothSides) -> None:
    """Who was accepted and of whom nobody says what was seen stays on the list, and is overdue."""
    handoff = await noticed(both)
    await both.mx.answers.acknowledge(handoff, ACCEPTED, actor="desk")
    await both.settle()
    both.clock.at = datetime(2031, 3, 19, 17, 0, tzinfo=UTC)
    assert await to_do(both.mx, NEXT_DAY) == [ToDo(handoff, "expected", overdue=True)]
