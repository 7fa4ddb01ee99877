"""Where our logs stand is signed, once what is stored holds; and what does not hold is named."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection, delete, text, update

from exchange.errors import EvidenceBroken, KeysUnusable, StoreBusy
from exchange.flow import checkpointing
from exchange.flow.checkpointing import Checkpointing, Rhythm
from exchange.flow.keyring import Keyring
from exchange.proof.checkpoints import (
    Checkpoint,
    Vouched,
    journal_origin,
    ledger_origin,
    read_checkpoint,
    verify,
    witness_name,
)
from exchange.proof.custody import KeyEncryptionKey
from exchange.proof.notes import NoteKey, read_note
from exchange.store import Store
from exchange.store.checkpoints import SignedCheckpoint, find_newest, record_checkpoint
from exchange.store.heads import Head, get_log
from exchange.store.journal import Event, record_events
from exchange.store.ledger import record_entries
from exchange.store.tables import checkpoints, heads, journal, ledger
from tests import keys
from tests.builders import NOW
from tests.sides import ClockOfTests
from tests.store.rows import entry

OURS = keys.US
MINUTE = timedelta(minutes=1)
RHYTHM = Rhythm(look_seconds=0.01, every=MINUTE, entries_max=5, night_hour_utc=10)
WHOLE_SECOND = NOW.replace(microsecond=0)


def keyring(**changes: Any) -> Keyring:
    """Return our keys."""
    given = {
        "signers": {key.kid: key for key in OURS.held},
        "key_set": OURS.key_set,
        "journal_keys": OURS.journal_keys,
        "published": OURS.key_set_line,
        "key_encryption_key": KeyEncryptionKey(OURS.wrap.kid, OURS.wrap.octets),
        "digest_key": OURS.search.octets,
        "entropy": keys.entropy_from("checkpoints"),
    }
    return Keyring(**{**given, **changes})


def leg(store: Store, clock: Callable[[], datetime], **changes: Any) -> Checkpointing:
    """Return the leg of one process."""
    given = {"store": store, "keyring": keyring(), "party": OURS.urn, "rhythm": RHYTHM}
    return Checkpointing(**{**given, "clock": clock, **changes})


@pytest.fixture
def clock() -> ClockOfTests:
    """Give a clock that the test moves."""
    return ClockOfTests(WHOLE_SECOND)


async def say(store: Store, count: int = 1) -> None:
    """Let so many more entries stand in the ledger."""
    await store.write(lambda c: record_entries(c, [entry() for _ in range(count)]))


async def note(store: Store, kind: str = "decision.recorded") -> None:
    """Let one more event stand in the journal."""
    event = Event(at=NOW, kind=kind, actor="exchange")
    await store.write(partial(record_events, events=[event]))


async def newest(store: Store, log: Head = Head.LEDGER) -> SignedCheckpoint:
    """Return the newest checkpoint of a log."""
    found = await store.read(partial(find_newest, log=log))
    assert found is not None
    return found


async def tamper(store: Store, act: Callable[[Connection], Any]) -> None:
    """Change the database behind the program's back."""

    def change(connection: Connection) -> None:
        if connection.dialect.name == "sqlite":
            connection.execute(text("PRAGMA defer_foreign_keys = ON"))
        act(connection)

    await store.write(change)


async def test_an_empty_log_is_not_signed(store: Store, clock: ClockOfTests) -> None:
    """There is nothing to say of it."""
    assert await leg(store, clock).look() == []
    assert await store.read(partial(find_newest, log=Head.LEDGER)) is None


async def test_a_ledger_is_signed_by_its_key_and_by_our_witness_key(
    store: Store, clock: ClockOfTests
) -> None:
    """Size and root are those of the tree; the second signature has the time and outlives both."""
    await say(store, 3)
    (made,) = await leg(store, clock).look()
    read = read_note(made.note)
    origin = NoteKey(ledger_origin(OURS.urn), OURS.ledger.half.public)
    witness = NoteKey(witness_name(OURS.urn), OURS.witness.half.public)
    stands = await store.read(partial(get_log, head=Head.LEDGER))
    assert read_checkpoint(read) == Checkpoint(origin.name, 3, stands.root)
    assert verify(read, [origin, witness]) == [
        Vouched(origin, None),
        Vouched(witness, WHOLE_SECOND),
    ]
    assert await newest(store) == made


