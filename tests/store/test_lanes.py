"""In which order what waits goes out, and to whom it is given."""

from dataclasses import replace

from sqlalchemy import Connection

from exchange.store.lanes import Lane, Next, are_due, claim_due, find_next
from exchange.store.outbox import URGENT, Waiting, park, release, settle
from tests.store.rows import NOON, SECOND, stored_draft, stored_handoff

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


def set_apart(connection: Connection, rows: list[Waiting], isolated: int) -> None:
    """Give rows back, set apart so far and due at noon."""
    release(connection, [replace(row, isolated=isolated) for row in rows], due_at=NOON)


def test_what_is_leased_is_not_given_again_until_the_lease_ends(connection: Connection) -> None:
    """The row of a worker that crashed falls due again at the end of its lease."""
    number = stored_draft(connection, None)
    assert [row.number for row in claim(connection)] == [number]
    assert claim(connection, at=59) == []
    assert [row.attempts for row in claim(connection, at=60)] == [2]


def test_what_is_not_due_waits(connection: Connection) -> None:
    """A draft is given from its time on, and the next time due is known."""
    assert find_next(connection, Lane.NORMAL) is None
    stored_draft(connection, None, due_at=NOON + 5 * SECOND)
    assert claim(connection, at=4) == []
    assert find_next(connection, Lane.NORMAL) == Next(Lane.NORMAL, NOON + 5 * SECOND, 0)
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
    assert find_next(connection, Lane.NORMAL) == Next(Lane.NORMAL, NOON + LEASE, 0)


def test_what_waits_behind_a_refused_message_waits(connection: Connection) -> None:
    """A message of the same handoff does not overtake one that was set apart."""
    handoff = stored_handoff(connection).number
    first = stored_draft(connection, handoff)
    stored_draft(connection, handoff)
    set_apart(connection, claim(connection), 6)
    assert claim(connection) == []
    assert [row.number for row in claim(connection, lane=Lane.ISOLATED, isolated=6)] == [first]


def test_a_cancellation_overtakes(connection: Connection) -> None:
    """An urgent row is given though an earlier one of its handoff waits, in its own lane."""
    handoff = stored_handoff(connection).number
    notice = stored_draft(connection, handoff)
    cancellation = stored_draft(connection, handoff, priority=URGENT)
    assert [row.number for row in claim(connection, lane=Lane.URGENT)] == [cancellation]
    assert [row.number for row in claim(connection)] == [notice]


def test_a_refused_cancellation_overtakes_too(connection: Connection) -> None:
    """Set apart, an urgent row still waits behind none of its handoff."""
    handoff = stored_handoff(connection).number
    stored_draft(connection, handoff)
    cancellation = stored_draft(connection, handoff, priority=URGENT)
    set_apart(connection, claim(connection, lane=Lane.URGENT), 7)
    assert claim(connection, lane=Lane.URGENT) == []
    given = claim(connection, lane=Lane.ISOLATED, isolated=7)
    assert [row.number for row in given] == [cancellation]


def test_a_family_is_taken_back_in_an_order_that_tells_nothing(connection: Connection) -> None:
    """Of what falls due at one tick the order is that of the handoffs, whoever came first."""
    family = [stored_handoff(connection).number for _ in range(4)]
    held_first = [family[2], family[0], family[3], family[1]]
    for handoff in held_first:
        stored_draft(connection, handoff, priority=URGENT)

    given = [claim(connection, lane=Lane.URGENT, limit=2) for _ in range(2)]

    assert [[row.handoff for row in rows] for rows in given] == [family[:2], family[2:]]


def test_cases_end_in_an_order_that_tells_nothing(connection: Connection) -> None:
    """What shares a request and is not urgent is in the order of the handoffs too."""
    family = [stored_handoff(connection).number for _ in range(3)]
    for handoff in reversed(family):
        stored_draft(connection, handoff)
    assert [row.handoff for row in claim(connection)] == family


def test_a_claim_takes_no_more_than_asked(connection: Connection) -> None:
    """The limit holds, and the longest due goes first."""
    numbers = [stored_draft(connection, None, due_at=NOON - n * SECOND) for n in range(5)]
    assert [row.number for row in claim(connection, limit=2)] == numbers[-2:]


def test_only_those_as_isolated_go_together(connection: Connection) -> None:
    """Rows set apart are given by how far they were, and to no other lane."""
    numbers = [stored_draft(connection, None) for _ in range(3)]
    rows = claim(connection)
    set_apart(connection, rows[:2], 1)
    set_apart(connection, rows[2:], 6)
    assert claim(connection) == []
    assert find_next(connection, Lane.NORMAL) is None
    found = find_next(connection, Lane.ISOLATED)
    assert found is not None
    assert found.isolated in {1, 6}
    given = claim(connection, lane=Lane.ISOLATED, isolated=1)
    assert [row.number for row in given] == numbers[:2]
    assert find_next(connection, Lane.ISOLATED) == Next(Lane.ISOLATED, NOON, 6)


def test_what_is_parked_waits_in_no_lane(connection: Connection) -> None:
    """A row set aside for a person is not what goes next."""
    park(connection, stored_draft(connection, None), at=NOON, code="operator")
    assert [find_next(connection, lane) for lane in Lane] == [None] * 3


def test_whether_a_request_would_be_full_is_known(connection: Connection) -> None:
    """So many are due, or fewer; what may not go yet does not count."""
    handoff = stored_handoff(connection).number
    for owner in (None, handoff, handoff):
        stored_draft(connection, owner)
    stored_draft(connection, None, due_at=NOON + 5 * SECOND)
    assert are_due(connection, Lane.NORMAL, 2, now=NOON)
    assert not are_due(connection, Lane.NORMAL, 3, now=NOON)
    assert are_due(connection, Lane.NORMAL, 3, now=NOON + 5 * SECOND)
