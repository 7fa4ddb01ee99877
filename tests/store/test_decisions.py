"""Decisions: known again by id, and counted."""

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from exchange.store.decisions import (
    Decision,
    DecisionCount,
    Outcome,
    count_decisions,
    find_decision_of,
    find_decisions,
    record_decisions,
)
from tests.store.rows import NOON, stored_handoff, uuid_text

TODAY = NOON.date()


def withheld(**members: Any) -> Decision:
    """Return a decision that screening withheld."""
    given: dict[str, Any] = {
        "decision_id": uuid_text(),
        "digest": bytes(32),
        "port": "2504",
        "decided_on": TODAY,
        "outcome": Outcome.WITHHELD,
        "rule_set": "as-announced-2019",
        "recorded_at": NOON,
        "codes": ("minor", "fear"),
    }
    return Decision(**{**given, **members})


def test_a_decision_comes_back_as_it_went_in(connection: Connection) -> None:
    """A decision is found by its id, and a cleared one by the handoff it began."""
    handoff = stored_handoff(connection).number
    first = withheld()
    second = withheld(outcome=Outcome.CLEARED, codes=(), handoff=handoff)
    record_decisions(connection, [first, second])
    ids = [first.decision_id, second.decision_id]
    assert find_decisions(connection, [*ids, uuid_text()]) == dict(
        zip(ids, (first, second), strict=True)
    )
    assert find_decision_of(connection, handoff) == second
    assert find_decision_of(connection, handoff + 1) is None


def test_a_decision_is_stored_once(connection: Connection) -> None:
    """A second decision of one id is stopped by the database."""
    first = withheld()
    record_decisions(connection, [first])
    with pytest.raises(IntegrityError):
        record_decisions(connection, [first])


def test_who_is_withheld_has_no_handoff(connection: Connection) -> None:
    """A withheld decision that names a handoff is stopped by the database."""
    handoff = stored_handoff(connection).number
    with pytest.raises(IntegrityError):
        record_decisions(connection, [withheld(handoff=handoff)])


def test_decisions_are_counted_by_day_and_port(connection: Connection) -> None:
    """Counts are by the port's own day, both ends included."""
    cases = (("2504", 0), ("2504", 0), ("2402", 0), ("2504", 3))
    record_decisions(
        connection,
        [withheld(port=port, decided_on=TODAY + dt.timedelta(days=days)) for port, days in cases],
    )
    assert count_decisions(connection, first_on=TODAY, last_on=TODAY) == [
        DecisionCount(TODAY, "2402", Outcome.WITHHELD, 1),
        DecisionCount(TODAY, "2504", Outcome.WITHHELD, 2),
    ]
