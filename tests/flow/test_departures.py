"""At the gate: go, or stop and why; and a crossing is recorded once, never after a hold."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from exchange.domain.alarms import AlarmKind
from exchange.domain.handoff import HandoffId, Stage
from exchange.domain.messages.catalogue import DEPARTURE
from exchange.domain.wire import utc_text
from exchange.errors import NotFound
from exchange.flow.at_the_gate import Crossed
from exchange.flow.departures import Checked
from exchange.store.bodies import erase_data_key
from exchange.store.handoffs import update_handoffs
from exchange.store.outbox import NORMAL
from exchange.store.partner import record_contact
from tests.builders import HANDOFF
from tests.flow.courts import gone, moved
from tests.flow.gates import (
    IN_WINDOW,
    READ_LATE,
    accepted,
    alarmed,
    at_the_gate,
    depart,
    family_of,
    gate,
    hold,
    names,
    to,
)
from tests.flow.meddling import before_next_write
from tests.flow.standing import drafted, drafts, events, noticed, row_of
from tests.ledgers import assert_agree
from tests.sides import BothSides, SideOfTests


async def test_the_gate_says_go_and_changes_nothing(both: BothSides) -> None:
    """A look is in the journal; the handoff keeps its version, and nothing is said."""
    us, handoff = both.us, await at_the_gate(both)
    before = await row_of(us, handoff)

    assert await gate(both, handoff) == Checked(HandoffId(before.handoff), ())

    assert await row_of(us, handoff) == before
    assert await drafts(us) == []
    (event,) = await events(us, "gate.checked")
    assert (event.actor, event.handoff) == ("port", before.number)
    assert event.data == {"answer": "go", "unmet": [], "version": before.version}


async def test_a_crossing_is_recorded_and_told(both: BothSides) -> None:
    """One departure waits, in the order of the handoff, and both sides then know it."""
    us, handoff = both.us, await at_the_gate(both)

    checked = await depart(both, handoff)

    assert checked.recorded
    assert checked.crossed == Crossed(utc_text(IN_WINDOW), "PEDWEST")
    row = await row_of(us, handoff)
    assert (row.stage, row.intent) == (Stage.ACCEPTED, Stage.DEPARTED)
    (draft,) = await drafts(us)
    assert (draft.schema, draft.priority, draft.due_at) == (DEPARTURE.schema, NORMAL, IN_WINDOW)
    (event,) = await events(us, "departure.recorded")
    assert event.data == {
        "at": utc_text(IN_WINDOW),
        "crossing": "PEDWEST",
        "revision": 1,
        "version": row.version,
    }
    await both.settle()
    assert (await both.mx.shared(handoff)).departed_at == IN_WINDOW
    row = await row_of(us, handoff)
    assert (row.stage, row.intent) == (Stage.DEPARTED, None)
    await assert_agree(both)


async def test_asked_again_it_says_departed_with_when(both: BothSides) -> None:
    """The effect is once; a lost answer asked for again says when, sealed or not."""
    us, handoff = both.us, await at_the_gate(both)
    await depart(both, handoff)
    both.clock.pass_seconds(30)
    for _ in range(2):
        for again in (await depart(both, handoff), await gate(both, handoff)):
            assert (again.conditions, again.recorded) == ((), False)
            assert again.crossed == Crossed(utc_text(IN_WINDOW), "PEDWEST")
        await both.settle()
    assert len(await events(us, "departure.recorded")) == 1
    assert len([one for one in await us.entries() if one.schema == DEPARTURE.schema]) == 1


async def test_a_lost_go_asked_again_after_a_hold_says_stop(both: BothSides) -> None:
    """A go is never replayed: after the hold the same question is answered with the hold."""
    handoff = await at_the_gate(both)
    assert (await depart(both, handoff)).recorded
    await hold(both, handoff)
    for again in (await depart(both, handoff), await gate(both, handoff)):
        assert names(again) == ["departed", "held"]
    assert await alarmed(both.us, AlarmKind.RECALL) == [handoff]


@pytest.mark.parametrize("told", [False, True])
async def test_nobody_departs_after_a_hold(both: BothSides, *, told: bool) -> None:
    """From the hold on the person stays, whether its cancellation was said or still waits."""
    handoff = await at_the_gate(both)
    await hold(both, handoff)
    if told:
        await both.settle()
        both.us.partner.heard(both.clock())
    stopped = await depart(both, handoff)
    assert names(stopped) == ["cancelled", "held"]
    assert await events(both.us, "departure.recorded") == []
    assert (await events(both.us, "gate.checked"))[-1].data["answer"] == "stop"


async def test_a_handoff_taken_back_stops_before_it_is_told(both: BothSides) -> None:
    """A cancellation that waits for its tick is a cancellation."""
    handoff = await at_the_gate(both)
    await both.us.cancellations.withdraw(handoff, {"cause": "capacity"}, actor="port")
    assert names(await gate(both, handoff)) == ["cancelled"]


async def test_every_condition_is_named(both: BothSides) -> None:
    """Before the answer and the window, with a silent partner: all of it is said at once."""
    handoff = await noticed(both)
    both.clock.at = IN_WINDOW - timedelta(hours=1)
    assert names(await gate(both, handoff)) == ["not-accepted", "before-window", "channel-down"]
    to(both, IN_WINDOW + timedelta(days=1))
    assert names(await gate(both, handoff)) == [
        "not-accepted",
        "after-window",
        "hearing-source-old",
    ]


async def test_a_notice_that_waits_lets_nobody_go(both: BothSides) -> None:
    """Nobody has accepted what was never announced; what has vanished has no hearing either."""
    handoff = await drafted(both.us, **READ_LATE)
    to(both, IN_WINDOW)
    assert names(await gate(both, handoff)) == ["not-accepted"]
    await hold(both, handoff)
    assert names(await gate(both, handoff)) == ["held", "not-accepted", "no-hearing"]


async def test_a_hearing_that_is_gone_stops_before_it_is_told(both: BothSides) -> None:
    """What the court took from its calendar is no hearing, though its message still waits."""
    handoff = await at_the_gate(both)
    await both.us.hearings.change(handoff, gone(), actor="court")
    assert names(await gate(both, handoff)) == ["no-hearing"]


async def test_the_schedule_read_again_lets_the_person_go(both: BothSides) -> None:
    """A schedule of more than a day ago stops; read again, it stops nobody any more."""
    handoff = await at_the_gate(both, hearing__source_as_of="2031-03-17T15:30:00Z")
    assert names(await depart(both, handoff)) == ["hearing-source-old"]
    again = moved(1, "2031-05-06", source_as_of=utc_text(IN_WINDOW))
    await both.us.hearings.change(handoff, again, actor="court")
    assert (await depart(both, handoff)).recorded
    await both.settle()
    await assert_agree(both)


async def test_the_channel_lives_while_the_partner_is_heard(both: BothSides) -> None:
    """Heard by any process within two minutes, and owing no receipt for longer: it lives."""
    us, handoff = both.us, await at_the_gate(both)
    both.clock.pass_seconds(120)
    assert names(await gate(both, handoff)) == []
    both.clock.pass_seconds(1)
    assert names(await gate(both, handoff)) == ["channel-down"]
    await us.store.write(partial(record_contact, at=both.clock()))
    assert names(await gate(both, handoff)) == []


async def test_a_receipt_that_is_owed_for_long_stops(both: BothSides) -> None:
    """Whoever speaks but does not take what we say has not heard of the hold before this one."""
    us, handoff = both.us, await at_the_gate(both)
    await drafted(us, 2, **READ_LATE)
    await us.send("lost-request")
    both.clock.pass_seconds(121)
    us.partner.heard(both.clock())
    assert names(await gate(both, handoff)) == ["channel-down"]
    await both.settle()
    us.partner.heard(both.clock())
    assert names(await gate(both, handoff)) == []


async def test_a_port_sees_its_own_alone(both: BothSides) -> None:
    """What is elsewhere, unknown or erased is not found, at the gate and for a departure."""
    us, handoff = both.us, await at_the_gate(both)
    for asked in (gate, depart):
        with pytest.raises(NotFound):
            await asked(both, handoff, ports=frozenset({"2402"}))
        with pytest.raises(NotFound):
            await asked(both, HANDOFF)
    assert (await depart(both, handoff, ports=frozenset({"2504"}))).recorded
    row = await row_of(us, handoff)
    await us.store.write(partial(erase_data_key, handoff=row.number))
    with pytest.raises(NotFound):
        await gate(both, handoff)


# --- Families -------------------------------------------------------------------------------


async def family(both: BothSides, size: int) -> list[str]:
    """Return the handoffs of a family at the gate."""
    members = [await accepted(both, one, **family_of(size)) for one in range(1, size + 1)]
    to(both, IN_WINDOW)
    return members


async def test_a_family_crosses_one_after_another(both: BothSides) -> None:
    """That one of them has crossed is no reason for the others to stop."""
    for member in await family(both, 3):
        assert (await depart(both, member)).recorded
    await both.settle()
    await assert_agree(both)


async def test_a_family_that_crosses_at_once_crosses(both: BothSides) -> None:
    """Asked for all at the same moment, each crossing is recorded once."""
    members = await family(both, 4)
    answers = await asyncio.gather(*(depart(both, member) for member in members))
    assert all(one.recorded for one in answers)
    assert len(await events(both.us, "departure.recorded")) == 4


async def test_a_family_with_somebody_missing_stays(both: BothSides) -> None:
    """Fewer notices than the family declares is a family that is not complete."""
    member = await at_the_gate(both, **family_of(2))
    (condition,) = (await gate(both, member)).conditions
    assert (condition.name, condition.because) == ("group-incomplete", ("member-missing",))


@pytest.mark.parametrize("size", [1, 2])
async def test_whoever_is_seen_and_was_never_decided_on_stops_it(
    both: BothSides, size: int
) -> None:
    """A newborn in the mother's arms has no decision: nobody of the family goes, nor she alone."""
    known = await family(both, size) if size > 1 else [await at_the_gate(both)]
    for people, gap in ((size + 1, "person-without-decision"), (size - 1, "person-absent")):
        if not people:
            continue
        for asked in (gate(both, known[0], people=people), depart(both, known[0], people=people)):
            (condition,) = (await asked).conditions
            assert (condition.name, condition.because) == ("group-incomplete", (gap,))
    assert (await gate(both, known[0], people=size)).conditions == ()
    assert (await depart(both, known[0], people=size)).recorded


