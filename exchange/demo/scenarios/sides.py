"""
Both sides of a scenario: two ordinary working directories, made on the day on which it begins.

Their legs are those of the service; what is made up is the clock and the road between them.
Messages are signed with ES256 alone, which both directories say: months pass in seconds.
"""

import datetime as dt
import random
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from concurrent.futures import Executor, Future
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar, cast

import aiohttp

from exchange.demo.scenarios.roads import LOSES_ANSWERS, Road, SimulatedClock
from exchange.errors import Sentence, UsageWrong
from exchange.flow.changes import Changes
from exchange.flow.partner import BackOff, Partner
from exchange.flow.tally import Tally
from exchange.installation.directory import make_directory, plan_of
from exchange.installation.opening import open_keyring
from exchange.installation.published import KEY_SET, ROOTS_FILE, our_keys, partner_keys, trust
from exchange.proof.keys import fingerprint
from exchange.service.certificates import Certificates
from exchange.service.legs import Legs, Means
from exchange.service.outside import agreement_of
from exchange.settings import CONFIG_NAME, Settings, load_settings
from exchange.store.engine import Connection, Store
from exchange.store.lanes import Lane, find_next
from exchange.store.looks import find_next_look

T = TypeVar("T")

ROUNDS_MAX = 10_000


class _Here(Executor):
    """Runs at once, in the calling thread: nothing else runs meanwhile that could be waited for."""

    def submit(self, work: Callable[..., T], /, *args: Any, **named: Any) -> "Future[T]":
        """Return what *work* came to."""
        future: Future[T] = Future()
        try:
            future.set_result(work(*args, **named))
        except BaseException as error:  # noqa: BLE001  # the future hands it on, whatever it is
            future.set_exception(error)
        return future


class Played:
    """One side, with every leg of the journey, on the store of its directory."""

    def __init__(self, settings: Settings, clock: SimulatedClock, seed: int) -> None:
        self.settings = settings
        self.clock = clock
        chance = random.Random(f"{seed}:{settings.side}")  # noqa: S311  # can be repeated
        self.agreement = agreement_of(settings)
        self.keyring = open_keyring(settings, now=clock(), entropy=chance.randbytes)
        here = _Here()
        self.store = Store(settings.database.full_url(), executor=here)
        self.road = Road(clock)
        trusted = partner_keys(settings)
        limits = settings.outbox
        self.partner = Partner(
            key_set=trusted.key_set,
            monotonic=clock.monotonic,
            chance=chance.random,
            back_off=BackOff(
                limits.backoff_first_seconds,
                limits.backoff_max_seconds,
                limits.retry_after_max_seconds,
            ),
        )
        means = Means(
            settings=settings,
            agreement=self.agreement,
            keyring=self.keyring,
            store=self.store,
            partner=self.partner,
            session=cast("aiohttp.ClientSession", self.road),
            certificates=Certificates(settings),
            to_duty=None,
            changes=Changes(),
            tally=Tally(),
            clock=clock,
            pool=here,
        )
        self.legs = Legs(means, trusted.roots)

    async def receive(self, octets: bytes) -> bytes:
        """Return the receipts of a request of the other side."""
        return await self.legs.inbox.receive(octets)

    def published_keys(self) -> bytes:
        """Return our key set."""
        return self.keyring.published

    async def send(self) -> int:
        """Send all that is due, as long as the partner answers; return how many messages went."""
        count = 0
        for lane in Lane:
            for _ in range(ROUNDS_MAX):
                if self.partner.pause_seconds() > 0:
                    return count
                sent = await self.legs.outbox.send_due(lane)
                count += sent
                if not sent:
                    break
        return count

    async def next_due_at(self) -> dt.datetime | None:
        """Return when the next of what waits falls due, and the partner may be asked."""
        due = await self.store.read(_next_due)
        if due is None:
            return None
        return max(due, self.clock() + dt.timedelta(seconds=self.partner.pause_seconds()))

    async def next_look_at(self) -> dt.datetime | None:
        """Return when time alone may change what does not agree."""
        return await self.store.read(find_next_look)

    async def beat(self) -> None:
        """Ask whether the partner is there."""
        with suppress(aiohttp.ClientError):  # a beat that was missed is no more than that
            await self.legs.heartbeat.beat()

    async def look(self) -> None:
        """Ask whether the partner is there, and look at what is overdue and what does not agree."""
        await self.beat()
        await self.legs.watch.look()
        await self.legs.reconciling.look()


