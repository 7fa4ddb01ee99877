"""
What Prometheus may scrape: figures about messages and the partner, never about a person.

The registry is this service's own; labels are drawn from closed lists (routes, statuses,
codes), so that nothing a caller chose becomes a time series.
"""

from collections.abc import Callable
from typing import Final

from prometheus_client import CollectorRegistry, Counter

MEDIA_TYPE: Final = "text/plain"


class RequestCount:
    """Counts the answers of one listener by route and status."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._counter = Counter(
            "exchange_requests",
            "Requests answered",
            ("listener", "route", "status"),
            registry=registry,
        )
        self._children: dict[tuple[str, str, int], Counter] = {}

    def of(self, listener: str) -> Callable[[str, int], None]:
        """Return the function that counts one answer of *listener*."""

        def count(route: str, status: int) -> None:
            key = (listener, route, status)
            child = self._children.get(key)
            if child is None:
                child = self._children[key] = self._counter.labels(listener, route, str(status))
            child.inc()

        return count
