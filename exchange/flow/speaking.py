"""
(8, 9) What is about no handoff waits in the outbox like every message.

Nothing in it is about a person, so its body has the key of its day.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from exchange.domain.messages.body import Body
from exchange.domain.messages.catalogue import MessageType
from exchange.flow.keyring import DataKey, Keyring, context_in
from exchange.proof import grammar
from exchange.store.bodies import NewBody, find_pool_key, insert_pool_key, record_bodies
from exchange.store.columns import Pool
from exchange.store.engine import Connection
from exchange.store.outbox import NewDraft, insert_drafts


class Spoken(NamedTuple):
    """What is to be said: the version of its type, and the octets of its body."""

    kind: MessageType
    octets: bytes

    @classmethod
    def of(cls, kind: MessageType, body: Body) -> "Spoken":
        """Return *body* as it is to be said."""
        return cls(kind, grammar.rewritten(body.model_dump(mode="json")))


def draft(
    connection: Connection,
    keyring: Keyring,
    said: Sequence[Spoken],
    *,
    key: DataKey,
    now: datetime,
) -> None:
    """
    Store what is to be said; *key* becomes that of the day where it has none yet.

    Raises:
        Duplicate: Another process made the key of the day first. Do it again.
    """
    if not said:
        return
    on = now.date()
    wrapped = find_pool_key(connection, Pool.BULLETINS, on)
    if wrapped is None:
        insert_pool_key(connection, Pool.BULLETINS, on, key.wrapped)
    else:
        key = keyring.open_data_key(wrapped)
    context = context_in(Pool.BULLETINS)
    locked = [keyring.lock(key, one.octets, context=context) for one in said]
    bodies = record_bodies(
        connection, [NewBody(one, pool=Pool.BULLETINS, pool_on=on) for one in locked]
    )
    insert_drafts(
        connection,
        [
            NewDraft(schema=one.kind.schema, body=body, due_at=now, created_at=now)
            for one, body in zip(said, bodies, strict=True)
        ],
    )
