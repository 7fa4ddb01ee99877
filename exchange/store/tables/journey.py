"""Handoffs, what a port decided, and the counts that everything takes its numbers from."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
)

from exchange.store.columns import BIG, Moment, Uuid16, Words
from exchange.store.naming import index_where, metadata

heads = Table(
    "heads",
    metadata,
    Column("name", String(16), primary_key=True),
    Column("size", BIG, nullable=False),
    Column("peaks", LargeBinary, nullable=True),
)
"""How far each gapless count has come, and the peaks of the trees of the two logs."""

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
    Column("window_to", Moment, nullable=True),
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