def _next_due(connection: Connection) -> dt.datetime | None:
    found = (find_next(connection, lane) for lane in Lane)
    return min((one.due_at for one in found if one is not None), default=None)


class Both:
    """The two sides, joined by their roads, under one clock."""

    def __init__(self, us: Played, mx: Played, clock: SimulatedClock) -> None:
        self.us = us
        self.mx = mx
        self.clock = clock
        us.road.far, mx.road.far = mx, us

    def of(self, side: str) -> Played:
        """Return the side of that name."""
        return self.us if side == "us" else self.mx

    async def settle(self) -> None:
        """
        Let both send until nothing is due.

        Where every answer is lost each keeps hearing of the other and would never stop.
        """
        for _ in range(ROUNDS_MAX):
            sent = await self.us.send() + await self.mx.send()
            if not sent or LOSES_ANSWERS in self.us.road.how | self.mx.road.how:
                return

    async def beat(self) -> None:
        """Let both ask for each other."""
        await self.us.beat()
        await self.mx.beat()

    async def look(self) -> None:
        """Let both look."""
        await self.us.look()
        await self.mx.look()

    async def next_due_at(self) -> dt.datetime | None:
        """Return when something that waits on either side falls due."""
        return _first([await one.next_due_at() for one in (self.us, self.mx)])

    async def next_look_at(self) -> dt.datetime | None:
        """Return when either side has to look again."""
        return _first([await one.next_look_at() for one in (self.us, self.mx)])


def _first(times: Iterable[dt.datetime | None]) -> dt.datetime | None:
    return min((at for at in times if at is not None), default=None)


def make_sides(out: Path, *, begins: dt.datetime, rules: str) -> dict[str, Settings]:
    """
    Return the settings of both sides, made under *out* as of the day before the scenario begins.

    Raises:
        UsageWrong: There is a working directory already.
    """
    settings = {}
    for side in ("us", "mx"):
        directory = out / side
        if directory.exists():
            raise UsageWrong(
                Sentence(
                    f"{directory}: exists already; the demo makes it",
                    f"{directory}: ya existe; la demostración lo crea",
                )
            )
        plan = replace(plan_of(side), signature_policy="es256")
        chance = random.SystemRandom()
        make_directory(directory, plan, now=begins - dt.timedelta(days=1), entropy=chance.randbytes)
        config = directory / CONFIG_NAME
        text = config.read_text(encoding="utf-8")
        chosen = text.replace('rules_family = "as-announced-2019"', f'rules_family = "{rules}"')
        config.write_text(chosen, encoding="utf-8")
        settings[side] = load_settings(config)
    for ours, theirs in (("us", "mx"), ("mx", "us")):
        published = settings[theirs].keys.directory
        trust(
            settings[ours],
            roots_file=published / ROOTS_FILE,
            key_set_file=published / KEY_SET,
            fingerprint=fingerprint(our_keys(settings[theirs]).roots),
        )
    return settings


@asynccontextmanager
async def opened(
    settings: Mapping[str, Settings], clock: SimulatedClock, seed: int
) -> AsyncIterator[Both]:
    """Give both sides, open; close their stores after."""
    us, mx = (Played(settings[side], clock, seed) for side in ("us", "mx"))
    async with AsyncExitStack() as stack:
        for one in (us, mx):
            await one.store.open()
            stack.push_async_callback(one.store.close)
        yield Both(us, mx, clock)
