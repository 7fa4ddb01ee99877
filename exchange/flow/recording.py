"""
(8) What was decided on a request becomes rows: handoffs, bodies, ledger, verdicts, alarms.

Everything that costs time (keys, ciphertext) is made before the transaction; within it stand
only statements. The order of locks is that of the store: handoffs, ledger, journal.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from exchange.domain.parties import Side
from exchange.flow.agreement import Agreement
from exchange.flow.confirming import Confirmation, confirmations, record_confirmations
from exchange.flow.judging import (
    Judgement,
    Memory,
    Opened,
    Ruling,
    Unverified,
    find_matter,
)
from exchange.flow.keyring import DataKey, Keyring, context_in, context_of
from exchange.flow.partner import Partner
from exchange.flow.remarks import record_remarks
from exchange.flow.rooms import remark_rooms
from exchange.flow.rows import announced_anew, begun, moved
from exchange.proof.jws import Line
from exchange.proof.receipts import Receipt
from exchange.proof.receipts import Status as ReceiptStatus
from exchange.store.bodies import (
    NewBody,
    find_data_keys,
    find_pool_key,
    insert_data_keys,
    insert_pool_key,
    record_bodies,
)
from exchange.store.bulletins import find_bulletins, record_bulletins
from exchange.store.columns import Direction, Kind, Pool, Status
from exchange.store.engine import Connection
from exchange.store.handoffs import find_handoffs, insert_handoffs, update_handoffs
from exchange.store.ledger import (
    Known,
    NewEntry,
    find_messages,
    find_messages_by_sig,
    list_numbered,
    record_entries,
)
from exchange.store.verdicts import Verdict, record_verdicts


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A judgement with everything its transaction needs already made."""

    judgement: Judgement
    memory: Memory
    receipt: Receipt
    receipt_line: Line
    now: datetime
    keys: Mapping[str, DataKey]
    bodies: Sequence[bytes | None]
    pools: Mapping[Pool, DataKey]
    confirmations: Sequence[Confirmation]


def look_up(lines: Sequence[Opened | Unverified], connection: Connection) -> Memory:
    """Return what the store knows about the lines of a request."""
    opened = [line for line in lines if isinstance(line, Opened)]
    by_sig = find_messages_by_sig(connection, [line.sig for line in lines if line.sig is not None])
    fresh = [line for line in opened if line.sig not in by_sig]
    by_jti: dict[str, list[Known]] = {}
    jtis = [line.jti for line in fresh if line.jti is not None]
    for known in find_messages(connection, Direction.RECEIVED, jtis) if jtis else ():
        by_jti.setdefault(known.jti or "", []).append(known)
    subjects = {line.envelope.sub for line in fresh if line.envelope and line.envelope.sub}
    handoffs = find_handoffs(connection, subjects) if subjects else {}
    keys = find_data_keys(connection, [row.number for row in handoffs.values()]) if handoffs else {}
    numbers = {known.receipt for known in by_sig.values()} | {
        known.receipt for found in by_jti.values() for known in found
    }
    entries = list_numbered(connection, [number for number in numbers if number is not None])
    receipts = {number: Line(one.envelope, one.signatures) for number, one in entries.items()}
    matters = {matter for line in fresh if (matter := find_matter(line)) is not None}
    bulletins = find_bulletins(connection, Direction.RECEIVED, matters)
    return Memory(by_sig, by_jti, handoffs, keys, receipts, bulletins)


