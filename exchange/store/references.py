"""
By what a message that answers another names it: the other's ``jti`` and ``pld``.

They are read from the ledger itself, by the handoff that both messages are about.
"""

from collections.abc import Collection

from sqlalchemy import Connection, bindparam, select

from exchange.proof.envelope import InReplyTo
from exchange.store.prepared import Prepared
from exchange.store.tables import ledger

_OF_HANDOFFS = Prepared(
    select(ledger.c.handoff, ledger.c.seq, ledger.c.jti, ledger.c.pld)
    .where(
        ledger.c.handoff.in_(bindparam("handoffs", expanding=True)),
        ledger.c.schema == bindparam("of_schema"),
    )
    .order_by(ledger.c.number)
)


def find_references(
    connection: Connection, handoffs: Collection[int], *, schema: str
) -> dict[tuple[int, int], InReplyTo]:
    """
    Return how the messages of *schema* about these handoffs are named, by handoff and ``seq``.

    Of two under one ``seq``, which is the partner's mistake, the earlier is named.
    """
    rows = _OF_HANDOFFS.rows(connection, {"handoffs": list(handoffs), "of_schema": schema})
    found: dict[tuple[int, int], InReplyTo] = {}
    for handoff, seq, jti, pld in rows:
        found.setdefault((handoff, seq), InReplyTo(jti, pld))
    return found
