"""
What was put right of what was said about a handoff: the value signed, and the one read now.

A name may be among them, so a view is in the journal before anything is shown.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

from exchange import errors
from exchange.flow.clock import Clock
from exchange.flow.corrections import list_put_right
from exchange.flow.keyring import Keyring
from exchange.store.columns import Direction
from exchange.store.engine import Connection, Store
from exchange.store.handoffs import Handoff, find_handoff
from exchange.store.journal import Event, record_events
from exchange.web.calls import Caller
from exchange.web.shown import MessagePutRight, PutRightOfHandoff, ValuePutRight

VIEWED: Final = "corrections.viewed"


@dataclass(frozen=True, slots=True)
class CorrectionList:
    """Makes the list; *keyring* opens what is stored, *place_of* says whose a handoff is."""

    store: Store
    keyring: Keyring
    clock: Clock
    place_of: Callable[[Handoff], str | None]

    async def of_handoff(self, caller: Caller, handoff: str) -> PutRightOfHandoff:
        """
        Return what was put right, once the journal has who looks.

        Raises:
            NotFound: There is no such handoff that is the caller's to see.
        """
        row = await self.store.read(partial(find_handoff, handoff=handoff))
        if row is None or not caller.sees(self.place_of(row)):
            raise errors.NotFound
        event = Event(at=self.clock(), kind=VIEWED, actor=caller.name, handoff=row.number, data={})
        await self.store.write(partial(record_events, events=[event]))
        return await self.store.read(partial(self._read, row))

    def _read(self, row: Handoff, connection: Connection) -> PutRightOfHandoff:
        found = list_put_right(connection, self.keyring, row)
        return PutRightOfHandoff(
            handoff=row.handoff,
            messages=tuple(
                MessagePutRight(
                    message=recorded.kind.name,
                    jti=recorded.message,
                    direction="sent" if recorded.direction is Direction.SENT else "received",
                    values=ValuePutRight.of(reading),
                )
                for recorded, reading in found
            ),
        )
