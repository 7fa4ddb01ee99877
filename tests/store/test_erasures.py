"""What is to be erased and was, and that erasing takes one person's data and nobody else's."""

from dataclasses import replace

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from exchange.domain.retention import Basis
from exchange.proof.grammar import canonical
from exchange.store.bodies import (
    NewBody,
    insert_data_keys,
    insert_pool_key,
    list_bodies,
    record_bodies,
)
from exchange.store.columns import Pool, Status
from exchange.store.erasures import (
    Erasure,
    decide_proposal,
    erase_persons,
    find_proposal,
    find_speaking,
    insert_erasures,
    insert_proposal,
    list_erasures,
    list_keyed,
    list_proposals,
    record_erased,
)
from exchange.store.handoffs import Handoff, Stale
from exchange.store.ledger import record_entries
from tests.store.rows import NOON, SECOND, entry, stored_draft, stored_handoff, uuid_text

TODAY = NOON.date()


def kept(connection: Connection) -> Handoff:
    """Return a handoff that has a data key."""
    row = stored_handoff(connection)
    insert_data_keys(connection, {row.number: b"wrapped"})
    return row


def rejected(connection: Connection, envelope: bytes) -> int:
    """Store the body of a message that was refused, and return its number."""
    (body,) = record_bodies(connection, [NewBody(b"x", pool=Pool.REJECTED, pool_on=TODAY)])
    new = entry(status=Status.REJECTED, body=body, envelope=envelope)
    record_entries(connection, [new])
    return body


def test_a_proposal_is_decided_once(connection: Connection) -> None:
    """What the second person made of it stands, with the handoffs and when each was erased."""
    number = insert_proposal(connection, at=NOON, by="ana")
    one, other = sorted([uuid_text(), uuid_text()])
    new = [
        Erasure(proposal=number, handoff=handoff, basis=Basis.PERSON_ASKS)
        for handoff in (one, other)
    ]
    insert_erasures(connection, new)
    decide_proposal(connection, number, at=NOON, by="luis", confirmed=True)
    decide_proposal(connection, number, at=NOON + SECOND, by="eva", confirmed=False)
    record_erased(connection, new[:1], at=NOON)
    assert list_erasures(connection, number) == [replace(new[0], erased_at=NOON), new[1]]
    proposal = find_proposal(connection, number)
    assert proposal is not None
    assert (proposal.decided_by, proposal.confirmed) == ("luis", True)
    assert proposal in list_proposals(connection)
    assert find_proposal(connection, number + 1) is None


def test_the_database_asks_for_two_persons(connection: Connection) -> None:
    """Nobody confirms what they proposed, whatever program says so; to withdraw takes one."""
    number = insert_proposal(connection, at=NOON, by="ana")
    with pytest.raises(IntegrityError), connection.begin_nested():
        decide_proposal(connection, number, at=NOON, by="ana", confirmed=True)
    decide_proposal(connection, number, at=NOON, by="ana", confirmed=False)


def test_one_persons_bodies_go_and_nobody_elses(connection: Connection) -> None:
    """Those that were accepted, and those that were refused, of this handoff alone."""
    one, other = kept(connection), kept(connection)
    insert_pool_key(connection, Pool.REJECTED, TODAY, b"pool")
    bodies = record_bodies(connection, [NewBody(b"a", handoff=row.number) for row in (one, other)])
    record_entries(
        connection,
        [
            entry(handoff=row.number, body=body)
            for row, body in zip((one, other), bodies, strict=True)
        ],
    )
    mine = rejected(connection, canonical({"sub": one.handoff}))
    others = [
        rejected(connection, envelope)
        for envelope in (canonical({"sub": other.handoff}), b"no json", b"[]", b"[" * 100_000)
    ]
    erase_persons(connection, [(one, one)])
    left = set(list_bodies(connection, [*bodies, mine, *others]))
    assert left == {bodies[1], *others}
    assert {one.number, other.number} & list_keyed(connection) == {other.number}


def test_who_has_moved_on_is_not_erased(connection: Connection) -> None:
    """What was decided on an older version is decided anew."""
    one = kept(connection)
    with pytest.raises(Stale):
        erase_persons(connection, [(replace(one, version=9), one)])


def test_what_waits_is_found(connection: Connection) -> None:
    """A handoff of which something waits to be said is told from one of which nothing does."""
    one, other = kept(connection), kept(connection)
    stored_draft(connection, one.number)
    assert find_speaking(connection, [one.number, other.number]) == {one.number}
