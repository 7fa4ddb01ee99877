"""What is to be erased, what was, and what is kept although a rule would erase it."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    String,
    Table,
    Text,
)

from exchange.store.columns import BIG, Moment, Uuid16
from exchange.store.naming import index_where, metadata

proposals = Table(
    "proposals",
    metadata,
    Column("number", BIG, primary_key=True),
    Column("proposed_at", Moment, nullable=False),
    Column("proposed_by", Text, nullable=False),
    Column("decided_at", Moment, nullable=True),
    Column("decided_by", Text, nullable=True),
    Column("confirmed", Boolean, nullable=True),
    CheckConstraint("(decided_at IS NULL) = (decided_by IS NULL)", name="decided"),
    CheckConstraint("(decided_at IS NULL) = (confirmed IS NULL)", name="confirmed"),
    CheckConstraint("NOT confirmed OR decided_by <> proposed_by", name="two_persons"),
)
"""What one person proposed to erase, and what another made of it; who proposed may withdraw."""

erasures = Table(
    "erasures",
    metadata,
    Column("proposal", BIG, ForeignKey("proposals.number"), primary_key=True, autoincrement=False),
    Column("handoff", Uuid16, primary_key=True),
    Column("basis", String(16), nullable=False),
    Column("erased_at", Moment, nullable=True),
    Index("ix_erasures_handoff", "handoff"),
)
"""
Each handoff of a proposal, and when its person's data were erased; null where they were not.

It is the list by which a database that was restored erases again.
"""

preservations = Table(
    "preservations",
    metadata,
    Column("number", BIG, primary_key=True),
    Column("handoff", Uuid16, nullable=False),
    Column("ground", String(16), nullable=False),
    Column("placed_at", Moment, nullable=False),
    Column("placed_by", Text, nullable=False),
    Column("lifted_at", Moment, nullable=True),
    Column("lifted_by", Text, nullable=True),
    CheckConstraint("(lifted_at IS NULL) = (lifted_by IS NULL)", name="lifted"),
    index_where(
        "ux_preservations_standing", "handoff", "ground", unique=True, where="lifted_at IS NULL"
    ),
)
"""For what a handoff's data are kept whatever a rule says, from when until when. Never sent."""
