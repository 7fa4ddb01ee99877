"""
What was asked of the services from outside, and what the asker knows came of it.

An answer is *ok* or *failed* once it is there and says so. Everything else (a time-out, a
connection that broke, a 503) is *unknown*: it may have happened, and it may not.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


@dataclass(frozen=True, slots=True)
class Broken:
    """An invariant that does not hold, and what shows it."""

    invariant: str
    what: str


class Outcome(StrEnum):
    """What the asker knows."""

    INVOKED = "invoked"
    OK = "ok"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(slots=True, kw_only=True)
class Operation:
    """One request and what the one who made it knows of its end."""

    number: int
    actor: str
    kind: str
    subject: str
    """A decision id or a handoff."""
    key: str | None
    """Its ``Idempotency-Key``."""
    document: Any
    invoked_at: float
    ended_at: float | None = None
    outcome: Outcome = Outcome.INVOKED
    status: int | None = None
    answer: dict[str, Any] = field(default_factory=dict)

    @property
    def is_definite(self) -> bool:
        """Whether the asker knows what came of it."""
        return self.outcome in (Outcome.OK, Outcome.FAILED)


class History:
    """Every operation of a run, in the order in which they were invoked."""

    def __init__(self) -> None:
        self.operations: list[Operation] = []

    def invoke(self, at: float, **members: Any) -> Operation:
        """Return the record of a request that goes out now."""
        operation = Operation(number=len(self.operations), invoked_at=at, **members)
        self.operations.append(operation)
        return operation

    def of(self, kind: str) -> Iterator[Operation]:
        """Give the operations of one kind."""
        return (one for one in self.operations if one.kind == kind)

    def accepted(self, kind: str) -> dict[str, Operation]:
        """Return, by subject, the first operation of a kind that was known to be done."""
        done: dict[str, Operation] = {}
        for one in self.of(kind):
            if one.outcome is Outcome.OK:
                done.setdefault(one.subject, one)
        return done

    def counts(self) -> dict[str, int]:
        """Return how many operations ended in each way."""
        return {
            outcome.value: sum(one.outcome is outcome for one in self.operations)
            for outcome in Outcome
        }
