"""
(10) Each side states by itself what was said on a day, compares it, and repairs what is missing.

A look reads what the ledger holds since the last one: of which days that have closed something
came late, and what the partner said of comparisons. Whatever costs time is computed of what was
read; then one transaction stores it, if no other process of ours has looked at the same
meanwhile.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

import structlog

from exchange.domain.messages.catalogue import COMPARISON, STATEMENT, MessageType
from exchange.domain.messages.comparison import Comparison as Said
from exchange.domain.messages.statement import Statement
from exchange.domain.statements import days_between, last_closed
from exchange.errors import SchemaNotTaken, StoreBusy, StoreFailed
from exchange.flow import speaking
from exchange.flow.agreement import Agreement
from exchange.flow.changes import Changes
from exchange.flow.clock import Clock, fresh_salt
from exchange.flow.comparing import Comparing, Moved
from exchange.flow.counting import Counting, Days, read_set
from exchange.flow.keyring import DataKey, Keyring, context_of_body
from exchange.flow.partner import Partner
from exchange.flow.repairing import remark, send_again, tell
from exchange.flow.speaking import Spoken
from exchange.flow.turns import take_turns
from exchange.flow.versions import version_of
from exchange.proof.encoding import unb64u
from exchange.store.bodies import list_bodies
from exchange.store.columns import Direction
from exchange.store.comparisons import list_silent, record_comparisons
from exchange.store.days import Heard, OfDay, find_first_day, find_touched, list_heard
from exchange.store.engine import Connection, Duplicate, Store
from exchange.store.handoffs import Stale
from exchange.store.heads import Head, get_log, get_size, pass_on
from exchange.store.stated import Stated, find_last_day, find_stated, insert_statements
from exchange.store.statements import Pair, list_pairs, speaker_of

log = structlog.get_logger()

ENTRIES_MAX = 5_000
"""How much of the ledger one look goes through."""
HEARD_MAX = 32
"""How many steps and results of the partner one look goes through: each may be large."""
TRIES_MAX = 20


@dataclass(frozen=True, slots=True)
class Terms:
    """When a day has closed, how far back one looks, and how long one waits."""

    closes_after: timedelta = timedelta(hours=1)
    days_max: int = 31
    compared_after: timedelta = timedelta(minutes=10)
    unanswered_after: timedelta = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a look amounts to: what we state, how comparisons moved, and how far it came."""

    since: int
    until: int
    more: bool
    stated: tuple[Stated, ...]
    said: tuple[Spoken, ...]
    moved: tuple[Moved, ...]