async def test_the_journal_is_signed_by_a_key_of_its_own(store: Store, clock: ClockOfTests) -> None:
    """No key that the partner knows has signed it."""
    await note(store)
    (made,) = await leg(store, clock).look()
    read = read_note(made.note)
    own = NoteKey(journal_origin(OURS.urn), OURS.journal.half.public)
    assert made.log is Head.JOURNAL
    assert verify(read, [own]) == [Vouched(own, None)]
    assert len(read.signatures) == 1


async def test_it_is_signed_each_minute_in_which_it_grew(store: Store, clock: ClockOfTests) -> None:
    """Neither before the minute is over, nor when nothing came."""
    checkpoint = leg(store, clock)
    await say(store)
    assert len(await checkpoint.look()) == 1
    await say(store)
    clock.pass_seconds(59)
    assert await checkpoint.look() == []
    clock.pass_seconds(1)
    assert [one.size for one in await checkpoint.look()] == [2]
    clock.pass_seconds(600)
    assert await checkpoint.look() == []


async def test_it_is_signed_at_once_after_many_entries(store: Store, clock: ClockOfTests) -> None:
    """A busy minute does not leave more than so many without a signature."""
    checkpoint = leg(store, clock)
    await say(store)
    await checkpoint.look()
    await say(store, 4)
    assert await checkpoint.look() == []
    await say(store)
    assert [one.size for one in await checkpoint.look()] == [6]


async def test_of_two_processes_one_signs_a_size(store: Store, clock: ClockOfTests) -> None:
    """The second finds that it was first, and each knows the other's checkpoint as good."""
    await say(store)
    one, other = leg(store, clock), leg(store, clock)
    both = await asyncio.gather(one.look(), other.look())
    assert sum(map(len, both)) == 1
    clock.pass_seconds(60)
    await say(store)
    assert [made.size for made in await other.look()] == [2]
    clock.pass_seconds(60)
    await say(store)
    assert [made.size for made in await one.look()] == [3]


async def test_a_checkpoint_of_a_size_stands_once(store: Store, clock: ClockOfTests) -> None:
    """Whoever comes second is told so, and changes nothing."""
    await say(store)
    (made,) = await leg(store, clock).look()
    other = replace(made, note=b"another")
    assert not await store.write(partial(record_checkpoint, checkpoint=other))
    assert await newest(store) == made


async def test_while_no_key_may_sign_nothing_is_signed(store: Store, clock: ClockOfTests) -> None:
    """It is once one may again."""
    await say(store)
    without = leg(store, clock, keyring=keyring(signers={}))
    with pytest.raises(KeysUnusable):
        await without.look()
    assert len(await leg(store, clock).look()) == 1


