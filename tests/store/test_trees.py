"""The trees of the two logs, read from their rows."""

from dataclasses import replace

import pytest
from sqlalchemy import Connection, delete, update

from exchange.errors import EvidenceBroken
from exchange.proof.merkle import (
    Frontier,
    frontier_at,
    is_consistent,
    is_included,
    prove_consistency,
    prove_inclusion,
)
from exchange.store.checkpoints import (
    SignedCheckpoint,
    find_newest,
    list_checkpoints,
    record_checkpoint,
)
from exchange.store.heads import Head, get_log
from exchange.store.journal import Event, list_events, record_events
from exchange.store.journal import leaf_of as event_leaf
from exchange.store.ledger import leaf_of, list_entries, record_entries
from exchange.store.tables import ledger
from exchange.store.trees import nodes_of, regrow
from tests.store.rows import NOON, entry


def fill(connection: Connection, size: int = 11) -> None:
    """Let so many entries stand in both logs, appended a few at a time."""
    for begin in range(0, size, 3):
        count = min(3, size - begin)
        record_entries(connection, [entry() for _ in range(count)])
        event = Event(at=NOON, kind="decision.recorded", actor="exchange")
        record_events(connection, [replace(event, data={"n": begin + n}) for n in range(count)])


@pytest.mark.parametrize("log", [Head.LEDGER, Head.JOURNAL])
def test_every_entry_and_every_size_is_proven_from_the_rows(
    connection: Connection, log: Head
) -> None:
    """What is kept beside the entries is enough for any proof."""
    fill(connection)
    leaves = {
        Head.LEDGER: [leaf_of(one) for one in list_entries(connection)],
        Head.JOURNAL: [event_leaf(one) for one in list_events(connection)],
    }[log]
    read, stands = nodes_of(connection, log), get_log(connection, log)
    assert frontier_at(stands.size, read) == stands
    for number, leaf in enumerate(leaves):
        proof = prove_inclusion(number, stands.size, read)
        assert is_included(leaf, number=number, size=stands.size, proof=proof, root=stands.root)
    for old in range(stands.size + 1):
        assert is_consistent(
            old=old,
            new=stands.size,
            proof=prove_consistency(old, stands.size, read),
            old_root=frontier_at(old, read).root,
            new_root=stands.root,
        )


@pytest.mark.parametrize("log", [Head.LEDGER, Head.JOURNAL])
def test_a_log_is_worked_out_anew_in_parts(connection: Connection, log: Head) -> None:
    """Wherever one part ends the next goes on; what is not there is missing."""
    fill(connection)
    stands = get_log(connection, log)
    half = regrow(connection, log, after=Frontier(), until=5)
    assert half == frontier_at(5, nodes_of(connection, log))
    assert regrow(connection, log, after=half, until=5) == half
    assert regrow(connection, log, after=half, until=stands.size) == stands
    said = rf"^{log} entry {stands.size} is missing, or is not what was appended$"
    with pytest.raises(EvidenceBroken, match=said):
        regrow(connection, log, after=half, until=stands.size + 1)


def test_a_hash_that_is_lost_is_no_proof(connection: Connection) -> None:
    """Neither where its entry is gone, nor where the hash beside it is."""
    fill(connection)
    read = nodes_of(connection, Head.LEDGER)
    connection.execute(update(ledger).where(ledger.c.number == 7).values(nodes=bytes(32)))
    with pytest.raises(EvidenceBroken, match=r"^a hash of the ledger is missing$"):
        prove_inclusion(10, 11, read)
    connection.execute(delete(ledger).where(ledger.c.number == 7))
    with pytest.raises(EvidenceBroken, match=r"^a hash of the ledger is missing$"):
        prove_inclusion(10, 11, read)


def test_a_proof_reads_few_rows(connection: Connection) -> None:
    """None at all where nothing is needed."""
    assert frontier_at(0, nodes_of(connection, Head.LEDGER)) == Frontier()


def test_checkpoints_come_back_as_they_were_kept(connection: Connection) -> None:
    """Of each log its own, by size; once of each size."""
    made = [
        SignedCheckpoint(log=log, size=size, signed_at=NOON, note=b"%d" % size)
        for log in (Head.LEDGER, Head.JOURNAL)
        for size in (7, 3, 9)
    ]
    assert find_newest(connection, Head.LEDGER) is None
    assert all(record_checkpoint(connection, one) for one in made)
    assert not record_checkpoint(connection, replace(made[0], note=b"another"))
    assert find_newest(connection, Head.LEDGER) == made[2]
    between = list_checkpoints(connection, Head.JOURNAL, since=3, until=8)
    assert between == [made[4], made[3]]
