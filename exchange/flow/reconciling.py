"""
What both sides' truth amounts to: the rules looked at again wherever something has changed.

A look reads the handoffs that changed since the last (they stand in the change feed), whatever
those bear on, and what time alone may have changed; what is found is settled with what is kept,
in one transaction that holds only if no other process has looked at the same meanwhile. Looking
at all of them, on demand, goes through the same function, so it finds the same.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

import structlog

from exchange.domain.discrepancies.scopes import Terms
from exchange.domain.discrepancies.standing import Changes
from exchange.domain.outages import Outage
from exchange.domain.parties import Side
from exchange.errors import StoreBusy, StoreFailed
from exchange.flow.channels import list_refusals, see_spoken
from exchange.flow.clock import Clock
from exchange.flow.everything import Whole
from exchange.flow.keyring import Keyring
from exchange.flow.looking import Looked, Looking
from exchange.flow.manifests import see_channel
from exchange.store.bearings import (
    Bearing,
    find_bearings,
    list_due_looks,
    list_in_order,
    put_bearings,
    put_looks,
)
from exchange.store.discrepancies import list_open_subjects, record_changes
from exchange.store.engine import Connection, Duplicate, Store
from exchange.store.handoffs import Stale, list_changed
from exchange.store.heads import Head, get_log, get_size, pass_on

log = structlog.get_logger()

BATCH_MAX = 500
"""Handoffs looked at in one step; whatever they bear on is looked at with them."""

STATED_AGO = timedelta(days=35)
"""How far back what was stated is compared each time; all of it is, on demand."""

_LookAt = Callable[..., Looked]
_TRIES_MAX = 20
_NO_SHOW = "R17"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """
    One step of a look: what was looked at, and from where to where it came.

    *changed* is that way in the change feed, *judged* in the ledger.
    """

    changed: tuple[int, int]
    judged: tuple[int, int]
    bearings: tuple[Bearing, ...]
    looked: Looked
    had_cause: bool
    more: bool
    outages: tuple[Outage, ...]


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
        while True:
            try:
                _tell(await self.look())
            except (StoreBusy, StoreFailed, Duplicate, Stale) as error:
                log.warning("reconciling.postponed", error=type(error).__name__)
            await asyncio.sleep(self._every_seconds)

    async def look(self) -> Settled:
        """
        Return what changed once everything was looked at that has changed or fallen due.

        Raises:
            Stale, Duplicate: Other processes were first too often; they look at the same.
        """
        settled, tries = Settled(), 0
        while True:
            step = await self._store.scan(partial(self._step, now=self._clock()))
            try:
                if step.had_cause or any(step.looked.changes):
                    await self._store.write(partial(_record_step, step))
            except (Stale, Duplicate):
                tries += 1
                if tries == _TRIES_MAX:
                    raise
                continue
            self._outages = step.outages
            settled = settled.with_changes(step.looked.changes)
            if not step.more:
                return settled

    def _step(self, connection: Connection, *, now: datetime) -> Step:
        """Return what the next of the changes and of what is due amount to."""
        changed = get_size(connection, Head.RECONCILED)
        judged, until = get_size(connection, Head.JUDGED), get_log(connection, Head.LEDGER).size
        rows = list_changed(connection, after=changed, limit=BATCH_MAX)
        due = list_due_looks(connection, now=now, limit=BATCH_MAX)
        outages = see_channel(connection).alarmed_outages
        no_shows = [] if outages == self._outages else list_open_subjects(connection, _NO_SHOW)
        places = self._looking.terms.places
        numbers = [row.number for row in rows]
        fresh = {
            one.handoff: one for one in self._looking.read(connection, numbers).bearings(places)
        }
        target = self._looking.target_of(connection, fresh, rows, [*due, *no_shows])
        refused = list_refusals(connection, self._side, since=judged, until=until)
        spoken = see_spoken(
            connection,
            self._side,
            self._looking.terms.thresholds,
            first=(now - STATED_AGO).date(),
        )
        target = replace(target, spoken=spoken, refused=refused)
        before = find_bearings(connection, fresh)
        return Step(
            changed=(changed, rows[-1].changed if rows else changed),
            judged=(judged, until if refused else judged),
            bearings=tuple(one for one in fresh.values() if before.get(one.handoff) != one),
            looked=self._looking.look(connection, target, outages=outages, now=now),
            had_cause=bool(rows or due or refused),
            more=max(len(rows), len(due)) == BATCH_MAX,
            outages=outages,
        )

    async def look_at_all(self) -> Settled:
        """
        Return what changed once every handoff was looked at, as if nothing were known of any.

        Raises:
            Stale, Duplicate: Other processes were first too often; they look at the same.
        """
        settled = await self.look()
        whole = Whole(self._looking)
        numbers = await self._store.scan(list_in_order)
        for start in range(0, len(numbers), BATCH_MAX):
            part = numbers[start : start + BATCH_MAX]
            settled = await self._settle(settled, partial(whole.look_at, part))
        twos = await self._store.scan(whole.find_twos)
        for start in range(0, len(twos), BATCH_MAX):
            pairs = twos[start : start + BATCH_MAX]
            settled = await self._settle(settled, partial(whole.lay_side_by_side, pairs))
        settled = await self._settle(settled, whole.look_at_the_channel)
        return await self._settle(settled, whole.end_the_unseen)

    async def _settle(self, settled: Settled, look: _LookAt) -> Settled:
        """Return the counts with what a further part of everything changed."""
        looked = await self._store.scan(partial(look, now=self._clock()))
        if any(looked.changes) or looked.found.wakes:
            await self._store.write(partial(_record, looked))
        return settled.with_changes(looked.changes)


def _record_step(step: Step, connection: Connection) -> None:
    """
    Store what a step found, where nobody else has taken it.

    Raises:
        Stale: Another process has come further since.
        Duplicate: Another process opened the same.
    """
    for head, (since, to) in ((Head.RECONCILED, step.changed), (Head.JUDGED, step.judged)):
        if not pass_on(connection, head, since=since, to=to):
            raise Stale
    put_bearings(connection, step.bearings)
    _record(step.looked, connection)


def _record(looked: Looked, connection: Connection) -> None:
    put_looks(connection, looked.found.looked_at, looked.found.wakes)
    record_changes(connection, looked.changes)


def _tell(settled: Settled) -> None:
    if settled != Settled():
        log.info(
            "discrepancies.settled",
            opened=settled.opened,
            updated=settled.updated,
            closed=settled.closed,
        )
