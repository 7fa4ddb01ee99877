"""What Alembic runs: the revisions, on the connection that ``upgrade`` gives it."""

from typing import Any, Literal

from alembic import context

from exchange.store.columns import Coded, Moment, Uuid16
from exchange.store.tables import metadata


def plain_type(kind: str, thing: Any, _context: object) -> str | Literal[False]:
    """Write our column types as what the database sees, for a revision outlives our classes."""
    if kind != "type":
        return False
    if isinstance(thing, Moment):
        return "BIG"
    if isinstance(thing, Uuid16):
        return "sa.LargeBinary(16)"
    if isinstance(thing, Coded):
        return "sa.SmallInteger()"
    return "BIG" if "variant" in repr(thing) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_item=plain_type,
)
with context.begin_transaction():
    context.run_migrations()
