"""
The database, as SQLAlchemy Core tables whose constraints carry the rules.

Big rows (``ledger``, ``bodies``, ``journal``) are only appended, under integer keys; what is
rewritten (``outbox``, ``handoffs``, ``heads``) is narrow. Each text stands once: protected
headers are interned, and an envelope holds what is not searched for.

``REVISION`` names the migration that makes exactly these tables (a test compares them).
"""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from exchange.store.columns import BIG, Coded, Direction, Kind, Moment, Pool, Status, Uuid16, Words
from exchange.store.naming import NAMES, index_where

REVISION = "0001"

metadata = MetaData(naming_convention=NAMES)

heads = Table(
    "heads",
    metadata,
    Column("name", String(16), primary_key=True),
    Column("size", BIG, nullable=False),
    Column("link", LargeBinary, nullable=True),
)
"""How far each gapless count has come, and the last link of the two hash-linked logs."""

headers = Table(
    "headers",
    metadata,
    Column("number", BIG, primary_key=True),
    Column("issuer", Text, nullable=False),
    Column("octets", LargeBinary, nullable=False),
    UniqueConstraint("octets", "issuer"),
)
"""Each set of protected headers (with its issuer and the sizes of its signatures) once."""

handoffs = Table(
    "handoffs",
    metadata,
    Column("number", BIG, primary_key=True),
    Column("handoff", Uuid16, nullable=False, unique=True),
    Column("case_id", Uuid16, nullable=True),
    Column("local_stage", String(32), nullable=True),
    Column("stage", String(32), nullable=False),
    Column("intent", Text, nullable=True),
    Column("shared", Text, nullable=True),
    Column("version", Integer, nullable=False),
    Column("changed", BIG, nullable=False, unique=True),
    Column("port", String(8), nullable=True),
    Column("receiving_point", String(64), nullable=True),
    Column("window_from", Moment, nullable=True),
    Column("family_group", Uuid16, nullable=True),
    Column("holds", Words, nullable=True),
    Column("due_at", Moment, nullable=True),
    Column("created_at", Moment, nullable=False),
    CheckConstraint("version > 0", name="version"),
    index_where("ix_handoffs_case_id", "case_id", where="case_id IS NOT NULL"),
    index_where("ix_handoffs_family_group", "family_group", where="family_group IS NOT NULL"),
    index_where(
        "ix_handoffs_arrivals", "receiving_point", "window_from", where="window_from IS NOT NULL"
    ),
    index_where("ix_handoffs_due_at", "due_at", where="due_at IS NOT NULL"),
)
"""
One row per handoff: ``shared`` is what both sides know, the rest is ours.

``holds`` are the causes that stand; who placed each, when and why is in the journal alone.
"""

