"""Drafts become sealed messages, numbered without a gap, whoever else seals or withdraws."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import orjson
import pytest

from exchange.domain.handoff import HandoffId, Stage
from exchange.errors import EvidenceBroken, StoreBusy
from exchange.flow.intake import Taken
from exchange.flow.resending import Outgoing
from exchange.flow.sealing import Sealer
from exchange.proof.encoding import b64u
from exchange.proof.envelope import parse_envelope
from exchange.proof.lines import verify
from exchange.proof.policy import DEFAULT
from exchange.store.bodies import erase_data_key
from exchange.store.engine import Connection
from exchange.store.handoffs import Stale, find_handoff, update_handoffs
from exchange.store.journal import list_events
from exchange.store.lanes import Lane, claim_due
from exchange.store.outbox import Waiting, list_outbox
from tests.builders import a_decision_document, a_notice, a_shared
from tests.flow.meddling import before_next_write, refuse_writes
from tests.keys import US, key_set_of, private_key, publish
from tests.ledgers import assert_agree
from tests.sides import BothSides, SideOfTests


def sealer_of(us: SideOfTests) -> Sealer:
    """Return one who seals for the US side, beside its own outbox."""
    return Sealer(store=us.store, agreement=us.agreement, keyring=us.keyring, clock=us.clock)


async def drafted(us: SideOfTests, *numbers: int) -> list[HandoffId]:
    """Return handoffs whose notices wait unsealed."""
    handoffs = []
    for number in numbers:
        decision = a_decision_document(decision_id=f"00000000-0000-4000-8000-{number:012d}")
        taken = await us.intake.submit(orjson.dumps(decision), actor="port")
        assert isinstance(taken, Taken)
        handoffs.append(taken.handoff)
    return handoffs


async def claimed(us: SideOfTests, *, lane: Lane = Lane.NORMAL, limit: int = 64) -> list[Waiting]:
    """Claim what is due."""
    now = us.clock()
    until = now + timedelta(seconds=60)
    claim = partial(claim_due, lane=lane, now=now, lease_until=until, limit=limit)
    return await us.store.write(claim)


def seqs(outgoing: Sequence[Outgoing]) -> list[int]:
    """Return the numbers that messages bear."""
    return [parse_envelope(one.line.payload).seq for one in outgoing]


async def test_what_is_sealed_verifies_and_is_on_record(both: BothSides) -> None:
    """Each line bears our signatures, the next number and its handoff, and is in the ledger."""
    us = both.us
    handoffs = await drafted(us, 1, 2, 3)
    outgoing = await sealer_of(us).sealed(await claimed(us))
    for one in outgoing:
        verify(one.line, US.key_set, accepted=DEFAULT, received_at=both.clock())
    assert seqs(outgoing) == [1, 2, 3]
    assert [parse_envelope(one.line.payload).sub for one in outgoing] == handoffs
    entries = {entry.number: entry for entry in await us.entries()}
    assert [entries[one.ledger].pld for one in outgoing] == [one.line.pld for one in outgoing]
    assert [row.ledger for row in await us.store.read(list_outbox)] == [0, 1, 2]


async def test_what_was_sealed_is_not_sealed_again(both: BothSides) -> None:
    """A message that goes out again is the same octets, beside drafts that are sealed now."""
    us, sealer = both.us, sealer_of(both.us)
    await drafted(us, 1, 2)
    first = await sealer.sealed(await claimed(us))
    both.clock.pass_seconds(61)
    await drafted(us, 3)
    again = await sealer.sealed(await claimed(us))
    assert [one.line.octets() for one in again[:2]] == [one.line.octets() for one in first]
    assert seqs(again) == [1, 2, 3]


async def test_who_seals_beside_us_leaves_no_gap_and_no_pair(
    both: BothSides, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where another took the next number meanwhile, ours are sealed anew after it."""
    us = both.us
    await drafted(us, 1, 2, 3)
    theirs = await claimed(us, limit=1)
    ours = await claimed(us)
    before_next_write(monkeypatch, us.store, lambda: sealer_of(us).sealed(theirs))
    assert seqs(await sealer_of(us).sealed(ours)) == [2, 3]
    assert [entry.seq for entry in await us.entries()] == [1, 2, 3]


