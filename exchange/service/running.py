"""The life of one side: what is opened, what runs, and in which order all of it ends."""

import asyncio
import os
import signal
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor
from functools import partial
from random import Random

import aiohttp
import structlog

from exchange import __version__
from exchange.errors import StoreFailed
from exchange.flow.changes import Changes
from exchange.flow.clock import Clock, Entropy, system_clock, system_entropy
from exchange.flow.partner import BackOff, Partner
from exchange.flow.tally import Tally
from exchange.installation.opening import open_keyring
from exchange.installation.published import partner_keys
from exchange.proof.keys import KeySet, Roots
from exchange.proof.keysets import accept_newer, read_key_set
from exchange.service.certificates import Certificates
from exchange.service.doors import Doors
from exchange.service.legs import Legs, Means
from exchange.service.our_keys import OurKeys
from exchange.service.outside import (
    agreement_of,
    collect_seldom,
    log_stream,
    loop_factory,
    session_of,
    session_to_duty,
)
from exchange.settings import Settings
from exchange.store.engine import Store
from exchange.store.outbox import end_leases
from exchange.store.partner import find_key_set
from exchange.web.gate import Drain
from exchange.web.listeners import Listener
from exchange.web.logs import configure_logs

log = structlog.get_logger()


def run(settings: Settings) -> None:
    """
    Run one side until SIGTERM or SIGINT, then finish what was taken.

    Raises:
        NotConfigured: Keys, trust or database are not as they must be.
        StoreFailed: The disk or database failed: the process stops rather than carry on.
    """
    with log_stream(settings) as stream:
        configure_logs(settings.log.level, stream)
        with asyncio.Runner(loop_factory=loop_factory()) as runner:
            runner.run(_serve(settings))


async def _serve(settings: Settings) -> None:
    stopping = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stopping.set)
    service = Service(settings)
    try:
        await service.start()
        collect_seldom()
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
        self.agreement = agreement_of(settings)
        self.store = Store(
            settings.database.full_url(),
            commit_timeout_seconds=settings.database.commit_timeout_seconds,
            executor=pool,
        )
        self._chance = Random(entropy(16))  # noqa: S311  # spreads pauses, keeps no secret
        self._pool = pool
        self.legs: Legs | None = None
        self.session: aiohttp.ClientSession | None = None
        self._to_duty: aiohttp.ClientSession | None = None
        self._listening: list[Listener] = []
        self._running: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """
        Open the store, then listen, then begin to send.

        Raises:
            NotConfigured: The database or the trusted keys are not as they must be.
        """
        await self.store.open()
        trusted = partner_keys(self.settings)
        certificates = Certificates(self.settings)
        means = Means(
            settings=self.settings,
            agreement=self.agreement,
            keyring=self.keyring,
            store=self.store,
            partner=await self._meet_partner(trusted.key_set, trusted.roots),
            session=session_of(self.settings, certificates.client),
            certificates=certificates,
            to_duty=session_to_duty(self.settings),
            changes=self.changes,
            tally=self.tally,
            clock=self.clock,
            pool=self._pool,
        )
        self.session, self._to_duty = means.session, means.to_duty
        self.legs = legs = Legs(means, trusted.roots)
        doors = Doors(means, legs, self.drain, asyncio.get_running_loop().time)
        for listener in (doors.partner, doors.internal):
            self._listening.append(listener)
            await listener.start()
        # Only now is it sure that no other process of ours serves this database.
        if self.store.is_served_alone:
            await self.store.write(partial(end_leases, now=self.clock()))
        ours = OurKeys(
            settings=self.settings, keyring=self.keyring, clock=self.clock, pool=self._pool
        )
        runs: tuple[Callable[[], Coroutine[None, None, None]], ...] = (
            legs.outbox.run,
            legs.heartbeat.run,
            ours.run,
            certificates.run,
            legs.watch.run,
            legs.stating.run,
            legs.reconciling.run,
            legs.reporting.run,
            legs.checkpointing.run,
            *((legs.duty.run,) if legs.duty else ()),
        )
        self._running = [asyncio.create_task(leg()) for leg in runs]
        log.info("service.started", side=self.settings.side, pid=os.getpid(), version=__version__)

    @property
    def ports(self) -> tuple[int, int]:
        """The ports of the partner listener and of the internal one, in use."""
        partner, internal = self._listening
        return partner.port, internal.port

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
            {told, failed, *self._running}, return_when=asyncio.FIRST_COMPLETED
        )
        for task in (told, failed):
            task.cancel()
        if self.store.failed.is_set():  # a leg may have met it before we were woken
            log.error("store.failed")
            raise StoreFailed
        for leg in self._running:
            if leg in done:
                leg.result()

    async def stop(self) -> None:
        """Take nothing more, finish what was taken, close everything that was opened."""
        self.drain.begin()
        seconds = self.settings.shutdown.drain_seconds
        if self.legs is not None:
            self.legs.outbox.drain()
        self.changes.announce()
        for leg in self._running[1:]:
            leg.cancel()
        await asyncio.gather(
            *(listener.stop(drain_seconds=seconds) for listener in self._listening),
            *(asyncio.wait({outbox}, timeout=seconds) for outbox in self._running[:1]),
        )
        for leg in self._running:
            leg.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        for session in (self.session, self._to_duty):
            if session is not None:
                await session.close()
        await self.store.close()
        if self._running:
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
