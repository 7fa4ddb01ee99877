"""
(5) Drafts become sealed messages: number, time, signatures.

Sealing comes last, so that a draft can still vanish and so that numbers and times tell the
partner when we spoke, never when something happened here. Signatures are made outside the
transaction that stores them; who loses a race seals anew, for nothing unsealed was ever sent.
"""

import asyncio
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from exchange.domain.handoff import HandoffId, Said, SharedHandoff, advance, complete
from exchange.domain.messages.catalogue import MessageType
from exchange.errors import EvidenceBroken, KeysUnusable, Sentence, StoreBusy
from exchange.flow.agreement import Agreement
from exchange.flow.clock import Clock, last_tick
from exchange.flow.keyring import Keyring, context_of
from exchange.flow.resending import Outgoing, Resending
from exchange.flow.rows import in_reply_to, moved, shared_of, type_of
from exchange.flow.signing import Signing
from exchange.proof import grammar
from exchange.proof.envelope import Envelope, make_envelope, new_jti
from exchange.proof.jws import Line
from exchange.store.bodies import Body, NewBody, list_bodies, record_bodies
from exchange.store.columns import Direction, Kind
from exchange.store.engine import Connection, Duplicate, Store
from exchange.store.handoffs import Handoff, Stale, list_handoffs, update_handoffs
from exchange.store.heads import Head, get_log, take_numbers
from exchange.store.ledger import NewEntry, record_entries
from exchange.store.outbox import LeaseLost, Waiting, list_held, record_sealed

ATTEMPTS_MAX = 20


@dataclass(frozen=True, slots=True)
class Desk:
    """What sealing reads: the bodies of the drafts, what they are about, the last number given."""

    bodies: Mapping[int, Body]
    handoffs: Mapping[int, Handoff]
    last_seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Composed:
    """
    A message that has its number and time and waits for signatures.

    *ciphertext* is the body to be stored, or None where the draft's own body is the one sent.
    """

    claim: Waiting
    handoff: Handoff
    envelope: Envelope
    body: bytes
    ciphertext: bytes | None
    shared: SharedHandoff


