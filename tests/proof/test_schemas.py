"""The published schemas are the models."""

import json
from pathlib import Path

import pytest
from jsonschema import (
    Draft202012Validator,
)

from exchange.proof.schemas import published

FOLDER = Path(__file__).parents[2] / "schemas"


@pytest.mark.parametrize("name", published())
def test_the_file_is_what_the_model_says(name: str) -> None:
    """The file in ``schemas/`` is a JSON Schema, and the one made from the model."""
    text = published()[name]
    assert (FOLDER / name).read_text("utf-8") == text
    Draft202012Validator.check_schema(json.loads(text))


@pytest.mark.parametrize("name", published())
def test_every_object_is_closed_and_everything_bounded(name: str) -> None:
    """No object takes a member that is not named, no array or integer is without end."""

    def walk(schema: object) -> None:
        if isinstance(schema, list):
            for inner in schema:
                walk(inner)
        if not isinstance(schema, dict):
            return
        match schema.get("type"):
            case "object":
                assert schema["additionalProperties"] is False
            case "array":
                assert "maxItems" in schema
            case "integer":
                assert "maximum" in schema
            case "string" if "enum" not in schema and "const" not in schema:
                assert "pattern" in schema or schema == {"type": "string"}
        for inner in schema.values():
            walk(inner)

    walk(json.loads(published()[name]))
