"""Valid rows for the store's tests; a test states only what it is about."""

import datetime as dt
import hashlib
import itertools
import uuid
from typing import Any

from sqlalchemy import Connection

from exchange.proof.envelope import MessageId
from exchange.proof.jws import Signature
from exchange.store.bodies import NewBody, record_bodies
from exchange.store.columns import Direction, Kind, Pool
from exchange.store.handoffs import Handoff, NewHandoff, insert_handoffs, list_handoffs
from exchange.store.ledger import NewEntry
from exchange.store.outbox import NewDraft, insert_drafts

NOON = dt.datetime(2019, 3, 19, 12, 0, tzinfo=dt.UTC)
SECOND = dt.timedelta(seconds=1)
NOTICE = "urn:handoff:schema:return-notice:1"

_numbers = itertools.count(1)


def uuid_text() -> str:
    """Return a UUID nobody else has."""
    return str(uuid.UUID(int=(next(_numbers) << 64) + (1 << 63)))


def new_handoff(**members: Any) -> NewHandoff:
    """Return a handoff that a port has just begun."""
    given: dict[str, Any] = {
        "handoff": uuid_text(),
        "stage": "unannounced",
        "local_stage": "drafted",
        "created_at": NOON,
        "port": "2504",
        "receiving_point": "chaparral",
        "window_from": NOON,
    }
    return NewHandoff(**{**given, **members})


def stored_handoff(connection: Connection, **members: Any) -> Handoff:
    """Store a handoff, and return it."""
    numbers = insert_handoffs(connection, [new_handoff(**members)])
    return list_handoffs(connection, numbers)[numbers[0]]


def entry(**members: Any) -> NewEntry:
    """Return a message that we received."""
    number = next(_numbers)
    envelope = b'{"number":%d}' % number
    given: dict[str, Any] = {
        "direction": Direction.RECEIVED,
        "kind": Kind.MESSAGE,
        "issuer": "urn:handoff:mx:inm",
        "envelope": envelope,
        "signatures": (
            Signature(b'{"alg":"ES256","kid":"mx-sign-1"}', number.to_bytes(64)),
            Signature(b'{"alg":"ML-DSA-65","kid":"mx-pq-1"}', number.to_bytes(3309)),
        ),
        "pld": hashlib.sha256(envelope).digest(),
        "sig": hashlib.sha256(b"sig" + envelope).digest(),
        "recorded_at": NOON,
        "jti": MessageId(uuid_text()),
        "schema": "urn:handoff:schema:acknowledgment:1",
    }
    return NewEntry(**{**given, **members})


def sent(**members: Any) -> NewEntry:
    """Return a message that we sent."""
    given = {"direction": Direction.SENT, "issuer": "urn:handoff:us:cbp", "schema": NOTICE}
    return entry(**{**given, **members})


def receipt(**members: Any) -> NewEntry:
    """Return a receipt that we sent."""
    return sent(**{"kind": Kind.RECEIPT, "schema": None, **members})


def stored_draft(connection: Connection, handoff: int | None, **members: Any) -> int:
    """Store a draft with a body, and return its outbox number."""
    pool = {"pool": Pool.BULLETINS, "pool_on": NOON.date()}
    place: dict[str, Any] = {"handoff": handoff} if handoff else pool
    body = record_bodies(connection, [NewBody(b"ciphertext", **place)])[0]
    given: dict[str, Any] = {
        "schema": NOTICE,
        "body": body,
        "due_at": NOON,
        "created_at": NOON,
        "handoff": handoff,
    }
    return insert_drafts(connection, [NewDraft(**{**given, **members})])[0]
