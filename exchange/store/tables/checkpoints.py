"""What was signed of the logs."""

from sqlalchemy import Column, LargeBinary, String, Table

from exchange.store.columns import BIG, Moment
from exchange.store.naming import metadata

checkpoints = Table(
    "checkpoints",
    metadata,
    Column("log", String(16), primary_key=True),
    Column("size", BIG, primary_key=True, autoincrement=False),
    Column("signed_at", Moment, nullable=False),
    Column("note", LargeBinary, nullable=False),
)
"""Each checkpoint of the ledger and of the journal as it was signed, once for a size."""
