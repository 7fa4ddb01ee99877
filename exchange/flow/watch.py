"""
What is overdue or wrong is found, opened as an alarm once, and closed when its cause is gone.

Silence changes no stage: a deadline that passes is an alarm and nothing else.
"""

import asyncio
from collections.abc import Collection
from datetime import datetime, timedelta
from functools import partial

import structlog

from exchange.domain.deadlines import DEADLINES, overdue
from exchange.errors import StoreBusy, StoreFailed
from exchange.flow.agreement import Agreement
from exchange.flow.clock import Clock
from exchange.flow.partner import Partner
from exchange.flow.recording import CLOCK_SKEW, SKEW_SECONDS_MAX
from exchange.flow.rows import shared_of
from exchange.proof.jws import Typ
from exchange.proof.keys import Role
from exchange.proof.policy import CLASSICAL
from exchange.store.alarms import close_others, raise_alarm
from exchange.store.bodies import delete_pools
from exchange.store.depth import get_depth
from exchange.store.engine import Connection, Duplicate, Store
from exchange.store.handoffs import list_due
from exchange.store.idempotency import delete_answers
from exchange.store.seqs import get_highest_seq, list_repeated_seqs, list_seq_gaps

log = structlog.get_logger()

DUE_MAX = 1000
OLD_SIGNATURES = "classical-signatures"
UNRECEIPTED = "receipt-overdue"
SEQ_GAP = "sequence-gap"
SEQ_REPEATED = "sequence-repeated"
CHANNEL_DOWN = "channel-down"
CHANNEL_SECONDS_MAX = 120
GAP_SECONDS = 60
OF_DEADLINES = frozenset(f"{deadline.name}-overdue" for deadline in DEADLINES)
ANSWERS_HOURS = 48
"""How long the answer to an ``Idempotency-Key`` is kept for a repeat."""
REJECTED_DAYS = 30
"""How long the body of a rejected message is kept (design §9)."""


class Watch:
    """Looks, for as long as it runs, at everything that a person should be told of."""

    def __init__(
        self,
        *,
        store: Store,
        agreement: Agreement,
        partner: Partner,
        clock: Clock,
        every_seconds: float,
    ) -> None:
        self._store = store
        self._agreement = agreement
        self._partner = partner
        self._clock = clock
        self._every_seconds = every_seconds
        self._started_at = clock()
        self._gaps_seen: dict[str, datetime] = {}
        self._whole_until = 1
        self._is_cut = False

    async def run(self) -> None:
        """Look again and again until cancelled."""
        while True:
            try:
                await self.look()
            except (StoreBusy, StoreFailed, Duplicate) as error:
                log.warning("watch.postponed", error=type(error).__name__)
            await asyncio.sleep(self._every_seconds)

    async def look(self) -> None:
        """Open an alarm for everything that is wrong now, and close those whose cause is gone."""
        now = self._clock()
        standing = await self._store.scan(partial(self._find, now=now))
        standing |= {
            CHANNEL_DOWN: {"partner"} if self._is_silent(now) else set(),
            OLD_SIGNATURES: {"partner"} if self._could_sign_better(now) else set(),
        }
        skew = self._partner.skew_seconds
        if skew is not None:
            standing[CLOCK_SKEW] = {"partner"} if abs(skew) > SKEW_SECONDS_MAX else set()
        await self._store.write(partial(_record, standing=standing, now=now, is_cut=self._is_cut))
        await self._store.write(partial(_forget, now=now))

    def _find(self, connection: Connection, *, now: datetime) -> dict[str, set[str]]:
        """Return, for each kind of alarm, what it is about now."""
        limits = self._agreement.limits
        standing: dict[str, set[str]] = {kind: set() for kind in OF_DEADLINES}
        due = list_due(connection, now=now, limit=DUE_MAX)
        self._is_cut = len(due) == DUE_MAX
        for row in due:
            shared = shared_of(row)
            for late in overdue(shared, now, limits) if shared else ():
                standing[f"{late.name}-overdue"].add(row.handoff)
        depth = get_depth(connection)
        oldest = depth.oldest_at
        waited = timedelta(seconds=limits.receipt_seconds)
        standing[UNRECEIPTED] = {"outbox"} if oldest and now - oldest > waited else set()
        gaps = list_seq_gaps(connection, since=self._whole_until)
        standing[SEQ_GAP] = self._lasting({f"{gap.first}-{gap.last}" for gap in gaps}, now)
        repeated = list_repeated_seqs(connection, since=self._whole_until)
        standing[SEQ_REPEATED] = {str(seq) for seq in repeated}
        if not gaps and not repeated:
            self._whole_until = max(get_highest_seq(connection), 1)
        return standing

    def _lasting(self, gaps: Collection[str], now: datetime) -> set[str]:
        """Return the gaps that have stood for a minute: messages may overtake one another."""
        self._gaps_seen = {gap: self._gaps_seen.get(gap, now) for gap in gaps}
        limit = timedelta(seconds=GAP_SECONDS)
        return {gap for gap, since in self._gaps_seen.items() if now - since >= limit}

    def _is_silent(self, now: datetime) -> bool:
        heard_at = self._partner.heard_at or self._started_at
        return now - heard_at > timedelta(seconds=CHANNEL_SECONDS_MAX)

    def _could_sign_better(self, now: datetime) -> bool:
        """Say whether messages go under ES256 alone though both sides have better keys."""
        if self._agreement.they_sign.preferred(Typ.MESSAGE, now) != CLASSICAL:
            return False
        return self._partner.key_set.find_active(Role.PQ_SIGN, now) is not None


def _forget(connection: Connection, *, now: datetime) -> None:
    """Delete what is kept for a time only: answers for repeats, bodies of rejected messages."""
    delete_answers(connection, before=now - timedelta(hours=ANSWERS_HOURS))
    delete_pools(connection, before=(now - timedelta(days=REJECTED_DAYS)).date())


def _record(
    connection: Connection, *, standing: dict[str, set[str]], now: datetime, is_cut: bool
) -> None:
    """Open what stands, close what does not; a list that was cut short closes nothing."""
    for kind, subjects in standing.items():
        if not (is_cut and kind in OF_DEADLINES):
            close_others(connection, kind, standing=subjects, at=now)
        for subject in sorted(subjects):
            if raise_alarm(connection, kind, subject, at=now):
                log.warning("alarm.opened", alarm=kind)