decisions = Table(
    "decisions",
    metadata,
    Column("number", BIG, primary_key=True),
    Column("decision_id", Uuid16, nullable=False, unique=True),
    Column("digest", LargeBinary, nullable=False),
    Column("port", String(8), nullable=False),
    Column("decided_on", Date, nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("rule_set", String(64), nullable=False),
    Column("codes", Text, nullable=False),
    Column("handoff", BIG, ForeignKey("handoffs.number"), nullable=True),
    Column("recorded_at", Moment, nullable=False),
    CheckConstraint("outcome IN ('cleared', 'withheld')", name="outcome"),
    CheckConstraint("(outcome = 'cleared') = (handoff IS NOT NULL)", name="withheld_has_none"),
    Index("ix_decisions_decided_on_port", "decided_on", "port"),
    index_where("ux_decisions_handoff", "handoff", unique=True, where="handoff IS NOT NULL"),
)
"""What a port decided, without the person: enough to answer a repeat and to count."""

data_keys = Table(
    "data_keys",
    metadata,
    Column("handoff", BIG, ForeignKey("handoffs.number"), primary_key=True, autoincrement=False),
    Column("wrapped", LargeBinary, nullable=False),
)
"""The wrapped key of each handoff's bodies. A deleted row erases the person."""

pool_keys = Table(
    "pool_keys",
    metadata,
    Column("pool", Coded(Pool), primary_key=True),
    Column("pool_on", Date, primary_key=True),
    Column("wrapped", LargeBinary, nullable=False),
)
"""The wrapped key of the bodies of one day that are about no handoff, by what they are of."""

bodies = Table(
    "bodies",
    metadata,
    Column("number", BIG, primary_key=True),
    Column("handoff", BIG, ForeignKey("handoffs.number"), nullable=True),
    Column("pool", Coded(Pool), nullable=True),
    Column("pool_on", Date, nullable=True),
    Column("ciphertext", LargeBinary, nullable=False),
    CheckConstraint("(handoff IS NULL) <> (pool_on IS NULL)", name="one_key"),
    CheckConstraint("(pool IS NULL) = (pool_on IS NULL)", name="pool"),
    index_where("ix_bodies_pool", "pool", "pool_on", where="pool_on IS NOT NULL"),
)
"""Bodies as ciphertext, under the key of their handoff or of their day's pool."""

ledger = Table(
    "ledger",
    metadata,
    Column("number", BIG, primary_key=True, autoincrement=False),
    Column("direction", Coded(Direction), nullable=False),
    Column("kind", Coded(Kind), nullable=False),
    Column("status", Coded(Status), nullable=False),
    Column("jti", Uuid16, nullable=True),
    Column("seq", BIG, nullable=True),
    Column("schema", Text, nullable=True),
    Column("handoff", BIG, ForeignKey("handoffs.number"), nullable=True),
    Column("body", BIG, nullable=True),
    Column("header", BIG, ForeignKey("headers.number"), nullable=False),
    Column("envelope", LargeBinary, nullable=False),
    Column("signatures", LargeBinary, nullable=False),
    Column("pld", LargeBinary, nullable=False),
    Column("sig", LargeBinary, nullable=False),
    Column("sig_start", BIG, nullable=True),
    Column("recorded_at", Moment, nullable=False),
    Column("link", LargeBinary, nullable=False),
    CheckConstraint("number >= 0", name="number"),
    CheckConstraint("length(pld) = 32 AND length(sig) = 32", name="digests"),
    index_where("ux_ledger_accepted", "direction", "kind", "jti", unique=True, where="status = 0"),
    index_where("ux_ledger_rejected", "direction", "jti", "pld", unique=True, where="status = 1"),
    index_where("ux_ledger_sent_seq", "seq", unique=True, where="direction = 0 AND kind = 0"),
    index_where("ix_ledger_received_seq", "seq", where="direction = 1 AND kind = 0"),
    index_where("ix_ledger_sig_start", "sig_start", where="sig_start IS NOT NULL"),
    index_where("ix_ledger_handoff", "handoff", where="handoff IS NOT NULL"),
)
"""
Exactly the messages and receipts exchanged, in the order recorded, each linked to the last.

``direction`` stands for the issuer in keys: we issue what we send, the partner the rest.
``sig_start`` begins a received ``sig``: a short key spreads far fewer pages than a digest.
"""

verdicts = Table(
    "verdicts",
    metadata,
    Column("message", BIG, ForeignKey("ledger.number"), primary_key=True, autoincrement=False),
    Column("receipt", BIG, ForeignKey("ledger.number"), nullable=False),
    Column("status", Coded(Status), nullable=False),
    Column("code", String(32), nullable=True),
    Column("pointer", Text, nullable=True),
    Column("attempts", Integer, nullable=False),
)
"""Which receipt covers a message, what it says of it, and how many deliveries it took."""

outbox = Table(
    "outbox",
    metadata,
    Column("number", BIG, primary_key=True),
    Column("handoff", BIG, ForeignKey("handoffs.number"), nullable=True),
    Column("schema", Text, nullable=False),
    Column("priority", SmallInteger, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("body", BIG, nullable=False),
    Column("ledger", BIG, ForeignKey("ledger.number"), nullable=True, unique=True),
    Column("irt_jti", Uuid16, nullable=True),
    Column("irt_pld", LargeBinary, nullable=True),
    Column("created_at", Moment, nullable=False),
    Column("isolated", Integer, nullable=False),
    Column("parked_at", Moment, nullable=True),
    Column("parked_code", String(32), nullable=True),
    CheckConstraint("priority IN (0, 1)", name="priority"),
    CheckConstraint("(irt_jti IS NULL) = (irt_pld IS NULL)", name="irt"),
    CheckConstraint("(parked_at IS NULL) = (parked_code IS NULL)", name="parked"),
    index_where("ix_outbox_due", "priority", "due_at", where="isolated = 0 AND parked_at IS NULL"),
    index_where("ix_outbox_isolated", "due_at", where="isolated > 0 AND parked_at IS NULL"),
    Index("ix_outbox_handoff", "handoff", "number"),
)
"""
What waits to be said: a draft while ``ledger`` is null, sealed after.

``body`` is no foreign key: deleting a body would then read the whole outbox.
"""

bulletins = Table(
    "bulletins",
    metadata,
    Column("direction", Coded(Direction), primary_key=True),
    Column("name", String(32), primary_key=True),
    Column("about", Text, primary_key=True),
    Column("seq", BIG, nullable=False),
    Column("said_at", Moment, nullable=False),
    Column("schema", Text, nullable=False),
    Column("says", Text, nullable=False),
)
"""What either side said about no handoff: of each matter the newest, in clear."""

journal = Table(
    "journal",
    metadata,
    Column("number", BIG, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
    Column("kind", String(48), nullable=False),
    Column("handoff", BIG, ForeignKey("handoffs.number"), nullable=True),
    Column("actor", Text, nullable=False),
    Column("data", Text, nullable=False),
    Column("link", LargeBinary, nullable=False),
    index_where("ix_journal_handoff", "handoff", where="handoff IS NOT NULL"),
)
"""What happened on our side alone, in order, each linked to the last. Never sent."""

alarms = Table(
    "alarms",
    metadata,
    Column("number", BIG, primary_key=True),
    Column("kind", String(48), nullable=False),
    Column("subject", Text, nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("touched_at", Moment, nullable=False),
    Column("times", Integer, nullable=False),
    Column("closed_at", Moment, nullable=True),
    index_where("ux_alarms_open", "kind", "subject", unique=True, where="closed_at IS NULL"),
)
"""What someone must look at; open once for each kind and subject."""

clients = Table(
    "clients",
    metadata,
    Column("number", BIG, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("token_hash", LargeBinary, nullable=False, unique=True),
    Column("role", String(32), nullable=False),
    Column("ports", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("revoked_at", Moment, nullable=True),
)
"""Who may call the internal listener: a hashed token, a role and its ports."""

idempotency = Table(
    "idempotency",
    metadata,
    Column("client", BIG, ForeignKey("clients.number"), primary_key=True, autoincrement=False),
    Column("key", Text, primary_key=True),
    Column("digest", LargeBinary, nullable=False),
    Column("status", SmallInteger, nullable=False),
    Column("subject", Text, nullable=True),
    Column("response", LargeBinary, nullable=True),
    Column("created_at", Moment, nullable=False),
    Index("ix_idempotency_created_at", "created_at"),
)
"""What each ``Idempotency-Key`` was answered: ids and a status, never a person."""

key_sets = Table(
    "key_sets",
    metadata,
    Column("serial", BIG, primary_key=True, autoincrement=False),
    Column("octets", LargeBinary, nullable=False),
    Column("accepted_at", Moment, nullable=False),
)
"""Every key set of the partner that we accepted; the highest serial is in force."""

partner = Table(
    "partner",
    metadata,
    Column("number", SmallInteger, primary_key=True, autoincrement=False),
    Column("contact_at", Moment, nullable=True),
    Column("skew_milliseconds", BIG, nullable=True),
    CheckConstraint("number = 1", name="one"),
)
"""One row: when the partner last spoke with us, and how far its clock is from ours."""