async def test_many_who_seal_at_once_count_without_a_gap(both: BothSides) -> None:
    """Requests that are made ready together have numbers of their own, and none is missing."""
    us, sealer = both.us, sealer_of(both.us)
    await drafted(us, *range(1, 9))
    claims = [await claimed(us, limit=2) for _ in range(4)]
    sealed = await asyncio.gather(*map(sealer.sealed, claims))
    assert sorted(seq for outgoing in sealed for seq in seqs(outgoing)) == list(range(1, 9))


class HeldUp(Executor):
    """Threads that sign one message at once; who asks for more in one go waits for `let_go`."""

    def __init__(self) -> None:
        self.waiting: list[Callable[[], None]] = []
        self.held_up = asyncio.Event()
        self.open = False

    def submit(self, work: Callable[..., Any], /, *given: Any, **named: Any) -> Future[Any]:
        """Return the work, done or to be done."""
        future: Future[Any] = Future()

        def do() -> None:
            future.set_result(work(*given, **named))

        if self.open or len(given[0]) == 1:
            do()
        else:
            self.waiting.append(do)
            self.held_up.set()
        return future

    def let_go(self) -> None:
        """Do what waits, and from now on everything at once."""
        self.open = True
        for do in self.waiting:
            do()


async def test_a_cancellation_does_not_wait_for_notices_that_are_being_signed(
    both: BothSides,
) -> None:
    """It takes the next number at once; the notices are then signed anew, on those after it."""
    us, threads = both.us, HeldUp()
    sealer = Sealer(
        store=us.store,
        agreement=us.agreement,
        keyring=us.keyring,
        clock=us.clock,
        pool=threads,
        threads=1,
    )
    (handoff,) = await drafted(us, 1)
    await us.send()
    await us.cancellations.withdraw(handoff, {"cause": "data"}, actor="port")
    both.clock.pass_seconds(67)
    await drafted(us, 2, 3)
    notices = asyncio.create_task(sealer.sealed(await claimed(us)))
    await threads.held_up.wait()
    async with asyncio.timeout(30):
        cancellation = await sealer.sealed(await claimed(us, lane=Lane.URGENT))
    assert (seqs(cancellation), notices.done()) == ([2], False)
    threads.let_go()
    assert seqs(await notices) == [3, 4]


