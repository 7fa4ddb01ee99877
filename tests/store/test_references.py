"""A message that answers another names it by what the ledger has of it."""

from sqlalchemy import Connection

from exchange.proof.envelope import InReplyTo
from exchange.store.ledger import record_entries
from exchange.store.references import find_references
from tests.store.rows import entry, stored_handoff

NOTICE = "urn:handoff:schema:return-notice:1"


def test_messages_are_named_by_handoff_and_seq(connection: Connection) -> None:
    """Each message of the schema is found by its handoff, and of two under one seq the first."""
    one, other = (stored_handoff(connection).number for _ in range(2))
    written = [
        entry(handoff=one, seq=1, schema=NOTICE),
        entry(handoff=other, seq=2, schema=NOTICE),
        entry(handoff=one, seq=3, schema=NOTICE),
        entry(handoff=one, seq=3, schema=NOTICE),
        entry(handoff=one, seq=4, schema="urn:handoff:schema:return-cancellation:1"),
    ]
    record_entries(connection, written)

    found = find_references(connection, [one, other], schema=NOTICE)

    names = [InReplyTo(message.jti, message.pld) for message in written if message.jti]
    assert found == {(one, 1): names[0], (other, 2): names[1], (one, 3): names[2]}
    assert set(find_references(connection, [other], schema=NOTICE)) == {(other, 2)}
    assert find_references(connection, [], schema=NOTICE) == {}
