"""What is to be erased and what was; what is kept although a rule would erase it."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STANDING = sa.text("lifted_at IS NULL")


def upgrade() -> None:
    """Apply this revision."""
    op.create_table(
        "proposals",
        sa.Column("number", BIG, nullable=False),
        sa.Column("proposed_at", BIG, nullable=False),
        sa.Column("proposed_by", sa.Text(), nullable=False),
        sa.Column("decided_at", BIG, nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("confirmed", sa.Boolean(), nullable=True),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (decided_by IS NULL)", name=op.f("ck_proposals_decided")
        ),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (confirmed IS NULL)", name=op.f("ck_proposals_confirmed")
        ),
        sa.CheckConstraint(
            "NOT confirmed OR decided_by <> proposed_by", name=op.f("ck_proposals_two_persons")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_proposals")),
    )
    op.create_table(
        "erasures",
        sa.Column("proposal", BIG, autoincrement=False, nullable=False),
        sa.Column("handoff", sa.LargeBinary(16), nullable=False),
        sa.Column("basis", sa.String(length=16), nullable=False),
        sa.Column("erased_at", BIG, nullable=True),
        sa.ForeignKeyConstraint(
            ["proposal"], ["proposals.number"], name=op.f("fk_erasures_proposal")
        ),
        sa.PrimaryKeyConstraint("proposal", "handoff", name=op.f("pk_erasures")),
    )
    op.create_index("ix_erasures_handoff", "erasures", ["handoff"], unique=False)
    op.create_table(
        "preservations",
        sa.Column("number", BIG, nullable=False),
        sa.Column("handoff", sa.LargeBinary(16), nullable=False),
        sa.Column("ground", sa.String(length=16), nullable=False),
        sa.Column("placed_at", BIG, nullable=False),
        sa.Column("placed_by", sa.Text(), nullable=False),
        sa.Column("lifted_at", BIG, nullable=True),
        sa.Column("lifted_by", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(lifted_at IS NULL) = (lifted_by IS NULL)", name=op.f("ck_preservations_lifted")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_preservations")),
    )
    op.create_index(
        "ux_preservations_standing",
        "preservations",
        ["handoff", "ground"],
        unique=True,
        sqlite_where=STANDING,
        postgresql_where=STANDING,
    )
