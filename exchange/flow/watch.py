"""
What is overdue or wrong is found, opened as an alarm once, and closed when its cause is gone.

Silence changes no stage: a deadline that passes is an alarm and nothing else. What each alarm
means, who acts and what ends it is in ``domain.alarms``.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog

from exchange.domain.alarms import CRITICAL, TOLD, AlarmKind, Severity
from exchange.domain.deadlines import DEADLINES, overdue
from exchange.domain.escalation import Escalation, Level
from exchange.domain.messages.catalogue import RETURN_CANCELLATION, list_not_taken
from exchange.domain.ticks import next_tick
from exchange.errors import StoreBusy, StoreFailed
from exchange.flow.agreement import Agreement
from exchange.flow.clock import Clock
from exchange.flow.keyring import Keyring
from exchange.flow.partner import Partner
from exchange.flow.remarks import SKEW_SECONDS_MAX
from exchange.flow.rows import shared_of
from exchange.flow.turns import take_turns
from exchange.proof.jws import Typ
from exchange.proof.keys import Role
from exchange.proof.policy import CLASSICAL
from exchange.store.alarms import close_seen, list_subjects, settle_alarms
from exchange.store.bodies import delete_pools
from exchange.store.depth import find_troubled, get_depth, list_unconfirmed
from exchange.store.due import stream_due
from exchange.store.engine import Connection, Duplicate, Store
from exchange.store.idempotency import delete_answers
from exchange.store.partner import get_contact
from exchange.store.seqs import SeqGap, get_highest_seq, list_seq_gaps
from exchange.store.wakings import drop_ended, find_untold_since, reach_level

log = structlog.get_logger()

GAPS_MAX = 100
CHANNEL_SECONDS_MAX = 120
GAP_SECONDS = 60
OF_DEADLINES = {deadline.name: AlarmKind(f"{deadline.name}-overdue") for deadline in DEADLINES}
OF_MESSAGES = (AlarmKind.MESSAGE_REJECTED, AlarmKind.REQUEST_REFUSED, AlarmKind.LINE_REFUSED)
HIGHER = (Level.REGION, Level.HEADQUARTERS)
ANSWERS_HOURS = 48
"""How long the answer to an ``Idempotency-Key`` is kept for a repeat."""
REJECTED_DAYS = 30
"""How long the body of a rejected message is kept (design §9)."""

Standing = dict[AlarmKind, set[str]]
"""What each kind of alarm is about now; a kind that is not in it is left alone."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What the store showed: what stands, which open alarms lost their cause, who was heard."""

    standing: Standing
    ended: Mapping[AlarmKind, Mapping[str, int]]
    contact_at: datetime | None
    """When any process of ours last heard the partner."""


