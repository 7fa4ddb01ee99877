"""Who may pass the partner listener, and how often: a token bucket, and the drain."""

from collections.abc import Callable
from dataclasses import dataclass, field

from exchange.errors import Draining, RateLimited


@dataclass(slots=True)
class TokenBucket:
    """
    At most *per_second* requests a second, and *burst* at once after a quiet time.

    *monotonic* is a clock in seconds that nobody sets.
    """

    per_second: float
    burst: float
    monotonic: Callable[[], float]
    _tokens: float = field(init=False)
    _filled_at: float = field(init=False)

    def __post_init__(self) -> None:
        self._tokens = self.burst
        self._filled_at = self.monotonic()

    def take(self) -> None:
        """
        Spend one token.

        Raises:
            RateLimited: There is none left; one a second later there is.
        """
        now = self.monotonic()
        self._tokens = min(self.burst, self._tokens + (now - self._filled_at) * self.per_second)
        self._filled_at = now
        if self._tokens < 1:
            raise RateLimited
        self._tokens -= 1


@dataclass(slots=True)
class Drain:
    """Whether the service is stopping: the one switch that both listeners look at."""

    draining: bool = False

    def begin(self) -> None:
        """Take no further work from now on; what is under way still ends."""
        self.draining = True

    def require_open(self) -> None:
        """
        Let work through while the service runs.

        Raises:
            Draining: It is stopping.
        """
        if self.draining:
            raise Draining
