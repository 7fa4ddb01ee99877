"""The outbox: due, leased, fenced, in order, and gone once settled."""

import pytest
from sqlalchemy import Connection

from exchange.store.columns import Status
from exchange.store.depth import Depth, find_next_due_at, get_depth
from exchange.store.ledger import record_entries
from exchange.store.outbox import (
    URGENT,
    LeaseLost,
    Waiting,
    claim_due,
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
    urgent: bool = False,
    limit: int = 64,
) -> list[Waiting]:
    """Claim what is due some seconds after noon."""
    now = NOON + at * SECOND
    return claim_due(connection, now=now, lease_until=now + LEASE, limit=limit, urgent=urgent)


def test_a_draft_comes_back_as_it_went_in(connection: Connection) -> None:
    """Every member of a draft is read as it was written, with one attempt after its claim."""
    handoff = stored_handoff(connection).number
    jti = uuid_text()
    stored_draft(connection, handoff, irt_jti=jti, irt_pld=bytes(32))
    (row,) = claim(connection)
    assert (row.handoff, row.irt_jti, row.irt_pld) == (handoff, jti, bytes(32))
    assert (row.attempts, row.due_at, row.ledger) == (1, NOON + LEASE, None)


def test_what_is_leased_is_not_given_again_until_the_lease_ends(connection: Connection) -> None:
    """The row of a worker that crashed falls due again at the end of its lease."""
    number = stored_draft(connection, None)
    assert [row.number for row in claim(connection)] == [number]
    assert claim(connection, at=59) == []
    assert [row.attempts for row in claim(connection, at=60)] == [2]


def test_a_new_process_ends_the_leases_of_the_one_before(connection: Connection) -> None:
    """What was claimed is due at once; what was never claimed keeps its time."""
    number = stored_draft(connection, None)
    claim(connection)
    stored_draft(connection, None, due_at=NOON + 90 * SECOND)
    assert end_leases(connection, now=NOON + SECOND) == 1
    assert [row.number for row in claim(connection, at=1)] == [number]


def test_what_is_not_due_waits(connection: Connection) -> None:
    """A draft is given from its time on, and the next time due is known."""
    assert find_next_due_at(connection, urgent=False) is None
    stored_draft(connection, None, due_at=NOON + 5 * SECOND)
    assert claim(connection, at=4) == []
    assert find_next_due_at(connection, urgent=False) == NOON + 5 * SECOND
    assert len(claim(connection, at=5)) == 1


def test_of_one_handoff_the_first_goes_first(connection: Connection) -> None:
    """The next message of a handoff is given only once the one before is settled."""
    handoff = stored_handoff(connection).number
    numbers = [stored_draft(connection, handoff) for _ in range(2)]
    other = stored_draft(connection, stored_handoff(connection).number)
    first, beside = claim(connection)
    assert [first.number, beside.number] == [numbers[0], other]
    assert claim(connection) == []
    settle(connection, [first])
    assert [row.number for row in claim(connection)] == [numbers[1]]


def test_what_waits_behind_another_is_not_the_next_due(connection: Connection) -> None:
    """While the first of a handoff is leased, the next time due is the end of its lease."""
    handoff = stored_handoff(connection).number
    for _ in range(2):
        stored_draft(connection, handoff)
    claim(connection)
    assert find_next_due_at(connection, urgent=False) == NOON + LEASE


def test_a_cancellation_overtakes(connection: Connection) -> None:
    """An urgent row is given though an earlier one of its handoff waits, in its own lane."""
    handoff = stored_handoff(connection).number
    notice = stored_draft(connection, handoff)
    cancellation = stored_draft(connection, handoff, priority=URGENT)
    assert [row.number for row in claim(connection, urgent=True)] == [cancellation]
    assert [row.number for row in claim(connection)] == [notice]


def test_a_parked_row_holds_nothing_up(connection: Connection) -> None:
    """A parked row is not given, and the next of its handoff is."""
    handoff = stored_handoff(connection).number
    first, second = (stored_draft(connection, handoff) for _ in range(2))
    assert park(connection, first, at=NOON, code="breaks-schema")
    assert not park(connection, first, at=NOON, code="breaks-schema")
    assert [row.number for row in claim(connection)] == [second]
    assert retry(connection, first, now=NOON)
    assert [row.number for row in claim(connection)] == [first]


def test_a_claim_takes_no_more_than_asked(connection: Connection) -> None:
    """The limit holds, and the longest due goes first."""
    numbers = [stored_draft(connection, None, due_at=NOON - n * SECOND) for n in range(5)]
    assert [row.number for row in claim(connection, limit=2)] == numbers[-2:]


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
    """A row given back falls due at the time given; a refusal before signatures is counted."""
    stored_draft(connection, None)
    rows = claim(connection)
    assert release(connection, rows, due_at=NOON + 7 * SECOND, refused=True) == 1
    assert claim(connection, at=6) == []
    assert [row.isolated for row in claim(connection, at=7)] == [1]


def test_a_number_is_never_used_again(connection: Connection) -> None:
    """A new row does not get the number of one that is gone, so an old lease opens nothing."""
    first = stored_draft(connection, None)
    settle(connection, claim(connection))
    assert stored_draft(connection, None) > first


def test_what_was_never_said_can_vanish(connection: Connection) -> None:
    """The unsealed drafts of a handoff are deleted, what is sealed stays."""
    handoff = stored_handoff(connection).number
    stored_draft(connection, handoff)
    (row,) = claim(connection)
    record_entries(connection, [sent(seq=1)])
    record_sealed(connection, [(row, 0, row.body)])
    stored_draft(connection, handoff)
    assert delete_drafts(connection, handoff) == 1
    assert [one.number for one in list_outbox_of(connection, handoff)] == [row.number]


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
