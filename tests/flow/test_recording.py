"""What was decided on a request becomes rows: all of it in one transaction, or nothing."""

from datetime import timedelta
from functools import partial

import pytest

from exchange.domain.bulletins import day_of_point
from exchange.flow.judging import judge, open_line
from exchange.flow.keyring import context_in, context_of
from exchange.flow.recording import Prepared, Recorder, look_up
from exchange.proof.envelope import new_jti
from exchange.proof.jws import Line, Typ
from exchange.proof.receipts import make_receipt, write_receipt
from exchange.store.bodies import list_bodies
from exchange.store.bulletins import find_bulletins
from exchange.store.columns import Direction, Pool, Status
from exchange.store.engine import Duplicate
from exchange.store.handoffs import Stale, find_handoff
from exchange.store.journal import list_events
from exchange.store.verdicts import find_verdicts
from tests import keys
from tests.builders import HANDOFF, a_capacity_advisory, a_reception, a_visa_issuance
from tests.partner import OtherGovernment
from tests.sides import BothSides, SideOfTests


@pytest.fixture
def other(both: BothSides) -> OtherGovernment:
    """The Mexican side in memory, which speaks to our US side."""
    return OtherGovernment(keys.MX, keys.US, clock=both.clock)


async def prepared(side: SideOfTests, *lines: Line) -> Prepared:
    """Return lines as they are decided now, with everything their transaction needs."""
    now = side.clock()
    opened = [open_line(line, side.partner.key_set, side.agreement, now) for line in lines]
    memory = await side.store.read(partial(look_up, opened))
    judgement = judge(opened, memory, side.agreement)
    receipt = make_receipt(
        iss=side.agreement.ours,
        aud=side.agreement.theirs,
        jti=new_jti(now, side.keyring.entropy),
        signed_at=now,
        items=[ruling.item() for ruling in judgement.rulings],
    )
    signers = side.keyring.signers_for(Typ.RECEIPT, side.agreement.we_sign, now)
    recorder = Recorder(side.agreement, side.keyring, side.partner)
    return recorder.prepare(judgement, memory, receipt, write_receipt(receipt, signers), now)


async def record(side: SideOfTests, what: Prepared) -> None:
    """Store what was prepared."""
    recorder = Recorder(side.agreement, side.keyring, side.partner)
    await side.store.write(partial(recorder.record, what))


async def test_messages_verdicts_and_receipt_are_stored_together(
    both: BothSides, other: OtherGovernment
) -> None:
    """Each message points at the receipt that covers it, and the handoff is where it now is."""
    lines = [other.line(a_reception(), HANDOFF), other.line(a_visa_issuance(), HANDOFF)]
    await record(both.us, await prepared(both.us, *lines))
    first, second, receipt = await both.us.entries()
    numbers = [first.number, second.number]
    verdicts = await both.us.store.read(partial(find_verdicts, messages=numbers))
    assert {verdict.receipt for verdict in verdicts.values()} == {receipt.number}
    assert [verdicts[number].code for number in numbers] == ["unknown-subject"] * 2
    row = await both.us.store.read(partial(find_handoff, handoff=HANDOFF))
    assert row is not None
    assert (row.stage, first.handoff, second.handoff) == ("documented", row.number, row.number)


async def test_a_body_is_kept_under_its_handoffs_key(
    both: BothSides, other: OtherGovernment
) -> None:
    """What is stored of a body opens for its handoff alone, and is what the partner sent."""
    line = other.line(a_reception(), HANDOFF)
    await record(both.us, await prepared(both.us, line))
    (message, _) = await both.us.entries()
    bodies = await both.us.store.read(partial(list_bodies, numbers=[message.body or 0]))
    stored = bodies[message.body or 0]
    assert both.us.keyring.unlock(stored, context=context_of(HANDOFF)) == line.body
    assert line.body is not None
    assert line.body not in stored.ciphertext


