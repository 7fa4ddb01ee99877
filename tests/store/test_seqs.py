"""The numbers of the partner's messages: gaps, and numbers given twice."""

from sqlalchemy import Connection

from exchange.store.columns import Status
from exchange.store.ledger import record_entries
from exchange.store.seqs import (
    SeqGap,
    find_repeated_seqs,
    get_highest_seq,
    list_repeated_seqs,
    list_seq_gaps,
)
from tests.store.rows import entry, sent, uuid_text


def test_a_hole_is_a_gap(connection: Connection) -> None:
    """Numbers that never came are given from the lowest asked for to the highest there is."""
    record_entries(connection, [entry(seq=seq) for seq in (3, 4, 8)])
    assert list_seq_gaps(connection) == [SeqGap(1, 2), SeqGap(5, 7)]
    assert list_seq_gaps(connection, since=3) == [SeqGap(5, 7)]
    assert list_seq_gaps(connection, limit=1) == [SeqGap(1, 2)]
    assert get_highest_seq(connection) == 8


def test_as_many_gaps_as_asked_for(connection: Connection) -> None:
    """No more gaps are given than asked for, the first of all among them."""
    record_entries(connection, [entry(seq=seq) for seq in (2, 4, 6, 8)])
    assert list_seq_gaps(connection, limit=2) == [SeqGap(1, 1), SeqGap(3, 3)]


def test_one_number_under_two_messages_is_found(connection: Connection) -> None:
    """A number is repeated where two messages bear it, whatever became of them."""
    record_entries(
        connection,
        [entry(seq=1), entry(seq=2), entry(seq=2), entry(seq=3), sent(seq=1), sent(seq=3)],
    )
    assert find_repeated_seqs(connection, [1, 2, 3, 4]) == {2}
    assert find_repeated_seqs(connection, []) == set()
    assert list_repeated_seqs(connection) == [2]


def test_one_message_in_conflict_with_itself_has_no_number_twice(connection: Connection) -> None:
    """Two envelopes under one jti are a conflict of that message, not a number given twice."""
    jti = uuid_text()
    accepted, rejected = entry(seq=5, jti=jti), entry(seq=5, jti=jti, status=Status.REJECTED)
    record_entries(connection, [accepted, rejected])
    assert find_repeated_seqs(connection, [5]) == set()
    assert list_repeated_seqs(connection) == []
