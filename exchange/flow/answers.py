"""
(8, 9) What a Mexican official decides becomes an acknowledgment, a reception, a visa issuance.

An answer is stored as a draft with the stage it will lead to, so that the next official sees
it at once; the outbox says it to the partner. What was seen at the line can be recorded in
any stage: facts are not refused for being inconvenient. Of two who answer at once one wins,
and the other is told what stands.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from exchange.domain.handoff import MOVES, Act, HandoffId, SharedHandoff, Stage, act_of
from exchange.domain.messages.body import Body
from exchange.domain.messages.catalogue import (
    ACKNOWLEDGMENT,
    RECEPTION,
    RETURN_NOTICE,
    VISA_ISSUANCE,
    MessageType,
)
from exchange.domain.wire import read_utc, utc_text
from exchange.errors import AlreadyAnswered, Fault, Invalid, NotFound, NotPossible, StoreBusy
from exchange.flow.agreement import Agreement
from exchange.flow.changes import Changes
from exchange.flow.clock import Clock, fresh_salt
from exchange.flow.keyring import Keyring, context_of
from exchange.flow.rows import shared_of
from exchange.proof import grammar
from exchange.proof.envelope import InReplyTo
from exchange.store.bodies import NewBody, find_data_keys, record_bodies
from exchange.store.engine import Connection, Store
from exchange.store.handoffs import Handoff, Stale, find_handoff, update_handoffs
from exchange.store.journal import Event, record_events
from exchange.store.ledger import list_entries_of
from exchange.store.outbox import NewDraft, insert_drafts

ATTEMPTS_MAX = 20

S = Stage
_LEADS_TO = {(move.stage, move.act): move.to for move in reversed(MOVES)}
_ANSWERABLE = frozenset({S.NOTICED, S.DEFERRED})
_POSSIBLE: Mapping[Act, frozenset[Stage]] = {
    Act.ACCEPTANCE: _ANSWERABLE,
    Act.REFUSAL: _ANSWERABLE,
    Act.DEFERRAL: _ANSWERABLE,
    Act.RECEPTION: frozenset(S) - {S.RECEIVED, S.DOCUMENTED},
    Act.NON_RECEPTION: frozenset(S) - {S.RECEIVED, S.NOT_RECEIVED, S.DOCUMENTED},
    Act.VISA: frozenset({S.RECEIVED}),
}
_ANSWERED: Mapping[Act, frozenset[Stage]] = {
    Act.ACCEPTANCE: frozenset({S.ACCEPTED, S.REFUSED}),
    Act.REFUSAL: frozenset({S.ACCEPTED, S.REFUSED}),
    Act.DEFERRAL: frozenset({S.ACCEPTED, S.REFUSED}),
    Act.RECEPTION: frozenset({S.RECEIVED, S.DOCUMENTED}),
    Act.NON_RECEPTION: frozenset({S.RECEIVED, S.NOT_RECEIVED, S.DOCUMENTED}),
    Act.VISA: frozenset({S.DOCUMENTED}),
}


@dataclass(frozen=True, slots=True)
class Answered:
    """An official's answer that waits to be sent, and the stage it leads to."""

    handoff: HandoffId
    message: str
    stage: Stage


@dataclass(frozen=True, slots=True)
class Seen:
    """What an answer is decided on: the handoff, its data key, the notice it may answer."""

    row: Handoff
    shared: SharedHandoff | None
    wrapped: bytes
    notice: InReplyTo | None


Complete = Callable[[Seen, datetime], dict[str, object]]
"""Makes a document whole with what only we know when it is stored."""


