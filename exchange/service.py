"""
The wiring: settings in, a running service out.

The only place that constructs anything. Read from top to bottom it is the whole program: what
is opened, which legs of the journey run, and in which order all of it ends.
"""

import asyncio
import os
import signal
import ssl
import sys
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from random import Random
from typing import TextIO

import aiohttp
import structlog
from aiohttp import web

from exchange import __version__
from exchange.domain.parties import Side
from exchange.domain.screening import load_rules
from exchange.errors import StoreFailed
from exchange.flow.agreement import Agreement
from exchange.flow.answers import Answers
from exchange.flow.cancellations import Cancellations
from exchange.flow.changes import Changes
from exchange.flow.clock import Clock, Entropy, system_clock, system_entropy
from exchange.flow.delivery import Delivery
from exchange.flow.heartbeat import Heartbeat
from exchange.flow.inbox import Inbox
from exchange.flow.intake import Intake
from exchange.flow.outbox import Outbox, Pace
from exchange.flow.outcomes import Outcomes
from exchange.flow.partner import BackOff, Partner
from exchange.flow.sealing import Sealer
from exchange.flow.tally import Tally
from exchange.flow.watch import Watch
from exchange.installation.opening import open_keyring
from exchange.installation.published import partner_keys
from exchange.installation.shipped import rule_texts, shipped_places
from exchange.proof.keys import KeySet, Roots
from exchange.proof.keysets import accept_newer, read_key_set
from exchange.proof.policy import DEFAULT, ES256_ONLY
from exchange.settings import Settings
from exchange.store.engine import Store
from exchange.store.partner import find_key_set
from exchange.web.app import internal_app, partner_app
from exchange.web.arrivals import ArrivalList
from exchange.web.calls import Calls
from exchange.web.desk import ReceivingDesk
from exchange.web.gate import Drain, TokenBucket
from exchange.web.handoffs import Handoffs
from exchange.web.listeners import ConnectionLimits, Listener
from exchange.web.logs import configure_logs
from exchange.web.metrics import Metrics
from exchange.web.operations import Operations
from exchange.web.partner import PartnerDoor
from exchange.web.ports import PortDesk
from exchange.web.tls import client_context, party_of_connection, party_of_header, server_context

log = structlog.get_logger()

WATCH_SECONDS = 10.0


def run(settings: Settings) -> None:
    """
    Run one side until SIGTERM or SIGINT, then finish what was taken.

    Raises:
        NotConfigured: Keys, trust or database are not as they must be.
        StoreFailed: The disk or database failed: the process stops rather than carry on.
    """
    with _log_stream(settings) as stream:
        configure_logs(settings.log.level, stream)
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            runner.run(_serve(settings))


async def _serve(settings: Settings) -> None:
    stopping = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stopping.set)
    service = Service(settings)
    await service.start()
    try:
        await service.wait(stopping)
    finally:
        await service.stop()


