"""
The OpenAPI descriptions of the listeners, without a running service: for export and review.

The tables of routes are made with nothing behind them; no handler of theirs is ever called.
"""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, cast

from exchange.domain.parties import Side
from exchange.web.alarms import AlarmDesk
from exchange.web.app import internal_routes
from exchange.web.desk import ReceivingDesk
from exchange.web.discrepancies import DiscrepancyDesk
from exchange.web.either import EitherDesk
from exchange.web.handoffs import Handoffs
from exchange.web.openapi import describe
from exchange.web.operations import Operations
from exchange.web.partner import PartnerDoor
from exchange.web.ports import PortDesk
from exchange.web.reports import Reports
from exchange.web.statements import StatementDesk

PARTNER_TITLE = "Partner listener"


class _Nothing:
    """Stands for what a handler would call: whatever is asked of it is nothing again."""

    def __getattr__(self, name: str) -> "_Nothing":
        return self

    def __call__(self, *_: object, **__: object) -> "_Nothing":
        return self


def descriptions(version: str) -> Mapping[str, Mapping[str, Any]]:
    """Return the description of each listener by the name of its file, without an ending."""
    door = PartnerDoor(**_nothing_for(PartnerDoor))
    return {
        "partner.openapi": describe(door.routes(), title=PARTNER_TITLE, version=version),
        "internal.us.openapi": _internal(Side.US, version),
        "internal.mx.openapi": _internal(Side.MX, version),
    }


def _internal(side: Side, version: str) -> dict[str, Any]:
    desk = PortDesk if side is Side.US else ReceivingDesk
    routes = internal_routes(
        desk(**_nothing_for(desk)),
        EitherDesk(
            **_nothing_for(EitherDesk)
            | {
                "side": side,
                "alarms": AlarmDesk(**_nothing_for(AlarmDesk)),
                "discrepancies": DiscrepancyDesk(**_nothing_for(DiscrepancyDesk)),
                "statements": StatementDesk(**_nothing_for(StatementDesk)),
            }
        ),
        Handoffs(**_nothing_for(Handoffs)),
        Reports(**_nothing_for(Reports)),
        Operations(**_nothing_for(Operations) | {"version": version}),
    )
    return describe(routes, title=f"Internal listener ({side})", version=version)


def _nothing_for(table: Any) -> dict[str, Any]:
    return {field.name: cast("Any", _Nothing()) for field in fields(table)}
