"""A port that says its decision anew."""

from typing import Any

import pytest

from exchange.errors import Invalid
from tests.builders import DECISION, a_decision_document
from tests.sides import SideOfTests

LATER = {
    "return__window__from_": "2031-03-18T18:00:00Z",
    "return__window__to": "2031-03-18T21:00:00Z",
}
ACCEPTED = {"answer": "accepted", "officer": "INM-77"}


def anew(**changes: Any) -> dict[str, Any]:
    """Return the default decision entered again, for a later window unless *changes* say more."""
    return a_decision_document(**{"decision_id": DECISION, **(changes or LATER)})


async def revise(us: SideOfTests, handoff: str, **changes: Any) -> Any:
    """Revise a handoff, for a later window unless *changes* say more."""
    return await us.revisions.revise(handoff, anew(**changes), actor="port")


def codes(caught: pytest.ExceptionInfo[Invalid]) -> set[tuple[str, str]]:
    """Return where and why a document was refused."""
    return {(fault.pointer, fault.code) for fault in caught.value.faults}
