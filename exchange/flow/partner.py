"""
The other authority as we see it: its keys, when it last spoke, and when to try again.

Back-off belongs to the partner and not to a message: when it is away, everything waits, one
request at a time finds out whether it is back, and the first word from it, in either
direction, ends the waiting. Only a time that the partner itself asked us to wait is waited out.
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

    def pause_seconds(self, failures: int, *, chance: float) -> float:
        """
        Return the pause after *failures* failures in a row (1 is the first).

        *chance* in [0, 1) spreads the pauses of many senders over the upper half of the
        interval.
        """
        ceiling = min(self.first_seconds * 2.0 ** min(failures - 1, 30), self.max_seconds)
        return ceiling * (0.5 + chance / 2)

    def honoured_seconds(self, retry_after_seconds: float, *, chance: float) -> float:
        """
        Return how much of a Retry-After is honoured.

        Never more than our bound, so that a mistaken header cannot silence us for a day, and
        never less than our own first pause, so that a zero is no invitation to hammer.
        """
        least = self.pause_seconds(1, chance=chance)
        return min(max(retry_after_seconds, least), self.retry_after_max_seconds)


@dataclass(slots=True, kw_only=True)
class FarSide:
    """
    Somebody we send to, as this process knows it right now, and when to try again.

    *monotonic* is the loop's clock: back-off must not jump when a wall clock is set.
    """

    monotonic: Callable[[], float]
    chance: Callable[[], float]
    back_off: BackOff = field(default_factory=BackOff)
    failures: int = 0
    _quiet_until: float = 0.0
    _asked_until: float = 0.0
    _least_until: float = 0.0

    @property
    def failing(self) -> bool:
        """True from a failed delivery until the far side speaks again."""
        return self.failures > 0

    def pause_seconds(self) -> float:
        """Return how long still to wait before the next attempt; 0 means go."""
        return max(0.0, max(self._quiet_until, self._asked_until) - self.monotonic())

    def failed(self, retry_after_seconds: float | None = None) -> None:
        """
        Record that a delivery got no usable answer, and how long we were asked to wait.

        Requests that were under way together fail together: that is one failure.
        """
        now, is_first = self.monotonic(), self.pause_seconds() == 0
        self.failures += is_first
        if retry_after_seconds is not None:
            asked = self.back_off.honoured_seconds(retry_after_seconds, chance=self.chance())
            self._asked_until = max(self._asked_until, now + asked)
        elif is_first:
            pause = self.back_off.pause_seconds(self.failures, chance=self.chance())
            self._quiet_until = now + pause
            self._least_until = now + self.back_off.pause_seconds(1, chance=0)

    def answered(self) -> None:
        """
        Record that the far side spoke: there is no back-off left.

        A Retry-After stands until it has passed: who speaks may still be one that has its
        hands full.
        """
        self.failures = 0
        self._quiet_until = 0.0


@dataclass(slots=True, kw_only=True)
class Partner(FarSide):
    """
    What this process knows of the partner right now. Nothing here is a record.

    Where several processes serve one side (PostgreSQL), each finds out for itself whether the
    partner is there: while it is away it is asked by one request of each, and the one that is
    spoken to is the one that stops waiting at once; the others follow with their next request.
    """

    key_set: KeySet
    heard_at: datetime | None = None
    skew_seconds: float | None = None

    def heard(self, now: datetime) -> None:
        """Record that the partner answered us."""
        self.heard_at = now
        self.answered()

    def called(self, now: datetime) -> None:
        """
        Record that the partner spoke to us first: of our back-off the first pause is left.

        It shows that the partner is there, and not that its answers reach us. Where those of
        both sides are lost, each request would otherwise set off one of the other side at once.
        """
        self.heard_at = now
        self.failures = 0
        self._quiet_until = min(self._quiet_until, self._least_until)
