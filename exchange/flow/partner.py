"""
The other authority as we see it: its keys, when it last spoke, and when to try again.

Back-off belongs to the partner and not to a message: when it is away, everything waits, one
request at a time finds out whether it is back, and the first word from it, in either
direction, ends the waiting.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from exchange.proof.keys import KeySet


@dataclass(frozen=True, slots=True)
class BackOff:
    """How long to leave a silent partner alone: exponential, with jitter, capped."""

    first_seconds: float = 0.5
    max_seconds: float = 60.0
    retry_after_max_seconds: float = 300.0

    def pause_seconds(
        self, failures: int, *, chance: float, retry_after_seconds: float | None = None
    ) -> float:
        """
        Return the pause after *failures* failures in a row (1 is the first).

        *chance* in [0, 1) spreads the pauses of many senders over the upper half of the
        interval. A partner's Retry-After is honoured up to a bound, so that a mistaken
        header cannot silence us for a day.
        """
        if retry_after_seconds is not None:
            return min(max(retry_after_seconds, 0.0), self.retry_after_max_seconds)
        ceiling = min(self.first_seconds * 2.0 ** min(failures - 1, 30), self.max_seconds)
        return ceiling * (0.5 + chance / 2)


@dataclass(slots=True)
class Partner:
    """
    What this process knows of the partner right now. Nothing here is a record.

    *monotonic* is the loop's clock: back-off must not jump when a wall clock is set.
    """

    key_set: KeySet
    monotonic: Callable[[], float]
    chance: Callable[[], float]
    back_off: BackOff = field(default_factory=BackOff)
    heard_at: datetime | None = None
    skew_seconds: float | None = None
    failures: int = 0
    _quiet_until: float = 0.0

    @property
    def failing(self) -> bool:
        """True from a failed delivery until the partner speaks again."""
        return self.failures > 0

    def pause_seconds(self) -> float:
        """Return how long still to wait before the next attempt; 0 means go."""
        return max(0.0, self._quiet_until - self.monotonic())

    def failed(self, retry_after_seconds: float | None = None) -> None:
        """
        Record that a delivery got no usable answer.

        Requests that were under way together fail together: that is one failure.
        """
        if self.pause_seconds() > 0:
            return
        self.failures += 1
        pause = self.back_off.pause_seconds(
            self.failures, chance=self.chance(), retry_after_seconds=retry_after_seconds
        )
        self._quiet_until = self.monotonic() + pause

    def heard(self, now: datetime) -> None:
        """Record that the partner spoke to us, in either direction: there is no pause left."""
        self.heard_at = now
        self.failures = 0
        self._quiet_until = 0.0
