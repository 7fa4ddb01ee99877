"""What reconciliation keeps: discrepancies, what bears on what, and when to look again."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

COUNTS = ("reconciled", "judged", "stated")
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
BORN = sa.text("born IS NOT NULL")
CASE = sa.text("case_id IS NOT NULL")
DOCUMENT = sa.text("document IS NOT NULL")
FAMILY = sa.text("family_group IS NOT NULL")
OPEN = sa.text("ended_at IS NULL")
PLACED = sa.text("port IS NOT NULL")
REJECTED = sa.text("status = 1")


def upgrade() -> None:
    """Apply this revision."""
    _make_discrepancies()
    _make_bearings()
    _make_statements()
    _make_reports()
    op.create_table(
        "looks",
        sa.Column("scope", sa.SmallInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.PrimaryKeyConstraint("scope", "name", name=op.f("pk_looks")),
    )
    op.create_index("ix_looks_at", "looks", ["at"], unique=False)
    op.create_index(
        "ix_verdicts_rejected",
        "verdicts",
        ["receipt"],
        unique=False,
        sqlite_where=REJECTED,
        postgresql_where=REJECTED,
    )
    op.bulk_insert(
        sa.table("heads", sa.column("name"), sa.column("size"), sa.column("peaks")),
        [{"name": name, "size": 0, "peaks": None} for name in COUNTS],
    )


def _make_discrepancies() -> None:
    op.create_table(
        "discrepancies",
        sa.Column("number", BIG, nullable=False),
        sa.Column("rule", sa.String(length=4), nullable=False),
        sa.Column("scope", sa.SmallInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("severity", sa.SmallInteger(), nullable=False),
        sa.Column("owner", sa.SmallInteger(), nullable=True),
        sa.Column("since", BIG, nullable=False),
        sa.Column("due_at", BIG, nullable=False),
        sa.Column("because", sa.Text(), nullable=True),
        sa.Column("handoffs", sa.Text(), nullable=True),
        sa.Column("opened_at", BIG, nullable=False),
        sa.Column("updated_at", BIG, nullable=False),
        sa.Column("ended_at", BIG, nullable=True),
        sa.Column("resolution", sa.SmallInteger(), nullable=True),
        sa.Column("resolved_by", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(resolution IS NULL) = (resolved_by IS NULL)", name=op.f("ck_discrepancies_resolved")
        ),
        sa.CheckConstraint(
            "resolution IS NULL OR ended_at IS NOT NULL", name=op.f("ck_discrepancies_ended")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_discrepancies")),
    )
    op.create_index(
        "ix_discrepancies_subject",
        "discrepancies",
        ["scope", "name", "rule", "number"],
        unique=False,
    )
    op.create_index(
        "ux_discrepancies_open",
        "discrepancies",
        ["rule", "scope", "name"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    op.create_index(
        "ix_discrepancies_due_at",
        "discrepancies",
        ["due_at", "number"],
        unique=False,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )


def _make_bearings() -> None:
    op.create_table(
        "bearings",
        sa.Column("handoff", BIG, autoincrement=False, nullable=False),
        sa.Column("changed", BIG, nullable=False),
        sa.Column("case_id", sa.LargeBinary(16), nullable=True),
        sa.Column("family_group", sa.LargeBinary(16), nullable=True),
        sa.Column("port", sa.String(length=8), nullable=True),
        sa.Column("on", sa.Date(), nullable=True),
        sa.Column("born", sa.LargeBinary(16), nullable=True),
        sa.Column("document", sa.LargeBinary(16), nullable=True),
        sa.CheckConstraint("(case_id IS NULL) = (port IS NULL)", name=op.f("ck_bearings_port")),
        sa.CheckConstraint('(port IS NULL) = ("on" IS NULL)', name=op.f("ck_bearings_on")),
        sa.ForeignKeyConstraint(["handoff"], ["handoffs.number"], name=op.f("fk_bearings_handoff")),
        sa.PrimaryKeyConstraint("handoff", name=op.f("pk_bearings")),
    )
    for name, columns, where in (
        ("ix_bearings_case_id", ["case_id"], CASE),
        ("ix_bearings_family_group", ["family_group"], FAMILY),
        ("ix_bearings_port_on", ["port", "on"], PLACED),
        ("ix_bearings_born", ["born"], BORN),
        ("ix_bearings_document", ["document"], DOCUMENT),
    ):
        op.create_index(
            name, "bearings", columns, unique=False, sqlite_where=where, postgresql_where=where
        )


def _make_statements() -> None:
    op.create_table(
        "statements",
        sa.Column("number", BIG, nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("direction", sa.SmallInteger(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("messages", BIG, nullable=False),
        sa.Column("counters", sa.Text(), nullable=False),
        sa.Column("as_of", BIG, nullable=False),
        sa.Column("stated_at", BIG, nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_statements")),
        sa.UniqueConstraint(
            "day", "direction", "fingerprint", name=op.f("uq_statements_day_direction_fingerprint")
        ),
    )
    op.create_table(
        "comparisons",
        sa.Column("number", BIG, nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("direction", sa.SmallInteger(), nullable=False),
        sa.Column("ours", sa.LargeBinary(), nullable=False),
        sa.Column("theirs", sa.LargeBinary(), nullable=False),
        sa.Column("as_of", BIG, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("began_at", BIG, nullable=False),
        sa.Column("moved_at", BIG, nullable=False),
        sa.Column("ended_at", BIG, nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("their_result", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "length(ours) = 32 AND length(theirs) = 32", name=op.f("ck_comparisons_digests")
        ),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (result IS NULL)", name=op.f("ck_comparisons_ended")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_comparisons")),
        sa.UniqueConstraint(
            "day",
            "direction",
            "ours",
            "theirs",
            name=op.f("uq_comparisons_day_direction_ours_theirs"),
        ),
    )
    op.create_index(
        "ix_comparisons_moved_at",
        "comparisons",
        ["moved_at"],
        unique=False,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )


def _make_reports() -> None:
    op.create_table(
        "reports",
        sa.Column("day", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("made_at", BIG, nullable=False),
        sa.Column("adds_up", sa.Boolean(), nullable=False),
        sa.Column("critical", BIG, nullable=False),
        sa.Column("entries", BIG, nullable=False),
        sa.Column("root", sa.Text(), nullable=False),
        sa.Column("octets", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_reports")),
    )
