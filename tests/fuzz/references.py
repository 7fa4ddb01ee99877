"""
Readers that share no code with ours: what both must agree on.

``reference_json`` is the grammar of docs/protocol.md read with the standard library alone;
``is_valid`` asks a published schema through ``jsonschema``.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import jsonschema
from jsonschema.protocols import Validator

INTEGER_MAX: Final = 2**53 - 1
DEPTH_MAX: Final = 16
_SCHEMAS: Final = Path(__file__).parents[2] / "schemas"


class Refused(ValueError):
    """The octets are outside the grammar."""


def reference_json(octets: bytes) -> Any:
    """
    Return the value of *octets*, read strictly.

    Raises:
        Refused: They are outside the grammar.
    """
    try:
        value = json.loads(
            octets.decode("utf-8"),
            object_pairs_hook=_members,
            parse_int=_integer,
            parse_float=_refuse,
            parse_constant=_refuse,
        )
        _require_shallow(value, 1)
    except (ValueError, RecursionError) as error:
        raise Refused from error
    return value


def same(one: object, other: object) -> bool:
    """Return whether two JSON values are the same, 1 and true being different."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise Refused
    for name in members:
        name.encode("utf-8")  # a lone surrogate has no UTF-8
    return members


def _integer(text: str) -> int:
    number = int(text)
    if text == "-0" or abs(number) > INTEGER_MAX:
        raise Refused
    return number


def _refuse(_text: str) -> Any:
    raise Refused


def _require_shallow(value: Any, depth: int) -> None:
    if isinstance(value, str):
        value.encode("utf-8")
    if not isinstance(value, (dict, list)):
        return
    if depth > DEPTH_MAX:
        raise Refused
    for inner in value.values() if isinstance(value, dict) else value:
        _require_shallow(inner, depth + 1)


def is_valid(file_name: str, document: object) -> bool:
    """Return whether *document* is valid against a published schema."""
    return bool(_validator(file_name).is_valid(document))


@cache
def _validator(file_name: str) -> Validator:
    return validator_of(json.loads((_SCHEMAS / file_name).read_text("utf-8")))


def validator_of(schema: Mapping[str, Any]) -> Validator:
    """Return a validator of *schema*; ``$`` is the very end of a text in it, as in ECMA 262."""
    ended: Any = _ended(schema)
    return jsonschema.Draft202012Validator(ended)


def _ended(schema: Any) -> Any:
    if isinstance(schema, dict):
        return {
            name: inner[:-1] + r"\Z"
            if name == "pattern" and isinstance(inner, str) and inner.endswith("$")
            else _ended(inner)
            for name, inner in schema.items()
        }
    return [_ended(inner) for inner in schema] if isinstance(schema, list) else schema
