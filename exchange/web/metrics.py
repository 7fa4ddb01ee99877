"""
What Prometheus may scrape: figures about messages and the partner, never about a person.

The registry is this service's own; labels are drawn from closed lists (routes, statuses,
codes), so that nothing a caller chose becomes a time series.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from prometheus_client import CollectorRegistry, Counter, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from exchange.flow.partner import Partner
from exchange.flow.tally import Tally
from exchange.store.alarms import count_open
from exchange.store.depth import Depth, get_depth
from exchange.store.engine import Connection
from exchange.web.limits import Hit, Limit

MEDIA_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"


class RequestCount:
    """Counts the answers of each listener by route and status, and the limits that were hit."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._counter = Counter(
            "exchange_requests",
            "Requests answered",
            ("listener", "route", "status"),
            registry=registry,
        )
        self._children: dict[tuple[str, str, int], Counter] = {}
        self._hits = Counter(
            "exchange_limits_hit",
            "How often a caller ran into a limit, by the setting that names it",
            ("listener", "limit"),
            registry=registry,
        )

    def hits_of(self, listener: str) -> Hit:
        """Return the function that counts one limit of *listener* that was hit."""
        called = {Limit.BODY_SIZE: Limit.DOCUMENT_SIZE} if listener == "internal" else {}
        children = {
            limit: self._hits.labels(listener, called.get(limit, limit).value) for limit in Limit
        }

        def hit(limit: Limit) -> None:
            children[limit].inc()

        return hit

    def of(self, listener: str) -> Callable[[str, int], None]:
        """Return the function that counts one answer of *listener*."""

        def count(route: str, status: int) -> None:
            key = (listener, route, status)
            child = self._children.get(key)
            if child is None:
                child = self._children[key] = self._counter.labels(listener, route, str(status))
            child.inc()

        return count


@dataclass(frozen=True, slots=True)
class Figures:
    """What the database says at one moment."""

    depth: Depth
    alarms: Mapping[str, int]


def read_figures(connection: Connection) -> Figures:
    """Return the figures of this moment."""
    return Figures(get_depth(connection), count_open(connection))


class Metrics(Collector):
    """Everything that is measured, in one registry of its own."""

    def __init__(self, *, partner: Partner, tally: Tally, version: str, side: str) -> None:
        self._partner = partner
        self._tally = tally
        self._build = (version, side)
        self._figures: tuple[Figures, datetime, float] | None = None
        self._registry = CollectorRegistry()
        self.requests = RequestCount(self._registry)
        ProcessCollector(registry=self._registry)
        self._registry.register(self)

    def text(self, figures: Figures, now: datetime, commit_seconds: float) -> bytes:
        """Return all there is to scrape at *now*; the oldest commit has that many seconds."""
        self._figures = (figures, now, commit_seconds)
        return generate_latest(self._registry)

    def describe(self) -> list[Metric]:
        """Return nothing: what there is, is known at a scrape."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Give what the program counts and, at a scrape, what the database and partner say."""
        build = GaugeMetricFamily("exchange_build_info", "What runs", labels=("version", "side"))
        build.add_metric(self._build, 1)
        yield build
        yield from self._counted()
        yield from self._of_partner()
        if self._figures is not None:
            figures, now, commit_seconds = self._figures
            yield from _of_outbox(figures.depth, now)
            yield _of_alarms(figures.alarms)
            yield GaugeMetricFamily(
                "exchange_store_commit_age_seconds",
                "Age of the oldest commit that the database has not answered",
                commit_seconds,
            )

    def _counted(self) -> Iterator[Metric]:
        families: dict[str, CounterMetricFamily] = {}
        for (what, label), count in sorted(self._tally.counts.items()):
            if what not in families:
                words = what.replace("_", " ").capitalize()
                families[what] = CounterMetricFamily(f"exchange_{what}", words, labels=("code",))
            families[what].add_metric((label,), count)
        yield from families.values()

    def _of_partner(self) -> Iterator[Metric]:
        partner = self._partner
        yield GaugeMetricFamily(
            "exchange_partner_failures", "Deliveries failed in a row", partner.failures
        )
        if partner.heard_at is not None:
            yield GaugeMetricFamily(
                "exchange_partner_last_contact_timestamp_seconds",
                "When the partner last spoke with us",
                partner.heard_at.timestamp(),
            )
        if partner.skew_seconds is not None:
            yield GaugeMetricFamily(
                "exchange_partner_skew_seconds",
                "How far the partner's clock is ahead of ours",
                partner.skew_seconds,
            )


def _of_outbox(depth: Depth, now: datetime) -> Iterator[Metric]:
    family = GaugeMetricFamily("exchange_outbox_depth", "Messages that wait", labels=("state",))
    family.add_metric(("waiting",), depth.waiting)
    family.add_metric(("unreceipted",), depth.unreceipted)
    family.add_metric(("parked",), depth.parked)
    yield family
    age = (now - depth.oldest_at).total_seconds() if depth.oldest_at else 0.0
    yield GaugeMetricFamily(
        "exchange_outbox_oldest_age_seconds", "Age of the oldest message that waits", age
    )


def _of_alarms(alarms: Mapping[str, int]) -> Metric:
    family = GaugeMetricFamily("exchange_alarms_open", "Alarms that are open", labels=("kind",))
    for kind, count in sorted(alarms.items()):
        family.add_metric((kind,), count)
    return family
