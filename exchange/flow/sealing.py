"""
(5) Drafts become sealed messages: number, time, signatures.

Sealing comes last, so that a draft can still vanish and so that numbers and times tell the
partner when we spoke, never when something happened here. Signatures are made outside the
transaction that stores them; who loses a race seals anew, for nothing unsealed was ever sent.
"""

import asyncio
from collections.abc import Sequence
from concurrent.futures import Executor
from datetime import datetime
from functools import partial

from exchange.domain.bulletins import Bulletin, post
from exchange.errors import KeysUnusable, StoreBusy
from exchange.flow.agreement import Agreement
from exchange.flow.clock import Clock
from exchange.flow.composing import Composed, Composer, Desk, Moved
from exchange.flow.keyring import Keyring
from exchange.flow.resending import Outgoing, Resending
from exchange.flow.rows import moved
from exchange.flow.signing import Signing
from exchange.proof.jws import Line
from exchange.store.bodies import NewBody, list_bodies, record_bodies
from exchange.store.bulletins import find_bulletins, record_bulletins
from exchange.store.columns import Direction, Kind
from exchange.store.engine import Connection, Duplicate, Store
from exchange.store.handoffs import Stale, list_handoffs, update_handoffs
from exchange.store.heads import Head, get_size, take_numbers
from exchange.store.ledger import NewEntry, record_entries
from exchange.store.outbox import NORMAL, URGENT, LeaseLost, Waiting, list_held, record_sealed

ATTEMPTS_MAX = 20


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
        self._composer = Composer(agreement, keyring, clock)
        self._signing = Signing(
            agreement=agreement, keyring=keyring, clock=clock, pool=pool, threads=threads
        )
        self._resending = Resending(
            store=store, keyring=keyring, signing=self._signing, clock=clock
        )
        self._turns = {priority: asyncio.Lock() for priority in (URGENT, NORMAL)}

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
        """
        Seal in turn: numbers are gapless, so who comes next needs to know who was last.

        What is urgent has a turn of its own. A cancellation does not wait for the signatures on a
        request full of notices; those are then made anew, on the next numbers.
        """
        async with self._turns[drafts[0].priority]:
            for _ in range(ATTEMPTS_MAX):
                desk = await self._store.read(partial(_lay_out, drafts))
                composed = self._composer.compose(desk, drafts)
                lines = await self._signing.sign([(one.envelope, one.body) for one in composed])
                try:
                    return await self._store.write(partial(self._record, desk, composed, lines))
                except (Stale, LeaseLost, Duplicate):
                    drafts = await self._store.read(partial(list_held, claimed=drafts))
        raise StoreBusy

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
        limits = self._agreement.limits
        effects = [one.effect for one in composed]
        after = {one.handoff.number: one for one in effects if isinstance(one, Moved)}
        update_handoffs(
            connection,
            [(one.handoff, moved(one.handoff, one.shared, limits)) for one in after.values()],
        )
        if take_numbers(connection, Head.SEQ, len(lines))[0] != desk.last_seq + 1:
            raise Stale
        _record_posted(connection, [one for one in effects if isinstance(one, Bulletin)])
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
            said_on=one.envelope.sealed_at.date(),
            jti=one.envelope.jti,
            seq=one.envelope.seq,
            schema=one.envelope.schema,
            handoff=one.claim.handoff,
            body=body,
        )


def _lay_out(drafts: Sequence[Waiting], connection: Connection) -> Desk:
    subjects = [claim.handoff for claim in drafts if claim.handoff is not None]
    return Desk(
        list_bodies(connection, [claim.body for claim in drafts]),
        list_handoffs(connection, subjects) if subjects else {},
        get_size(connection, Head.SEQ),
    )


def _record_bodies(connection: Connection, composed: Sequence[Composed]) -> list[int]:
    """Return each message's body number; only bodies that sealing completed are stored anew."""
    fresh = [
        NewBody(one.ciphertext, handoff=one.claim.handoff)
        for one in composed
        if one.ciphertext is not None
    ]
    numbers = iter(record_bodies(connection, fresh))
    return [one.claim.body if one.ciphertext is None else next(numbers) for one in composed]


def _record_posted(connection: Connection, said: Sequence[Bulletin]) -> None:
    """
    Store what stands of each matter once all of *said* is, in the order of their numbers.

    The count of numbers is held: nobody else says anything meanwhile.
    """
    before = find_bulletins(connection, Direction.SENT, {one.matter for one in said})
    after = dict(before)
    for one in said:
        after[one.matter] = post(after.get(one.matter), one).stands
    record_bulletins(
        connection, Direction.SENT, [(before.get(of), one) for of, one in after.items()]
    )
