"""
An act on a handoff: seen, decided, recorded, on the handoff as it stands.

Each kind of act says in ``decide`` what it makes of what it sees; this module does the rest.
An act may take effect on further handoffs, as those of one family: on all of them, or none.
Of two who act at once one is first: the other sees the handoff again, as it then is, and
decides anew. Keys and ciphertext are made before the transaction; within it stand only
statements, one a table for all acts that wait together.
"""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, NamedTuple, TypeAlias, TypeVar

from exchange.domain.alarms import AlarmKind
from exchange.domain.handoff import LocalStage, SharedHandoff
from exchange.domain.messages.body import Body
from exchange.domain.messages.catalogue import RETURN_NOTICE, MessageType
from exchange.domain.ticks import next_tick
from exchange.errors import NotFound, StoreBusy
from exchange.flow.agreement import Agreement
from exchange.flow.changes import Changes
from exchange.flow.clock import Clock
from exchange.flow.keyring import Keyring, context_of
from exchange.flow.partner import Partner
from exchange.flow.rows import shared_of
from exchange.proof import grammar
from exchange.proof.envelope import InReplyTo
from exchange.store.alarms import raise_alarm
from exchange.store.bodies import NewBody, find_data_keys, record_bodies
from exchange.store.engine import Connection, Store
from exchange.store.handoffs import Handoff, Stale, find_handoffs, update_handoffs
from exchange.store.journal import Event, record_events
from exchange.store.outbox import NORMAL, URGENT, NewDraft, delete_drafts, insert_drafts
from exchange.store.references import find_references
from exchange.store.together import Together

ATTEMPTS_MAX = 20

T = TypeVar("T")

Keep: TypeAlias = Callable[[Connection, T], None]
"""
Stores what the caller of an act is answered, in the transaction of the act itself.

Answer and effect then stand or fall together. A Duplicate that it raises says that somebody
else was answered first, and undoes the act.
"""


