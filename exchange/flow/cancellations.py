"""
A handoff is taken back before the person stands at the line.

While the notice is unsealed it simply vanishes: nobody ever heard of the person. After that a
cancellation leaves with the next tick, and its body is the same whatever the cause (design
§5). The cause stays in the journal.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Literal, get_args

from exchange.domain.handoff import Act, HandoffId, LocalStage, Stage, is_in_place
from exchange.domain.messages.catalogue import RETURN_CANCELLATION
from exchange.errors import AlreadyAnswered, Fault, Invalid, NotFound, NotPossible, StoreBusy
from exchange.flow.agreement import Agreement
from exchange.flow.changes import Changes
from exchange.flow.clock import Clock, fresh_salt, next_tick
from exchange.flow.keyring import Keyring, context_of
from exchange.flow.rows import shared_of
from exchange.proof import grammar
from exchange.store.bodies import NewBody, find_data_keys, record_bodies
from exchange.store.engine import Connection, Store
from exchange.store.handoffs import Handoff, Stale, find_handoff, update_handoffs
from exchange.store.journal import Event, record_events
from exchange.store.outbox import URGENT, NewDraft, delete_drafts, insert_drafts

ATTEMPTS_MAX = 20

Cause = Literal["data", "capacity", "custody", "medical", "family", "legal", "fear", "other"]
CAUSES: frozenset[str] = frozenset(get_args(Cause))


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A handoff taken back; *told* is False where the partner never heard of it."""

    handoff: HandoffId
    told: bool


class Cancellations:
    """Takes handoffs back, for the ports."""

    def __init__(
        self,
        *,
        store: Store,
        agreement: Agreement,
        keyring: Keyring,
        changes: Changes,
        clock: Clock,
    ) -> None:
        self._store = store
        self._agreement = agreement
        self._keyring = keyring
        self._changes = changes
        self._clock = clock

    async def withdraw(
        self, handoff: str, document: object, *, actor: str, ports: frozenset[str] | None = None
    ) -> Withdrawn:
        """
        Take the handoff back, for the *cause* that the document names.

        Raises:
            Invalid: There is no cause, or none that we know.
            NotFound: We know no such handoff, or it is not of the caller's ports.
            AlreadyAnswered: It was taken back before.
            NotPossible: The person is at the line, or was never to cross.
        """
        cause = read_cause(document)
        for _ in range(ATTEMPTS_MAX):
            row, wrapped = await self._store.read(partial(_see, handoff))
            if ports is not None and row.port not in ports:
                raise NotFound
            told = check_withdrawable(row)
            now = self._clock()
            record = self._record_cancellation if told else _record_vanished
            try:
                await self._store.write(partial(record, row, wrapped, cause, actor, now))
            except Stale:
                continue
            self._changes.announce()
            return Withdrawn(HandoffId(handoff), told)
        raise StoreBusy

    def _record_cancellation(
        self,
        row: Handoff,
        wrapped: bytes,
        cause: str,
        actor: str,
        now: datetime,
        connection: Connection,
    ) -> None:
        """Draft the cancellation for the next tick; its body is completed when it is sealed."""
        update_handoffs(connection, [(row, replace(row, intent=Stage.CANCELLED))])
        shared = shared_of(row)
        body = RETURN_CANCELLATION.compose(
            {
                "salt": fresh_salt(self._keyring.entropy),
                "revision": shared.revision if shared else 1,
                "reason": "withdrawn",
            }
        )
        octets = grammar.canonical(body.model_dump(mode="json"))
        key = self._keyring.open_data_key(wrapped)
        locked = self._keyring.lock(key, octets, context=context_of(row.handoff))
        (number,) = record_bodies(connection, [NewBody(locked, handoff=row.number)])
        draft = NewDraft(
            schema=RETURN_CANCELLATION.schema,
            body=number,
            due_at=next_tick(now, self._agreement.release_seconds),
            created_at=now,
            handoff=row.number,
            priority=URGENT,
        )
        insert_drafts(connection, [draft])
        _journal(connection, row, cause, actor, now)


def _record_vanished(
    row: Handoff, wrapped: bytes, cause: str, actor: str, now: datetime, connection: Connection
) -> None:
    """Delete the unsealed draft: the account counts the handoff withdrawn before notice."""
    del wrapped
    update_handoffs(
        connection, [(row, replace(row, local_stage=LocalStage.WITHDRAWN, due_at=None))]
    )
    if not delete_drafts(connection, row.number):
        raise Stale
    _journal(connection, row, cause, actor, now)


def _journal(connection: Connection, row: Handoff, cause: str, actor: str, now: datetime) -> None:
    event = Event(
        at=now,
        kind="handoff.withdrawn",
        actor=actor,
        handoff=row.number,
        data={"cause": cause},
    )
    record_events(connection, [event])


def check_withdrawable(row: Handoff) -> bool:
    """
    Return whether the partner has to be told; a draft that was never sealed just vanishes.

    Raises:
        AlreadyAnswered: It was taken back before.
        NotPossible: The stage does not allow it.
    """
    if row.local_stage == LocalStage.DRAFTED:
        return False
    if row.local_stage == LocalStage.WITHDRAWN:
        raise AlreadyAnswered(LocalStage.WITHDRAWN)
    stage = Stage(row.intent or row.stage)
    if stage is Stage.CANCELLED:
        raise AlreadyAnswered(stage)
    if stage is Stage.UNANNOUNCED or not is_in_place(stage, Act.CANCELLATION):
        raise NotPossible(stage)
    return True


def read_cause(document: object) -> str:
    """
    Return the cause that a port names.

    Raises:
        Invalid: There is none, or none that we know.
    """
    if not isinstance(document, dict):
        raise Invalid([Fault("", "wrong-type")])
    if unknown := document.keys() - {"cause"}:
        raise Invalid([Fault("", "unknown-member") for _ in unknown][:1])
    if "cause" not in document:
        raise Invalid([Fault("/cause", "missing")])
    cause = document["cause"]
    if not isinstance(cause, str) or cause not in CAUSES:
        raise Invalid([Fault("/cause", "not-in-list")])
    return cause


def _see(handoff: str, connection: Connection) -> tuple[Handoff, bytes]:
    row = find_handoff(connection, handoff)
    wrapped = find_data_keys(connection, [row.number]).get(row.number) if row else None
    if row is None or wrapped is None:
        raise NotFound
    return row, wrapped
