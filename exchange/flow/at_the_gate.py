"""
What is looked at when a person stands at the gate, all of it in one look at the database.

The person's own handoff, the family's, every hold of their cases, and whether the partner lives.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from exchange.domain.departures import Condition, unmet
from exchange.domain.families import Group, Member
from exchange.domain.handoff import HandoffId, SharedHandoff, Stage
from exchange.domain.limits import Limits
from exchange.domain.outages import Manifest, before_it_was_seen, still_unmet_on_paper
from exchange.domain.wire import read_utc
from exchange.flow.acts import Seen, see_all
from exchange.flow.manifests import Channel, Heard, see_channel
from exchange.flow.rows import case_of, shared_of
from exchange.store.engine import Connection
from exchange.store.handoffs import Handoff, list_cycles, list_family
from exchange.store.journal import list_events_of

CROSSINGS = frozenset({"departure.recorded", "departure.overridden"})


class Crossed(NamedTuple):
    """When, and through which gate, a person crossed the line by our own record."""

    at: str
    crossing: str


class Gate(NamedTuple):
    """
    Everything that an answer at the gate depends on, but for the time.

    *shared* is what both sides will know once all that waits is said, where that was looked up.
    *family* has the handoffs of the family, one a case; *held* are the cases with a hold.
    *people* is how many of the family the officer has counted, None where nobody has.
    """

    seen: Seen
    shared: SharedHandoff
    family: tuple[Handoff, ...]
    held: frozenset[str]
    crossed: Crossed | None
    channel: Channel
    people: int | None = None

    def but_for(self, decided: "Gate") -> "Gate":
        """Return the same with the person's own handoff as an act was *decided* on it."""
        row = decided.seen.row
        family = (row if one.number == row.number else one for one in self.family)
        return self._replace(
            seen=decided.seen,
            shared=decided.shared,
            family=tuple(family),
            crossed=None,
            people=decided.people,
        )

    def conditions(self, heard: Heard, limits: Limits) -> tuple[Condition, ...]:
        """Return every condition of a crossing that does not hold now."""
        return unmet(
            self.shared,
            held=case_of(self.seen.row) in self.held,
            group=self._group,
            now=heard.now,
            channel_alive=self.channel.is_alive(heard),
            limits=limits,
        )

    def conditions_on_paper(
        self, manifest: Manifest, heard: Heard, limits: Limits
    ) -> tuple[Condition, ...]:
        """Return what did not hold at the hour of the sheet and no sheet stands in for."""
        found = unmet(
            before_it_was_seen(self.shared),
            held=case_of(self.seen.row) in self.held,
            group=self._group,
            now=read_utc(manifest.at),
            channel_alive=self.channel.is_alive(heard),
            limits=limits,
        )
        return still_unmet_on_paper(found)

    @property
    def _group(self) -> Group | None:
        if self.seen.row.family_group is None and self.people in {None, 1}:
            return None
        members = (
            Member(_shared(one), case_of(one) in self.held, _ahead(one)) for one in self.family
        )
        return Group(tuple(members), self.people)


def look(handoff: str, connection: Connection) -> Gate | None:
    """Return everything that a crossing depends on; None where the handoff was erased."""
    (seen,) = see_all(connection, [handoff])
    if seen is None:
        return None
    family = _family_of(connection, seen.row)
    return Gate(
        seen=seen,
        shared=_shared(seen.row),
        family=family,
        held=frozenset(_held(connection, {case_of(one): one for one in family}.values())),
        crossed=_crossed(connection, seen.row.number),
        channel=see_channel(connection),
    )


def _family_of(connection: Connection, row: Handoff) -> tuple[Handoff, ...]:
    """Return the handoffs of the family, of each case the newest; the person's own in any case."""
    group = row.family_group
    known = [] if group is None else list_family(connection, group)
    newest = {case_of(one): one for one in known}
    return tuple((newest | {case_of(row): row}).values())


def _held(connection: Connection, family: Iterable[Handoff]) -> Iterator[str]:
    """Give the cases of which any handoff is held, of whatever cycle."""
    for row in family:
        cycles = [row] if row.case_id is None else [row, *list_cycles(connection, row.case_id)]
        if any(one.holds for one in cycles):
            yield case_of(row)


def _crossed(connection: Connection, number: int) -> Crossed | None:
    for event in list_events_of(connection, number):
        if event.kind in CROSSINGS:
            return Crossed(str(event.data["at"]), str(event.data["crossing"]))
    return None


def _shared(row: Handoff) -> SharedHandoff:
    return shared_of(row) or SharedHandoff(handoff=HandoffId(row.handoff))


def _ahead(row: Handoff) -> Stage | None:
    return None if row.intent is None else Stage(row.intent)