@dataclass(frozen=True, slots=True)
class Seen:
    """What an act is decided on: the handoff, what both sides know of it, its data key."""

    row: Handoff
    shared: SharedHandoff | None
    wrapped: bytes

    @property
    def revision(self) -> int:
        """The revision of the notice in force; 0 where nothing was announced."""
        return self.shared.revision if self.shared else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What an act has to say, from *due_at* on."""

    kind: MessageType
    body: Body
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """
    What an act does to one handoff: its *row* after it, and its journal entry.

    *message* is said to the partner. It *retracts* where the drafts that wait are taken back, so
    that the partner never hears of them: what is taken back says nothing new.
    """

    seen: Seen
    row: Handoff
    event: str
    data: Mapping[str, object] = field(default_factory=dict)
    message: Message | None = None
    retracts: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided(Generic[T]):
    """
    What becomes of an act: its *result*, and its effects, each on a handoff of its own.

    *events* are journaled beside those of the effects: what was asked and changed nothing.
    *alarm* is a kind and what it is about. *still* is asked within the transaction, while
    nobody else can begin or move a handoff: where it denies, the act is decided anew.
    """

    result: T
    effects: Sequence[Effect]
    events: Sequence[Event] = ()
    alarm: tuple[AlarmKind, str] | None = None
    still: Callable[[Connection], bool] | None = None


@dataclass(frozen=True, slots=True)
class Locked:
    """An effect, and the body of its message as it may be stored."""

    effect: Effect
    ciphertext: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared(Generic[T]):
    """An act with everything its transaction needs already made."""

    decided: Decided[T]
    locked: Sequence[Locked]
    actor: str
    now: datetime
    next_tick: Callable[[], datetime]
    keep: Keep[T] | None


Decide: TypeAlias = Callable[[Seen, datetime], Awaitable[Decided[T]]]


class Acts:
    """Does what a caller decides on a handoff, once."""

    def __init__(
        self,
        *,
        store: Store,
        agreement: Agreement,
        keyring: Keyring,
        partner: Partner,
        changes: Changes,
        clock: Clock,
    ) -> None:
        self._store = store
        self._agreement = agreement
        self._keyring = keyring
        self._partner = partner
        self._changes = changes
        self._clock = clock

    async def _do(
        self,
        handoff: str,
        decide: Decide[T],
        *,
        actor: str,
        places: frozenset[str] | None,
        keep: Keep[T] | None,
    ) -> T:
        """
        Return the result of an act once its effects, and what *keep* stores, are on disk.

        *places* are the ports and receiving points that the caller may act for, None for all.

        Raises:
            NotFound: We know no such handoff, or it is not at the caller's places.
            Duplicate: *keep* found that somebody else was answered; nothing was done.
        """
        for _ in range(ATTEMPTS_MAX):
            seen = await self._store.read(Together(see_all, handoff))
            if seen is None or not (
                places is None or places & {seen.row.port, seen.row.receiving_point}
            ):
                raise NotFound
            now = self._clock()
            decided = await decide(seen, now)
            act = Prepared(
                decided=decided,
                locked=[self._lock(effect) for effect in decided.effects],
                actor=actor,
                now=now,
                next_tick=lambda: next_tick(self._clock(), self._agreement.release_seconds),
                keep=keep,
            )
            try:
                await self._store.write(Together(record_acts, act))
            except Stale:
                continue
            self._changes.announce()
            return decided.result
        raise StoreBusy

    def _lock(self, effect: Effect) -> Locked:
        if effect.message is None:
            return Locked(effect, None)
        key = self._keyring.open_data_key(effect.seen.wrapped)
        octets = grammar.rewritten(effect.message.body.model_dump(mode="json"))
        context = context_of(effect.seen.row.handoff)
        return Locked(effect, self._keyring.lock(key, octets, context=context))


def see_all(connection: Connection, handoffs: Sequence[str]) -> list[Seen | None]:
    """Return each of the handoffs as it stands; None where it is not ours, or was erased."""
    rows = find_handoffs(connection, handoffs)
    seen = {one.row.handoff: one for one in seen_of(connection, list(rows.values()))}
    return [seen.get(handoff) for handoff in handoffs]


def seen_of(connection: Connection, rows: Sequence[Handoff]) -> list[Seen]:
    """Return the rows as acts see them, without those that were erased."""
    keys = find_data_keys(connection, [row.number for row in rows])
    return [Seen(row, shared_of(row), keys[row.number]) for row in rows if row.number in keys]


def record_acts(connection: Connection, acts: Sequence[Prepared[T]]) -> list[None]:
    """
    Store each act on the handoffs that it was decided on: all of it, or none.

    Raises:
        Stale: A handoff has moved on since, or a tick has. Let it pass: nothing may be kept.
        Duplicate: One that was to be kept was kept before. Let it pass too.
    """
    effects = [effect for act in acts for effect in act.decided.effects]
    update_handoffs(connection, [(effect.seen.row, effect.row) for effect in effects])
    if not all(act.decided.still is None or act.decided.still(connection) for act in acts):
        raise Stale
    for row in (effect.seen.row for effect in effects if effect.retracts):
        if not delete_drafts(connection, row.number) and row.local_stage == LocalStage.DRAFTED:
            raise Stale
    _record_messages(connection, acts)
    record_events(connection, [event for act in acts for event in _events(act)])
    for act in acts:
        if act.decided.alarm is not None:
            raise_alarm(connection, *act.decided.alarm, at=act.now)
        if act.keep is not None:
            act.keep(connection, act.decided.result)
        if _has_missed_its_tick(act):
            raise Stale
    return [None] * len(acts)


def _has_missed_its_tick(act: Prepared[T]) -> bool:
    """Say whether what waits for a tick is stored too late for it, and would be heard at once."""
    said = [one.message for one in act.decided.effects if one.message is not None]
    return any(act.now < message.due_at < act.next_tick() for message in said)


def _record_messages(connection: Connection, acts: Sequence[Prepared[T]]) -> None:
    said = [
        _Said(locked.effect, locked.effect.message, locked.ciphertext, act.now)
        for act in acts
        for locked in act.locked
        if locked.effect.message is not None and locked.ciphertext is not None
    ]
    stored = [NewBody(one.ciphertext, handoff=one.effect.seen.row.number) for one in said]
    bodies = record_bodies(connection, stored)
    answering = [one.effect.seen.row.number for one in said if one.message.kind.answers]
    notices: Mapping[tuple[int, int], InReplyTo] = {}
    if answering:
        notices = find_references(connection, answering, schema=RETURN_NOTICE.schema)
    drafts = [_draft(one, body, notices) for one, body in zip(said, bodies, strict=True)]
    insert_drafts(connection, drafts)


class _Said(NamedTuple):
    """What is said of one effect."""

    effect: Effect
    message: Message
    ciphertext: bytes
    at: datetime


def _draft(one: _Said, body: int, notices: Mapping[tuple[int, int], InReplyTo]) -> NewDraft:
    row, shared, kind = one.effect.seen.row, one.effect.seen.shared, one.message.kind
    notice = shared.notice if shared and kind.answers else None
    answered = notices[row.number, notice.seq] if notice else None
    return NewDraft(
        schema=kind.schema,
        body=body,
        due_at=one.message.due_at,
        created_at=one.at,
        handoff=row.number,
        priority=URGENT if kind.urgent else NORMAL,
        irt_jti=answered.jti if answered else None,
        irt_pld=answered.pld if answered else None,
    )


def _events(act: Prepared[T]) -> Iterator[Event]:
    for effect in act.decided.effects:
        yield Event(
            at=act.now,
            kind=effect.event,
            actor=act.actor,
            handoff=effect.seen.row.number,
            data=effect.data,
        )
    yield from act.decided.events