async def test_a_rejected_body_has_a_key_of_its_day(
    both: BothSides, other: OtherGovernment
) -> None:
    """It belongs to no handoff; what is rejected on one day shares a key, and on the next not."""
    for days in (0, 0, 1):
        both.clock.at += timedelta(days=days)
        line = other.line(a_reception(), HANDOFF, schema="urn:handoff:schema:reception:9")
        await record(both.us, await prepared(both.us, line))
    messages = [entry for entry in await both.us.entries() if entry.status is Status.REJECTED]
    assert [entry.handoff for entry in messages] == [None] * 3
    numbers = [entry.body or 0 for entry in messages]
    bodies = await both.us.store.read(partial(list_bodies, numbers=numbers))
    first, second, third = (bodies[number] for number in numbers)
    assert first.wrapped == second.wrapped != third.wrapped
    assert both.us.keyring.unlock(third, context=context_in(Pool.REJECTED)) == line.body


async def test_what_is_about_no_handoff_stands_and_is_kept_apart(
    both: BothSides, other: OtherGovernment
) -> None:
    """Its body has the key of its day, not that of rejected bodies, and it belongs to nobody."""
    line = other.line(a_capacity_advisory(), None)
    bad = other.line(a_capacity_advisory(), None, schema="urn:handoff:schema:reception:9")
    await record(both.us, await prepared(both.us, line, bad))
    message, refused, _ = await both.us.entries()
    assert (message.handoff, message.status) == (None, Status.ACCEPTED)
    found = partial(list_bodies, numbers=[message.body or 0, refused.body or 0])
    first, second = (await both.us.store.read(found)).values()
    assert (first.pool, second.pool) == (Pool.BULLETINS, Pool.REJECTED)
    assert first.wrapped != second.wrapped
    assert both.us.keyring.unlock(first, context=context_in(Pool.BULLETINS)) == line.body
    matter = day_of_point("MX-CHAPARRAL", "2031-03-18")
    stands = await both.us.store.read(
        partial(find_bulletins, direction=Direction.RECEIVED, matters=[matter])
    )
    assert stands[matter].seq == 1
    kinds = [event.kind for event in await both.us.store.read(list_events)]
    assert kinds == ["capacity-advisory.received"]


async def test_of_two_requests_about_one_day_the_later_sees_the_first(
    both: BothSides, other: OtherGovernment
) -> None:
    """What was decided before another advisory stood is not stored, and is decided again."""
    first, second, third = (
        other.line(a_capacity_advisory(people_max=people), None) for people in (1, 2, 3)
    )
    at_once = [await prepared(both.us, first), await prepared(both.us, second)]
    await record(both.us, at_once[0])
    with pytest.raises(Duplicate):
        await record(both.us, at_once[1])
    at_once = [await prepared(both.us, second), await prepared(both.us, third)]
    await record(both.us, at_once[0])
    with pytest.raises(Stale):
        await record(both.us, at_once[1])


async def test_what_was_decided_on_an_older_state_is_not_stored(
    both: BothSides, other: OtherGovernment
) -> None:
    """A handoff that moved on since it was read lets nothing of the request through."""
    await record(both.us, await prepared(both.us, other.line(a_reception(), HANDOFF)))
    slow = await prepared(both.us, other.line(a_visa_issuance(), HANDOFF))
    quick = await prepared(both.us, other.line(a_visa_issuance(entries="single"), HANDOFF))
    await record(both.us, quick)
    before = await both.us.entries()
    with pytest.raises(Stale):
        await record(both.us, slow)
    assert await both.us.entries() == before


async def test_a_message_that_was_stored_meanwhile_is_not_stored_twice(
    both: BothSides, other: OtherGovernment
) -> None:
    """Of two who prepared the same message the second is told, and leaves nothing."""
    line = other.line(a_reception(), HANDOFF, schema="urn:handoff:schema:reception:9")
    first, second = await prepared(both.us, line), await prepared(both.us, line)
    await record(both.us, first)
    before = await both.us.entries()
    with pytest.raises(Duplicate):
        await record(both.us, second)
    assert await both.us.entries() == before


async def test_what_is_known_is_found_with_its_receipt(
    both: BothSides, other: OtherGovernment
) -> None:
    """A stored line is found by its signatures, and the receipt as it was written."""
    line = other.line(a_reception(), HANDOFF)
    answer = await both.us.inbox.receive(line.octets())
    opened = [open_line(line, both.us.partner.key_set, both.us.agreement, both.clock())]
    memory = await both.us.store.read(partial(look_up, opened))
    receipt = memory.by_sig[line.sig].receipt
    assert receipt is not None
    assert memory.receipts[receipt].octets() == answer
