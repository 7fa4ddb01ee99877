"""Handoffs by their next deadline: what has passed, and what is near at a place."""

from sqlalchemy import Connection

from exchange.store.due import stream_due, stream_due_at
from tests.store.rows import NOON, SECOND, stored_handoff


def test_the_longest_overdue_comes_first(connection: Connection) -> None:
    """Handoffs whose deadline has passed are given, those without or with a later one not."""
    for seconds in (2, 1, 3, None):
        due_at = None if seconds is None else NOON + seconds * SECOND
        stored_handoff(connection, due_at=due_at)
    found = stream_due(connection, now=NOON + 2 * SECOND)
    assert [one.due_at for one in found] == [NOON + SECOND, NOON + 2 * SECOND]


def test_what_is_near_at_a_place_is_given_soonest_first(connection: Connection) -> None:
    """Of the points asked for, those due before the time; of two at once the older one first."""
    for seconds, point in ((2, "otay"), (1, "chaparral"), (1, "otay"), (1, "beta"), (3, "otay")):
        stored_handoff(connection, due_at=NOON + seconds * SECOND, receiving_point=point)
    stored_handoff(connection, due_at=None, receiving_point="otay")
    points = ["otay", "chaparral"]
    found = stream_due_at(connection, receiving_points=points, before=NOON + 3 * SECOND)
    assert [(one.receiving_point, one.due_at) for one in found] == [
        ("chaparral", NOON + SECOND),
        ("otay", NOON + SECOND),
        ("otay", NOON + 2 * SECOND),
    ]
