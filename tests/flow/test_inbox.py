"""Lines arrive: what is answered, what is stored, and who wins where two come at once."""

import asyncio
import gc
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from pydantic import ValidationError

from exchange.errors import KeysUnusable, LinesRefused, StoreBusy
from exchange.proof.jws import Typ, read_line, sign_line
from exchange.proof.policy import DEFAULT
from exchange.proof.receipts import Receipt, read_receipt
from exchange.store.columns import Kind
from exchange.store.handoffs import Stale, find_handoff
from tests import keys
from tests.builders import HANDOFF, a_reception, a_visa_issuance
from tests.partner import OtherGovernment
from tests.sides import BothSides


@pytest.fixture
def other(both: BothSides) -> OtherGovernment:
    """The Mexican side in memory, which speaks to our US side."""
    return OtherGovernment(keys.MX, keys.US, clock=both.clock)


def receipts(answer: bytes) -> list[Receipt]:
    """Return the receipts of an answer, each proven to be ours."""
    return [
        read_receipt(read_line(piece), keys.US.key_set, accepted=DEFAULT, audience=keys.MX.urn)
        for piece in answer.split(b"\n")
    ]


async def test_a_request_gets_one_receipt_for_all_that_is_new(
    both: BothSides, other: OtherGovernment
) -> None:
    """Every new line is an item of one receipt, in the order of the lines, once all is stored."""
    lines = [other.line(a_reception(), HANDOFF), other.line(a_visa_issuance(), HANDOFF)]
    (receipt,) = receipts(await both.us.inbox.receive(b"\n".join(one.octets() for one in lines)))
    assert [item.pld for item in receipt.items] == [line.pld for line in lines]
    kinds = [entry.kind for entry in await both.us.entries()]
    assert kinds == [Kind.MESSAGE, Kind.MESSAGE, Kind.RECEIPT]


async def test_known_lines_are_answered_first_and_once(
    both: BothSides, other: OtherGovernment
) -> None:
    """Each stored receipt comes once, octet for octet, and then the fresh one."""
    first, second = other.line(a_reception(), HANDOFF), other.line(a_visa_issuance(), HANDOFF)
    stored = await both.us.inbox.receive(first.octets())
    mixed = b"\n".join(one.octets() for one in (second, first, second, first))
    again, fresh = (await both.us.inbox.receive(mixed)).split(b"\n")
    assert again == stored
    assert [item.pld for item in receipts(fresh)[0].items] == [second.pld]
    assert len(await both.us.entries()) == 4


async def test_one_line_that_nobody_signed_leaves_nothing_of_a_request(
    both: BothSides, other: OtherGovernment
) -> None:
    """Every such line is named from 1, and the good ones beside it are not recorded."""
    good, bad = other.line(a_reception(), HANDOFF), other.line(a_visa_issuance(), HANDOFF)
    forged = replace(bad, payload=bad.payload.replace(b":", b": ", 1))
    with pytest.raises(LinesRefused) as refused:
        await both.us.inbox.receive(good.octets() + b"\n" + forged.octets())
    assert [(fault.line, fault.code) for fault in refused.value.lines] == [(2, "bad-signature")]
    assert await both.us.entries() == []
    assert both.us.partner.heard_at is None


async def test_of_two_that_bring_the_same_one_wins(both: BothSides, other: OtherGovernment) -> None:
    """The same line in many requests at once has one effect, and all get the same receipt."""
    line = other.line(a_reception(), HANDOFF).octets()
    answers = await asyncio.gather(*(both.us.inbox.receive(line) for _ in range(6)))
    assert len(set(answers)) == 1
    assert len(await both.us.entries()) == 2


async def test_who_lost_a_race_decides_again(
    both: BothSides, other: OtherGovernment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A receipt made on what was overtaken is thrown away: the next sees what overtook it."""
    write, failures = both.us.store.write, [Stale(), Stale()]

    async def overtaken(function: Any) -> Any:
        if failures:
            raise failures.pop()
        return await write(function)

    monkeypatch.setattr(both.us.store, "write", overtaken)
    assert receipts(await both.us.inbox.receive(other.line(a_reception(), HANDOFF).octets()))
    assert len(await both.us.entries()) == 2


async def test_who_loses_every_race_is_asked_to_come_again(
    both: BothSides, other: OtherGovernment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After many tries the partner is told to send the same later; nothing was recorded."""

    async def overtaken(_: Any) -> Any:
        raise Stale

    with monkeypatch.context() as patched:
        patched.setattr(both.us.store, "write", overtaken)
        with pytest.raises(StoreBusy):
            await both.us.inbox.receive(other.line(a_reception(), HANDOFF).octets())
    assert await both.us.entries() == []


async def test_without_a_key_that_may_sign_nothing_is_taken(
    both: BothSides, other: OtherGovernment
) -> None:
    """No receipt, no record; what is known is answered all the same, from what is stored."""
    known = other.line(a_reception(), HANDOFF).octets()
    stored = await both.us.inbox.receive(known)
    ended = {
        kid: replace(key, expires_at=both.clock()) for kid, key in keys.US.key_set.keys.items()
    }
    object.__setattr__(both.us.keyring, "key_set", replace(keys.US.key_set, keys=ended))
    with pytest.raises(KeysUnusable):
        await both.us.inbox.receive(other.line(a_visa_issuance(), HANDOFF).octets())
    assert len(await both.us.entries()) == 2
    assert await both.us.inbox.receive(known) == stored


async def test_what_was_taken_is_told_to_those_who_wait(
    both: BothSides, other: OtherGovernment
) -> None:
    """The handoff advances, the partner was heard, and what it said is counted by its code."""
    await both.us.inbox.receive(other.line(a_reception(), HANDOFF).octets())
    assert both.us.partner.heard_at == both.clock()
    assert both.us.tally.counts["received", "unknown-subject"] == 1
    row = await both.us.store.read(partial(find_handoff, handoff=HANDOFF))
    assert row is not None
    assert row.stage == "received"


async def test_nothing_of_what_is_rejected_stays_in_memory(both: BothSides) -> None:
    """However often a partner signs what is no envelope, no error of it is kept."""
    bad = [
        sign_line(octets, keys.MX.signers, Typ.MESSAGE, body=b"{}").octets()
        for octets in (b'{"bod":0}', b'{"bod":1}')
    ]
    headless = bad[0].replace(b'"protected":"', b'"protected":"eyJ4IjoxfQ', 1)
    await both.us.inbox.receive(b"\n".join(bad))
    with pytest.raises(LinesRefused):
        await both.us.inbox.receive(b"\n".join((bad[1], headless)))
    gc.collect()
    assert [one for one in gc.get_objects() if isinstance(one, ValidationError)] == []
