"""Acts on handoffs that wait together are recorded together, or each by itself."""

from dataclasses import replace
from functools import partial

import orjson
import pytest

from exchange.domain.alarms import AlarmKind
from exchange.domain.handoff import LocalStage
from exchange.flow.acts import Decided, Effect, Locked, Prepared, Seen, record_acts, see_all
from exchange.flow.intake import Taken
from exchange.store.alarms import list_open
from exchange.store.bodies import erase_data_key
from exchange.store.engine import Connection
from exchange.store.handoffs import Stale
from exchange.store.journal import list_events
from exchange.store.outbox import delete_drafts, list_outbox
from tests.builders import HANDOFF, NOW, a_decision_document
from tests.sides import BothSides, SideOfTests


@pytest.fixture
def us(both: BothSides) -> SideOfTests:
    """Return the US side."""
    return both.us


async def drafted(us: SideOfTests, count: int) -> list[Seen]:
    """Return handoffs whose notices wait, as an act sees them."""
    handoffs = []
    for number in range(count):
        name = f"00000000-0000-4000-8000-{number:012d}"
        octets = orjson.dumps(a_decision_document(decision_id=name))
        taken = await us.intake.submit(octets, actor="port")
        assert isinstance(taken, Taken)
        handoffs.append(taken.handoff)
    seen = await us.store.read(partial(see_all, handoffs=handoffs))
    return [one for one in seen if one is not None]


def vanished(seen: Seen) -> Prepared[str]:
    """Return the act of taking a draft back."""
    effect = Effect(
        seen=seen,
        row=replace(seen.row, local_stage=LocalStage.WITHDRAWN),
        event="handoff.withdrawn",
        retracts=True,
    )
    decided = Decided(result=seen.row.handoff, effects=[effect])
    locked = [Locked(effect, None)]
    return Prepared(
        decided=decided, locked=locked, actor="port", now=NOW, next_tick=lambda: NOW, keep=None
    )


def together(*acts: Prepared[str]) -> Prepared[str]:
    """Return one act with the effects of several."""
    first = acts[0]
    effects = [effect for act in acts for effect in act.decided.effects]
    locked = [one for act in acts for one in act.locked]
    return replace(first, decided=replace(first.decided, effects=effects), locked=locked)


async def test_each_is_seen_as_it_stands(us: SideOfTests) -> None:
    """Handoffs are seen in the order asked; one unknown or erased is not there."""
    first, second = await drafted(us, 2)
    await us.store.write(partial(erase_data_key, handoff=first.row.number))

    asked = [second.row.handoff, HANDOFF, first.row.handoff, second.row.handoff]
    assert await us.store.read(partial(see_all, handoffs=asked)) == [second, None, None, second]
    assert (second.shared, second.revision) == (None, 0)


async def test_acts_that_wait_together_are_all_recorded(us: SideOfTests) -> None:
    """Each handoff has moved, each has its journal entry, and what each keeps is kept."""
    seen = await drafted(us, 3)
    kept: list[str] = []

    def record(connection: Connection) -> None:
        kept.clear()  # a transaction may run twice
        acts = [replace(vanished(one), keep=lambda _, result: kept.append(result)) for one in seen]
        record_acts(connection, acts)

    await us.store.write(record)

    handoffs = [one.row.handoff for one in seen]
    assert kept == handoffs
    after = await us.store.read(partial(see_all, handoffs=handoffs))
    assert [one.row.local_stage for one in after if one] == [LocalStage.WITHDRAWN] * 3
    events = [one.handoff for one in await us.store.read(list_events)]
    assert events[3:] == [one.row.number for one in seen]
    assert await us.store.read(list_outbox) == []


async def test_one_act_may_move_several_handoffs(us: SideOfTests) -> None:
    """All handoffs of one act move in its transaction, and its alarm is raised there."""
    seen = await drafted(us, 3)
    act = together(*map(vanished, seen))
    act = replace(act, decided=replace(act.decided, alarm=(AlarmKind.RECALL, HANDOFF)))

    await us.store.write(partial(record_acts, acts=[act]))

    after = await us.store.read(partial(see_all, handoffs=[one.row.handoff for one in seen]))
    assert [one.row.local_stage for one in after if one] == [LocalStage.WITHDRAWN] * 3
    (alarm,) = await us.store.read(list_open)
    assert (alarm.kind, alarm.subject, alarm.opened_at) == (AlarmKind.RECALL, HANDOFF, NOW)


@pytest.mark.parametrize("moves", ["handoff", "draft", "twice", "denied", "part"])
async def test_one_that_is_stale_leaves_nothing(us: SideOfTests, moves: str) -> None:
    """Where a handoff moved on, its draft is gone or an act is denied, nothing is recorded."""
    first, second = await drafted(us, 2)
    acts = [vanished(first), vanished(second)]
    if moves == "handoff":
        await us.store.write(partial(record_acts, acts=acts[:1]))
    elif moves == "draft":
        await us.store.write(partial(delete_drafts, handoff=first.row.number))
    elif moves == "denied":
        denied = replace(acts[0].decided, still=lambda _connection: False)
        acts = [replace(acts[0], decided=denied), acts[1]]
    elif moves == "part":
        await us.store.write(partial(record_acts, acts=acts[:1]))
        acts = [together(*reversed(acts))]
    else:
        acts.append(vanished(first))
    before = await us.store.read(list_events)

    with pytest.raises(Stale):
        await us.store.write(partial(record_acts, acts=acts))

    (after,) = await us.store.read(partial(see_all, handoffs=[second.row.handoff]))
    assert after is not None
    assert after == second
    assert await us.store.read(list_events) == before
