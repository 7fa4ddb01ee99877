"""What is wrong is found, opened as an alarm once, and closed when its cause is gone."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import orjson
import pytest
from sqlalchemy import Connection

from exchange.domain.alarms import AlarmKind
from exchange.domain.messages.catalogue import RETURN_CANCELLATION
from exchange.domain.parties import HandoffId, Side
from exchange.domain.ticks import next_tick
from exchange.flow.alarms import close_by_person
from exchange.flow.inbox import Inbox
from exchange.flow.rows import begun
from exchange.proof.keys import KeySet
from exchange.proof.policy import ES256_ONLY
from exchange.store import Store
from exchange.store.alarms import Alarm, list_alarms, list_open, list_subjects, raise_alarm
from exchange.store.bodies import list_bodies
from exchange.store.columns import Direction
from exchange.store.handoffs import insert_handoffs, list_changed
from exchange.store.journal import list_events
from exchange.store.outbox import park, retry
from exchange.store.partner import record_contact
from tests import keys
from tests.builders import HANDOFF, a_decision_document, a_reception, a_shared
from tests.flow.standing import noticed
from tests.flow.watching import alarms, watch_of
from tests.keys import publish
from tests.partner import OtherGovernment
from tests.sides import BothSides, SideOfTests
from tests.store.rows import stored_draft, stored_handoff


def publish_ours(side: SideOfTests, key_set: KeySet) -> None:
    """Have the running *side* hold another key set of its own."""
    object.__setattr__(side.keyring, "key_set", key_set)


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


async def kept(side: SideOfTests) -> list[Alarm]:
    """Return every alarm there ever was."""
    return await side.store.read(list_alarms)


async def test_all_that_is_overdue_is_alarmed(both: BothSides) -> None:
    """However many handoffs wait for an answer, each has its alarm, and is counted once."""
    both.clock.pass_seconds(3 * 3600)
    limits = both.us.agreement.limits
    handoffs = [HandoffId(f"00000000-0000-4000-8000-{number:012d}") for number in range(1100)]
    overdue = [begun(a_shared(handoff=handoff), limits, at=both.clock()) for handoff in handoffs]
    await both.us.store.write(partial(insert_handoffs, new=overdue))
    watch = watch_of(both.us)
    both.us.partner.heard(both.clock())
    await watch.look()
    await watch.look()
    assert await alarms(both.us) == {"acknowledgment-overdue": 1100}
    assert {alarm.times for alarm in await both.us.store.read(list_open)} == {1}


@pytest.mark.parametrize(
    "kind", [AlarmKind.MESSAGE_REJECTED, AlarmKind.REQUEST_REFUSED, AlarmKind.LINE_REFUSED]
)
async def test_an_alarm_about_a_message_ends_with_its_trouble(
    both: BothSides, kind: AlarmKind
) -> None:
    """While a message is set aside, or goes alone, its alarm stands; after that it is history."""

    def trouble(connection: Connection) -> int:
        handoff = stored_handoff(connection).number
        number = stored_draft(connection, handoff, created_at=both.clock())
        if kind is AlarmKind.LINE_REFUSED:
            isolate = "UPDATE outbox SET isolated = 99"
            connection.exec_driver_sql(isolate)
        else:
            park(connection, number, at=both.clock(), code="breaks-schema")
        raise_alarm(connection, kind, str(number), at=both.clock())
        return number

    number = await both.us.store.write(trouble)
    watch = watch_of(both.us)
    await watch.look()
    assert await alarms(both.us) == {kind: 1}
    await both.us.store.write(partial(retry, number=number, now=both.clock()))
    await watch.look()
    assert await alarms(both.us) == {}
    (ended,) = await kept(both.us)
    assert (ended.kind, ended.subject, ended.closed_at) == (kind, str(number), both.clock())


async def test_an_alarm_about_a_message_that_left_is_closed(both: BothSides) -> None:
    """A message that is in the outbox no more is in no trouble."""
    raised = partial(raise_alarm, kind=AlarmKind.MESSAGE_REJECTED, at=both.clock())
    await both.us.store.write(partial(raised, subject="404"))
    await watch_of(both.us).look()
    assert await alarms(both.us) == {}


async def test_what_was_rejected_is_alarmed_until_a_person_ends_it(both: BothSides) -> None:
    """A rejection stands through every look, and a person who dealt with it closes it."""
    await both.us.intake.submit(orjson.dumps(a_decision_document()), actor="port")
    both.us.road.inbox = Inbox(
        store=both.mx.store,
        agreement=replace(both.mx.agreement, side=Side.US),
        keyring=both.mx.keyring,
        partner=both.mx.partner,
        changes=both.mx.changes,
        clock=both.clock,
        tally=both.mx.tally,
    )
    await both.us.send()
    watch = watch_of(both.us)
    await watch.look()
    (opened,) = await both.us.store.read(list_open)
    assert opened.kind is AlarmKind.MESSAGE_REJECTED
    close = partial(close_by_person, number=opened.number, actor="night-shift", at=both.clock())
    await both.us.store.write(close)
    await watch.look()
    assert await alarms(both.us) == {}
    events = await both.us.store.read(list_events)
    assert (events[-1].kind, events[-1].actor) == ("alarm.closed", "night-shift")


async def test_without_a_key_that_may_sign_drafts_wait(both: BothSides) -> None:
    """Nothing is sealed, a critical alarm says so, and with a new key all of it is said."""
    await both.us.intake.submit(orjson.dumps(a_decision_document()), actor="port")
    before = both.us.keyring.key_set
    ended = publish(keys.US.sign, expires_at=both.clock())
    revoked = {**before.keys, keys.US.sign.kid: ended}
    publish_ours(both.us, replace(before, keys=revoked))
    watch = watch_of(both.us)
    await both.us.send()
    await watch.look()
    assert await alarms(both.us) == {"keys-unusable": 1}
    assert await both.us.entries() == []

    publish_ours(both.us, before)
    await both.settle()
    await watch.look()
    assert "keys-unusable" not in await alarms(both.us)
    assert len(await both.mx.entries()) == 2


async def test_a_key_that_ends_is_warned_of_each_time_anew(both: BothSides) -> None:
    """Sixty, thirty, fourteen and seven days ahead there is a new alarm, and the last is over."""
    ends = both.clock() + timedelta(days=61)
    before = both.us.keyring.key_set
    ending = publish(keys.US.ledger, expires_at=ends)
    publish_ours(both.us, replace(before, keys={**before.keys, keys.US.ledger.kid: ending}))
    watch = watch_of(both.us)
    subjects = []
    for days in (61, 60, 31, 30, 14, 8, 7):
        both.clock.at = ends - timedelta(days=days)
        await watch.look()
        named = await both.us.store.read(partial(list_subjects, kind=AlarmKind.KEY_EXPIRING))
        subjects.append([*named])
    kid = keys.US.ledger.kid
    assert subjects == [[], *([f"{kid}:{days}"] for days in (60, 60, 30, 14, 14, 7))]


async def test_keys_that_end_are_alarmed_before_and_after(both: BothSides) -> None:
    """A key set is warned of before its end and alarmed after it; its keys stay trusted."""
    ends = both.clock() + timedelta(days=10)
    both.us.partner.key_set = replace(both.us.partner.key_set, expires_at=ends)
    ours = replace(both.us.keyring.key_set, expires_at=ends)
    publish_ours(both.us, ours)
    watch = watch_of(both.us)
    await watch.look()
    assert await alarms(both.us) == {"key-expiring": 1, "partner-keys-expiring": 1}

    both.clock.at = ends
    both.us.partner.heard(both.clock())
    await watch.look()
    assert await alarms(both.us) == {"key-expiring": 1, "partner-keys-expired": 1}
    other = OtherGovernment(keys.MX, keys.US, clock=both.clock)
    line = other.line(a_reception(), HANDOFF)
    assert await both.us.inbox.receive(line.octets())


async def test_a_type_that_the_partner_does_not_take_is_an_alarm(both: BothSides) -> None:
    """What we have to say and it does not list is named, until it lists it."""
    before = both.us.partner.key_set
    taken = tuple(one for one in before.schemas if one != RETURN_CANCELLATION.schema)
    both.us.partner.key_set = replace(before, schemas=taken)
    watch = watch_of(both.us)
    await watch.look()
    (alarm,) = await both.us.store.read(list_open)
    assert (alarm.kind, alarm.subject) == (AlarmKind.SCHEMA_NOT_TAKEN, "return-cancellation")
    both.us.partner.key_set = before
    await watch.look()
    assert await alarms(both.us) == {}


async def test_what_another_process_heard_counts(both: BothSides) -> None:
    """The channel is not down while another process of ours hears the partner."""
    watch = watch_of(both.us)
    both.clock.pass_seconds(121)
    await both.us.store.write(partial(record_contact, at=both.clock()))
    await watch.look()
    assert await alarms(both.us) == {}


async def test_a_cancellation_that_nobody_confirms_is_critical(both: BothSides) -> None:
    """Two minutes after the tick at which it left, until its receipt comes; others may wait."""
    handoff = await noticed(both)
    watch = watch_of(both.us)
    await both.us.cancellations.withdraw(handoff, {"cause": "other"}, actor="supervisor")
    both.clock.at = next_tick(both.clock(), both.us.agreement.release_seconds)
    await both.us.send("lost-request")
    expected: tuple[tuple[int, dict[str, int]], ...] = (
        (120, {}),
        (1, {"cancellation-unconfirmed": 1}),
    )
    for seconds, kinds in expected:
        both.clock.pass_seconds(seconds)
        both.us.partner.heard(both.clock())
        await watch.look()
        assert await alarms(both.us) == kinds
    (alarm,) = await both.us.store.read(list_open)
    assert alarm.subject == handoff
    await both.settle()
    both.us.partner.heard(both.clock())
    await watch.look()
    assert await alarms(both.us) == {}
