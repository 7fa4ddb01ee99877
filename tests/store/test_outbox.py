"""The outbox: due, leased, fenced, in order, and gone once settled."""

from dataclasses import replace

import pytest
from sqlalchemy import Connection

from exchange.store.columns import Status
from exchange.store.depth import Depth, get_depth
from exchange.store.lanes import Lane, claim_due
from exchange.store.ledger import record_entries
from exchange.store.outbox import (
    URGENT,
    LeaseLost,
    Waiting,
    delete_drafts,
    end_leases,
    list_held,
    list_outbox,
    list_outbox_of,
    park,
    record_sealed,
    release,
    retry,
    settle,
)
from exchange.store.verdicts import Verdict, record_verdicts
from tests.store.rows import NOON, SECOND, receipt, sent, stored_draft, stored_handoff, uuid_text

LEASE = 60 * SECOND


def claim(
    connection: Connection,
    *,
    at: int = 0,
    lane: Lane = Lane.NORMAL,
    limit: int = 64,
    isolated: int = 0,
) -> list[Waiting]:
    """Claim what is due some seconds after noon."""
    now = NOON + at * SECOND
    return claim_due(
        connection,
        lane=lane,
        now=now,
        lease_until=now + LEASE,
        limit=limit,
        isolated=isolated,
    )


def test_a_draft_comes_back_as_it_went_in(connection: Connection) -> None:
    """Every member of a draft is read as it was written, with one attempt after its claim."""
    handoff = stored_handoff(connection).number
    jti = uuid_text()
    stored_draft(connection, handoff, irt_jti=jti, irt_pld=bytes(32))
    (row,) = claim(connection)
    assert (row.handoff, row.irt_jti, row.irt_pld) == (handoff, jti, bytes(32))
    assert (row.attempts, row.due_at, row.ledger) == (1, NOON + LEASE, None)


def test_a_new_process_ends_the_leases_of_the_one_before(connection: Connection) -> None:
    """What was claimed is due at once; what was never claimed keeps its time."""
    number = stored_draft(connection, None)
    claim(connection)
    stored_draft(connection, None, due_at=NOON + 90 * SECOND)
    assert end_leases(connection, now=NOON + SECOND) == 1
    assert [row.number for row in claim(connection, at=1)] == [number]


def test_a_parked_row_holds_nothing_up(connection: Connection) -> None:
    """A parked row is not given, and the next of its handoff is."""
    handoff = stored_handoff(connection).number
    first, second = (stored_draft(connection, handoff) for _ in range(2))
    assert park(connection, first, at=NOON, code="breaks-schema")
    assert not park(connection, first, at=NOON, code="breaks-schema")
    assert [row.number for row in claim(connection)] == [second]
    assert retry(connection, first, now=NOON)
    assert [row.number for row in claim(connection)] == [first]


def test_only_the_holder_writes_an_outcome(connection: Connection) -> None:
    """Once a row was claimed again, the first claim can neither settle, release, park nor seal."""
    number = stored_draft(connection, None)
    old = claim(connection)
    (current,) = claim(connection, at=60)
    assert list_held(connection, old) == []
    assert settle(connection, old) == 0
    assert release(connection, old, due_at=NOON) == 0
    assert not park(connection, number, at=NOON, code="malformed", attempts=1)
    record_entries(connection, [sent(seq=1)])
    with pytest.raises(LeaseLost):
        record_sealed(connection, [(old[0], 0, current.body)])
    assert list_outbox(connection) == [current]
    assert list_held(connection, [current]) == [current]
    assert settle(connection, [current]) == 1
    assert list_outbox(connection) == []


def test_a_draft_is_sealed_once(connection: Connection) -> None:
    """A sealed row bears its ledger number and cannot be sealed again."""
    stored_draft(connection, None)
    (row,) = claim(connection)
    record_entries(connection, [sent(seq=1), sent(seq=2)])
    record_sealed(connection, [(row, 0, row.body)])
    assert [waiting.ledger for waiting in list_outbox(connection)] == [0]
    with pytest.raises(LeaseLost):
        record_sealed(connection, [(row, 1, row.body)])


def test_a_released_row_is_due_when_it_says(connection: Connection) -> None:
    """A row given back falls due at the time given, as isolated as the claim then says."""
    stored_draft(connection, None)
    (row,) = claim(connection)
    assert release(connection, [replace(row, isolated=3)], due_at=NOON + 7 * SECOND) == 1
    assert claim(connection, at=7) == []
    assert claim(connection, at=6, lane=Lane.ISOLATED, isolated=3) == []
    (again,) = claim(connection, at=7, lane=Lane.ISOLATED, isolated=3)
    assert (again.number, again.isolated) == (row.number, 3)


def test_who_is_told_to_try_again_starts_from_nothing(connection: Connection) -> None:
    """What an operator retries is set apart no more, and is due in the lane of all."""
    stored_draft(connection, None)
    (row,) = claim(connection)
    release(connection, [replace(row, isolated=9)], due_at=NOON + 60 * SECOND)
    assert retry(connection, row.number, now=NOON)
    assert [again.isolated for again in claim(connection)] == [0]


def test_a_number_is_never_used_again(connection: Connection) -> None:
    """A new row does not get the number of one that is gone, so an old lease opens nothing."""
    first = stored_draft(connection, None)
    settle(connection, claim(connection))
    assert stored_draft(connection, None) > first


def test_what_was_never_said_can_vanish(connection: Connection) -> None:
    """The unsealed drafts of a handoff are deleted, what is sealed or urgent stays."""
    handoff = stored_handoff(connection).number
    stored_draft(connection, handoff)
    (row,) = claim(connection)
    record_entries(connection, [sent(seq=1)])
    record_sealed(connection, [(row, 0, row.body)])
    stored_draft(connection, handoff)
    urgent = stored_draft(connection, handoff, priority=URGENT)
    assert delete_drafts(connection, handoff) == 1
    assert [one.number for one in list_outbox_of(connection, handoff)] == [row.number, urgent]


def test_the_depth_tells_what_waits(connection: Connection) -> None:
    """Depth counts what waits, what is said without a receipt, what is parked, and since when."""
    assert get_depth(connection) == Depth(0, 0, 0, None)
    for seconds in (3, 1, 2):
        stored_draft(connection, None, created_at=NOON + seconds * SECOND)
    rows = claim(connection)
    record_entries(connection, [sent(seq=1), sent(seq=2), receipt()])
    record_sealed(connection, [(row, place, row.body) for place, row in enumerate(rows[:2])])
    record_verdicts(connection, [Verdict(message=0, receipt=2, status=Status.REJECTED)])
    park(connection, rows[0].number, at=NOON, code="breaks-schema")
    assert get_depth(connection) == Depth(2, 1, 1, NOON + SECOND)