class Service:
    """One running side. Time, chance and the signing pool are given; the rest is made here."""

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Clock = system_clock,
        entropy: Entropy = system_entropy,
        pool: Executor | None = None,
    ) -> None:
        self.settings = settings
        self.clock = clock
        self.drain = Drain()
        self.changes = Changes()
        self.tally = Tally()
        self.keyring = open_keyring(settings, now=clock(), entropy=entropy)
        self.agreement = _agreement(settings)
        self.store = Store(settings.database.full_url(), executor=pool)
        self._chance = Random(entropy(16))  # noqa: S311  # spreads pauses, keeps no secret
        self._pool = pool
        self._legs: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """
        Open the store, then listen, then begin to send.

        Raises:
            NotConfigured: The database or the trusted keys are not as they must be.
        """
        await self.store.open()
        trusted = partner_keys(self.settings)
        self.partner = await self._meet_partner(trusted.key_set, trusted.roots)
        self.session = _session(self.settings)
        self._make_legs(trusted.roots)
        self._make_listeners()
        for listener in (self.partner_listener, self.internal_listener):
            await listener.start()
        runs: tuple[Callable[[], Coroutine[None, None, None]], ...] = (
            self.outbox.run,
            self.heartbeat.run,
            self.watch.run,
        )
        self._legs = [asyncio.create_task(leg()) for leg in runs]
        log.info("service.started", side=self.settings.side, pid=os.getpid(), version=__version__)

    async def wait(self, stopping: asyncio.Event) -> None:
        """
        Return when told to stop.

        Raises:
            StoreFailed: The disk or database failed.
            Exception: A leg of the journey ended in a way nobody foresaw.
        """
        told = asyncio.create_task(stopping.wait())
        failed = asyncio.create_task(self.store.failed.wait())
        done, _ = await asyncio.wait(
            {told, failed, *self._legs}, return_when=asyncio.FIRST_COMPLETED
        )
        for task in (told, failed):
            task.cancel()
        if failed in done:
            log.error("store.failed")
            raise StoreFailed
        for leg in self._legs:
            if leg in done:
                leg.result()

    async def stop(self) -> None:
        """Take nothing more, finish what was taken, close everything."""
        self.drain.begin()
        self.outbox.drain()
        self.changes.announce()
        outbox, *others = self._legs
        for leg in others:
            leg.cancel()
        seconds = self.settings.shutdown.drain_seconds
        await asyncio.gather(
            self.partner_listener.stop(drain_seconds=seconds),
            self.internal_listener.stop(drain_seconds=seconds),
            asyncio.wait({outbox}, timeout=seconds),
        )
        outbox.cancel()
        await asyncio.gather(*self._legs, return_exceptions=True)
        await self.session.close()
        await self.store.close()
        log.info("service.stopped", side=self.settings.side)

    async def _meet_partner(self, trusted: KeySet, roots: Roots) -> Partner:
        """Return the partner under the newest key set that we ever accepted."""
        stored = await self.store.read(find_key_set)
        if stored is not None and stored.serial > trusted.serial:
            newest = read_key_set(stored.octets, roots, issuer=self.agreement.theirs)
            trusted = accept_newer(trusted, newest)
        outbox = self.settings.outbox
        return Partner(
            key_set=trusted,
            monotonic=asyncio.get_running_loop().time,
            chance=self._chance.random,
            back_off=BackOff(
                outbox.backoff_first_seconds,
                outbox.backoff_max_seconds,
                outbox.retry_after_max_seconds,
            ),
        )

    def _make_legs(self, roots: Roots) -> None:
        settings, store, agreement = self.settings, self.store, self.agreement
        keyring, clock, changes = self.keyring, self.clock, self.changes
        self.intake = Intake(
            store=store,
            agreement=agreement,
            keyring=keyring,
            changes=changes,
            clock=clock,
            tally=self.tally,
        )
        self.answers = Answers(
            store=store, agreement=agreement, keyring=keyring, changes=changes, clock=clock
        )
        self.cancellations = Cancellations(
            store=store, agreement=agreement, keyring=keyring, changes=changes, clock=clock
        )
        self.inbox = Inbox(
            store=store,
            agreement=agreement,
            keyring=keyring,
            partner=self.partner,
            changes=changes,
            clock=clock,
            tally=self.tally,
            pool=self._pool,
        )
        self.outbox = self._make_outbox()
        self.heartbeat = Heartbeat(
            store=store,
            session=self.session,
            url=settings.partner.url,
            agreement=agreement,
            partner=self.partner,
            roots=roots,
            clock=clock,
            every_seconds=settings.keys.poll_seconds,
        )
        self.watch = Watch(
            store=store,
            agreement=agreement,
            partner=self.partner,
            clock=clock,
            every_seconds=WATCH_SECONDS,
        )

    def _make_outbox(self) -> Outbox:
        limits = self.settings.outbox
        sealer = Sealer(
            store=self.store,
            agreement=self.agreement,
            keyring=self.keyring,
            clock=self.clock,
            pool=self._pool,
            threads=limits.signing_threads_max,
        )
        delivery = Delivery(
            session=self.session,
            url=self.settings.partner.url,
            agreement=self.agreement,
            partner=self.partner,
            timeout_seconds=limits.delivery_timeout_seconds,
        )
        outcomes = Outcomes(
            store=self.store,
            agreement=self.agreement,
            tally=self.tally,
            isolation=BackOff(limits.backoff_first_seconds, limits.backoff_max_seconds),
        )
        pace = Pace(
            limits.lines_per_request_max, limits.requests_in_flight_max, limits.lease_seconds
        )
        return Outbox(
            store=self.store,
            sealer=sealer,
            delivery=delivery,
            outcomes=outcomes,
            partner=self.partner,
            changes=self.changes,
            clock=self.clock,
            pace=pace,
        )

    def _make_listeners(self) -> None:
        settings, monotonic = self.settings, asyncio.get_running_loop().time
        self.metrics = Metrics(
            partner=self.partner, tally=self.tally, version=__version__, side=settings.side
        )
        limits = ConnectionLimits(
            settings.inbox.head_timeout_seconds,
            settings.inbox.keep_alive_seconds,
            settings.inbox.connections_max,
        )
        self.partner_listener = Listener(
            partner_app(self._partner_door(monotonic), self.metrics.requests),
            address=_partner_address(settings),
            limits=limits,
            tls=_server_tls(settings),
        )
        self.internal_listener = Listener(
            self._internal_app(monotonic),
            address=(settings.listen.internal.host, settings.listen.internal.port),
            limits=limits,
        )

    def _partner_door(self, monotonic: Callable[[], float]) -> PartnerDoor:
        inbox = self.settings.inbox
        rate = inbox.requests_per_second_max
        party_of = {
            "none": None,
            "direct": party_of_connection,
            "behind-proxy": party_of_header,
        }[self.settings.listen.tls]
        return PartnerDoor(
            receive=self.inbox.receive,
            partner=self.agreement.theirs,
            published_keys=lambda: self.keyring.published,
            clock=self.clock,
            drain=self.drain,
            bucket=TokenBucket(rate, rate, monotonic),
            party_of=party_of,
            request_bytes_max=inbox.request_bytes_max,
            body_seconds=inbox.body_timeout_seconds,
        )

    def _internal_app(self, monotonic: Callable[[], float]) -> web.Application:
        calls = Calls(store=self.store, clock=self.clock, monotonic=monotonic, drain=self.drain)
        arrivals = ArrivalList(self.store, self.agreement.places, self.keyring, self.clock)
        desk = (
            PortDesk(self.intake, self.cancellations, calls)
            if self.agreement.side is Side.US
            else ReceivingDesk(self.answers, arrivals, calls)
        )
        return internal_app(
            desk=desk,
            handoffs=Handoffs(self.agreement.side, self.store, self.changes, self.drain, calls),
            operations=Operations(
                store=self.store,
                partner=self.partner,
                metrics=self.metrics,
                drain=self.drain,
                clock=self.clock,
                version=__version__,
                side=self.settings.side,
                keys_loaded=lambda: bool(self.keyring.signers),
            ),
            requests=self.metrics.requests,
        )


