"""
(7-9) Lines arrive: verified, deduplicated, validated, recorded, receipted; the handoff advances.

The decision is made on what was read, the receipt signed, and only then does one transaction
store messages, effects and receipt, if what was read still stands; the loser of a race throws
its receipt away and decides again. Nothing is answered that is not stored, and what was
answered once is answered the same for ever.
"""

import asyncio
from collections.abc import Sequence
from concurrent.futures import Executor
from datetime import datetime
from functools import partial

import structlog

from exchange.errors import LineRefused, StoreBusy
from exchange.flow.agreement import Agreement
from exchange.flow.changes import Changes
from exchange.flow.clock import Clock
from exchange.flow.judging import (
    Judgement,
    Memory,
    Opened,
    Unverified,
    judge,
    open_line,
    refuse_unverified,
)
from exchange.flow.keyring import Keyring
from exchange.flow.partner import Partner
from exchange.flow.recording import Recorder, look_up
from exchange.flow.tally import Tally
from exchange.proof.envelope import new_jti
from exchange.proof.jws import Line, Typ, read_lines
from exchange.proof.receipts import Status, make_receipt, write_receipt
from exchange.store.engine import Duplicate, Store
from exchange.store.handoffs import Stale

log = structlog.get_logger()

ATTEMPTS_MAX = 20


class Inbox:
    """Takes the requests of the partner."""

    def __init__(
        self,
        *,
        store: Store,
        agreement: Agreement,
        keyring: Keyring,
        partner: Partner,
        changes: Changes,
        clock: Clock,
        tally: Tally,
        pool: Executor | None = None,
    ) -> None:
        self._store = store
        self._agreement = agreement
        self._keyring = keyring
        self._partner = partner
        self._changes = changes
        self._clock = clock
        self._tally = tally
        self._pool = pool
        self._recorder = Recorder(agreement, keyring, partner)

    async def receive(self, octets: bytes) -> bytes:
        """
        Return the receipts for a request's lines, once everything they say is stored.

        Raises:
            TooManyLines: There are more than 64.
            TooLarge: A line is over 256 KiB.
            LinesRefused: Lines fail before their signatures hold; nothing was recorded.
            StoreBusy: The database did not answer; nothing was recorded.
        """
        lines = read_lines(octets)
        now = self._clock()
        loop = asyncio.get_running_loop()
        opened = await loop.run_in_executor(self._pool, self._open, lines, now)
        for _ in range(ATTEMPTS_MAX):
            memory = await self._store.read(partial(look_up, opened))
            refuse_unverified(opened, memory)
            judgement = judge(opened, memory, self._agreement)
            try:
                fresh = await self._keep(judgement, memory, now)
            except (Stale, Duplicate):
                continue
            self._partner.called(now)
            self._changes.announce()
            self._count(judgement)
            stored = [memory.receipts[number] for number in judgement.repeated]
            return b"\n".join(line.octets() for line in [*stored, *fresh])
        raise StoreBusy

    def _open(
        self, lines: Sequence[Line | LineRefused], now: datetime
    ) -> list[Opened | Unverified]:
        """Verify each line and read its envelope, away from the loop: this is the dear part."""
        trusted, opening = self._partner.key_set, self._keyring.opening
        return [open_line(line, trusted, self._agreement, now, opening=opening) for line in lines]

    async def _keep(self, judgement: Judgement, memory: Memory, now: datetime) -> list[Line]:
        """Return the fresh receipt once it and what it covers are stored; none for repeats only."""
        if not judgement.rulings:
            return []
        receipt = make_receipt(
            iss=self._agreement.ours,
            aud=self._agreement.theirs,
            jti=new_jti(now, self._keyring.entropy),
            signed_at=now,
            items=[ruling.item() for ruling in judgement.rulings],
        )
        signers = self._keyring.signers_for(Typ.RECEIPT, self._agreement.we_sign, now)
        line = write_receipt(receipt, signers)
        prepared = self._recorder.prepare(judgement, memory, receipt, line, now)
        await self._store.write(partial(self._recorder.record, prepared))
        return [line]

    def _count(self, judgement: Judgement) -> None:
        self._tally.add("repeats", count=len(judgement.repeated))
        for ruling in judgement.rulings:
            self._tally.add("received", ruling.code or ruling.status.value)
            if ruling.opened.fault is not None:
                log.warning(
                    "body.not_opened", jti=ruling.opened.jti, code=ruling.opened.fault.value
                )
            if ruling.status is Status.REJECTED:
                log.warning("message.refused", jti=ruling.opened.jti, code=ruling.code)