class Sealer:
    """Makes sealed lines of what the outbox claimed, one batch at a time."""

    def __init__(
        self,
        *,
        store: Store,
        agreement: Agreement,
        keyring: Keyring,
        clock: Clock,
        pool: Executor | None = None,
        threads: int = 2,
    ) -> None:
        self._store = store
        self._agreement = agreement
        self._keyring = keyring
        self._clock = clock
        self._signing = Signing(
            agreement=agreement, keyring=keyring, clock=clock, pool=pool, threads=threads
        )
        self._resending = Resending(
            store=store, keyring=keyring, signing=self._signing, clock=clock
        )
        self._turn = asyncio.Lock()

    async def sealed(self, claims: Sequence[Waiting]) -> list[Outgoing]:
        """
        Return *claims* as sealed lines: those sealed before as they were, drafts sealed now.

        A draft that was withdrawn or claimed by someone else meanwhile is left out; while no key
        of ours may sign all are, and wait.
        """
        kept = await self._resending.again([one for one in claims if one.ledger is not None])
        drafts = [claim for claim in claims if claim.ledger is None]
        try:
            return kept + (await self._seal(drafts) if drafts else [])
        except KeysUnusable:  # the watch says so; the lease ends by itself
            return kept

    async def _seal(self, drafts: Sequence[Waiting]) -> list[Outgoing]:
        """Seal in turn: numbers are gapless, so who comes next needs to know who was last."""
        async with self._turn:
            for _ in range(ATTEMPTS_MAX):
                desk = await self._store.read(partial(_lay_out, drafts))
                composed = self._compose_all(desk, drafts)
                lines = await self._signing.sign([(one.envelope, one.body) for one in composed])
                try:
                    return await self._store.write(partial(self._record, desk, composed, lines))
                except (Stale, LeaseLost, Duplicate):
                    drafts = await self._store.read(partial(list_held, claimed=drafts))
        raise StoreBusy

    def _compose_all(self, desk: Desk, drafts: Sequence[Waiting]) -> list[Composed]:
        """Give each draft its number and time, as one who speaks now."""
        now = self._clock()
        latest = {row.number: shared_of(row) for row in desk.handoffs.values()}
        composed = []
        for seq, claim in enumerate(drafts, desk.last_seq + 1):
            handoff = desk.handoffs[claim.handoff or 0]
            message = self._compose(
                claim, handoff, latest[handoff.number], desk.bodies[claim.body], seq=seq, now=now
            )
            latest[handoff.number] = message.shared
            composed.append(message)
        return composed

    def _compose(
        self,
        claim: Waiting,
        handoff: Handoff,
        shared: SharedHandoff | None,
        stored: Body,
        *,
        seq: int,
        now: datetime,
    ) -> Composed:
        kind = type_of(claim)
        context = context_of(handoff.handoff)
        octets = self._keyring.unlock(stored, context=context)
        if octets is None:
            message = Sentence("the key of a draft was erased", "se borró la llave de un borrador")
            raise EvidenceBroken(message)
        draft = kind.model.model_validate_json(octets)  # as we wrote it: nobody else has the key
        body = complete(draft, shared)
        ciphertext = None
        if body is not draft:
            octets = grammar.rewritten(body.model_dump(mode="json"))
            key = self._keyring.open_data_key(stored.wrapped or b"")
            ciphertext = self._keyring.lock(key, octets, context=context)
        envelope = make_envelope(
            iss=self._agreement.ours,
            aud=self._agreement.theirs,
            jti=new_jti(now, self._keyring.entropy),
            sealed_at=self._spoken_at(kind, now),
            seq=seq,
            schema=claim.schema,
            sub=handoff.handoff,
            irt=in_reply_to(claim),
            body=octets,
        )
        said = Said(kind, body, seq=seq, at=envelope.sealed_at)
        after = advance(shared, HandoffId(handoff.handoff), said).shared
        return Composed(
            claim=claim,
            handoff=handoff,
            envelope=envelope,
            body=octets,
            ciphertext=ciphertext,
            shared=after,
        )

    def _spoken_at(self, kind: MessageType, now: datetime) -> datetime:
        """Return a message's time; of some it is their tick, so that it tells of no cause (§5)."""
        return last_tick(now, self._agreement.release_seconds) if kind.ticked else now

    def _record(
        self,
        desk: Desk,
        composed: Sequence[Composed],
        lines: Sequence[Line],
        connection: Connection,
    ) -> list[Outgoing]:
        """
        Store what was sealed, each on the state of things it was sealed on.

        Raises:
            Stale: A handoff or the last number is no longer what it was.
            LeaseLost: A draft was withdrawn, or claimed by someone else.
        """
        if not composed:
            return []
        now = self._clock()
        after = {one.handoff.number: one for one in composed}
        update_handoffs(
            connection,
            [
                (one.handoff, moved(one.handoff, one.shared, self._agreement.limits))
                for one in after.values()
            ],
        )
        if take_numbers(connection, Head.SEQ, len(lines))[0] != desk.last_seq + 1:
            raise Stale
        bodies = _record_bodies(connection, composed)
        entries = [
            self._entry(one, line, body, now)
            for one, line, body in zip(composed, lines, bodies, strict=True)
        ]
        numbers = record_entries(connection, entries)
        claims = [one.claim for one in composed]
        record_sealed(connection, list(zip(claims, numbers, bodies, strict=True)))
        return [
            Outgoing(claim, line, number)
            for claim, line, number in zip(claims, lines, numbers, strict=True)
        ]

    def _entry(self, one: Composed, line: Line, body: int, now: datetime) -> NewEntry:
        return NewEntry(
            direction=Direction.SENT,
            kind=Kind.MESSAGE,
            issuer=self._agreement.ours,
            envelope=line.payload,
            signatures=line.signatures,
            pld=line.pld,
            sig=line.sig,
            recorded_at=now,
            jti=one.envelope.jti,
            seq=one.envelope.seq,
            schema=one.envelope.schema,
            handoff=one.handoff.number,
            body=body,
        )


def _lay_out(drafts: Sequence[Waiting], connection: Connection) -> Desk:
    return Desk(
        list_bodies(connection, [claim.body for claim in drafts]),
        list_handoffs(connection, [claim.handoff or 0 for claim in drafts]),
        get_log(connection, Head.SEQ).size,
    )


def _record_bodies(connection: Connection, composed: Sequence[Composed]) -> list[int]:
    """Return each message's body number; only bodies that sealing completed are stored anew."""
    fresh = [one for one in composed if one.ciphertext is not None]
    numbers = iter(
        record_bodies(
            connection,
            [NewBody(one.ciphertext or b"", handoff=one.handoff.number) for one in fresh],
        )
    )
    return [one.claim.body if one.ciphertext is None else next(numbers) for one in composed]