def _agreement(settings: Settings) -> Agreement:
    sets = {"hybrid": DEFAULT, "es256": ES256_ONLY}[settings.signature_policy]
    return Agreement(
        side=Side(settings.side),
        ours=settings.party,
        theirs=settings.partner.urn,
        we_sign=sets,
        they_sign=sets,
        places=shipped_places(),
        rules=load_rules(rule_texts(), settings.rules_family),
        limits=settings.deadlines,
        release_seconds=settings.cancellation.release_seconds,
    )


def _session(settings: Settings) -> aiohttp.ClientSession:
    """Return the client for the partner; each request in flight keeps a connection open."""
    partner = settings.partner
    tls = None
    if partner.url.startswith("https:"):
        tls = client_context(
            authorities=partner.ca_file,
            certificate=partner.client_certificate_file,
            key=partner.client_key_file,
        )
    connector = aiohttp.TCPConnector(
        limit=settings.outbox.requests_in_flight_max + 2,
        keepalive_timeout=settings.inbox.keep_alive_seconds / 2,
        ssl=aiohttp.Fingerprint(bytes.fromhex(partner.pinned_sha256))
        if partner.pinned_sha256 and tls is None
        else (tls or True),
    )
    return aiohttp.ClientSession(connector=connector, auto_decompress=False)


def _server_tls(settings: Settings) -> ssl.SSLContext | None:
    listen = settings.listen
    files = (listen.certificate_file, listen.key_file, listen.client_ca_file)
    certificate, key, authorities = files
    if listen.tls != "direct" or certificate is None or key is None or authorities is None:
        return None
    return server_context(certificate=certificate, key=key, client_authorities=authorities)


def _partner_address(settings: Settings) -> tuple[str, int] | Path:
    listen = settings.listen
    if listen.tls == "behind-proxy" and listen.partner_socket is not None:
        return listen.partner_socket
    return (listen.partner.host, listen.partner.port)


def _log_stream(settings: Settings) -> AbstractContextManager[TextIO]:
    if settings.log.file is None:
        return nullcontext(sys.stderr)
    return settings.log.file.open("a", encoding="utf-8")


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """Return uvloop's loop, which takes a fifth less CPU for plain HTTP, where there is one."""
    try:
        import uvloop  # noqa: PLC0415  # absent on some systems
    except ImportError:
        return None
    return uvloop.new_event_loop
