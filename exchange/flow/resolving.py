"""
What a person does about a discrepancy whose cause still stands: says how it was resolved.

It stays resolved while the same is found of it. The journal has who said so.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from exchange.domain.discrepancies import OUR_RULES
from exchange.domain.discrepancies.scopes import Scope
from exchange.domain.discrepancies.standing import Resolution, resolve
from exchange.domain.parties import Side
from exchange.errors import NotFound
from exchange.flow.acts import Keep
from exchange.flow.clock import Clock
from exchange.store.discrepancies import Kept, end_discrepancy, find_discrepancy, lock_discrepancy
from exchange.store.engine import Connection, Store
from exchange.store.handoffs import Handoff, find_handoffs
from exchange.store.journal import Event, record_events

LOCAL = frozenset(rule.id for rule in OUR_RULES)
"""The rules over what the United States alone know."""


@dataclass(frozen=True, slots=True)
class Sight:
    """
    Which discrepancies somebody sees: those of their *places*, or of every place.

    What is of no place is for who has every place. A rule that knows of holds is for who
    *knows_holds*.
    """

    side: Side
    places: frozenset[str] | None
    knows_holds: bool

    def of(self, connection: Connection, kept: Sequence[Kept]) -> list[Kept]:
        """Return those of the discrepancies that are seen."""
        known = [one for one in kept if self.knows_holds or _rule(one) not in LOCAL]
        if self.places is None:
            return known
        ids = {handoff for one in known for handoff in one.discrepancy.finding.handoffs}
        rows = find_handoffs(connection, ids) if ids else {}
        return [one for one in known if not self.places.isdisjoint(self._places(one, rows))]

    def _places(self, one: Kept, rows: dict[str, Handoff]) -> set[str]:
        finding = one.discrepancy.finding
        if finding.subject.scope is Scope.PORT_DAY and self.side is Side.US:
            return {finding.subject.name.partition(" ")[0]}
        found = (rows[handoff] for handoff in finding.handoffs if handoff in rows)
        places = (row.port if self.side is Side.US else row.receiving_point for row in found)
        return {place for place in places if place is not None}


class Resolving:
    """What people do about discrepancies, over the internal listener."""

    def __init__(self, *, store: Store, side: Side, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self.side = side

    async def resolve(
        self,
        number: int,
        resolution: Resolution,
        *,
        actor: str,
        sight: Sight,
        keep: Keep[Kept] | None = None,
    ) -> Kept:
        """
        Return the discrepancy once *actor* has said how it was resolved.

        Raises:
            NotFound: No discrepancy of that number is open, or it is not theirs to see.
        """
        at = self._clock()

        def done(connection: Connection) -> Kept:
            found = find_discrepancy(connection, number)
            if found is None or not sight.of(connection, [found]):
                raise NotFound
            resolved = resolve_by_person(connection, number, resolution, actor=actor, at=at)
            if keep is not None:
                keep(connection, resolved)
            return resolved

        return await self._store.write(done)


def resolve_by_person(
    connection: Connection, number: int, resolution: Resolution, *, actor: str, at: datetime
) -> Kept:
    """
    Return the discrepancy of that number as it stands once *actor* has resolved it.

    Raises:
        NotFound: No discrepancy of that number is open.
    """
    kept = lock_discrepancy(connection, number)
    if kept is None or kept.discrepancy.ending is not None:
        raise NotFound
    ended = resolve(kept.discrepancy, resolution, by=actor, now=at)
    end_discrepancy(connection, ended)
    finding = ended.finding
    event = Event(
        at=at,
        kind="discrepancy.resolved",
        actor=actor,
        handoff=_row_of(connection, finding.handoffs),
        data={
            "discrepancy": number,
            "rule": finding.rule,
            "scope": finding.subject.scope.value,
            "name": finding.subject.name,
            "resolution": resolution.value,
        },
    )
    record_events(connection, [event])
    return replace(kept, discrepancy=ended)


def _row_of(connection: Connection, handoffs: Sequence[str]) -> int | None:
    """Return the row of the one handoff that it is about: the entry is of its timeline."""
    if len(handoffs) != 1:
        return None
    row = find_handoffs(connection, handoffs).get(handoffs[0])
    return None if row is None else row.number


def _rule(one: Kept) -> str:
    return one.discrepancy.finding.rule
