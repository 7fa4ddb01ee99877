"""The two sides, and the names under which they speak of a handoff and of a case."""

from enum import StrEnum
from typing import NewType

HandoffId = NewType("HandoffId", str)
"""One person, one return cycle: a random UUID in lower case, borne by every message about it."""

CaseId = NewType("CaseId", str)
"""The same person over several cycles: a random UUID with no meaning outside."""


class Side(StrEnum):
    """One of the two authorities."""

    US = "us"
    MX = "mx"

    @property
    def other(self) -> "Side":
        """The side that this one speaks to."""
        return Side.MX if self is Side.US else Side.US
