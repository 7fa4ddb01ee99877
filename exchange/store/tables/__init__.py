"""
The database, as SQLAlchemy Core tables whose constraints carry the rules.

Big rows (``ledger``, ``bodies``, ``journal``) are only appended, under integer keys; what is
rewritten (``outbox``, ``handoffs``, ``heads``) is narrow. Each text stands once: protected
headers are interned, and an envelope holds what is not searched for.

``REVISION`` names the migration that makes exactly these tables (a test compares them).
"""

from exchange.store.naming import metadata
from exchange.store.tables.checkpoints import checkpoints
from exchange.store.tables.erasure import erasures, preservations, proposals
from exchange.store.tables.journey import decisions, handoffs, heads
from exchange.store.tables.messages import (
    bodies,
    bulletins,
    data_keys,
    headers,
    ledger,
    outbox,
    pool_keys,
    verdicts,
)
from exchange.store.tables.ours import (
    alarms,
    clients,
    idempotency,
    journal,
    key_sets,
    partner,
    wakings,
)
from exchange.store.tables.reconciliation import (
    bearings,
    comparisons,
    discrepancies,
    looks,
    reports,
    statements,
)

__all__ = [
    "REVISION",
    "alarms",
    "bearings",
    "bodies",
    "bulletins",
    "checkpoints",
    "clients",
    "comparisons",
    "data_keys",
    "decisions",
    "discrepancies",
    "erasures",
    "handoffs",
    "headers",
    "heads",
    "idempotency",
    "journal",
    "key_sets",
    "ledger",
    "looks",
    "metadata",
    "outbox",
    "partner",
    "pool_keys",
    "preservations",
    "proposals",
    "reports",
    "statements",
    "verdicts",
    "wakings",
]

REVISION = "0003"