class Stating:
    """States days that have closed, and compares what both sides stated."""

    def __init__(
        self,
        *,
        store: Store,
        agreement: Agreement,
        keyring: Keyring,
        partner: Partner,
        changes: Changes,
        clock: Clock,
        terms: Terms,
        every_seconds: float,
    ) -> None:
        self._store = store
        self._agreement = agreement
        self._keyring = keyring
        self._partner = partner
        self._changes = changes
        self._clock = clock
        self._terms = terms
        self._every_seconds = every_seconds
        self._days = Days()

    async def run(self) -> None:
        """Look again and again until cancelled."""
        await take_turns(self._every_seconds, self._turn)

    async def _turn(self) -> None:
        try:
            await self.look()
        except (StoreBusy, StoreFailed, Duplicate, Stale) as error:
            log.warning("statements.postponed", error=type(error).__name__)

    async def look(self) -> None:
        """
        State every day that has closed, and move every comparison on that can be.

        Until the partner takes statements nothing is said, and nothing is passed over.

        Raises:
            Stale, Duplicate: Other processes of ours were first too often; they do the same.
        """
        try:
            kinds = (version_of(STATEMENT, self._partner), version_of(COMPARISON, self._partner))
        except SchemaNotTaken:  # the watch says so
            return
        tries = 0
        while True:
            seen = await self._store.scan(partial(self._see, kinds, now=self._clock()))
            try:
                await self._keep(seen)
            except (Stale, Duplicate):
                tries += 1
                if tries == TRIES_MAX:
                    raise
                continue
            if not seen.more:
                return

    async def _keep(self, seen: Seen) -> None:
        if seen.since == seen.until and not (seen.stated or seen.moved):
            return
        key, now = self._keyring.new_data_key(), self._clock()
        await self._store.write(partial(self._record, seen, key, now))
        if seen.said or seen.moved:
            self._changes.announce()
        for one in seen.stated:
            log.info("statement.made", day=one.day.isoformat(), count=one.messages)
        for moved in seen.moved:
            tell(moved)

    def _see(
        self, kinds: tuple[MessageType, MessageType], connection: Connection, *, now: datetime
    ) -> Seen:
        """Return what there is to state and to compare, everything computed."""
        statement, comparison = kinds
        since, size = get_size(connection, Head.STATED), get_log(connection, Head.LEDGER).size
        heard = list_heard(connection, COMPARISON.schema, since=since, until=since + ENTRIES_MAX)
        cut = [one.number for one in heard[HEARD_MAX : HEARD_MAX + 1]]
        until = min([size, since + ENTRIES_MAX, *cut])
        closed = last_closed(now, closes_after=self._terms.closes_after)
        first = closed - timedelta(days=self._terms.days_max - 1)
        pairs = list_pairs(connection, self._agreement.side, first=first)
        stated = tuple(self._state(connection, closed, pairs, since=since, until=until, now=now))
        compares = Comparing(
            side=self._agreement.side,
            kind=comparison,
            days=self._days,
            entropy=self._keyring.entropy,
        )
        moved = self._hear(connection, compares, heard[:HEARD_MAX], now)
        more = until < size or bool(moved)
        if not stated and not moved:  # each begins and ends on what is stored of it
            moved = self._begin(connection, compares, pairs, now)
        return Seen(
            since=since,
            until=until,
            more=more,
            stated=stated,
            said=tuple(self._statement(statement, one) for one in stated),
            moved=tuple(moved),
        )

    # --- Statements ------------------------------------------------------------------------------

    def _state(
        self,
        connection: Connection,
        closed: date,
        pairs: Sequence[Pair],
        *,
        since: int,
        until: int,
        now: datetime,
    ) -> Iterator[Stated]:
        """Give what to state: days not stated yet, and those that are no longer as we stated."""
        as_of = get_log(connection, Head.LEDGER).size
        after = closed + timedelta(days=1)
        unstated = self._unstated(connection, closed, pairs)
        touched = find_touched(connection, since=since, until=until, before=after)
        counting = Counting(self._keyring)
        for of in sorted(unstated | touched):
            before = find_stated(connection, of)
            if before is None and of not in unstated:  # too long ago
                continue
            messages = read_set(connection, of, as_of=as_of)
            if before is None or before.fingerprint != messages.fingerprint:
                counters = counting.count(connection, of, as_of=as_of)
                written = json.dumps([one.model_dump() for one in counters])
                yield Stated(*of, messages.fingerprint, len(messages), written, as_of, now)

    def _unstated(self, connection: Connection, closed: date, pairs: Sequence[Pair]) -> set[OfDay]:
        """Return the days that closed since the last one stated, and what only they have stated."""
        last = find_last_day(connection)
        first = find_first_day(connection) if last is None else last + timedelta(days=1)
        days = [] if first is None else days_between(first, closed, most=self._terms.days_max)
        closing = {OfDay(day, direction) for day in days for direction in Direction}
        return closing | {pair.of for pair in pairs if pair.ours is None and pair.of.day <= closed}

    def _statement(self, kind: MessageType, one: Stated) -> Spoken:
        body = Statement(
            salt=fresh_salt(self._keyring.entropy),
            day=one.day.isoformat(),
            speaker=speaker_of(one.of, self._agreement.side).value,
            counters=one.counts,
            messages=one.messages,
            fingerprint=one.fingerprint_text,
        )
        return Spoken.of(kind, body)

    # --- Comparisons -----------------------------------------------------------------------------

    def _hear(
        self,
        connection: Connection,
        compares: Comparing,
        heard: Sequence[Heard],
        now: datetime,
    ) -> list[Moved]:
        """Return how comparisons stand once all was heard that the partner said of them."""
        moved: dict[tuple[str, str, str, str], Moved] = {}
        for said in self._open(connection, heard):
            which = (said.day, said.speaker, said.ours, said.theirs)
            after = compares.hear(connection, moved.get(which), said, now)
            if after is not None:
                moved[which] = after
        return list(moved.values())

    def _open(self, connection: Connection, heard: Sequence[Heard]) -> Iterator[Said]:
        bodies = list_bodies(connection, [one.body for one in heard]) if heard else {}
        for one in heard:
            stored = bodies[one.body]
            octets = self._keyring.unlock(stored, context=context_of_body(stored, None))
            if octets is not None:
                yield Said.model_validate_json(octets)

    def _begin(
        self, connection: Connection, compares: Comparing, pairs: Sequence[Pair], now: datetime
    ) -> list[Moved]:
        """Return the comparisons that begin now, and those that are given up."""
        waited = now - self._terms.compared_after
        begun = [
            compares.begin(connection, pair.ours, unb64u(theirs.fingerprint), now)
            for pair in pairs
            if _is_to_compare(pair, waited) and pair.ours and (theirs := pair.their_statement)
        ]
        silent = list_silent(connection, before=now - self._terms.unanswered_after)
        return begun + [compares.give_up(one, now) for one in silent]

    # --- What is stored --------------------------------------------------------------------------

    def _record(self, seen: Seen, key: DataKey, now: datetime, connection: Connection) -> None:
        """
        Store everything that a look amounts to.

        Raises:
            Stale: Another process of ours has looked at the same. Look again.
            Duplicate: It states or begins the same, or made the key of the day. Look again.
        """
        if not pass_on(connection, Head.STATED, since=seen.since, to=seen.until):
            raise Stale
        insert_statements(connection, seen.stated)
        record_comparisons(connection, [(one.before, one.after) for one in seen.moved])
        said = [*seen.said, *(one for moved in seen.moved for one in moved.said)]
        speaking.draft(connection, self._keyring, said, key=key, now=now)
        for moved in seen.moved:
            remark(connection, moved.after, self._agreement.side, now)
            send_again(connection, moved.repaired, now)


def _is_to_compare(pair: Pair, waited: datetime) -> bool:
    """Say whether we are to begin: we heard those messages, and both stated them some time ago."""
    return (
        pair.sets_differ
        and pair.of.direction is Direction.RECEIVED
        and pair.compared is None
        and pair.ours is not None
        and pair.theirs is not None
        and max(pair.ours.stated_at, pair.theirs.said_at) <= waited
    )
