"""
What both sides' truth amounts to: the rules looked at again wherever something has changed.

A look reads the handoffs that changed since the last (they stand in the change feed) and stores
what they bear on; then it looks at all of that, and at what time alone may have changed, part by
part; then it says how far it came, unless another process has come further. What is stored on
the way is what anybody would find, so to do it twice is to do it once. Looking at everything, on
demand, goes through the same parts, so it finds the same.
"""

import datetime as dt
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

import structlog

from exchange.domain.discrepancies.folding import Reach, united
from exchange.domain.discrepancies.scopes import Subject, Terms
from exchange.domain.discrepancies.standing import Changes
from exchange.domain.outages import Outage
from exchange.domain.parties import Side
from exchange.errors import StoreBusy, StoreFailed
from exchange.flow.clock import Clock
from exchange.flow.keyring import Keyring
from exchange.flow.looking import Looked, Looking, reach_of_bearing
from exchange.flow.manifests import see_channel
from exchange.flow.parts import Parts
from exchange.flow.turns import take_turns
from exchange.store.bearings import Bearing, find_bearings, list_in_parts, put_bearings
from exchange.store.discrepancies import list_open_subjects, record_changes
from exchange.store.engine import Connection, Duplicate, Store
from exchange.store.handoffs import Stale, list_changed
from exchange.store.heads import Head, get_log, get_size, pass_on
from exchange.store.looks import list_due_looks, put_looks

log = structlog.get_logger()

BATCH_MAX = 500
"""Handoffs looked at in one step; whatever they bear on is looked at with them."""

STATED_AGO = dt.timedelta(days=35)
"""How far back what was stated is compared each time; all of it is, on demand."""

_LookAt = Callable[..., Looked]
_TRIES_MAX = 20
_NO_SHOW = "R17"


@dataclass(frozen=True, slots=True)
class Begun:
    """From where to where a look goes in the change feed and in the ledger, and what is due."""

    changed: int
    judged: int
    until: int
    outages: tuple[Outage, ...]
    no_shows: tuple[Subject, ...]


@dataclass(frozen=True, slots=True)
class Changed:
    """
    Some handoffs that changed, in the order of the feed up to *last*.

    *bearings* are those that bear on something else than before, and *left* is what that was.
    """

    numbers: tuple[int, ...]
    last: int
    bearings: tuple[Bearing, ...]
    left: Mapping[int, Reach]


@dataclass(frozen=True, slots=True)
class Followed:
    """Every handoff that changed up to *last* in the feed, and what some of them have *left*."""

    numbers: frozenset[int]
    last: int
    left: Mapping[int, Reach]

    def left_by(self, numbers: Collection[int]) -> Reach:
        """Return what any of these handoffs has left."""
        return united(self.left[number] for number in numbers if number in self.left)


@dataclass(frozen=True, slots=True)
class Settled:
    """How many discrepancies opened, were found otherwise, and ended."""

    opened: int = 0
    updated: int = 0
    closed: int = 0

    def with_changes(self, changes: Changes) -> "Settled":
        """Return the counts with those of *changes*."""
        return Settled(
            self.opened + len(changes.opened),
            self.updated + len(changes.updated),
            self.closed + len(changes.closed),
        )


