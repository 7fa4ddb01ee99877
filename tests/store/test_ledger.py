"""The ledger: whole, in its tree, in order, and each message once."""

from dataclasses import asdict, replace

import pytest
from sqlalchemy import Connection, update
from sqlalchemy.exc import IntegrityError

from exchange.errors import EvidenceBroken
from exchange.proof.logs import regrow
from exchange.proof.merkle import Frontier
from exchange.store.columns import Direction, Status
from exchange.store.heads import LOGS, Head, get_log, lock_log
from exchange.store.ledger import (
    NewEntry,
    find_messages,
    find_messages_by_sig,
    find_receipts,
    in_tree,
    list_entries,
    list_entries_of,
    list_numbered,
    record_entries,
    stream_entries,
)
from exchange.store.seqs import SeqGap, get_highest_seq, list_repeated_seqs, list_seq_gaps
from exchange.store.tables import heads
from exchange.store.verdicts import Verdict, record_verdicts
from tests.store.rows import entry, receipt, sent, stored_handoff


def test_an_entry_comes_back_as_it_went_in(connection: Connection) -> None:
    """Every member of an entry is read as it was written, signatures in their order."""
    handoff = stored_handoff(connection).number
    written = [entry(handoff=handoff, seq=7), sent(seq=1, body=None), receipt(), entry(jti=None)]
    assert record_entries(connection, written) == [0, 1, 2, 3]
    names = asdict(written[0]).keys()
    read = list_entries(connection)
    assert [NewEntry(**{name: getattr(one, name) for name in names}) for one in read] == written
    assert list_numbered(connection, [2, 9]) == {2: read[2]}
    assert list(stream_entries(connection)) == read
    assert list_entries_of(connection, handoff) == [read[0]]


def test_the_tree_grows_by_each_entry(connection: Connection) -> None:
    """It has every entry, whichever transaction appended it, and stands where the head says."""
    written = [entry(), sent(), receipt()]
    assert get_log(connection, Head.LEDGER) == Frontier()
    record_entries(connection, written[:1])
    record_entries(connection, written[1:])
    grown = regrow(map(in_tree, list_entries(connection)), log=LOGS[Head.LEDGER])
    assert grown == get_log(connection, Head.LEDGER)
    assert grown.size == 3


def test_a_head_that_was_damaged_is_found_before_anything_is_appended(
    connection: Connection,
) -> None:
    """So many entries have another number of peaks: nothing is appended to that."""
    record_entries(connection, [entry()])
    connection.execute(update(heads).where(heads.c.name == Head.LEDGER).values(size=3))
    for act in (get_log, lock_log):
        with pytest.raises(EvidenceBroken, match=r"^the head of the ledger is damaged$"):
            act(connection, Head.LEDGER)


def test_a_message_is_accepted_once(connection: Connection) -> None:
    """A second accepted message of one ``jti`` is stopped by the database."""
    first = entry()
    record_entries(connection, [first])
    with pytest.raises(IntegrityError):
        record_entries(connection, [replace(entry(), jti=first.jti)])


def test_a_rejected_message_is_kept_once_beside_the_accepted(connection: Connection) -> None:
    """What conflicts with an accepted message is kept once for each ``pld``, and found."""
    first = entry()
    conflict = replace(entry(), jti=first.jti, status=Status.REJECTED)
    other = replace(entry(), jti=first.jti, status=Status.REJECTED)
    record_entries(connection, [first, conflict, other])
    assert first.jti is not None
    known = find_messages(connection, Direction.RECEIVED, [first.jti])
    assert [one.pld for one in known] == [first.pld, conflict.pld, other.pld]
    with pytest.raises(IntegrityError):
        record_entries(connection, [replace(conflict, sig=bytes(32))])


def test_both_sides_may_use_one_jti(connection: Connection) -> None:
    """A ``jti`` is unique for its issuer, not between the two."""
    theirs = entry()
    record_entries(connection, [theirs, sent(jti=theirs.jti)])
    assert theirs.jti is not None
    assert len(find_messages(connection, Direction.SENT, [theirs.jti])) == 1


def test_our_numbers_are_used_once(connection: Connection) -> None:
    """A second message that we send under one ``seq`` is stopped by the database."""
    record_entries(connection, [sent(seq=1)])
    with pytest.raises(IntegrityError):
        record_entries(connection, [sent(seq=1)])


def test_a_line_is_found_by_its_evidence(connection: Connection) -> None:
    """A received message is found by ``sig``, with its receipt, and no other by its start."""
    known, sibling = entry(sig=b"A" * 32), entry(sig=b"A" * 8 + b"B" * 24)
    numbers = record_entries(connection, [known, sibling, receipt(sig=b"C" * 32)])
    record_verdicts(
        connection,
        [Verdict(message=numbers[0], receipt=numbers[2], status=Status.ACCEPTED)],
    )
    found = find_messages_by_sig(connection, [b"A" * 32, b"C" * 32, b"D" * 32])
    assert {sig: (one.number, one.receipt) for sig, one in found.items()} == {b"A" * 32: (0, 2)}


def test_a_receipt_is_found_by_its_jti(connection: Connection) -> None:
    """A receipt is found among receipts alone, by direction and ``jti``."""
    ours, message = receipt(), sent()
    record_entries(connection, [ours, message])
    assert ours.jti is not None
    assert message.jti is not None
    assert list(find_receipts(connection, Direction.SENT, [ours.jti, message.jti])) == [ours.jti]
    assert find_receipts(connection, Direction.RECEIVED, [ours.jti]) == {}


def test_gaps_and_repeats_of_the_partners_numbers_are_found(connection: Connection) -> None:
    """What is missing between the partner's numbers is listed, and what came twice."""
    record_entries(connection, [entry(seq=seq) for seq in (1, 2, 5, 5, 9)])
    record_entries(connection, [sent(seq=7)])
    assert list_seq_gaps(connection) == [SeqGap(3, 4), SeqGap(6, 8)]
    assert list_seq_gaps(connection, since=5) == [SeqGap(6, 8)]
    assert list_repeated_seqs(connection) == [5]
    assert get_highest_seq(connection) == 9


def test_an_empty_ledger_has_no_number(connection: Connection) -> None:
    """Before anything was said there is nothing to list."""
    assert record_entries(connection, []) == []
    assert get_highest_seq(connection) == 0
    assert list_entries(connection) == []
