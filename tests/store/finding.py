"""Discrepancies for the tests of the store."""

from datetime import timedelta
from typing import Any

from exchange.domain.discrepancies.finding import Finding
from exchange.domain.discrepancies.scopes import Scope, Subject
from exchange.domain.discrepancies.standing import Discrepancy
from exchange.domain.handoff import HandoffId
from exchange.domain.severity import Severity
from tests.store.rows import NOON

HOUR = timedelta(hours=1)


def a_discrepancy(name: str = "one", **changes: Any) -> Discrepancy:
    """Return a discrepancy that opened at noon, about one handoff."""
    members = {
        "rule": "R05",
        "subject": Subject(Scope.HANDOFF, name),
        "severity": Severity.HIGH,
        "owner": None,
        "since": NOON - HOUR,
        "due_at": NOON + HOUR,
        "because": ("doubt-at-the-line",),
        "handoffs": (HandoffId(name),),
    }
    return Discrepancy(Finding(**{**members, **changes}), NOON, NOON)
