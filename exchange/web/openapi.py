"""
The OpenAPI 3.1 description of a listener, made from its table of routes and the models.

Whoever writes a client has only this and a token; a test holds it to the router both ways.
"""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from exchange import errors
from exchange.errors import ExchangeError
from exchange.web.documents import Problem
from exchange.web.problems import MEDIA_TYPE, status_of
from exchange.web.routes import Parameter, Route
from exchange.web.texts import problem_text

_REF: Final = "#/components/schemas/{model}"
_BEARER: Final = {"bearer": {"type": "http", "scheme": "bearer"}}
_IN_PATH: Final[Mapping[str, dict[str, Any]]] = {
    "handoff": {"type": "string", "format": "uuid"},
    "number": {"type": "integer", "minimum": 1, "maximum": 10**15 - 1},
}
_IDEMPOTENCY: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "A repeat with the same key and body is answered the same, done once.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200},
}

_OF_CALLERS: Final = (errors.Unauthenticated, errors.Forbidden, errors.StoreBusy)
"""What a route may answer that asks who calls."""
_OF_DOCUMENTS: Final = (
    errors.CallerMistaken,
    errors.RequestTooSlow,
    errors.TooLarge,
    errors.BadContentType,
    errors.BadEncoding,
    errors.Draining,
)
"""What a route may answer that takes a document."""

Schemas = dict[type[BaseModel], dict[str, Any]]


def describe(routes: Sequence[Route], *, title: str, version: str) -> dict[str, Any]:
    """Return the description of the listener that has *routes*."""
    schemas, definitions = _schemas_of(routes)
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": version},
        "paths": paths,
        "components": {"schemas": definitions, "securitySchemes": _BEARER},
    }


def _schemas_of(routes: Sequence[Route]) -> tuple[Schemas, dict[str, Any]]:
    """Return a reference for each model of the routes, and what the references lead to."""
    takes = {route.takes for route in routes if isinstance(route.takes, type)}
    given = {each for route in routes for each in _given(route)}
    gives = {each for each in given if isinstance(each, type)} | {Problem}
    models = sorted(takes | gives, key=lambda model: model.__name__)
    references, document = models_json_schema(
        [(model, "validation" if model in takes else "serialization") for model in models],
        ref_template=_REF,
        by_alias=True,
    )
    found = {model.__name__: schema for (model, _), schema in references.items()}
    return {model: found[model.__name__] for model in models}, document["$defs"]


def _operation(route: Route, schemas: Schemas) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": _identifier(route),
        "summary": route.summary,
        "responses": _responses(route, schemas),
    }
    if parameters := _parameters(route):
        operation["parameters"] = parameters
    if route.takes is not None:
        operation["requestBody"] = {"required": True, "content": _content(route.takes, schemas)}
    if route.needs is not None:
        operation["security"] = [{"bearer": []}]
        operation["description"] = f"Needs a role with the right `{route.needs}`."
    return operation


def _identifier(route: Route) -> str:
    words = route.path.strip("/").replace("{", "").replace("}", "").replace(".", "-")
    return f"{route.method.lower()}-{words.replace('/', '-')}"


def _parameters(route: Route) -> list[dict[str, Any]]:
    found = [_query(parameter) for parameter in route.parameters]
    found += [
        {"name": name, "in": "path", "required": True, "schema": schema}
        for name, schema in _IN_PATH.items()
        if f"{{{name}}}" in route.path
    ]
    if route.idempotent:
        found.append(_IDEMPOTENCY)
    return found


def _query(parameter: Parameter) -> dict[str, Any]:
    return {
        "name": parameter.name,
        "in": "query",
        "required": parameter.required,
        "description": parameter.description,
        "schema": parameter.schema,
    }


def _responses(route: Route, schemas: Schemas) -> dict[str, Any]:
    """Return what a route answers: its success, then its problems by status."""
    success: dict[str, Any] = {"description": route.success.phrase}
    if given := _given(route):
        success["content"] = {
            name: what for each in given for name, what in _content(each, schemas).items()
        }
    responses = {str(route.success.value): success}
    for status in route.also:
        responses[str(status.value)] = {**success, "description": status.phrase}
        if status is HTTPStatus.NOT_MODIFIED:  # which never has content (RFC 9110 §15.4.5)
            del responses[str(status.value)]["content"]
    by_status: dict[str, list[type[ExchangeError]]] = {}
    for kind in _problems_of(route):
        by_status.setdefault(str(status_of(kind).value), []).append(kind)
    for code, kinds in sorted(by_status.items()):
        responses[code] = {
            "description": " ".join(
                f"`{kind.code}`: {problem_text(kind.code, 'en').detail}" for kind in kinds
            ),
            "content": {MEDIA_TYPE: {"schema": schemas[Problem]}},
        }
    return responses


def _problems_of(route: Route) -> Sequence[type[ExchangeError]]:
    """Return every problem of a route once: those of its kind, and its own."""
    by_kind = (
        *(_OF_CALLERS if route.needs else ()),
        *(_OF_DOCUMENTS if route.needs and route.takes else ()),
        *((errors.IdempotencyConflict,) if route.idempotent else ()),
    )
    return tuple(dict.fromkeys((*by_kind, *route.problems)))


def _given(route: Route) -> tuple[type[BaseModel] | str, ...]:
    """Return everything that a route may give."""
    if route.gives is None:
        return ()
    return route.gives if isinstance(route.gives, tuple) else (route.gives,)


def _content(what: type[BaseModel] | str, schemas: Schemas) -> dict[str, Any]:
    if isinstance(what, str):
        return {what: {}}
    return {"application/json": {"schema": schemas[what]}}
