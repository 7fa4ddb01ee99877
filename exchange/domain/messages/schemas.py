"""The published JSON Schema of every body, made from its model."""

import json

from pydantic.json_schema import GenerateJsonSchema

from exchange.domain.messages.catalogue import MESSAGE_TYPES, MessageType

DIALECT = "https://json-schema.org/draft/2020-12/schema"


class PlainSchema(GenerateJsonSchema):
    """Without a title on every member: the member's name says it."""

    def field_title_should_be_set(self, schema: object) -> bool:  # noqa: ARG002 - as inherited
        """Return False, whatever the member."""
        return False


def published() -> dict[str, str]:
    """Return the text of every published schema by the name of its file."""
    return {kind.file_name: _text(kind) for kind in MESSAGE_TYPES}


def _text(kind: MessageType) -> str:
    schema = kind.model.model_json_schema(schema_generator=PlainSchema)
    head = {"$schema": DIALECT, "$id": kind.schema, "title": kind.name}
    return json.dumps(head | (schema | {"title": kind.name}), indent=2, ensure_ascii=True) + "\n"
