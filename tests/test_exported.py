"""
The ledgers that both sides export prove themselves to libraries that are not ours.

A run of both sides as real processes; then only the exported files, the published key sets and
``schemas/`` are read, with jwcrypto, joserfc and jsonschema.
"""

import asyncio
import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from joserfc import jws as joserfc_jws
from joserfc.jwk import ECKey
from jsonschema import Draft202012Validator
from jwcrypto import jwk, jws

from exchange.demo.directories import Directory
from exchange.demo.faults import cast
from exchange.installation.shipped import shipped_places
from tests.exports import Entry, assert_agree, b64u, body, envelope, messages, receipts, unb64u
from tests.processes import both_running, exported, hand_over, ordinary, two_directories

SCHEMAS = Path(__file__).parent.parent / "schemas"
HANDOFFS = 12


@pytest.fixture(scope="module")
def sides(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Directory]:
    """Both working directories after a small run, with the services stopped."""
    directories = two_directories(tmp_path_factory.mktemp("run"))

    async def play() -> None:
        roles = cast(80, 11, shipped_places(), datetime.now(UTC))
        async with both_running(directories) as running:
            await hand_over(running, ordinary(roles, HANDOFFS))

    asyncio.run(play())
    return directories


@pytest.fixture(scope="module")
def ledgers(sides: dict[str, Directory]) -> dict[str, list[Entry]]:
    """Both ledgers, as exported."""
    return {side: exported(directory) for side, directory in sides.items()}


@pytest.fixture(scope="module")
def public_keys(sides: dict[str, Directory]) -> dict[str, dict[str, Any]]:
    """Every published key of both sides, by kid, as the key sets' own payloads say."""
    found = {}
    for directory in sides.values():
        line = json.loads((directory.path / "keys" / "public.jws").read_bytes())
        for key in json.loads(unb64u(line["payload"]))["keys"]:
            found[key["kid"]] = key
    return found


def every_entry(ledgers: dict[str, list[Entry]]) -> Iterator[Entry]:
    """Give each entry of both ledgers."""
    for entries in ledgers.values():
        yield from entries


def test_both_ledgers_agree(ledgers: dict[str, list[Entry]]) -> None:
    """The same messages, receipts in equal bytes, numbers and indexes without a gap."""
    assert_agree(ledgers["us"], ledgers["mx"])
    assert len(messages(ledgers["us"], "sent")) == HANDOFFS
    assert len(messages(ledgers["mx"], "sent")) == 3 * HANDOFFS


def test_every_signature_verifies_with_jwcrypto(
    ledgers: dict[str, list[Entry]], public_keys: dict[str, dict[str, Any]]
) -> None:
    """Messages bear ES256 and ML-DSA-65, receipts ES256, each by a published key."""
    for entry in every_entry(ledgers):
        line = entry["line"]
        expected = ["ES256", "ML-DSA-65"] if entry["kind"] == "message" else ["ES256"]
        headers = [json.loads(unb64u(one["protected"])) for one in line["signatures"]]
        assert [header["alg"] for header in headers] == expected
        for one, header in zip(line["signatures"], headers, strict=True):
            alone = {"payload": line["payload"], **one}
            token = jws.JWS()
            token.allowed_algs = [header["alg"]]
            token.deserialize(json.dumps(alone))
            token.verify(_jwcrypto_key(public_keys[header["kid"]]))


def test_every_es256_signature_verifies_with_joserfc(
    ledgers: dict[str, list[Entry]], public_keys: dict[str, dict[str, Any]]
) -> None:
    """A library that knows no ML-DSA verifies the classical half of the same bytes."""
    for entry in every_entry(ledgers):
        line = entry["line"]
        one = line["signatures"][0]
        header = json.loads(unb64u(one["protected"]))
        members = {name: public_keys[header["kid"]][name] for name in ("kty", "crv", "x", "y")}
        compact = f"{one['protected']}.{line['payload']}.{one['signature']}"
        verified = joserfc_jws.deserialize_compact(
            compact, ECKey.import_key(members), algorithms=["ES256"]
        )
        assert verified.payload == unb64u(line["payload"])


def test_every_document_validates_with_jsonschema(ledgers: dict[str, list[Entry]]) -> None:
    """Envelopes, receipts and bodies are valid against the published schemas; bodies are bound."""
    for entry in every_entry(ledgers):
        signed = envelope(entry)
        if entry["kind"] == "receipt":
            _validate("receipt.v1.json", signed)
            continue
        _validate("envelope.v1.json", signed)
        name, version = signed["schema"].split(":")[-2:]
        _validate(f"{name}.v{version}.json", body(entry))
        octets = unb64u(entry["line"]["body"])
        assert signed["bod"] == b64u(hashlib.sha256(octets).digest())


def test_times_and_members_are_as_published(ledgers: dict[str, list[Entry]]) -> None:
    """An exported entry has the members that design §8 names, and no others."""
    for entry in every_entry(ledgers):
        assert entry.keys() == {"index", "direction", "kind", "recorded_at", "line"}
        assert datetime.fromisoformat(entry["recorded_at"]).utcoffset() is not None
        wanted = {"payload", "signatures"} | ({"body"} if entry["kind"] == "message" else set())
        assert entry["line"].keys() == wanted
    assert receipts(ledgers["us"], "received")


def test_the_chain_of_each_side_holds(sides: dict[str, Directory]) -> None:
    """``ledger verify`` finds nothing wrong, on the stopped service."""
    for directory in sides.values():
        command = [sys.executable, "-m", "exchange", "ledger", "verify"]
        subprocess.run([*command, "--config", str(directory.config)], check=True)


def _validate(name: str, document: object) -> None:
    schema = json.loads((SCHEMAS / name).read_text(encoding="utf-8"))
    checker = Draft202012Validator.FORMAT_CHECKER
    Draft202012Validator(schema, format_checker=checker).validate(document)


def _jwcrypto_key(published: dict[str, Any]) -> jwk.JWK:
    members = {
        name: published[name]
        for name in ("kty", "crv", "x", "y", "alg", "pub")
        if name in published
    }
    return jwk.JWK(**members)
