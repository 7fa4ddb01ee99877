"""
The published schemas are the models, and a receiver is never stricter than what is published.

The oracle is ``jsonschema`` with formats asserted, which shares no code with the models.
"""

import json
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import (
    Draft202012Validator,
)
from pydantic import BaseModel

from exchange.domain.messages.catalogue import MESSAGE_TYPES, MessageType
from exchange.domain.messages.schemas import published
from exchange.errors import BreaksSchema
from tests.bodies import FAMILY, GOOD

SCHEMAS = {kind.name: json.loads(published()[kind.file_name]) for kind in MESSAGE_TYPES}
ORACLES = {
    name: Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    for name, schema in SCHEMAS.items()
}


def objects_in(schema: Any) -> Iterator[dict[str, Any]]:
    """Yield every schema inside *schema* that describes one kind of value."""
    if isinstance(schema, dict):
        if isinstance(schema.get("type"), str):
            yield schema
        for name, inner in schema.items():
            if name not in ("allOf", "required"):
                yield from objects_in(inner)
    elif isinstance(schema, list):
        for inner in schema:
            yield from objects_in(inner)


def written(body: BaseModel) -> Any:
    """Return the JSON document that says the body."""
    return json.loads(body.model_dump_json())


def places_in(document: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield the path of every member and element inside *document*."""
    match document:
        case dict():
            pairs: list[tuple[str | int, Any]] = list(document.items())
        case list():
            pairs = list(enumerate(document))
        case _:
            pairs = []
    for name, inner in pairs:
        yield (*path, name)
        yield from places_in(inner, (*path, name))


def is_taken(kind: MessageType, document: object) -> bool:
    """Say whether the model takes the document."""
    try:
        kind.read(document)
    except BreaksSchema:
        return False
    return True


def test_the_schema_files_are_the_models() -> None:
    """``schemas/`` has the text made from each model, byte for byte."""
    directory = Path(__file__).parents[3] / "schemas"
    for name, text in published().items():
        assert (directory / name).read_text("utf-8") == text, name


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_is_closed_and_bounded(name: str) -> None:
    """Every object is closed and has all its members; text, number and list are bounded."""
    Draft202012Validator.check_schema(SCHEMAS[name])
    for schema in objects_in(SCHEMAS[name]):
        match schema["type"]:
            case "object":
                assert schema["additionalProperties"] is False
                assert set(schema["required"]) == set(schema["properties"])
            case "string":
                assert "maxLength" in schema or "enum" in schema or "const" in schema
            case "array":
                assert "maxItems" in schema
            case "integer":
                assert {"minimum", "maximum"} <= set(schema)
            case other:
                assert other in ("boolean", "null")


@pytest.mark.parametrize("kind", MESSAGE_TYPES, ids=lambda kind: kind.name)
def test_valid_bodies_satisfy_both(kind: MessageType) -> None:
    """What the models write, the oracle takes; and the model reads it back."""
    for body in GOOD[kind.name]:
        document = written(body)
        ORACLES[kind.name].validate(document)
        assert kind.read(document) == body


VALUES: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(min_value=-(2**53), max_value=2**53),
    st.text(max_size=12).filter(lambda text: not text.endswith("\n")),
    st.text(alphabet="Aa ñ'\u0301\u2019-.", max_size=10),
    st.just([]),
    st.just({}),
    st.sampled_from(
        [
            "2031-02-29",
            "2032-02-29",
            "2031-02-29T10:00:00Z",
            "2032-02-29T10:00:00Z",
            "2031-13-01T10:00:00Z",
            "2031-03-18T23:59:60Z",
            "1994",
            "2031-05-06T08:00",
            "America/Port-au-Prince",
            "0F9B3A52-6D0E-4F57-9A43-5D2C1BE7A001",
            "refused",
            "accepted",
            "deferred",
            "not-received",
            "NOT_SEEN",
            "CAPACITY",
            "match",
            "MEX",
            "XXA",
            "withdrawn",
            "closed",
            "scheduled",
            "none-scheduled",
            "revoked",
            "extended",
            "child-alone",
            "09:00",
            "24:00",
            "+526645550101",
            "/body/salt",
            "/body/reason",
            "/body/person/birth_date",
            "/body/person/",
            "01932f4a-7c00-7abc-8def-0123456789ab",
            0,
            1,
            9_999,
            10_000,
            {"local": "2031-05-06T08:00", "zone": "America/Tijuana", "utc": "2031-05-06T15:00:00Z"},
            "N" * 300,
            {"from": "2031-03-18T16:00:00Z", "to": "2031-03-18T20:00:00Z"},
            FAMILY,
        ]
    ),
)


@given(st.data())
def test_model_and_schema_agree_on_anything(data: st.DataObject) -> None:
    """Whatever is changed in a body, left out or added, both take it or both refuse it."""
    kind = data.draw(st.sampled_from(MESSAGE_TYPES))
    document = written(data.draw(st.sampled_from(GOOD[kind.name])))
    for _ in range(data.draw(st.integers(1, 2))):
        *steps, last = data.draw(st.sampled_from(sorted(places_in(document), key=str)))
        target = document
        for step in steps:
            target = target[step]
        match data.draw(st.sampled_from(["change", "change", "change", "omit", "add"])):
            case "change":
                target[last] = deepcopy(data.draw(VALUES))
            case "omit":
                del target[last]
            case _ if isinstance(target, dict):
                target["another"] = deepcopy(data.draw(VALUES))
            case _:
                target.append(deepcopy(data.draw(VALUES)))
    assert is_taken(kind, document) == ORACLES[kind.name].is_valid(document)
