"""What reconciliation keeps: which differences stand, what bears on what, when to look again."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from exchange.domain.discrepancies.scopes import Scope
from exchange.domain.discrepancies.standing import Resolution
from exchange.domain.parties import Side
from exchange.domain.severity import Severity
from exchange.store.columns import BIG, Coded, Day, Direction, Mark, Moment, Uuid16, Words
from exchange.store.naming import index_where, metadata

discrepancies = Table(
    "discrepancies",
    metadata,
    Column("number", BIG, primary_key=True),
    Column("rule", String(4), nullable=False),
    Column("scope", Coded(Scope), nullable=False),
    Column("name", Text, nullable=False),
    Column("severity", Coded(Severity), nullable=False),
    Column("owner", Coded(Side), nullable=True),
    Column("since", Moment, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("because", Words, nullable=True),
    Column("handoffs", Words, nullable=True),
    Column("opened_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("ended_at", Moment, nullable=True),
    Column("resolution", Coded(Resolution), nullable=True),
    Column("resolved_by", Text, nullable=True),
    CheckConstraint("(resolution IS NULL) = (resolved_by IS NULL)", name="resolved"),
    CheckConstraint("resolution IS NULL OR ended_at IS NOT NULL", name="ended"),
    Index("ix_discrepancies_subject", "scope", "name", "rule", "number"),
    index_where(
        "ux_discrepancies_open", "rule", "scope", "name", unique=True, where="ended_at IS NULL"
    ),
    index_where("ix_discrepancies_due_at", "due_at", "number", where="ended_at IS NULL"),
)
"""Every rule that a subject ever broke; of each rule and subject at most one stands."""

bearings = Table(
    "bearings",
    metadata,
    Column("handoff", BIG, ForeignKey("handoffs.number"), primary_key=True, autoincrement=False),
    Column("changed", BIG, nullable=False),
    Column("case_id", Uuid16, nullable=True),
    Column("family_group", Uuid16, nullable=True),
    Column("port", String(8), nullable=True),
    Column("on", Date, nullable=True),
    Column("born", Mark, nullable=True),
    Column("document", Mark, nullable=True),
    CheckConstraint("(case_id IS NULL) = (port IS NULL)", name="port"),
    CheckConstraint('(port IS NULL) = ("on" IS NULL)', name="on"),
    index_where("ix_bearings_case_id", "case_id", where="case_id IS NOT NULL"),
    index_where("ix_bearings_family_group", "family_group", where="family_group IS NOT NULL"),
    index_where("ix_bearings_port_on", "port", "on", where="port IS NOT NULL"),
    index_where("ix_bearings_born", "born", where="born IS NOT NULL"),
    index_where("ix_bearings_document", "document", where="document IS NOT NULL"),
)
"""
What each handoff bears on by what was said, as it was when it last changed in the feed.

``born`` and ``document`` are keyed marks of a birth date and of a document's number: equal
where those are, and to be deleted with the data key of the handoff.
"""

looks = Table(
    "looks",
    metadata,
    Column("scope", Coded(Scope), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("at", Moment, nullable=False),
    Index("ix_looks_at", "at"),
)
"""When to look at a subject again although nobody speaks of it."""

statements = Table(
    "statements",
    metadata,
    Column("number", BIG, primary_key=True),
    Column("day", Day, nullable=False),
    Column("direction", Coded(Direction), nullable=False),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("messages", BIG, nullable=False),
    Column("counters", Text, nullable=False),
    Column("as_of", BIG, nullable=False),
    Column("stated_at", Moment, nullable=False),
    UniqueConstraint("day", "direction", "fingerprint"),
)
"""
What we stated of each day's messages, ours (sent) and the partner's (received).

``as_of`` is how long the ledger was: with the day it gives the same messages again for ever.
What the partner stated stands among the bulletins.
"""

comparisons = Table(
    "comparisons",
    metadata,
    Column("number", BIG, primary_key=True),
    Column("day", Day, nullable=False),
    Column("direction", Coded(Direction), nullable=False),
    Column("ours", LargeBinary, nullable=False),
    Column("theirs", LargeBinary, nullable=False),
    Column("as_of", BIG, nullable=False),
    Column("state", Text, nullable=False),
    Column("began_at", Moment, nullable=False),
    Column("moved_at", Moment, nullable=False),
    Column("ended_at", Moment, nullable=True),
    Column("result", Text, nullable=True),
    Column("their_result", Text, nullable=True),
    CheckConstraint("length(ours) = 32 AND length(theirs) = 32", name="digests"),
    CheckConstraint("(ended_at IS NULL) = (result IS NULL)", name="ended"),
    UniqueConstraint("day", "direction", "ours", "theirs"),
    index_where("ix_comparisons_moved_at", "moved_at", where="ended_at IS NULL"),
)
"""Where the comparison of each two statements stands, and what both sides say it found."""

reports = Table(
    "reports",
    metadata,
    Column("day", Day, primary_key=True, autoincrement=False),
    Column("made_at", Moment, nullable=False),
    Column("adds_up", Boolean, nullable=False),
    Column("critical", BIG, nullable=False),
    Column("entries", BIG, nullable=False),
    Column("root", Text, nullable=False),
    Column("octets", LargeBinary, nullable=False),
)
"""
The report of each day as it was made by itself, once, and from which ledger.

``octets`` is its JSON; ``critical`` is how many critical discrepancies were open then.
"""
