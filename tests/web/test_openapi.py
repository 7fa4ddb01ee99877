"""The description of each listener says what its router does, no more and no less."""

from typing import Any

import pytest
from aiohttp import web
from jsonschema import (
    Draft202012Validator,
)
from prometheus_client import CollectorRegistry

from exchange import __version__
from exchange.domain.decision import ReturnDecision
from exchange.domain.parties import Side
from exchange.store import Store
from exchange.web.app import ROUTES, partner_app
from exchange.web.metrics import RequestCount
from exchange.web.problems import status_of
from exchange.web.published import descriptions
from tests.builders import a_decision_document
from tests.web.installation import Installation
from tests.web.serving import FakeInbox, partner_door

DESCRIBED = descriptions(__version__)


def operations(document: Any) -> set[tuple[str, str]]:
    """Return every method and path that a description names."""
    return {
        (method.upper(), path) for path, methods in document["paths"].items() for method in methods
    }


def routed(app: web.Application) -> set[tuple[str, str]]:
    """Return every method and path that a router takes, without those it refuses."""
    return {
        (route.method, route.resource.canonical)
        for route in app.router.routes()
        if route.method != "*" and route.resource is not None
    }


@pytest.mark.parametrize("side", list(Side))
async def test_the_internal_description_is_its_router(side: Side, sqlite_store: Store) -> None:
    """Each side's description names exactly the routes of its internal listener."""
    app = Installation(sqlite_store, side).internal()
    assert operations(DESCRIBED[f"internal.{side}.openapi"]) == routed(app)


def test_the_partner_description_is_its_router() -> None:
    """The partner's description names exactly the routes of the partner listener."""
    app = partner_app(partner_door(FakeInbox()), RequestCount(CollectorRegistry()))
    assert operations(DESCRIBED["partner.openapi"]) == routed(app)


async def test_the_listeners_share_no_route(sqlite_store: Store) -> None:
    """No path of the partner listener exists on an internal one."""
    partner = {path for _, path in operations(DESCRIBED["partner.openapi"])}
    for side in Side:
        internal = {path for _, path in operations(DESCRIBED[f"internal.{side}.openapi"])}
        assert partner.isdisjoint(internal)


async def test_the_description_is_served(us: Installation) -> None:
    """The internal listener serves the description that is published."""
    reply = await us.ask("GET", "/openapi.json")
    assert reply.status == 200
    assert reply.document["paths"] == DESCRIBED["internal.us.openapi"]["paths"]


@pytest.mark.parametrize("name", list(DESCRIBED))
def test_every_reference_leads_somewhere(name: str) -> None:
    """Each reference of a description names a schema that it has."""
    document = DESCRIBED[name]

    def references(value: object) -> set[str]:
        if isinstance(value, dict):
            own = {value["$ref"]} if isinstance(value.get("$ref"), str) else set()
            return own.union(*(references(member) for member in value.values()))
        if isinstance(value, list):
            return set().union(*(references(member) for member in value))
        return set()

    known = {f"#/components/schemas/{schema}" for schema in document["components"]["schemas"]}
    assert references(document) <= known
    assert document["openapi"] == "3.1.0"


def test_the_decision_schema_takes_what_the_model_takes() -> None:
    """The request schema of a decision is a JSON Schema that a valid decision satisfies."""
    components = DESCRIBED["internal.us.openapi"]["components"]
    schema = {
        "$ref": f"#/components/schemas/{ReturnDecision.__name__}",
        "components": components,
    }
    validator = Draft202012Validator(schema)
    assert validator.is_valid(a_decision_document())
    assert not validator.is_valid(a_decision_document(person__sex="?"))


async def test_problems_stand_under_their_status(sqlite_store: Store) -> None:
    """Every problem that a route names is described under the status it is answered with."""
    app = Installation(sqlite_store, Side.US).internal()
    document = DESCRIBED["internal.us.openapi"]
    for route in app[ROUTES]:
        responses = document["paths"][route.path][route.method.lower()]["responses"]
        for kind in route.problems:
            assert f"`{kind.code}`" in responses[str(status_of(kind).value)]["description"]
