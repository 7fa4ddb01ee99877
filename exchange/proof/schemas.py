"""
The published JSON Schemas of this room, made from the models that read the wire.

The files in ``schemas/`` are what these functions return; a test holds the two together.
"""

from typing import Any

import orjson
from pydantic import TypeAdapter

from exchange.proof.envelope import ENVELOPE
from exchange.proof.keysets import KeySetPayload
from exchange.proof.receipts import RECEIPT

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def published() -> dict[str, str]:
    """Each schema's file name and text."""
    return {
        "envelope.v1.json": _text("urn:handoff:schema:envelope:1", ENVELOPE),
        "receipt.v1.json": _text("urn:handoff:schema:receipt:1", RECEIPT),
        "keys.v1.json": _text("urn:handoff:schema:keys:1", TypeAdapter(KeySetPayload)),
    }


def _text(urn: str, adapter: TypeAdapter[Any]) -> str:
    schema = {"$schema": _DIALECT, "$id": urn} | adapter.json_schema()
    return orjson.dumps(schema, option=orjson.OPT_INDENT_2).decode() + "\n"
