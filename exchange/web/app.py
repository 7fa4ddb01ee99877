"""
The two applications, each made of one table of routes.

Access logs are off: what happens is logged as events by the legs, with the fields that
``logs`` allows.
"""

from typing import Final

from aiohttp import web

from exchange.web.metrics import RequestCount
from exchange.web.partner import PartnerDoor
from exchange.web.routes import Route, mount

ROUTES: Final = web.AppKey("routes", tuple[Route, ...])


def partner_app(door: PartnerDoor, requests: RequestCount) -> web.Application:
    """Return the application that the partner speaks to."""
    return _app(door.routes(), requests, "partner")


def _app(routes: tuple[Route, ...], requests: RequestCount, listener: str) -> web.Application:
    app = web.Application()
    app[ROUTES] = routes
    mount(app, routes, requests.of(listener))
    return app
