"""What only this side knows: its journal, alarms and clients, and the partner as it sees it."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    Text,
)

from exchange.domain.escalation import Level
from exchange.store.columns import BIG, Coded, Moment
from exchange.store.naming import index_where, metadata

journal = Table(
    "journal",
    metadata,
    Column("number", BIG, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
    Column("kind", String(48), nullable=False),
    Column("handoff", BIG, ForeignKey("handoffs.number"), nullable=True),
    Column("actor", Text, nullable=False),
    Column("data", Text, nullable=False),
    Column("nodes", LargeBinary, nullable=False),
    index_where("ix_journal_handoff", "handoff", where="handoff IS NOT NULL"),
)
"""What happened on our side alone, in order, with its tree beside it. Never sent."""

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
    Column("acknowledged_at", Moment, nullable=True),
    Column("acknowledged_by", Text, nullable=True),
    CheckConstraint("(acknowledged_at IS NULL) = (acknowledged_by IS NULL)", name="acknowledged"),
    index_where("ux_alarms_open", "kind", "subject", unique=True, where="closed_at IS NULL"),
    index_where("ix_alarms_open", "number", where="closed_at IS NULL"),
)
"""What someone must look at; open once for each kind and subject."""

wakings = Table(
    "wakings",
    metadata,
    Column("alarm", BIG, ForeignKey("alarms.number"), primary_key=True, autoincrement=False),
    Column("level", Coded(Level), primary_key=True),
    Column("urgency", SmallInteger, nullable=False),
    Column("reached_at", Moment, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("told_at", Moment, nullable=True),
    CheckConstraint("urgency >= 0", name="urgency"),
    index_where("ix_wakings_due", "urgency", "due_at", where="told_at IS NULL"),
)
"""Whom an alarm has reached, level by level, and when each was told; the most urgent have 0."""

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
