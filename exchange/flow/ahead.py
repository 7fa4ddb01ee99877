"""
What both sides will know of a handoff once everything that waits here has been said.

Whoever decides what to say next decides on that: of two who move a hearing at once the second
sees the first, sealed or not. The handoff's version holds these look-ups together with the row:
a draft that is stored or sealed in between makes the act stale.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import NamedTuple, cast

from exchange.domain.handoff import HandoffId, Said, SharedHandoff, advance, complete
from exchange.domain.messages.body import Body
from exchange.domain.messages.catalogue import RETURN_NOTICE
from exchange.domain.messages.return_notice import ReturnNotice
from exchange.errors import NotFound
from exchange.flow.acts import Seen
from exchange.flow.keyring import Keyring, context_of
from exchange.flow.rows import type_of
from exchange.flow.taking_back import TakingBack
from exchange.proof import grammar
from exchange.store import bodies
from exchange.store.columns import Direction, Kind
from exchange.store.engine import Connection
from exchange.store.ledger import list_entries_of
from exchange.store.outbox import Waiting, list_outbox_of

UNSEALED_SEQ = 2**52
"""What waits comes after whatever has a number, in its own order."""


class Ahead(NamedTuple):
    """The handoff as it will be, and its newest notice, sealed or not."""

    shared: SharedHandoff
    notice: ReturnNotice | None


class LookingAhead(TakingBack):
    """Acts that are decided on what will have been said."""

    async def _look_ahead(self, seen: Seen, now: datetime) -> Ahead:
        """
        Return the handoff once all that waits is said.

        Raises:
            NotFound: The person's data were erased meanwhile.
        """
        find = partial(_find_said, seen.row.number)
        last_notice, drafts = await self._store.read(find)
        shared = seen.shared or SharedHandoff(handoff=HandoffId(seen.row.handoff))
        notice = None
        if last_notice is not None:
            notice = cast("ReturnNotice", self._opened(seen, last_notice, RETURN_NOTICE.model))
        for number, (draft, body) in enumerate(drafts):
            kind = type_of(draft)
            said = complete(self._opened(seen, body, kind.model), shared)
            at = Said(kind, said, seq=UNSEALED_SEQ + number, at=now)
            shared = advance(shared, HandoffId(seen.row.handoff), at).shared
            notice = said if isinstance(said, ReturnNotice) else notice
        return Ahead(shared, notice)

    def _opened(self, seen: Seen, stored: bodies.Body, model: type[Body]) -> Body:
        return opened(self._keyring, seen.row.handoff, stored, model)


def opened(keyring: Keyring, handoff: str, stored: bodies.Body, model: type[Body]) -> Body:
    """
    Return the body of a message of ours about a handoff.

    Raises:
        NotFound: The person's data were erased.
    """
    octets = keyring.unlock(stored, context=context_of(handoff))
    if octets is None:
        raise NotFound
    return model.model_validate(grammar.parse(octets))


Drafts = Sequence[tuple[Waiting, bodies.Body]]


def _find_said(handoff: int, connection: Connection) -> tuple[bodies.Body | None, Drafts]:
    """Return the body of the last notice that was sealed, and what waits unsealed, in order."""
    drafts = [one for one in list_outbox_of(connection, handoff) if one.ledger is None]
    notices = [
        entry.body
        for entry in list_entries_of(connection, handoff)
        if entry.kind is Kind.MESSAGE
        and entry.direction is Direction.SENT
        and entry.schema == RETURN_NOTICE.schema
        and entry.body is not None
    ]
    last = notices[-1:]
    found = bodies.list_bodies(connection, [*last, *(draft.body for draft in drafts)])
    return (
        found.get(last[0]) if last else None,
        [(draft, found[draft.body]) for draft in drafts],
    )
