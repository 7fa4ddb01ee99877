"""What is wrong is found, opened as an alarm once, and closed when its cause is gone."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import orjson
import pytest

from exchange.flow.watch import Watch
from exchange.proof.policy import ES256_ONLY
from exchange.store import Store
from exchange.store.alarms import count_open
from exchange.store.bodies import list_bodies
from exchange.store.columns import Direction
from exchange.store.handoffs import list_changed
from tests import keys
from tests.builders import HANDOFF, a_decision_document, a_reception
from tests.partner import OtherGovernment
from tests.sides import BothSides, SideOfTests


def watch_of(side: SideOfTests) -> Watch:
    """Return the watch of a side."""
    return Watch(
        store=side.store,
        agreement=side.agreement,
        keyring=side.keyring,
        partner=side.partner,
        clock=side.clock,
        every_seconds=10,
        expiry_warning=timedelta(days=30),
    )


async def alarms(side: SideOfTests) -> dict[str, int]:
    """Return how many alarms of each kind are open."""
    return await side.store.read(count_open)


async def test_silence_is_an_alarm_and_changes_no_stage(both: BothSides) -> None:
    """An answer that is overdue is alarmed on both sides, once, and closed when it comes."""
    watch = watch_of(both.us)
    decision = orjson.dumps(a_decision_document())
    await both.us.intake.submit(decision, actor="port")
    await both.us.send()
    (row,) = await both.mx.store.read(partial(list_changed, after=0, limit=5))
    both.clock.pass_seconds(2 * 3600 + 1)
    both.us.partner.heard(both.clock())
    await watch.look()
    await watch.look()
    assert await alarms(both.us) == {"acknowledgment-overdue": 1}

    accepted = {"answer": "accepted", "officer": "INM-31"}
    await both.mx.answers.acknowledge(row.handoff, accepted, actor="desk")
    await both.mx.send()
    await watch.look()
    assert await alarms(both.us) == {}


async def test_commits_held_up_are_an_alarm_until_they_pass(
    both: BothSides, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a standby held up is on record even where it passes before the alarm is written."""
    watch = watch_of(both.us)
    with monkeypatch.context() as held_up:
        held_up.setattr(Store, "commit_seconds", property(lambda _: 11.0))
        await watch.look()
        assert await alarms(both.us) == {"commits-held-up": 1}
    await watch.look()
    await watch.look()
    assert await alarms(both.us) == {}


async def test_a_silent_partner_is_an_alarm_after_two_minutes(both: BothSides) -> None:
    """The channel is down when nobody spoke for two minutes, and up again with the first word."""
    watch = watch_of(both.us)
    both.clock.pass_seconds(121)
    await watch.look()
    assert await alarms(both.us) == {"channel-down": 1}

    both.us.partner.heard(both.clock())
    await watch.look()
    assert await alarms(both.us) == {}


async def test_a_message_without_a_receipt_is_an_alarm(both: BothSides) -> None:
    """What waits longer than a receipt may take is alarmed; nothing is ever given up."""
    watch = watch_of(both.us)
    await both.us.intake.submit(orjson.dumps(a_decision_document()), actor="port")
    await both.us.send("lost-request")
    both.clock.pass_seconds(301)
    both.us.partner.heard(both.clock())
    await watch.look()
    assert await alarms(both.us) == {"receipt-overdue": 1}
    await both.settle()
    await watch.look()
    assert "receipt-overdue" not in await alarms(both.us)


@pytest.mark.parametrize("missing", [1, 2])
async def test_a_gap_that_lasts_a_minute_is_an_alarm(both: BothSides, missing: int) -> None:
    """A number that never came, the first too, is alarmed after a minute, until it comes."""
    other = OtherGovernment(keys.MX, keys.US)
    lines = [other.line(a_reception(), HANDOFF) for _ in range(3)]
    late = lines.pop(missing - 1)
    watch = watch_of(both.us)
    await both.us.inbox.receive(b"\n".join(line.octets() for line in lines))
    await watch.look()
    assert await alarms(both.us) == {}
    both.clock.pass_seconds(60)
    await watch.look()
    assert await alarms(both.us) == {"sequence-gap": 1}
    await both.us.inbox.receive(late.octets())
    await watch.look()
    assert await alarms(both.us) == {}


async def test_classical_signatures_are_a_standing_alarm(both: BothSides) -> None:
    """Where both sides have better keys than the agreement asks for, someone should know."""
    both.us.agreement = replace(both.us.agreement, they_sign=ES256_ONLY)
    watch = watch_of(both.us)
    await watch.look()
    assert await alarms(both.us) == {"classical-signatures": 1}


async def test_what_is_kept_for_a_time_is_forgotten(both: BothSides) -> None:
    """The body of a rejected message is gone after thirty days; its envelope stays."""
    other = OtherGovernment(keys.MX, keys.US)
    line = other.line(a_reception(), HANDOFF, schema="urn:handoff:schema:reception:9")
    await both.us.inbox.receive(line.octets())
    (message, _) = await both.us.entries()
    assert message.direction is Direction.RECEIVED
    both.clock.at += timedelta(days=32)
    await watch_of(both.us).look()
    assert not await both.us.store.read(partial(list_bodies, numbers=[message.body or 0]))
    assert len(await both.us.entries()) == 2


async def test_a_clock_far_off_is_an_alarm_until_it_is_set(both: BothSides) -> None:
    """What the heartbeat measured opens the alarm, and closes it when the clocks agree again."""
    watch = watch_of(both.us)
    both.us.partner.skew_seconds = -121.0
    await watch.look()
    assert await alarms(both.us) == {"clock-skew": 1}
    both.us.partner.skew_seconds = 0.0
    await watch.look()
    assert await alarms(both.us) == {}
