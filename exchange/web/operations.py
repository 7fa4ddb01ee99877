"""What keeps the service running: live, ready, which version, and how it is doing."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus

from aiohttp import web

from exchange.domain.alarms import CRITICAL
from exchange.errors import ExchangeError, StoreBusy
from exchange.flow.clock import Clock
from exchange.flow.partner import Partner
from exchange.store.alarms import count_open
from exchange.store.engine import Store, require_current
from exchange.web import metrics
from exchange.web.documents import Check, Liveness, Readiness, Version
from exchange.web.gate import Drain
from exchange.web.metrics import Metrics, read_figures
from exchange.web.routes import Route


@dataclass(frozen=True, slots=True)
class Operations:
    """What the routes of the operator need; none of them shows a person, none needs a token."""

    store: Store
    partner: Partner
    metrics: Metrics
    drain: Drain
    clock: Clock
    version: str
    side: str
    can_sign: Callable[[], bool]

    def routes(self) -> tuple[Route, ...]:
        """Return the rows of these routes."""
        return (
            Route("GET", "/healthz", self.show_live, "The process answers", gives=Liveness),
            Route(
                "GET",
                "/readyz",
                self.show_ready,
                "Whether work is taken, and each check; 503 when it is not",
                gives=Readiness,
                also=(HTTPStatus.SERVICE_UNAVAILABLE,),
            ),
            Route("GET", "/version", self.show_version, "What runs here", gives=Version),
            Route(
                "GET",
                "/metrics",
                self.show_metrics,
                "Figures for Prometheus",
                gives="text/plain",
                problems=(StoreBusy,),
            ),
        )

    async def show_live(self, request: web.Request) -> web.Response:
        """Answer, which is all there is to it: no I/O."""
        del request
        return Liveness(live=True).response()

    async def show_ready(self, request: web.Request) -> web.Response:
        """Answer with every check, 200 only when all that are required hold."""
        del request
        alarms = await self._read_alarms()
        checks = (
            Check(name="not-draining", ok=not self.drain.draining),
            Check(name="store-sound", ok=not self.store.failed.is_set()),
            Check(name="database", ok=alarms is not None),
            Check(name="commits", ok=not self.store.is_held_up),
            Check(name="migrations", ok=await self._is_current()),
            Check(name="keys", ok=self.can_sign(), required=False),  # decisions are taken, and wait
            Check(
                name="partner-keys",
                ok=self.partner.key_set.expires_at > self.clock(),
                required=False,  # decisions are taken all the same, and wait
            ),
            Check(
                name="alarms",
                ok=alarms is not None and not CRITICAL & alarms.keys(),
                required=False,  # whoever must act is called; callers are not sent away
            ),
        )
        ready = all(check.ok for check in checks if check.required)
        status = HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE
        return Readiness(ready=ready, checks=checks).response(status)

    async def show_version(self, request: web.Request) -> web.Response:
        """Answer with the version and side."""
        del request
        return Version(version=self.version, side=self.side).response()

    async def show_metrics(self, request: web.Request) -> web.Response:
        """Answer with the figures of this moment."""
        del request
        figures = await self.store.scan(read_figures)
        text = self.metrics.text(figures, self.clock(), self.store.commit_seconds)
        return web.Response(body=text, headers={"Content-Type": metrics.MEDIA_TYPE})

    async def _read_alarms(self) -> Mapping[str, int] | None:
        """Return how many alarms of each kind are open, or None where the database is silent."""
        try:
            return await self.store.read(count_open)
        except ExchangeError:
            return None

    async def _is_current(self) -> bool:
        loop = asyncio.get_running_loop()
        try:
            await loop.run_in_executor(None, partial(require_current, self.store.url))
        except ExchangeError:
            return False
        return True