class Answers:
    """Takes what the officials of the Mexican side decide and record."""

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

    async def acknowledge(
        self, handoff: str, document: object, *, actor: str, places: frozenset[str] | None = None
    ) -> Answered:
        """
        Answer the current revision of a notice: *answer*, *officer*, *code* or *window*.

        Raises:
            Invalid, NotFound, AlreadyAnswered, NotPossible: As `_answer` says.
        """
        given = {"code": None, "window": None} | _object(document)

        def complete(seen: Seen, now: datetime) -> dict[str, object]:
            revision = seen.shared.revision if seen.shared else 0
            return given | {"revision": revision or 1, "answered_at": utc_text(now)}

        return await self._answer(ACKNOWLEDGMENT, handoff, complete, actor=actor, places=places)

    async def record_reception(
        self, handoff: str, document: object, *, actor: str, places: frozenset[str] | None = None
    ) -> Answered:
        """
        Record what was seen at the line: *outcome*, *at*, *receiving_point*, *code* or *identity*.

        Raises:
            Invalid, NotFound, AlreadyAnswered: As `_answer` says.
        """
        given = {"code": None, "identity": None} | _object(document)
        return await self._answer(
            RECEPTION, handoff, lambda _seen, _now: given, actor=actor, places=places
        )

    async def record_visa(
        self, handoff: str, document: object, *, actor: str, places: frozenset[str] | None = None
    ) -> Answered:
        """
        Record the temporary document that the person was given, as it is printed.

        Raises:
            Invalid, NotFound, AlreadyAnswered, NotPossible: As `_answer` says.
        """
        given = _object(document)
        return await self._answer(
            VISA_ISSUANCE, handoff, lambda _seen, _now: given, actor=actor, places=places
        )

    async def _answer(
        self,
        kind: MessageType,
        handoff: str,
        complete: Complete,
        *,
        actor: str,
        places: frozenset[str] | None,
    ) -> Answered:
        """
        Store an answer as a draft, with its journal entry, on the handoff as it stands.

        Raises:
            Invalid: The document does not fit; every fault is named.
            NotFound: We know no such handoff, or it is not at the caller's places.
            AlreadyAnswered: Someone was first; what stands is given.
            NotPossible: The stage does not allow it.
        """
        for _ in range(ATTEMPTS_MAX):
            seen = await self._store.read(partial(_see, handoff))
            if places is not None and not places & {seen.row.port, seen.row.receiving_point}:
                raise NotFound
            now = self._clock()
            salt = fresh_salt(self._keyring.entropy)
            body = kind.compose({"salt": salt} | complete(seen, now))
            self._check_facts(body, now)
            act = act_of(body)
            stage = stage_after(seen.row, act)
            record = partial(self._record, kind, body, seen, stage, actor, now)
            try:
                await self._store.write(record)
            except Stale:
                continue
            self._changes.announce()
            return Answered(HandoffId(handoff), kind.name, stage)
        raise StoreBusy

    def _check_facts(self, body: Body, now: datetime) -> None:
        """Refuse what cannot be so, where the official can still mend it."""
        faults = []
        point, at = getattr(body, "receiving_point", None), getattr(body, "at", None)
        if point is not None and self._agreement.places.find_receiving_point(point) is None:
            faults.append(Fault("/receiving_point", "unknown-receiving-point"))
        if at is not None and read_utc(at) > now:
            faults.append(Fault("/at", "in-the-future"))
        if faults:
            raise Invalid(faults)

    def _record(
        self,
        kind: MessageType,
        body: Body,
        seen: Seen,
        stage: Stage,
        actor: str,
        now: datetime,
        connection: Connection,
    ) -> None:
        row = seen.row
        update_handoffs(connection, [(row, replace(row, intent=stage))])
        octets = grammar.canonical(body.model_dump(mode="json"))
        key = self._keyring.open_data_key(seen.wrapped)
        locked = self._keyring.lock(key, octets, context=context_of(row.handoff))
        (number,) = record_bodies(connection, [NewBody(locked, handoff=row.number)])
        answered = seen.notice if kind.answers else None
        draft = NewDraft(
            schema=kind.schema,
            body=number,
            due_at=now,
            created_at=now,
            handoff=row.number,
            irt_jti=answered.jti if answered else None,
            irt_pld=answered.pld if answered else None,
        )
        insert_drafts(connection, [draft])
        event = Event(
            at=now,
            kind=f"{kind.name}.decided",
            actor=actor,
            handoff=row.number,
            data={"stage": stage.value},
        )
        record_events(connection, [event])


def stage_after(row: Handoff, act: Act) -> Stage:
    """
    Return the stage that *act* leads to from where the handoff will be once all is sent.

    Raises:
        AlreadyAnswered: The same was decided before.
        NotPossible: The stage does not allow it.
    """
    stage = Stage(row.intent or row.stage)
    if stage in _ANSWERED[act]:
        raise AlreadyAnswered(stage)
    if stage not in _POSSIBLE[act]:
        raise NotPossible(stage)
    return _LEADS_TO[stage, act]


def _object(document: object) -> dict[str, object]:
    if not isinstance(document, dict):
        raise Invalid([Fault("", "wrong-type")])
    return document


def _see(handoff: str, connection: Connection) -> Seen:
    row = find_handoff(connection, handoff)
    wrapped = find_data_keys(connection, [row.number]).get(row.number) if row else None
    if row is None or wrapped is None:
        raise NotFound
    shared = shared_of(row)
    notice = shared.notice if shared else None
    answered = next(
        (
            InReplyTo(entry.jti, entry.pld)
            for entry in list_entries_of(connection, row.number)
            if notice
            and entry.jti
            and entry.schema == RETURN_NOTICE.schema
            and entry.seq == notice.seq
        ),
        None,
    )
    return Seen(row, shared, wrapped, answered)