class Recorder:
    """Stores what was decided on the requests of the partner."""

    def __init__(self, agreement: Agreement, keyring: Keyring, partner: Partner) -> None:
        self._agreement = agreement
        self._keyring = keyring
        self._partner = partner

    def prepare(
        self,
        judgement: Judgement,
        memory: Memory,
        receipt: Receipt,
        receipt_line: Line,
        now: datetime,
    ) -> Prepared:
        """Return the judgement with its keys and ciphertexts made."""
        keys = {handoff: self._key(handoff, memory) for handoff in judgement.moved}
        pools = {pool for ruling in judgement.rulings if (pool := _pool_of(ruling)) is not None}
        return Prepared(
            judgement=judgement,
            memory=memory,
            receipt=receipt,
            receipt_line=receipt_line,
            now=now,
            keys=keys,
            bodies=[self._locked(ruling, keys) for ruling in judgement.rulings],
            pools={pool: self._keyring.new_data_key() for pool in pools},
            confirmations=confirmations(judgement, keys, self._keyring, self._partner),
        )

    def _key(self, handoff: str, memory: Memory) -> DataKey:
        row = memory.handoffs.get(handoff)
        wrapped = memory.data_keys.get(row.number) if row else None
        if wrapped is None:
            return self._keyring.new_data_key()
        return self._keyring.open_data_key(wrapped)

    def _locked(self, ruling: Ruling, keys: Mapping[str, DataKey]) -> bytes | None:
        """Return the ciphertext of a handoff's body; any other waits for its pool's key."""
        envelope, body = ruling.opened.envelope, ruling.opened.line.body
        if _pool_of(ruling) is not None or envelope is None or body is None:
            return None
        subject = envelope.sub or ""
        return self._keyring.lock(keys[subject], body, context=context_of(subject))

    def record(self, prepared: Prepared, connection: Connection) -> None:
        """
        Store everything the request brought, and the receipt that answers it.

        Raises:
            Stale: A handoff moved on since it was read. Decide again.
            Duplicate: The same message or handoff was stored meanwhile. Decide again.
        """
        numbers = self._record_handoffs(prepared, connection)
        _record_posted(prepared, connection)
        bodies = self._record_bodies(prepared, numbers, connection)
        record_confirmations(prepared.confirmations, numbers, connection, prepared.now)
        entries = [
            self._message(ruling, body, numbers, prepared.now)
            for ruling, body in zip(prepared.judgement.rulings, bodies, strict=True)
        ]
        *messages, receipt = record_entries(connection, [*entries, self._receipt(prepared)])
        record_verdicts(
            connection,
            [
                Verdict(
                    message=message,
                    receipt=receipt,
                    status=Status(ruling.status.value),
                    code=ruling.code,
                    pointer=ruling.pointer,
                )
                for ruling, message in zip(prepared.judgement.rulings, messages, strict=True)
            ],
        )
        record_remarks(
            prepared.judgement,
            numbers,
            connection,
            known=prepared.memory.handoffs,
            now=prepared.now,
        )
        remark_rooms(prepared.judgement.posted, self._agreement.places, connection, prepared.now)

    def _record_handoffs(self, prepared: Prepared, connection: Connection) -> dict[str, int]:
        """Return the row number of each handoff that moved, those first heard of now too."""
        limits, rows = self._agreement.limits, prepared.memory.handoffs
        after = prepared.judgement.moved
        told = announced_anew if self._agreement.side is Side.MX else moved
        known = [
            (rows[handoff], told(rows[handoff], shared, limits))
            for handoff, shared in after.items()
            if handoff in rows
        ]
        update_handoffs(connection, known)
        fresh = [handoff for handoff in after if handoff not in rows]
        inserted = insert_handoffs(
            connection, [begun(after[handoff], limits, at=prepared.now) for handoff in fresh]
        )
        numbers = {row.handoff: row.number for row, _ in known}
        numbers |= dict(zip(fresh, inserted, strict=True))
        keyless = {
            number: handoff
            for handoff, number in numbers.items()
            if number not in prepared.memory.data_keys
        }
        insert_data_keys(
            connection,
            {number: prepared.keys[handoff].wrapped for number, handoff in keyless.items()},
        )
        return numbers

    def _record_bodies(
        self, prepared: Prepared, numbers: Mapping[str, int], connection: Connection
    ) -> list[int | None]:
        """Return the body number of each ruling, None where the line had no body."""
        pool_on = prepared.now.date()
        pools = {
            pool: self._pool_key(pool, key, pool_on, connection)
            for pool, key in prepared.pools.items()
        }
        new: list[NewBody | None] = []
        for ruling, ciphertext in zip(prepared.judgement.rulings, prepared.bodies, strict=True):
            body, envelope = ruling.opened.line.body, ruling.opened.envelope
            pool = _pool_of(ruling)
            if ciphertext is not None and envelope is not None:
                new.append(NewBody(ciphertext, handoff=numbers[envelope.sub or ""]))
            elif body is not None and pool is not None:
                locked = self._keyring.lock(pools[pool], body, context=context_in(pool))
                new.append(NewBody(locked, pool=pool, pool_on=pool_on))
            else:
                new.append(None)
        stored = iter(record_bodies(connection, [body for body in new if body is not None]))
        return [None if body is None else next(stored) for body in new]

    def _pool_key(self, pool: Pool, fresh: DataKey, on: date, connection: Connection) -> DataKey:
        """Return the day's key for the bodies of *pool*: *fresh* where there is none yet."""
        wrapped = find_pool_key(connection, pool, on)
        if wrapped is not None:
            return self._keyring.open_data_key(wrapped)
        insert_pool_key(connection, pool, on, fresh.wrapped)
        return fresh

    def _message(
        self, ruling: Ruling, body: int | None, numbers: Mapping[str, int], now: datetime
    ) -> NewEntry:
        opened = ruling.opened
        envelope = opened.envelope
        accepted = ruling.status is ReceiptStatus.ACCEPTED
        return NewEntry(
            direction=Direction.RECEIVED,
            kind=Kind.MESSAGE,
            issuer=self._agreement.theirs,
            envelope=opened.line.payload,
            signatures=opened.line.signatures,
            pld=opened.pld,
            sig=opened.sig,
            recorded_at=now,
            jti=opened.jti,
            seq=envelope.seq if envelope else None,
            schema=envelope.schema if envelope else None,
            handoff=numbers[envelope.sub] if envelope and envelope.sub and accepted else None,
            body=body,
            status=Status(ruling.status.value),
            said_on=envelope.sealed_at.date() if envelope and accepted else None,
        )

    def _receipt(self, prepared: Prepared) -> NewEntry:
        line = prepared.receipt_line
        return NewEntry(
            direction=Direction.SENT,
            kind=Kind.RECEIPT,
            issuer=self._agreement.ours,
            envelope=line.payload,
            signatures=line.signatures,
            pld=line.pld,
            sig=line.sig,
            recorded_at=prepared.now,
            jti=prepared.receipt.jti,
            schema=prepared.receipt.schema,
        )


def _pool_of(ruling: Ruling) -> Pool | None:
    """Return under whose key of the day a body is kept; None of one that has a handoff's."""
    envelope = ruling.opened.envelope
    if ruling.status is ReceiptStatus.REJECTED or envelope is None:
        return Pool.REJECTED
    return Pool.BULLETINS if envelope.sub is None else None


def _record_posted(prepared: Prepared, connection: Connection) -> None:
    """Store what stands now of each matter of which something else stood before."""
    before = prepared.memory.bulletins
    posted = prepared.judgement.posted.items()
    changes = [(before.get(of), one) for of, one in posted if before.get(of) != one]
    record_bulletins(connection, Direction.RECEIVED, changes)
