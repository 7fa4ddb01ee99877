"""
(7) What came of a delivery becomes a record: receipts in the ledger, a verdict on each message.

A message leaves the outbox only for a signed receipt. It is set aside for a person (parked)
only for a signed rejection or because its form can never be taken; never because time passed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import structlog

from exchange.domain.alarms import AlarmKind
from exchange.flow.agreement import Agreement
from exchange.flow.delivery import Delivered, ReceiptLine, RefusedByPartner
from exchange.flow.isolation import refusals_alone, taken_apart
from exchange.flow.partner import BackOff
from exchange.flow.resending import Outgoing
from exchange.flow.tally import Tally
from exchange.proof.receipts import ReceiptItem
from exchange.store.alarms import close_alarms, raise_alarm
from exchange.store.columns import Direction, Kind, Status
from exchange.store.engine import Connection, Store
from exchange.store.ledger import NewEntry, find_receipts, record_entries
from exchange.store.outbox import Waiting, park, release, settle
from exchange.store.verdicts import Verdict, find_verdicts, record_verdicts

log = structlog.get_logger()


class Outcomes:
    """Records what the partner made of what was sent."""

    def __init__(
        self, *, store: Store, agreement: Agreement, tally: Tally, isolation: BackOff
    ) -> None:
        self._store = store
        self._agreement = agreement
        self._tally = tally
        self._isolation = isolation

    async def delivered(
        self, outgoing: Sequence[Outgoing], delivered: Delivered, now: datetime
    ) -> None:
        """
        Record the receipts and what they say of each message they name.

        Items about anything else are ignored and counted; a message that no item covers is
        sent again, a little later.
        """
        covered = _covered(outgoing, delivered.receipts)
        await self._store.write(partial(self._record, outgoing, covered, now))
        self._count(delivered, covered)

    def _count(
        self, delivered: Delivered, covered: Mapping[int, tuple[ReceiptLine, ReceiptItem]]
    ) -> None:
        items = sum(len(one.receipt.items) for one in delivered.receipts)
        self._tally.add("receipts")
        self._tally.add("items_ignored", count=items - len(covered))
        for _, item in covered.values():
            self._tally.add("verdicts", item.code or item.status.value)
            if Status(item.status.value) is Status.REJECTED:
                log.warning("message.rejected", jti=item.jti, code=item.code)

    def _record(
        self,
        outgoing: Sequence[Outgoing],
        covered: Mapping[int, tuple[ReceiptLine, ReceiptItem]],
        now: datetime,
        connection: Connection,
    ) -> None:
        receipts = self._record_receipts(connection, [line for line, _ in covered.values()], now)
        known = find_verdicts(connection, [one.ledger for one in outgoing])
        verdicts, done = [], []
        for one in outgoing:
            if one.ledger not in covered:
                continue
            line, item = covered[one.ledger]
            if one.ledger not in known:
                verdicts.append(_verdict(one, item, receipts[line.receipt.jti]))
            if Status(item.status.value) is Status.ACCEPTED:
                done.append(one.claim)
            else:
                _park(
                    connection, one.claim, item.code or "rejected", now, AlarmKind.MESSAGE_REJECTED
                )
        record_verdicts(connection, verdicts)
        settle(connection, done)
        heard = [str(claim.number) for claim in done if claim.isolated]
        close_alarms(connection, AlarmKind.LINE_REFUSED, heard, at=now)
        self._send_again(connection, [one for one in outgoing if one.ledger not in covered], now)

    def _record_receipts(
        self, connection: Connection, lines: Sequence[ReceiptLine], now: datetime
    ) -> dict[str, int]:
        """Return the ledger number of each receipt; one that came before is not stored twice."""
        by_jti = {line.receipt.jti: line for line in lines}
        known = find_receipts(connection, Direction.RECEIVED, list(by_jti))
        numbers = {jti: receipt.number for jti, receipt in known.items()}
        fresh = [line for jti, line in by_jti.items() if jti not in numbers]
        recorded = record_entries(connection, [self._entry(line, now) for line in fresh])
        numbers |= {line.receipt.jti: number for line, number in zip(fresh, recorded, strict=True)}
        return numbers

    def _entry(self, line: ReceiptLine, now: datetime) -> NewEntry:
        return NewEntry(
            direction=Direction.RECEIVED,
            kind=Kind.RECEIPT,
            issuer=self._agreement.theirs,
            envelope=line.line.payload,
            signatures=line.line.signatures,
            pld=line.line.pld,
            sig=line.line.sig,
            recorded_at=now,
            jti=line.receipt.jti,
            schema=line.receipt.schema,
        )

    async def refused(
        self, outgoing: Sequence[Outgoing], refused: RefusedByPartner, now: datetime
    ) -> None:
        """
        Let each line of a request that was refused go again, apart from what may spoil it.

        A line that was refused by itself goes again later each time, under an alarm, or waits
        for a person where its form can never be taken. The others go again at once.
        """
        before = [one.claim.isolated for one in outgoing]
        after = taken_apart(before, named=dict(refused.lines))
        claims = [
            replace(one.claim, isolated=isolated)
            for one, isolated in zip(outgoing, after, strict=True)
        ]
        await self._store.write(partial(self._take_apart, claims, refused, now))
        log.warning("request.refused", code=refused.code, lines=len(claims))
        codes = dict(refused.lines)
        for place, claim in enumerate(claims):
            if times := refusals_alone(claim.isolated):
                log.warning("line.refused", code=codes.get(place, refused.code), count=times)

    def _take_apart(
        self,
        claims: Sequence[Waiting],
        refused: RefusedByPartner,
        now: datetime,
        connection: Connection,
    ) -> None:
        release(connection, [one for one in claims if not refusals_alone(one.isolated)], due_at=now)
        for claim in claims:
            times = refusals_alone(claim.isolated)
            if not times:
                continue
            if refused.is_final:
                _park(connection, claim, refused.code, now, AlarmKind.REQUEST_REFUSED)
                continue
            if release(connection, [claim], due_at=self._later(times, now)):
                raise_alarm(connection, AlarmKind.LINE_REFUSED, str(claim.number), at=now)

    def _send_again(
        self, connection: Connection, uncovered: Sequence[Outgoing], now: datetime
    ) -> None:
        for one in uncovered:
            release(connection, [one.claim], due_at=self._later(one.claim.attempts, now))

    def _later(self, times: int, now: datetime) -> datetime:
        """Return when a line that was not taken so many *times* goes out again."""
        return now + timedelta(seconds=self._isolation.pause_seconds(times, chance=0.5))


def _covered(
    outgoing: Sequence[Outgoing], receipts: Sequence[ReceiptLine]
) -> dict[int, tuple[ReceiptLine, ReceiptItem]]:
    """
    Return, by ledger number, the item that names each message, and the receipt it stands in.

    The message is named by ``pld``. After the same envelope was signed anew the stored receipt
    still names the first evidence by its ``sig``, and covers the message all the same.
    """
    items = {item.pld: (line, item) for line in receipts for item in line.receipt.items}
    return {one.ledger: items[pld] for one in outgoing if (pld := one.line.pld) in items}


def _verdict(one: Outgoing, item: ReceiptItem, receipt: int) -> Verdict:
    return Verdict(
        message=one.ledger,
        receipt=receipt,
        status=Status(item.status.value),
        code=item.code,
        pointer=item.pointer,
        attempts=one.claim.attempts,
    )


def _park(
    connection: Connection, claim: Waiting, code: str, now: datetime, alarm: AlarmKind
) -> None:
    """Set the message aside; its alarm is about the row that an operator finds it by."""
    if park(connection, claim.number, at=now, code=code, attempts=claim.attempts):
        raise_alarm(connection, alarm, str(claim.number), at=now)
        close_alarms(connection, AlarmKind.LINE_REFUSED, [str(claim.number)], at=now)
