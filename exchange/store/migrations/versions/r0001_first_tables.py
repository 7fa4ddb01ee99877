"""The first tables, and the rows that count."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

COUNTS = ("changes", "seq", "handoffs", "bodies", "outbox")
LOGS = ("ledger", "journal")
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Apply this revision."""
    _make_alarms()
    op.create_table(
        "bulletins",
        sa.Column("direction", sa.SmallInteger(), nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("seq", BIG, nullable=False),
        sa.Column("said_at", BIG, nullable=False),
        sa.Column("schema", sa.Text(), nullable=False),
        sa.Column("says", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("direction", "name", "about", name=op.f("pk_bulletins")),
    )
    op.create_table(
        "checkpoints",
        sa.Column("log", sa.String(length=16), nullable=False),
        sa.Column(
            "size",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("signed_at", BIG, nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("log", "size", name=op.f("pk_checkpoints")),
    )
    op.create_table(
        "clients",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("ports", sa.Text(), nullable=False),
        sa.Column("created_at", BIG, nullable=False),
        sa.Column("revoked_at", BIG, nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_clients")),
        sa.UniqueConstraint("name", name=op.f("uq_clients_name")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_clients_token_hash")),
    )
    op.create_table(
        "handoffs",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("handoff", sa.LargeBinary(16), nullable=False),
        sa.Column("case_id", sa.LargeBinary(16), nullable=True),
        sa.Column("local_stage", sa.String(length=32), nullable=True),
        sa.Column("stage", sa.String(length=32), nullable=False),
        sa.Column("intent", sa.Text(), nullable=True),
        sa.Column("shared", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("port", sa.String(length=8), nullable=True),
        sa.Column("receiving_point", sa.String(length=64), nullable=True),
        sa.Column("window_from", BIG, nullable=True),
        sa.Column("window_to", BIG, nullable=True),
        sa.Column("family_group", sa.LargeBinary(16), nullable=True),
        sa.Column("holds", sa.Text(), nullable=True),
        sa.Column("due_at", BIG, nullable=True),
        sa.Column("created_at", BIG, nullable=False),
        sa.CheckConstraint("version > 0", name=op.f("ck_handoffs_version")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_handoffs")),
        sa.UniqueConstraint("changed", name=op.f("uq_handoffs_changed")),
        sa.UniqueConstraint("handoff", name=op.f("uq_handoffs_handoff")),
    )
    op.create_index(
        "ix_handoffs_arrivals",
        "handoffs",
        ["receiving_point", "window_from"],
        unique=False,
        sqlite_where=sa.text("window_from IS NOT NULL"),
        postgresql_where=sa.text("window_from IS NOT NULL"),
    )
    op.create_index(
        "ix_handoffs_case_id",
        "handoffs",
        ["case_id"],
        unique=False,
        sqlite_where=sa.text("case_id IS NOT NULL"),
        postgresql_where=sa.text("case_id IS NOT NULL"),
    )
    op.create_index(
        "ix_handoffs_family_group",
        "handoffs",
        ["family_group"],
        unique=False,
        sqlite_where=sa.text("family_group IS NOT NULL"),
        postgresql_where=sa.text("family_group IS NOT NULL"),
    )
    op.create_index(
        "ix_handoffs_due_at",
        "handoffs",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_table(
        "headers",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("octets", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_headers")),
        sa.UniqueConstraint("octets", "issuer", name=op.f("uq_headers_octets_issuer")),
    )
    op.create_table(
        "heads",
        sa.Column("name", sa.String(length=16), nullable=False),
        sa.Column("size", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("peaks", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_heads")),
    )
    op.create_table(
        "key_sets",
        sa.Column(
            "serial",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("octets", sa.LargeBinary(), nullable=False),
        sa.Column("accepted_at", BIG, nullable=False),
        sa.PrimaryKeyConstraint("serial", name=op.f("pk_key_sets")),
    )
    op.create_table(
        "partner",
        sa.Column("number", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("contact_at", BIG, nullable=True),
        sa.Column(
            "skew_milliseconds", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.CheckConstraint("number = 1", name=op.f("ck_partner_one")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_partner")),
    )
    op.create_table(
        "pool_keys",
        sa.Column("pool", sa.SmallInteger(), nullable=False),
        sa.Column("pool_on", sa.Date(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("pool", "pool_on", name=op.f("pk_pool_keys")),
    )
    op.create_table(
        "bodies",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("handoff", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("pool", sa.SmallInteger(), nullable=True),
        sa.Column("pool_on", sa.Date(), nullable=True),
        sa.Column("ciphertext", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "(handoff IS NULL) <> (pool_on IS NULL)", name=op.f("ck_bodies_one_key")
        ),
        sa.CheckConstraint("(pool IS NULL) = (pool_on IS NULL)", name=op.f("ck_bodies_pool")),
        sa.ForeignKeyConstraint(["handoff"], ["handoffs.number"], name=op.f("fk_bodies_handoff")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_bodies")),
    )
    op.create_index(
        "ix_bodies_pool",
        "bodies",
        ["pool", "pool_on"],
        unique=False,
        sqlite_where=sa.text("pool_on IS NOT NULL"),
        postgresql_where=sa.text("pool_on IS NOT NULL"),
    )
    op.create_table(
        "data_keys",
        sa.Column(
            "handoff",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["handoff"], ["handoffs.number"], name=op.f("fk_data_keys_handoff")
        ),
        sa.PrimaryKeyConstraint("handoff", name=op.f("pk_data_keys")),
    )
    op.create_table(
        "decisions",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("decision_id", sa.LargeBinary(16), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("port", sa.String(length=8), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("rule_set", sa.String(length=64), nullable=False),
        sa.Column("codes", sa.Text(), nullable=False),
        sa.Column("handoff", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("recorded_at", BIG, nullable=False),
        sa.CheckConstraint(
            "(outcome = 'cleared') = (handoff IS NOT NULL)",
            name=op.f("ck_decisions_withheld_has_none"),
        ),
        sa.CheckConstraint("outcome IN ('cleared', 'withheld')", name=op.f("ck_decisions_outcome")),
        sa.ForeignKeyConstraint(
            ["handoff"], ["handoffs.number"], name=op.f("fk_decisions_handoff")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_decisions")),
        sa.UniqueConstraint("decision_id", name=op.f("uq_decisions_decision_id")),
    )
    op.create_index(
        "ix_decisions_decided_on_port", "decisions", ["decided_on", "port"], unique=False
    )
    op.create_index(
        "ux_decisions_handoff",
        "decisions",
        ["handoff"],
        unique=True,
        sqlite_where=sa.text("handoff IS NOT NULL"),
        postgresql_where=sa.text("handoff IS NOT NULL"),
    )
    op.create_table(
        "idempotency",
        sa.Column(
            "client",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("response", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", BIG, nullable=False),
        sa.ForeignKeyConstraint(["client"], ["clients.number"], name=op.f("fk_idempotency_client")),
        sa.PrimaryKeyConstraint("client", "key", name=op.f("pk_idempotency")),
    )
    op.create_index("ix_idempotency_created_at", "idempotency", ["created_at"], unique=False)
    op.create_table(
        "journal",
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("at", BIG, nullable=False),
        sa.Column("kind", sa.String(length=48), nullable=False),
        sa.Column("handoff", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("nodes", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["handoff"], ["handoffs.number"], name=op.f("fk_journal_handoff")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_journal")),
    )
    op.create_index(
        "ix_journal_handoff",
        "journal",
        ["handoff"],
        unique=False,
        sqlite_where=sa.text("handoff IS NOT NULL"),
        postgresql_where=sa.text("handoff IS NOT NULL"),
    )
    op.create_table(
        "ledger",
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("direction", sa.SmallInteger(), nullable=False),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=False),
        sa.Column("jti", sa.LargeBinary(16), nullable=True),
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("schema", sa.Text(), nullable=True),
        sa.Column("handoff", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("body", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("header", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("nodes", sa.LargeBinary(), nullable=False),
        sa.Column("envelope", sa.LargeBinary(), nullable=False),
        sa.Column("signatures", sa.LargeBinary(), nullable=False),
        sa.Column("pld", sa.LargeBinary(), nullable=False),
        sa.Column("sig", sa.LargeBinary(), nullable=False),
        sa.Column("sig_start", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("recorded_at", BIG, nullable=False),
        sa.Column("said_on", sa.Integer(), nullable=True),
        sa.CheckConstraint("length(pld) = 32 AND length(sig) = 32", name=op.f("ck_ledger_digests")),
        sa.CheckConstraint("number >= 0", name=op.f("ck_ledger_number")),
        sa.ForeignKeyConstraint(["handoff"], ["handoffs.number"], name=op.f("fk_ledger_handoff")),
        sa.ForeignKeyConstraint(["header"], ["headers.number"], name=op.f("fk_ledger_header")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_ledger")),
    )
    op.create_index(
        "ix_ledger_handoff",
        "ledger",
        ["handoff"],
        unique=False,
        sqlite_where=sa.text("handoff IS NOT NULL"),
        postgresql_where=sa.text("handoff IS NOT NULL"),
    )
    op.create_index(
        "ix_ledger_received_seq",
        "ledger",
        ["seq"],
        unique=False,
        sqlite_where=sa.text("direction = 1 AND kind = 0"),
        postgresql_where=sa.text("direction = 1 AND kind = 0"),
    )
    op.create_index(
        "ix_ledger_said_on",
        "ledger",
        ["said_on", "direction"],
        unique=False,
        sqlite_where=sa.text("said_on IS NOT NULL"),
        postgresql_where=sa.text("said_on IS NOT NULL"),
    )
    op.create_index(
        "ix_ledger_sig_start",
        "ledger",
        ["sig_start"],
        unique=False,
        sqlite_where=sa.text("sig_start IS NOT NULL"),
        postgresql_where=sa.text("sig_start IS NOT NULL"),
    )
    op.create_index(
        "ux_ledger_accepted",
        "ledger",
        ["direction", "kind", "jti"],
        unique=True,
        sqlite_where=sa.text("status = 0"),
        postgresql_where=sa.text("status = 0"),
    )
    op.create_index(
        "ux_ledger_rejected",
        "ledger",
        ["direction", "jti", "pld"],
        unique=True,
        sqlite_where=sa.text("status = 1"),
        postgresql_where=sa.text("status = 1"),
    )
    op.create_index(
        "ux_ledger_sent_seq",
        "ledger",
        ["seq"],
        unique=True,
        sqlite_where=sa.text("direction = 0 AND kind = 0"),
        postgresql_where=sa.text("direction = 0 AND kind = 0"),
    )
    op.create_table(
        "outbox",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("handoff", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("schema", sa.Text(), nullable=False),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column("due_at", BIG, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("body", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ledger", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("irt_jti", sa.LargeBinary(16), nullable=True),
        sa.Column("irt_pld", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", BIG, nullable=False),
        sa.Column("isolated", sa.Integer(), nullable=False),
        sa.Column("parked_at", BIG, nullable=True),
        sa.Column("parked_code", sa.String(length=32), nullable=True),
        sa.CheckConstraint("(irt_jti IS NULL) = (irt_pld IS NULL)", name=op.f("ck_outbox_irt")),
        sa.CheckConstraint(
            "(parked_at IS NULL) = (parked_code IS NULL)", name=op.f("ck_outbox_parked")
        ),
        sa.CheckConstraint("priority IN (0, 1)", name=op.f("ck_outbox_priority")),
        sa.ForeignKeyConstraint(["handoff"], ["handoffs.number"], name=op.f("fk_outbox_handoff")),
        sa.ForeignKeyConstraint(["ledger"], ["ledger.number"], name=op.f("fk_outbox_ledger")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_outbox")),
        sa.UniqueConstraint("ledger", name=op.f("uq_outbox_ledger")),
    )
    op.create_index(
        "ix_outbox_due",
        "outbox",
        ["priority", "due_at"],
        unique=False,
        sqlite_where=sa.text("isolated = 0 AND parked_at IS NULL"),
        postgresql_where=sa.text("isolated = 0 AND parked_at IS NULL"),
    )
    op.create_index(
        "ix_outbox_isolated",
        "outbox",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("isolated > 0 AND parked_at IS NULL"),
        postgresql_where=sa.text("isolated > 0 AND parked_at IS NULL"),
    )
    op.create_index("ix_outbox_handoff", "outbox", ["handoff", "number"], unique=False)
    op.create_table(
        "verdicts",
        sa.Column(
            "message",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("receipt", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=True),
        sa.Column("pointer", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["message"], ["ledger.number"], name=op.f("fk_verdicts_message")),
        sa.ForeignKeyConstraint(["receipt"], ["ledger.number"], name=op.f("fk_verdicts_receipt")),
        sa.PrimaryKeyConstraint("message", name=op.f("pk_verdicts")),
    )
    op.bulk_insert(
        sa.table("heads", sa.column("name"), sa.column("size"), sa.column("peaks")),
        [{"name": name, "size": 0, "peaks": None} for name in COUNTS]
        + [{"name": name, "size": 0, "peaks": b""} for name in LOGS],
    )
    op.bulk_insert(sa.table("partner", sa.column("number")), [{"number": 1}])


def _make_alarms() -> None:
    """Make the tables of what someone must look at, and of whom that has reached."""
    op.create_table(
        "alarms",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=48), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("opened_at", BIG, nullable=False),
        sa.Column("touched_at", BIG, nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("closed_at", BIG, nullable=True),
        sa.Column("acknowledged_at", BIG, nullable=True),
        sa.Column("acknowledged_by", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(acknowledged_at IS NULL) = (acknowledged_by IS NULL)",
            name=op.f("ck_alarms_acknowledged"),
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_alarms")),
    )
    op.create_index(
        "ix_alarms_open",
        "alarms",
        ["number"],
        unique=False,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(
        "ux_alarms_open",
        "alarms",
        ["kind", "subject"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "wakings",
        sa.Column("alarm", BIG, autoincrement=False, nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column("urgency", sa.SmallInteger(), nullable=False),
        sa.Column("reached_at", BIG, nullable=False),
        sa.Column("due_at", BIG, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("told_at", BIG, nullable=True),
        sa.CheckConstraint("urgency >= 0", name=op.f("ck_wakings_urgency")),
        sa.ForeignKeyConstraint(["alarm"], ["alarms.number"], name=op.f("fk_wakings_alarm")),
        sa.PrimaryKeyConstraint("alarm", "level", name=op.f("pk_wakings")),
    )
    op.create_index(
        "ix_wakings_due",
        "wakings",
        ["urgency", "due_at"],
        unique=False,
        sqlite_where=sa.text("told_at IS NULL"),
        postgresql_where=sa.text("told_at IS NULL"),
    )