async def test_a_held_member_stops_the_family(both: BothSides) -> None:
    """Nobody of the family departs once one is held."""
    first, second = await family(both, 2)
    await hold(both, first)
    stopped = await depart(both, second)
    assert names(stopped) == ["cancelled", "group-incomplete"]
    assert "member-held" in stopped.conditions[-1].because


async def mark_held(us: SideOfTests, handoff: str) -> None:
    """Let a hold stand on one row and change no other, as where the family is past taking back."""
    row = await row_of(us, handoff)
    held = replace(row, holds=("fear",))
    await us.store.write(lambda connection: update_handoffs(connection, [(row, held)]))


async def test_a_member_held_meanwhile_stops_the_other(
    both: BothSides, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hold between look and record counts, though it is on another row than the crossing."""
    first, second = await family(both, 2)
    before_next_write(monkeypatch, both.us.store, partial(mark_held, both.us, first))
    stopped = await depart(both, second)
    assert names(stopped) == ["group-incomplete"]
    assert await events(both.us, "departure.recorded") == []


async def test_a_hold_meanwhile_stops_the_person(
    both: BothSides, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hold between look and record is first: the crossing is decided anew, and stopped."""
    handoff = await at_the_gate(both)
    before_next_write(monkeypatch, both.us.store, partial(hold, both, handoff))
    assert "held" in names(await depart(both, handoff))
    assert await events(both.us, "departure.recorded") == []


async def erase(us: SideOfTests, handoff: str) -> None:
    """Erase a person."""
    row = await row_of(us, handoff)
    await us.store.write(partial(erase_data_key, handoff=row.number))


async def test_a_person_erased_meanwhile_is_not_found(
    both: BothSides, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is recorded of a person who was erased between look and record."""
    handoff = await at_the_gate(both)
    before_next_write(monkeypatch, both.us.store, partial(erase, both.us, handoff))
    with pytest.raises(NotFound):
        await depart(both, handoff)


async def test_a_hold_of_another_cycle_stops(both: BothSides) -> None:
    """A person held under any handoff of the case is held."""
    us, earlier = both.us, await accepted(both)
    case = (await row_of(us, earlier)).case_id
    handoff = await at_the_gate(both, 2, case=case)
    await mark_held(us, earlier)
    assert names(await gate(both, handoff)) == ["held"]
