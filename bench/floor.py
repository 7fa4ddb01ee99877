"""
The floor: what a handoff costs in the parts that no program of this protocol can do without.

Each part is measured by itself, in this run, on octets as they are exchanged and at the batch
sizes that were seen; a side's floor is the sum of its parts by how often it needs each. Not in
it: looking anything up, keeping state, moving between threads, retrying, counting.
"""

import secrets
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, mldsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import BaseModel

from bench.floor_http import client_microseconds, server_microseconds
from bench.people import answers, decision
from exchange.domain.decision import ReturnDecision
from exchange.domain.messages.acknowledgment import Acknowledgment
from exchange.domain.messages.reception import Reception
from exchange.domain.messages.return_notice import ReturnNotice
from exchange.domain.messages.visa_issuance import VisaIssuance
from exchange.proof.encoding import b64u, unb64u
from exchange.proof.envelope import ENVELOPE

SALT = "AAECAwQFBgcICQoLDA0ODw"
UUID4, UUID7 = "0f9b3a52-6d0e-4f57-9a43-5d2c1be7a001", "0199c1b2-6d0e-7f57-9a43-5d2c1be7a001"
SIGNATURE_BYTES = {"es256": 64, "hybrid": 64 + 3309}
PART_SECONDS = 0.25
REPEATS = 5


@dataclass(frozen=True, slots=True)
class Batch:
    """How many lines a request carried: notices one way, answers the other."""

    notices: float
    answers: float


@dataclass(frozen=True, slots=True)
class Part:
    """One unavoidable part: its cost, and how often each side needs it for a handoff."""

    name: str
    microseconds: float
    us: float
    mx: float


@dataclass(frozen=True, slots=True)
class Floor:
    """The parts, and what they sum up to for a handoff."""

    parts: tuple[Part, ...]

    @property
    def us(self) -> float:
        """Microseconds of CPU on the US side."""
        return sum(part.microseconds * part.us for part in self.parts)

    @property
    def mx(self) -> float:
        """Microseconds of CPU on the Mexican side."""
        return sum(part.microseconds * part.mx for part in self.parts)


async def measure_floor(policy: str, batch: Batch, directory: Path) -> Floor:
    """Return the floor under *policy*; rows are written in *directory*."""
    line_bytes = len(_line(policy, _notice()))
    notices, given = 1 / batch.notices, 3 / batch.answers
    rows = round(batch.notices)
    decided, small = len(decision()), 300
    return Floor(
        (
            *_signature_parts(policy, notices, given),
            *_json_parts(policy),
            Part("body encrypted", _encrypting(), us=5, mx=4),
            Part("row, group-committed", _row(directory, line_bytes, rows), 5 + given, 7 + given),
            Part("HTTP request served, small", await server_microseconds(decided, 32), us=1, mx=3),
            Part(
                "HTTP request served, lines",
                await server_microseconds(int(line_bytes * batch.answers), 4),
                us=given,
                mx=notices,
            ),
            Part(
                "HTTP request made, lines",
                await client_microseconds(int(line_bytes * batch.notices), small, 4),
                us=notices,
                mx=given,
            ),
        )
    )


def _signature_parts(policy: str, notices: float, given: float) -> tuple[Part, ...]:
    """Return signing and verifying: a receipt is one ES256 signature for all of a request."""
    octets = secrets.token_bytes(800)
    curve = ec.generate_private_key(ec.SECP256R1())
    ecdsa = ec.ECDSA(hashes.SHA256())
    signed = curve.sign(octets, ecdsa)
    public = curve.public_key()
    parts = [
        Part("ES256 signed", timed(lambda: curve.sign(octets, ecdsa)), 1 + given, 3 + notices),
        Part(
            "ES256 verified",
            timed(lambda: public.verify(signed, octets, ecdsa)),
            us=3 + notices,
            mx=1 + given,
        ),
    ]
    if policy == "hybrid":
        lattice = mldsa.MLDSA65PrivateKey.generate()
        proof, half = lattice.sign(octets), lattice.public_key()
        parts += [
            Part("ML-DSA-65 signed", timed(lambda: lattice.sign(octets)), us=1, mx=3),
            Part("ML-DSA-65 verified", timed(lambda: half.verify(proof, octets)), us=3, mx=1),
        ]
    return tuple(parts)