async def test_a_draft_that_vanishes_meanwhile_was_never_said(
    both: BothSides, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A handoff taken back before its notice is on record has no number; the others follow on."""
    us = both.us
    gone, _ = await drafted(us, 1, 2)
    claims = await claimed(us)
    take_back = partial(us.cancellations.withdraw, gone, {"cause": "data"}, actor="port")
    before_next_write(monkeypatch, us.store, take_back)
    outgoing = await sealer_of(us).sealed(claims)
    assert seqs(outgoing) == [1]
    assert gone not in {parse_envelope(one.line.payload).sub for one in outgoing}


async def test_a_lease_that_ended_seals_nothing(
    both: BothSides, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who was so slow that another claimed and sealed the draft comes away with nothing."""
    us = both.us
    await drafted(us, 1)
    late = await claimed(us)

    async def another() -> None:
        both.clock.pass_seconds(61)
        await sealer_of(us).sealed(await claimed(us))

    before_next_write(monkeypatch, us.store, another)
    assert await sealer_of(us).sealed(late) == []
    assert [entry.seq for entry in await us.entries()] == [1]


async def test_who_loses_every_race_gives_way(
    both: BothSides, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After so many attempts the store is called busy, and nothing was said."""
    us = both.us
    await drafted(us, 1)
    claims = await claimed(us)
    refuse_writes(monkeypatch, us.store, Stale)
    with pytest.raises(StoreBusy):
        await sealer_of(us).sealed(claims)
    assert await us.entries() == []


async def test_a_cancellation_says_its_tick_and_the_last_revision(both: BothSides) -> None:
    """An urgent message's time tells of no cause; its stored body is the one that was signed."""
    us, sealer = both.us, sealer_of(both.us)
    (handoff,) = await drafted(us, 1)
    await us.send()
    twice = a_shared(a_notice(), a_notice(revision=2), handoff=handoff)

    def announce_again(connection: Connection) -> None:
        row = find_handoff(connection, handoff)
        assert row is not None
        update_handoffs(connection, [(row, replace(row, shared=twice.model_dump_json()))])

    await us.store.write(announce_again)
    await us.cancellations.withdraw(handoff, {"cause": "data"}, actor="port")
    both.clock.pass_seconds(67)
    (one,) = await sealer.sealed(await claimed(us, lane=Lane.URGENT))
    assert orjson.loads(one.line.body or b"")["revision"] == 2
    sealed_at = parse_envelope(one.line.payload).sealed_at
    assert sealed_at.timestamp() % us.agreement.release_seconds == 0
    assert (await us.shared(handoff)).stage is Stage.CANCELLED
    both.clock.pass_seconds(61)
    (again,) = await sealer.sealed(await claimed(us, lane=Lane.URGENT))
    assert again.line.octets() == one.line.octets()


async def test_without_a_key_drafts_wait_and_what_is_sealed_goes(both: BothSides) -> None:
    """Once no key of ours may sign nothing is sealed; what was signed in time is still sent."""
    us, sealer = both.us, sealer_of(both.us)
    await drafted(us, 1)
    await sealer.sealed(await claimed(us))
    both.clock.pass_seconds(61)
    await drafted(us, 2)
    claims = await claimed(us)
    keyring = replace(us.keyring, signers={})
    keyless = Sealer(store=us.store, agreement=us.agreement, keyring=keyring, clock=us.clock)
    assert seqs(await keyless.sealed(claims)) == [1]
    await both.settle()
    await assert_agree(both)


async def test_a_draft_whose_key_is_gone_is_evidence_broken(both: BothSides) -> None:
    """What cannot be read is never signed."""
    us = both.us
    await drafted(us, 1)
    (claim,) = await claimed(us)
    assert claim.handoff is not None
    await us.store.write(partial(erase_data_key, handoff=claim.handoff))
    with pytest.raises(EvidenceBroken):
        await sealer_of(us).sealed([claim])


async def test_what_was_refused_since_its_key_ended_is_signed_anew(
    both: BothSides, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A message that the partner has not, under a key that has ended, gets there all the same."""
    us, mx = both.us, both.mx
    (handoff,) = await drafted(us, 1)
    assert await us.send("lost-request") == 1
    ends = both.clock() + timedelta(seconds=30)
    fresh = [
        private_key("us-sign-b", "sign", "ES256"),
        private_key("us-pq-b", "pq-sign", "ML-DSA-65"),
    ]
    published = [publish(key, expires_at=ends) for key in US.signers] + [
        publish(key) for key in fresh
    ]
    renewed = replace(
        us.keyring,
        signers={key.kid: key for key in (*US.signers, *fresh)},
        key_set=key_set_of(US.urn, published, serial=2),
    )
    sealer = Sealer(store=us.store, agreement=us.agreement, keyring=renewed, clock=us.clock)
    monkeypatch.setattr(us.outbox, "_sealer", sealer)
    monkeypatch.setattr(mx.partner, "key_set", renewed.key_set)
    both.clock.pass_seconds(61)
    assert await us.send() == 1  # refused: the key has ended
    assert await mx.store.read(partial(find_handoff, handoff=handoff)) is None
    await both.settle()
    assert (await mx.shared(handoff)).stage is Stage.NOTICED
    assert await us.store.read(list_outbox) == []
    ours = [one for one in await us.entries() if one.seq]
    theirs = [one for one in await mx.entries() if one.seq]
    assert [one.pld for one in ours] == [one.pld for one in theirs]
    events = await us.store.read(list_events)
    said = [one.data["sig"] for one in events if one.kind == "message.signed-anew"]
    assert said == [b64u(one.sig) for one in theirs]
