"""The legs of the journey of one side, made in the order in which a handoff meets them."""

from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import time, timedelta
from functools import partial
from typing import TypeVar

import aiohttp

from exchange.flow.acts import Acts
from exchange.flow.agreement import Agreement
from exchange.flow.alarms import Alarms
from exchange.flow.answers import Answers
from exchange.flow.bulletins import Bulletins
from exchange.flow.cancellations import Cancellations
from exchange.flow.changes import Changes
from exchange.flow.checkpointing import Checkpointing, Rhythm
from exchange.flow.clock import Clock
from exchange.flow.closures import Closures
from exchange.flow.corrections import Corrections
from exchange.flow.delivery import Delivery
from exchange.flow.departures import Departures
from exchange.flow.hearings import Hearings
from exchange.flow.heartbeat import Heartbeat
from exchange.flow.holds import Holds
from exchange.flow.inbox import Inbox
from exchange.flow.intake import Intake
from exchange.flow.keyring import Keyring
from exchange.flow.outbox import Outbox, Pace
from exchange.flow.outcomes import Outcomes
from exchange.flow.partner import BackOff, FarSide, Partner
from exchange.flow.presentations import Presentations
from exchange.flow.reconciling import Reconciling
from exchange.flow.reporting import Daily, Reporting
from exchange.flow.resolving import Resolving
from exchange.flow.revisions import Revisions
from exchange.flow.sealing import Sealer
from exchange.flow.splitting import Splitting
from exchange.flow.stating import Stating, Terms
from exchange.flow.stays import Stays
from exchange.flow.tally import Tally
from exchange.flow.waking import Duty, Webhook
from exchange.flow.watch import Watch
from exchange.flow.welfare import Welfare
from exchange.proof.keys import Roots
from exchange.reports.days import is_closed
from exchange.service.certificates import Certificates
from exchange.service.daily import make_day_report
from exchange.service.outside import terms_of
from exchange.settings import Settings
from exchange.store.engine import Store