def _json_parts(policy: str) -> tuple[Part, ...]:
    """Return what reading and writing costs, schemas included."""
    decided, notice = decision(), _notice()
    said = _line(policy, notice)
    bodies = _answers()
    return (
        Part("decision read", timed(lambda: _read(ReturnDecision, decided)), us=1, mx=0),
        Part("line written", timed(lambda: _line(policy, notice)), us=1, mx=3),
        Part("notice line read", timed(lambda: _read_line(said, ReturnNotice)), us=0, mx=1),
        *(_line_read(policy, name, *bodies[name]) for name in bodies),
        *(_document_read(name, *bodies[name]) for name in bodies),
    )


def _line_read(policy: str, name: str, model: type[BaseModel], body: dict[str, Any]) -> Part:
    line = _line(policy, body)
    return Part(f"{name} line read", timed(lambda: _read_line(line, model)), us=1, mx=0)


def _document_read(name: str, model: type[BaseModel], body: dict[str, Any]) -> Part:
    octets = orjson.dumps(body)
    return Part(f"{name} read", timed(lambda: _read(model, octets)), us=0, mx=1)


def _read(model: type[BaseModel], octets: bytes) -> BaseModel:
    return model.model_validate(orjson.loads(octets))


def _line(policy: str, body: dict[str, Any]) -> bytes:
    octets = orjson.dumps(body, option=orjson.OPT_SORT_KEYS)
    envelope = {
        "iss": "urn:handoff:us:cbp",
        "aud": "urn:handoff:mx:inm",
        "jti": UUID7,
        "iat": 1_900_000_000,
        "seq": 1,
        "schema": "urn:handoff:schema:return-notice:1",
        "sub": UUID4,
        "irt": None,
        "bod": b64u(sha256(octets).digest()),
    }
    signature = {
        "protected": b64u(bytes(80)),
        "signature": b64u(bytes(SIGNATURE_BYTES[policy])),
    }
    payload = b64u(orjson.dumps(envelope, option=orjson.OPT_SORT_KEYS))
    return orjson.dumps({"payload": payload, "signatures": [signature], "body": b64u(octets)})


def _read_line(line: bytes, model: type[BaseModel]) -> BaseModel:
    outer = orjson.loads(line)
    unb64u(outer["signatures"][0]["signature"])
    payload, body = unb64u(outer["payload"]), unb64u(outer["body"])
    ENVELOPE.validate_python(orjson.loads(payload))
    sha256(body).digest(), sha256(payload).digest(), sha256(line).digest()
    return _read(model, body)


def _notice() -> dict[str, Any]:
    """Return the body of a notice."""
    decided = orjson.loads(decision())
    hearing = decided["hearing"]
    for name in ("hearing_at", "present_at"):
        hearing[name] |= {"utc": "2031-05-06T15:00:00Z"}
    return {
        "salt": SALT,
        "case": UUID4,
        "cycle": 1,
        "revision": 1,
        **{name: decided[name] for name in ("person", "family", "travel_document", "return")},
        "hearing": hearing,
        "screening": {"rule_set": "as-announced-2019", "completed": True},
    }


def _answers() -> dict[str, tuple[type[BaseModel], dict[str, Any]]]:
    """Return the bodies of the three answers with their models."""
    given = {route: orjson.loads(document) for route, document in answers().values()}
    nothing = {"salt": SALT, "code": None}
    decided = {"window": None, "revision": 1, "answered_at": "2031-03-18T16:00:00Z"}
    return {
        "acknowledgment": (Acknowledgment, nothing | decided | given["acknowledgment"]),
        "reception": (Reception, nothing | given["reception"]),
        "visa issuance": (VisaIssuance, {"salt": SALT} | given["visa-issuance"]),
    }


def _encrypting() -> float:
    key, nonce, octets = AESGCM(bytes(32)), bytes(12), secrets.token_bytes(700)
    return timed(lambda: key.encrypt(nonce, octets, b"context"))


def _row(directory: Path, size: int, rows: int) -> float:
    """Return the cost of one row where *rows* are committed together, with synchronous=FULL."""
    file = directory / "floor.db"
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE entries (number INTEGER PRIMARY KEY, octets BLOB)")
    group = [(secrets.token_bytes(size * 3 // 4),)] * rows

    def commit() -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany("INSERT INTO entries (octets) VALUES (?)", group)
        connection.execute("COMMIT")

    spent = timed(commit) / rows
    connection.close()
    for left in directory.glob("floor.db*"):
        left.unlink()
    return spent


def timed(function: Callable[[], object]) -> float:
    """Return the microseconds of CPU that one call takes: the median of several rounds."""
    rounds = []
    for _ in range(REPEATS):
        calls, began = 0, time.process_time()
        until = began + PART_SECONDS / REPEATS
        while time.process_time() < until:
            function()
            calls += 1
        rounds.append((time.process_time() - began) / calls * 1e6)
    return sorted(rounds)[REPEATS // 2]