async def test_long_logs_are_read_in_parts(
    store: Store, clock: ClockOfTests, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where a checkpoint stands in the middle of a part, or at its end."""
    monkeypatch.setattr(checkpointing, "PART", 2)
    signing = leg(store, clock)
    for count in (1, 3, 3):
        await say(store, count)
        clock.pass_seconds(60)
        await signing.look()
    await say(store, 5)
    clock.pass_seconds(60)
    assert [one.size for one in await leg(store, clock).look()] == [12]


DAMAGES: dict[str, tuple[Callable[[Connection], Any], str]] = {
    "an altered entry": (
        lambda c: c.execute(update(ledger).where(ledger.c.number == 1).values(pld=bytes(32))),
        "ledger entry 1 is missing, or is not what was appended",
    ),
    "an altered hash": (
        lambda c: c.execute(update(ledger).where(ledger.c.number == 2).values(nodes=bytes(32))),
        "ledger entry 2 is missing, or is not what was appended",
    ),
    "a lost entry": (
        lambda c: c.execute(delete(ledger).where(ledger.c.number == 1)),
        "ledger entry 1 is missing, or is not what was appended",
    ),
    "a lost end": (
        lambda c: c.execute(delete(ledger).where(ledger.c.number == 3)),
        "ledger entry 3 is missing, or is not what was appended",
    ),
    "another head": (
        lambda c: c.execute(
            update(heads).where(heads.c.name == Head.LEDGER).values(peaks=bytes(32))
        ),
        "the ledger has another root than its head says",
    ),
    "an altered event": (
        lambda c: c.execute(update(journal).values(actor="somebody")),
        "journal entry 0 is missing, or is not what was appended",
    ),
}


@pytest.mark.parametrize("damage", DAMAGES)
async def test_nothing_is_signed_over_what_does_not_hold(
    store: Store, clock: ClockOfTests, damage: str
) -> None:
    """The first entry that does not hold is named, and the service stops."""
    await say(store, 4)
    await note(store)
    change, said = DAMAGES[damage]
    await tamper(store, change)
    with pytest.raises(EvidenceBroken, match=f"^{said}$"):
        await leg(store, clock).run()
    log = Head.JOURNAL if "event" in damage else Head.LEDGER
    assert await store.read(partial(find_newest, log=log)) is None


async def test_what_was_signed_before_must_still_be_so(store: Store, clock: ClockOfTests) -> None:
    """An insider who writes an entry, all hashes and the head anew is found all the same."""
    await note(store)
    await leg(store, clock).look()

    def rewrite(connection: Connection) -> None:
        connection.execute(delete(journal))
        empty = {"size": 0, "peaks": b""}
        connection.execute(update(heads).where(heads.c.name == Head.JOURNAL).values(**empty))
        record_events(connection, [Event(at=NOW, kind="hold.lifted", actor="exchange")])

    await tamper(store, rewrite)
    with pytest.raises(EvidenceBroken, match=r"^the journal is not what was signed at 1 entries$"):
        await leg(store, clock).look()


async def test_an_end_that_was_cut_off_with_its_head_is_found(
    store: Store, clock: ClockOfTests
) -> None:
    """The log is shorter than what was signed."""
    await say(store)
    clock.pass_seconds(60)
    signing = leg(store, clock)
    await signing.look()
    before = await store.read(partial(get_log, head=Head.LEDGER))
    await say(store)
    clock.pass_seconds(60)
    await signing.look()

    def cut(connection: Connection) -> None:
        connection.execute(delete(ledger).where(ledger.c.number == 1))
        old = {"size": before.size, "peaks": before.joined}
        connection.execute(update(heads).where(heads.c.name == Head.LEDGER).values(**old))

    await tamper(store, cut)
    with pytest.raises(EvidenceBroken, match=r"^the ledger is not what was signed at 2 entries$"):
        await leg(store, clock).look()


@pytest.mark.parametrize("how", ["no note", "another's", "nobody's", "the witness's alone"])
async def test_a_checkpoint_that_we_did_not_sign_is_found(
    store: Store, clock: ClockOfTests, how: str
) -> None:
    """Whoever replaces one has not our keys."""
    await say(store)
    (made,) = await leg(store, clock).look()
    read = read_note(made.note)
    plain, cosigned = read.signatures
    replaced = {
        "no note": b"nothing",
        "another's": replace(read, text=read.text.replace("us:cbp", "mx:inm")).octets(),
        "nobody's": replace(read, signatures=(replace(plain, name="nobody"),)).octets(),
        "the witness's alone": replace(read, signatures=(cosigned,)).octets(),
    }[how]
    await tamper(store, lambda c: c.execute(update(checkpoints).values(note=replaced)))
    with pytest.raises(EvidenceBroken, match=r"^the ledger is not what was signed at 1 entries$"):
        await leg(store, clock).look()


async def test_all_of_it_is_worked_out_anew_each_night(store: Store, clock: ClockOfTests) -> None:
    """What was altered behind the last checkpoint shows when the night begins, if not before."""
    clock.at = WHOLE_SECOND.replace(hour=9, minute=58)
    signing = leg(store, clock)
    await say(store)
    await signing.look()
    await tamper(store, damaged)
    await say(store)
    clock.pass_seconds(60)
    assert [one.size for one in await signing.look()] == [2]
    clock.pass_seconds(60)
    with pytest.raises(EvidenceBroken, match=r"^ledger entry 0 is missing"):
        await signing.look()


def damaged(connection: Connection) -> None:
    """Alter the first entry."""
    connection.execute(update(ledger).where(ledger.c.number == 0).values(pld=bytes(32)))


async def test_a_database_that_does_not_answer_is_waited_for(
    store: Store, clock: ClockOfTests, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The leg goes on until it is told to stop."""
    turns = iter(range(3))
    went_on = asyncio.Event()

    async def busy(self: Checkpointing) -> None:
        if next(turns, None) is None:
            went_on.set()
        raise StoreBusy

    monkeypatch.setattr(Checkpointing, "look", busy)
    running = asyncio.create_task(leg(store, clock).run())
    await went_on.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