AnyActs = TypeVar("AnyActs", bound=Acts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What every leg is made with."""

    settings: Settings
    agreement: Agreement
    keyring: Keyring
    store: Store
    partner: Partner
    session: aiohttp.ClientSession
    certificates: Certificates
    to_duty: aiohttp.ClientSession | None
    changes: Changes
    tally: Tally
    clock: Clock
    pool: Executor | None


class Legs:
    """(1-9) Every leg, on the same means."""

    def __init__(self, means: Means, roots: Roots) -> None:
        store, agreement, keyring = means.store, means.agreement, means.keyring
        changes, clock, tally = means.changes, means.clock, means.tally
        self.intake = Intake(
            store=store,
            agreement=agreement,
            keyring=keyring,
            partner=means.partner,
            changes=changes,
            clock=clock,
            tally=tally,
        )
        self.cancellations = _acts(Cancellations, means)
        self.holds = _acts(Holds, means)
        self.departures = _acts(Departures, means)
        self.revisions = _acts(Revisions, means)
        self.splitting = _acts(Splitting, means)
        self.hearings = _acts(Hearings, means)
        self.presentations = _acts(Presentations, means)
        self.closures = _acts(Closures, means)
        self.outbox = _outbox(means)
        self.inbox = Inbox(
            store=store,
            agreement=agreement,
            keyring=keyring,
            partner=means.partner,
            changes=changes,
            clock=clock,
            tally=tally,
            pool=means.pool,
        )
        self.answers = _acts(Answers, means)
        self.stays = _acts(Stays, means)
        self.corrections = _acts(Corrections, means)
        self.welfare = _acts(Welfare, means)
        self.bulletins = _bulletins(means)
        self.heartbeat = _heartbeat(means, roots)
        self.watch = _watch(means)
        self.duty = _duty(means)
        self.stating = _stating(means)
        self.alarms = Alarms(store=store, side=agreement.side, clock=clock)
        self.reconciling = _reconciling(means)
        self.resolving = Resolving(store=store, side=agreement.side, clock=clock)
        self.reporting = _reporting(means)
        self.checkpointing = _checkpointing(means)


def _acts(kind: type[AnyActs], means: Means) -> AnyActs:
    """Return the acts of one kind."""
    return kind(
        store=means.store,
        agreement=means.agreement,
        keyring=means.keyring,
        partner=means.partner,
        changes=means.changes,
        clock=means.clock,
    )


def _bulletins(means: Means) -> Bulletins:
    return Bulletins(
        store=means.store,
        agreement=means.agreement,
        keyring=means.keyring,
        partner=means.partner,
        changes=means.changes,
        clock=means.clock,
    )


def _outbox(means: Means) -> Outbox:
    """Return the outbox with what seals, delivers and records for it."""
    limits = means.settings.outbox
    sealer = Sealer(
        store=means.store,
        agreement=means.agreement,
        keyring=means.keyring,
        clock=means.clock,
        pool=means.pool,
        threads=limits.signing_threads_max,
    )
    delivery = Delivery(
        session=means.session,
        url=means.settings.partner.url,
        agreement=means.agreement,
        partner=means.partner,
        timeout_seconds=limits.delivery_timeout_seconds,
        clock=means.clock,
    )
    outcomes = Outcomes(
        store=means.store,
        agreement=means.agreement,
        tally=means.tally,
        isolation=BackOff(limits.backoff_first_seconds, limits.backoff_max_seconds),
    )
    return Outbox(
        store=means.store,
        sealer=sealer,
        delivery=delivery,
        outcomes=outcomes,
        partner=means.partner,
        changes=means.changes,
        clock=means.clock,
        pace=Pace(
            limits.lines_per_request_max, limits.requests_in_flight_max, limits.lease_seconds
        ),
    )


def _heartbeat(means: Means, roots: Roots) -> Heartbeat:
    """Return what asks for the partner's keys, and so hears whether the partner lives."""
    return Heartbeat(
        store=means.store,
        session=means.session,
        url=means.settings.partner.url,
        agreement=means.agreement,
        partner=means.partner,
        roots=roots,
        clock=means.clock,
        every_seconds=means.settings.keys.poll_seconds,
    )


def _watch(means: Means) -> Watch:
    """Return what looks for whatever somebody must be told."""
    watch = means.settings.watch
    return Watch(
        store=means.store,
        agreement=means.agreement,
        keyring=means.keyring,
        partner=means.partner,
        clock=means.clock,
        every_seconds=watch.look_seconds,
        expiry_warnings=[timedelta(days=days) for days in watch.expiry_warning_days],
        told_within=(
            timedelta(seconds=means.settings.alarms.told_within_seconds) if means.to_duty else None
        ),
    )


def _reconciling(means: Means) -> Reconciling:
    """Return what keeps the discrepancies in step with what was said."""
    return Reconciling(
        store=means.store,
        side=means.agreement.side,
        terms=terms_of(means.settings, means.agreement),
        keyring=means.keyring,
        clock=means.clock,
        every_seconds=means.settings.reconciliation.look_seconds,
    )


def _stating(means: Means) -> Stating:
    """Return what states the days that have closed, and compares them with the partner's."""
    limits = means.settings.statements
    return Stating(
        store=means.store,
        agreement=means.agreement,
        keyring=means.keyring,
        partner=means.partner,
        changes=means.changes,
        clock=means.clock,
        terms=Terms(
            closes_after=timedelta(seconds=limits.closes_after_seconds),
            days_max=limits.days_max,
            compared_after=timedelta(seconds=limits.compared_after_seconds),
            unanswered_after=timedelta(seconds=limits.unanswered_after_seconds),
        ),
        every_seconds=limits.look_seconds,
    )


def _reporting(means: Means) -> Reporting:
    """Return what makes the report of each day that closed."""
    reports, agreement = means.settings.reports, means.agreement
    return Reporting(
        store=means.store,
        daily=Daily(time.fromisoformat(reports.daily_at), reports.zone, reports.days_max),
        make=partial(make_day_report, agreement=agreement),
        is_closed=lambda day, now: is_closed(day, agreement.side, agreement.places, now=now),
        clock=means.clock,
        every_seconds=reports.look_seconds,
    )


def _checkpointing(means: Means) -> Checkpointing:
    """Return what signs where our ledger and our journal stand."""
    limits = means.settings.checkpoints
    every = timedelta(seconds=limits.every_seconds)
    return Checkpointing(
        store=means.store,
        keyring=means.keyring,
        party=means.agreement.ours,
        rhythm=Rhythm(limits.look_seconds, every, limits.entries_max, limits.night_hour_utc),
        clock=means.clock,
        pool=means.pool,
    )


def _duty(means: Means) -> Duty | None:
    """Return what tells duty officers of alarms, where there is a webhook."""
    limits = means.settings.alarms
    if means.to_duty is None or limits.webhook_url is None:
        return None
    return Duty(
        side=means.agreement.side,
        store=means.store,
        session=means.to_duty,
        webhook=Webhook(
            limits.webhook_url, limits.secret(), limits.timeout_seconds, limits.lease_seconds
        ),
        far=FarSide(
            monotonic=means.partner.monotonic,
            chance=means.partner.chance,
            back_off=BackOff(
                limits.backoff_first_seconds,
                limits.backoff_max_seconds,
                limits.backoff_max_seconds,
            ),
        ),
        clock=means.clock,
    )
