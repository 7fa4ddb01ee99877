"""
The two applications, each made of one table of routes.

Which side this is decides which desk there is: the routes of the other side's desk do not
exist here. Access logs are off: what happens is logged as events by the legs, with the fields
that ``logs`` allows.
"""

from collections.abc import Sequence
from typing import Final

import orjson
from aiohttp import web

from exchange.web.desk import ReceivingDesk
from exchange.web.either import EitherDesk
from exchange.web.handoffs import Handoffs
from exchange.web.metrics import RequestCount
from exchange.web.openapi import describe
from exchange.web.operations import Operations
from exchange.web.partner import PartnerDoor
from exchange.web.ports import PortDesk
from exchange.web.reports import Reports
from exchange.web.routes import Route, mount

ROUTES: Final[web.AppKey[tuple[Route, ...]]] = web.AppKey("routes", tuple)
"""The table that an application was made of."""


def partner_app(door: PartnerDoor, requests: RequestCount) -> web.Application:
    """Return the application that the partner speaks to."""
    return _app(door.routes(), "partner", requests)


def internal_app(
    *,
    desk: PortDesk | ReceivingDesk,
    either: EitherDesk,
    handoffs: Handoffs,
    reports: Reports,
    operations: Operations,
    requests: RequestCount,
) -> web.Application:
    """Return the application that our own ports, officials and operators speak to."""
    return _app(internal_routes(desk, either, handoffs, reports, operations), "internal", requests)


def internal_routes(
    desk: PortDesk | ReceivingDesk,
    either: EitherDesk,
    handoffs: Handoffs,
    reports: Reports,
    operations: Operations,
) -> tuple[Route, ...]:
    """Return the table of the internal listener, with the route that describes it."""
    tables = (desk, either, handoffs, reports, operations)
    routes = tuple(route for table in tables for route in table.routes())

    async def show_description(request: web.Request) -> web.Response:
        del request
        return web.Response(body=described, content_type="application/json")

    shown = Route(
        "GET", "/openapi.json", show_description, "This description", gives="application/json"
    )
    described = orjson.dumps(
        describe(
            (*routes, shown),
            title=f"Internal listener ({operations.side})",
            version=operations.version,
        )
    )
    return (*routes, shown)


def _app(routes: Sequence[Route], listener: str, requests: RequestCount) -> web.Application:
    app = web.Application()
    app[ROUTES] = tuple(routes)
    mount(app, routes, requests.of(listener), requests.hits_of(listener))
    return app
