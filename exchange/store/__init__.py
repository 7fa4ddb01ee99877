"""
All SQL, and nothing else: what one side keeps, in functions of a connection grouped by noun.

Invariants: a function here has no effect but on its connection, so it may run twice; time
is an argument; the ledger and the journal only grow; a personal datum is stored only as
ciphertext in ``bodies``.

Locks are taken in one order everywhere, so that PostgreSQL never has to break a tie: what
was claimed of ``outbox``, then the head ``changes`` with the rows of ``handoffs`` by number,
then the heads ``seq``, ``ledger`` and ``journal``, and last what a caller was answered
(``idempotency``). SQLite has one writer and needs no order.
"""

from exchange.store.engine import Store, require_current

__all__ = ["Store", "require_current"]
