"""What is exchanged: waiting, in the ledger, and its bodies."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from exchange.store.columns import BIG, Coded, Day, Direction, Kind, Moment, Pool, Status, Uuid16
from exchange.store.naming import index_where, metadata

headers = Table(
    "headers",
    metadata,
    Column("number", BIG, primary_key=True),
    Column("issuer", Text, nullable=False),
    Column("octets", LargeBinary, nullable=False),
    UniqueConstraint("octets", "issuer"),
)
"""Each set of protected headers (with its issuer and the sizes of its signatures) once."""

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
    Column("nodes", LargeBinary, nullable=False),
    Column("envelope", LargeBinary, nullable=False),
    Column("signatures", LargeBinary, nullable=False),
    Column("pld", LargeBinary, nullable=False),
    Column("sig", LargeBinary, nullable=False),
    Column("sig_start", BIG, nullable=True),
    Column("recorded_at", Moment, nullable=False),
    Column("said_on", Day, nullable=True),
    CheckConstraint("number >= 0", name="number"),
    CheckConstraint("length(pld) = 32 AND length(sig) = 32", name="digests"),
    index_where("ux_ledger_accepted", "direction", "kind", "jti", unique=True, where="status = 0"),
    index_where("ux_ledger_rejected", "direction", "jti", "pld", unique=True, where="status = 1"),
    index_where("ux_ledger_sent_seq", "seq", unique=True, where="direction = 0 AND kind = 0"),
    index_where("ix_ledger_received_seq", "seq", where="direction = 1 AND kind = 0"),
    index_where("ix_ledger_sig_start", "sig_start", where="sig_start IS NOT NULL"),
    index_where("ix_ledger_handoff", "handoff", where="handoff IS NOT NULL"),
    index_where("ix_ledger_said_on", "said_on", "direction", where="said_on IS NOT NULL"),
)
"""
Exactly the messages and receipts exchanged, in the order recorded.

``nodes`` are the hashes of the subtrees that an entry completes in the ledger's tree, its leaf's
first: none of them is ever written again, and a proof reads about as many rows as it has hashes.

``direction`` stands for the issuer in keys: we issue what we send, the partner the rest.
``said_on`` is the UTC day of a message that was accepted, by its own time.
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
    index_where("ix_verdicts_rejected", "receipt", where="status = 1"),
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