class Watch:
    """Looks, for as long as it runs, at everything that a person should be told of."""

    def __init__(
        self,
        *,
        store: Store,
        agreement: Agreement,
        keyring: Keyring,
        partner: Partner,
        clock: Clock,
        every_seconds: float,
        expiry_warnings: Collection[timedelta],
        told_within: timedelta | None = None,
    ) -> None:
        self._store = store
        self._agreement = agreement
        self._keyring = keyring
        self._partner = partner
        self._clock = clock
        self._every_seconds = every_seconds
        self._expiry_warnings = sorted(expiry_warnings, reverse=True)
        self._told_within = told_within
        self._started_at = clock()
        self._gaps: dict[SeqGap, datetime] = {}
        self._whole_until = 1
        self._was_held_up = False

    async def run(self) -> None:
        """Look again and again until cancelled."""
        await take_turns(self._every_seconds, self._turn)

    async def _turn(self) -> None:
        try:
            await self.look()
        except (StoreBusy, StoreFailed, Duplicate) as error:
            log.warning("watch.postponed", error=type(error).__name__)
        if self._store.is_held_up:
            log.error("commits.held_up", seconds=round(self._store.commit_seconds))

    async def look(self) -> None:
        """Open an alarm for everything that is wrong now, and close those whose cause is gone."""
        now = self._clock()
        self._was_held_up |= self._store.is_held_up  # told even where that ends before we write
        seen = await self._store.scan(partial(self._see, now=now))
        standing = seen.standing | self._of_partner(seen.contact_at, now) | self._of_keys(now)
        standing[AlarmKind.COMMITS_HELD_UP] = {"database"} if self._was_held_up else set()
        escalation = self._agreement.limits.escalation
        opened, reached = await self._store.write(
            partial(_record, standing, seen.ended, escalation, now)
        )
        for kind in opened:
            tell = log.error if kind in CRITICAL else log.warning
            tell("alarm.opened", alarm=kind.value)
        for level, count in reached.items():
            log.warning("alarm.escalated", told=level.value, count=count)
        self._was_held_up = self._store.is_held_up
        await self._store.write(partial(_forget, now=now))

    def _see(self, connection: Connection, *, now: datetime) -> Seen:
        """Return what the store shows of alarms: all that is overdue, however much it is."""
        limits = self._agreement.limits
        standing: Standing = {kind: set() for kind in OF_DEADLINES.values()}
        for row in stream_due(connection, now=now):
            shared = shared_of(row)
            for late in overdue(shared, now, limits) if shared else ():
                standing[OF_DEADLINES[late.name]].add(row.handoff)
        oldest = get_depth(connection).oldest_at
        waited = timedelta(seconds=limits.receipt_seconds)
        waits = oldest is not None and now - oldest > waited
        standing[AlarmKind.RECEIPT_OVERDUE] = {"outbox"} if waits else set()
        standing[AlarmKind.CANCELLATION_UNCONFIRMED] = self._find_unconfirmed(connection, now)
        standing[AlarmKind.DUTY_NOT_TOLD] = self._find_untold(connection, now)
        standing[AlarmKind.SEQUENCE_GAP] = self._find_gaps(connection, now)
        contact_at = get_contact(connection).contact_at
        return Seen(standing, _find_ended(connection), contact_at)

    def _find_unconfirmed(self, connection: Connection, now: datetime) -> set[str]:
        """Return the handoffs whose cancellation left some time ago and has no receipt yet."""
        agreement = self._agreement
        limit = timedelta(seconds=agreement.limits.cancellation_receipt_seconds)
        return {
            handoff
            for handoff, drafted_at in list_unconfirmed(connection, RETURN_CANCELLATION.schema)
            if now - next_tick(drafted_at, agreement.release_seconds) > limit
        }

    def _find_untold(self, connection: Connection, now: datetime) -> set[str]:
        """Return the webhook where there is one, and it has told nobody for too long."""
        within = self._told_within
        since = None if within is None else find_untold_since(connection)
        if since is None or within is None:
            return set()
        return {"webhook"} if now - max(since, self._started_at) > within else set()

    def _find_gaps(self, connection: Connection, now: datetime) -> set[str]:
        """
        Return the gaps that have stood for a minute: messages may overtake one another.

        One that was alarmed before we began to look has stood for long enough, and one that was
        partly filled is as old as it was. Where there are more than are read at once, alarms
        about later ones stand until the earlier ones are gone.
        """
        gaps = list_seq_gaps(connection, since=self._whole_until, limit=GAPS_MAX)
        self._whole_until = gaps[0].first if gaps else max(get_highest_seq(connection), 1)
        self._gaps = {gap: self._known_since(gap, now) for gap in gaps}
        limit = timedelta(seconds=GAP_SECONDS)
        opened = list_subjects(connection, AlarmKind.SEQUENCE_GAP)
        names = {f"{gap.first}-{gap.last}": since for gap, since in self._gaps.items()}
        lasting = {name for name, since in names.items() if name in opened or now - since >= limit}
        if len(gaps) < GAPS_MAX:
            return lasting
        return lasting | {one for one in opened if int(one.partition("-")[0]) > gaps[-1].last}

    def _known_since(self, gap: SeqGap, now: datetime) -> datetime:
        """Return since when the numbers of *gap* have been known to be missing."""
        times = (
            since
            for known, since in self._gaps.items()
            if known.first <= gap.first and gap.last <= known.last
        )
        return min(times, default=now)

    def _of_partner(self, contact_at: datetime | None, now: datetime) -> Standing:
        """Return what is wrong with the partner: its silence, its clock, what it lists."""
        partner, agreement = self._partner, self._agreement
        spoke_at = (self._started_at, partner.heard_at, contact_at)
        silent = now - max(at for at in spoke_at if at is not None) > timedelta(
            seconds=CHANNEL_SECONDS_MAX
        )
        until = partner.key_set.expires_at
        ends_soon = now < until <= now + self._expiry_warnings[0]
        standing = {
            AlarmKind.CHANNEL_DOWN: _partner_if(silent),
            AlarmKind.CLASSICAL_SIGNATURES: _partner_if(self._could_sign_better(now)),
            AlarmKind.PARTNER_KEYS_EXPIRED: _partner_if(until <= now),
            AlarmKind.PARTNER_KEYS_EXPIRING: _partner_if(ends_soon),
            AlarmKind.SCHEMA_NOT_TAKEN: set(
                list_not_taken(agreement.side, partner.key_set.schemas)
            ),
        }
        if partner.skew_seconds is not None:
            off = abs(partner.skew_seconds) > SKEW_SECONDS_MAX
            standing[AlarmKind.CLOCK_SKEW] = _partner_if(off)
        return standing

    def _of_keys(self, now: datetime) -> Standing:
        """Return what is wrong with our own keys, now or soon."""
        ours, sets = self._keyring, self._agreement.we_sign
        return {
            AlarmKind.KEYS_UNUSABLE: ours.find_unusable(sets, now),
            AlarmKind.KEY_EXPIRING: self._find_expiring(now),
        }

    def _find_expiring(self, now: datetime) -> set[str]:
        """Return what of ours ends soon, each with the least warning that it has reached."""
        within = {
            name: warning.days
            for warning in self._expiry_warnings
            for name in self._keyring.find_expiring(self._agreement.we_sign, now, by=now + warning)
        }
        return {f"{name}:{days}" for name, days in within.items()}

    def _could_sign_better(self, now: datetime) -> bool:
        """Say whether messages go under ES256 alone though both sides have better keys."""
        if self._agreement.they_sign.preferred(Typ.MESSAGE, now) != CLASSICAL:
            return False
        return self._partner.key_set.find_active(Role.PQ_SIGN, now) is not None


