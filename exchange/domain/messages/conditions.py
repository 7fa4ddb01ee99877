"""How a schema says that a member is null except in one case."""

from pydantic import JsonValue


def null_unless(member: str, *, when: str, is_: str) -> dict[str, JsonValue]:
    """Return the schema clause: *member* is null exactly where *when* is not *is_*."""
    return {
        "if": {"properties": {when: {"const": is_}}},
        "then": {"properties": {member: {"not": {"type": "null"}}}},
        "else": {"properties": {member: {"type": "null"}}},
    }
