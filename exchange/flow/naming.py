"""
Who handoffs are about, for whoever may see names: in the journal before anything is shown.

So no name was ever seen without a trace. Names come from the newest notices; those whose key was
erased have none any more.
"""

from collections.abc import Collection
from functools import partial

from exchange.domain.parties import Side
from exchange.domain.person import Person
from exchange.flow.clock import Clock
from exchange.flow.keyring import Keyring
from exchange.flow.records import Records
from exchange.store.bearings import find_known
from exchange.store.engine import Connection, Store
from exchange.store.handoffs import find_handoffs
from exchange.store.journal import Event, record_events

VIEWED = "case.viewed"


class Naming:
    """Tells who handoffs are about."""

    def __init__(self, *, store: Store, side: Side, keyring: Keyring, clock: Clock) -> None:
        self._store = store
        self._side = side
        self._keyring = keyring
        self._clock = clock

    async def name(
        self, handoffs: Collection[str], *, discrepancy: int, actor: str
    ) -> dict[str, Person]:
        """
        Return the person of each of the *handoffs* that was announced.

        The journal has before that who asked for the names of which discrepancy.
        """
        await self._store.write(
            partial(self._record, handoffs=handoffs, discrepancy=discrepancy, actor=actor)
        )
        return await self._store.read(partial(self._read, handoffs=handoffs))

    def _record(
        self, connection: Connection, *, handoffs: Collection[str], discrepancy: int, actor: str
    ) -> None:
        rows = find_handoffs(connection, set(handoffs)) if handoffs else {}
        now, data = self._clock(), {"discrepancy": discrepancy}
        events = [
            Event(at=now, kind=VIEWED, actor=actor, handoff=row.number, data=data)
            for row in rows.values()
        ]
        record_events(connection, events)

    def _read(self, connection: Connection, *, handoffs: Collection[str]) -> dict[str, Person]:
        rows = find_handoffs(connection, set(handoffs)) if handoffs else {}
        known = find_known(connection, {row.number for row in rows.values()})
        announced = Records(connection, known, self._keyring, self._side, ()).announced
        return {
            row.handoff: announced[row.number].person
            for row in rows.values()
            if row.number in announced
        }