def _partner_if(wrong: bool) -> set[str]:  # noqa: FBT001  # the question itself
    return {"partner"} if wrong else set()


def _find_ended(connection: Connection) -> dict[AlarmKind, dict[str, int]]:
    """Return the alarms about messages whose row is gone, or is no longer as it was then."""
    opened = {kind: list_subjects(connection, kind) for kind in OF_MESSAGES}
    rows = {int(subject) for subjects in opened.values() for subject in subjects}
    troubled = find_troubled(connection, rows)
    causes = {
        AlarmKind.MESSAGE_REJECTED: troubled.parked,
        AlarmKind.REQUEST_REFUSED: troubled.parked,
        AlarmKind.LINE_REFUSED: troubled.isolated,
    }
    return {
        kind: {one: times for one, times in subjects.items() if int(one) not in causes[kind]}
        for kind, subjects in opened.items()
    }


def _record(
    standing: Standing,
    ended: Mapping[AlarmKind, Mapping[str, int]],
    escalation: Escalation,
    now: datetime,
    connection: Connection,
) -> tuple[list[AlarmKind], Mapping[Level, int]]:
    """Open what stands and close what does not; return the kinds opened, and who is reached now."""
    for kind, seen in ended.items():
        close_seen(connection, kind, seen, at=now)
    opened = [
        kind
        for kind, subjects in standing.items()
        for _ in settle_alarms(connection, kind, standing=subjects, at=now)
    ]
    drop_ended(connection)
    reached = {level: _reach(connection, level, escalation, now) for level in Level}
    return opened, {level: reached[level] for level in HIGHER if reached[level]}


def _reach(connection: Connection, level: Level, escalation: Escalation, now: datetime) -> int:
    """Have every alarm that has been open for long enough reach *level*; return how many do now."""
    return sum(
        reach_level(
            connection,
            level,
            TOLD[severity],
            urgency=urgency,
            opened_until=now - timedelta(seconds=escalation.seconds(level, severity)),
            at=now,
        )
        for urgency, severity in enumerate(Severity)
    )


def _forget(connection: Connection, *, now: datetime) -> None:
    """Delete what is kept for a time only: answers for repeats, bodies of rejected messages."""
    delete_answers(connection, before=now - timedelta(hours=ANSWERS_HOURS))
    delete_pools(connection, before=(now - timedelta(days=REJECTED_DAYS)).date())