class Reconciling:
    """Keeps the discrepancies in step with what both sides have said."""

    def __init__(
        self,
        *,
        store: Store,
        side: Side,
        terms: Terms,
        keyring: Keyring,
        clock: Clock,
        every_seconds: float,
    ) -> None:
        self._store = store
        self._side = side
        self._looking = Looking(side=side, terms=terms, keyring=keyring)
        self._clock = clock
        self._every_seconds = every_seconds
        self._outages: tuple[Outage, ...] | None = None

    async def run(self) -> None:
        """Look again and again until cancelled."""
        await take_turns(self._every_seconds, self._turn)

    async def _turn(self) -> None:
        try:
            _tell(await self.look())
        except (StoreBusy, StoreFailed, Duplicate, Stale) as error:
            log.warning("reconciling.postponed", error=type(error).__name__)

    async def look(self) -> Settled:
        """
        Return what changed once everything was looked at that has changed or fallen due.

        Raises:
            Stale, Duplicate: Other processes were first too often; they look at the same.
        """
        for tries in range(1, _TRIES_MAX + 1):
            try:
                return await self._look()
            except (Stale, Duplicate):
                if tries == _TRIES_MAX:
                    raise
        raise AssertionError  # the last try returns or raises

    async def _look(self) -> Settled:
        """Store what bears on what, look at it part by part, and then say how far that went."""
        begun = await self._store.scan(self._begin)
        followed = await self._follow(begun.changed)
        parts, settled = Parts(self._looking), Settled()
        every = await self._in_parts(followed.numbers)
        for numbers in every:
            look = partial(parts.look_at, numbers, followed.left_by(numbers))
            settled = await self._settle(settled, look)
        for numbers in every:
            settled = await self._settle(settled, partial(parts.look_for_alike, numbers))
        if begun.no_shows:
            settled = await self._settle(settled, partial(parts.look_at_due, begun.no_shows))
        settled = await self._settle_due(settled)
        first = (self._clock() - STATED_AGO).date()
        speech = partial(parts.look_at_speech, first, begun.judged, begun.until)
        settled = await self._settle(settled, speech)
        if (followed.last, begun.until) != (begun.changed, begun.judged):
            await self._store.write(partial(_pass, begun, followed.last))
        self._outages = begun.outages
        return settled

    async def _follow(self, after: int) -> Followed:
        """Store what bears on what wherever something has changed; return where that was."""
        numbers, left, last = set[int](), dict[int, Reach](), after
        while (changed := await self._store.scan(partial(self._change, last))).numbers:
            numbers.update(changed.numbers)
            for number, reach in changed.left.items():
                left[number] = united([left.get(number, Reach()), reach])
            last = changed.last
            if changed.bearings:
                await self._store.write(partial(put_bearings, fresh=changed.bearings))
        return Followed(frozenset(numbers), last, left)

    async def _in_parts(self, numbers: frozenset[int]) -> list[list[int]]:
        """Return handoffs that changed as they are looked at: many of them day by day."""
        if len(numbers) <= BATCH_MAX:
            return [sorted(numbers)] if numbers else []
        return await self._store.scan(partial(list_in_parts, most=BATCH_MAX, only=numbers))

    async def _settle_due(self, settled: Settled) -> Settled:
        """Look at what time alone may have changed, also what was looked at a moment ago."""
        while due := await self._store.scan(self._find_due):
            look = partial(Parts(self._looking).look_at_due, due)
            settled = await self._settle(settled, look)
        return settled

    def _begin(self, connection: Connection) -> Begun:
        outages = see_channel(connection).alarmed_outages
        no_shows = [] if outages == self._outages else list_open_subjects(connection, _NO_SHOW)
        return Begun(
            changed=get_size(connection, Head.RECONCILED),
            judged=get_size(connection, Head.JUDGED),
            until=get_log(connection, Head.LEDGER).size,
            outages=outages,
            no_shows=tuple(no_shows),
        )

    def _change(self, after: int, connection: Connection) -> Changed:
        """Return the next handoffs that changed, and what they bear on now and before."""
        rows = list_changed(connection, after=after, limit=BATCH_MAX)
        ids = {row.number: row.handoff for row in rows}
        before = find_bearings(connection, ids)
        read = self._looking.read(connection, ids).bearings(self._looking.terms.places)
        fresh = tuple(one for one in read if not one.is_as(before.get(one.handoff)))
        moved = (before[one.handoff] for one in fresh if one.handoff in before)
        return Changed(
            numbers=tuple(ids),
            last=rows[-1].changed if rows else after,
            bearings=fresh,
            left={one.handoff: reach_of_bearing(one, ids) for one in moved},
        )

    def _find_due(self, connection: Connection) -> list[Subject]:
        return list_due_looks(connection, now=self._clock(), limit=BATCH_MAX)

    async def look_at_all(self) -> Settled:
        """
        Return what changed once every handoff was looked at, as if nothing were known of any.

        Raises:
            Duplicate: Another process was first to find something; it stands.
        """
        began_at, begun = self._clock(), await self._store.scan(self._begin)
        followed = await self._follow(begun.changed)
        whole, settled = Parts(self._looking), Settled()
        for numbers in await self._store.scan(partial(list_in_parts, most=BATCH_MAX)):
            settled = await self._settle(settled, partial(whole.look_at, numbers, Reach()))
        twos = await self._store.scan(whole.find_twos)
        for start in range(0, len(twos), BATCH_MAX):
            pairs = twos[start : start + BATCH_MAX]
            settled = await self._settle(settled, partial(whole.lay_side_by_side, pairs))
        speech = partial(whole.look_at_speech, dt.date.min, 0, begun.until)
        settled = await self._settle(settled, speech)
        settled = await self._settle(settled, partial(whole.end_the_unseen, began_at))
        settled = await self._settle_due(settled)
        with suppress(Stale):  # whoever has come further has looked at the same
            await self._store.write(partial(_pass, begun, followed.last))
        self._outages = begun.outages
        return settled

    async def _settle(self, settled: Settled, look: _LookAt) -> Settled:
        """Return the counts with what a further part changed, once that is stored."""
        looked = await self._store.scan(partial(look, now=self._clock()))
        if any(looked.changes) or looked.found.wakes or looked.due:
            await self._store.write(partial(_record, looked))
        return settled.with_changes(looked.changes)


def _record(looked: Looked, connection: Connection) -> None:
    """
    Store what a part amounts to.

    Raises:
        Duplicate: Another process opened the same.
    """
    put_looks(connection, looked.found.looked_at | looked.due, looked.found.wakes)
    record_changes(connection, looked.changes)


def _pass(begun: Begun, last: int, connection: Connection) -> None:
    """
    Say how far the rules have looked.

    Raises:
        Stale: Another process has come further since.
    """
    reached = ((Head.RECONCILED, begun.changed, last), (Head.JUDGED, begun.judged, begun.until))
    if not all(pass_on(connection, head, since=since, to=to) for head, since, to in reached):
        raise Stale


def _tell(settled: Settled) -> None:
    if settled != Settled():
        log.info(
            "discrepancies.settled",
            opened=settled.opened,
            updated=settled.updated,
            closed=settled.closed,
        )
