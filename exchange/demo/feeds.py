"""The change feed of one side, followed: which handoff stands in which stage now."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from exchange.demo.desks import Desk


@dataclass(frozen=True, slots=True)
class Change:
    """A handoff as the feed last told of it."""

    handoff: str
    stage: str
    """Its stage, or what it is on the US side alone before anything was said."""
    case: str | None
    receiving_point: str
    due_at: datetime | None

    @classmethod
    def read(cls, summary: dict[str, Any]) -> "Change":
        """Return what a summary says."""
        due_at = summary["due_at"]
        return cls(
            summary["handoff"],
            summary["local_stage"] or summary["stage"],
            summary["case"],
            summary["receiving_point"] or "",
            datetime.fromisoformat(due_at) if due_at else None,
        )


class Feed:
    """What one side knows of every handoff."""

    def __init__(self, desk: Desk) -> None:
        self.seen: dict[str, Change] = {}
        self._desk = desk
        self._cursor = "0"

    async def follow(self, on_change: Callable[[Change], None]) -> None:
        """Give every change to *on_change*, until cancelled."""
        while True:
            page = await self._desk.changes(self._cursor)
            self._cursor = page["next"]
            for summary in page["handoffs"]:
                change = Change.read(summary)
                self.seen[change.handoff] = change
                on_change(change)

    def stages(self) -> Counter[str]:
        """Return how many handoffs stand in each stage."""
        return Counter(change.stage for change in self.seen.values())
