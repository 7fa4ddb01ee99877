"""
One authority in the simulated world: its directory, its clock, and the life of its service.

The service is the product's own, on its own machine; what a supervisor would do (start it again
after it ended) is done here. A killed process leaves its database as the kill found it: every
connection to the file is closed at that moment, so that nothing which is still being unwound
in this process can write any more.
"""

import asyncio
import logging
import random
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any
from unittest.mock import patch

import aiohttp
from pydantic.json_schema import models_json_schema
from sqlalchemy import event
from sqlalchemy.pool import Pool

from exchange.access.rights import Role
from exchange.cli.clients import add_client
from exchange.domain.screening import RuleBook, load_rules
from exchange.errors import StoreFailed
from exchange.installation.directory import Plan, make_directory
from exchange.installation.published import KEY_SET, ROOTS_FILE, our_keys, trust
from exchange.installation.shipped import rule_texts, shipped_places
from exchange.proof import keyfiles
from exchange.proof.keys import fingerprint
from exchange.service.running import Service
from exchange.settings import CONFIG_NAME, Settings, load_settings
from tests.keys import entropy_from
from tests.sim.simulator import machine_here
from tests.sim.watching import add_triggers
from tests.sim.world import World

BEGUN_AT = datetime(2031, 3, 17, 23, 45, tzinfo=UTC)
"""
The moment at which every run begins, on a clock that is right.

It is a quarter of an hour before the end of a day, so that the day ends while things go wrong.
"""

PARTNER_PORT, INTERNAL_PORT = 8443, 8080
PARTIES = {"us": "urn:handoff:us:cbp:test", "mx": "urn:handoff:mx:inm:test"}
OTHER = {"us": "mx", "mx": "us"}
ROLES = {"us": Role.PORT_SUPERVISOR, "mx": Role.RECEIVING_OFFICER}
RESTART_SECONDS = 2.0
FAILED_RESTART_SECONDS = 15.0

Changed = dict[str, dict[str, object]]
"""Settings that a run changes, by section; those of no section under the empty name."""


@dataclass(slots=True)
class WallClock:
    """What a side's clock shows: the true time, and how far it is from it."""

    world: World
    ahead_seconds: float = 0.0

    def __call__(self) -> datetime:
        """Return the time it shows."""
        return BEGUN_AT + timedelta(seconds=self.world.now + self.ahead_seconds)


@dataclass(slots=True)
class Disk:
    """The connections of one side to its database file, and whether the file can grow."""

    is_full: bool = False
    connections: list[sqlite3.Connection] = field(default_factory=list)

    def add(self, connection: sqlite3.Connection) -> None:
        """A connection was opened."""
        self.connections.append(connection)
        if self.is_full:
            _stop_growth(connection)

    def fill(self) -> None:
        """No page can be added from now on: SQLite answers that the disk is full."""
        self.is_full = True
        for connection in self._open():
            _stop_growth(connection)

    def free(self) -> None:
        """There is room again, for whoever opens the file anew."""
        self.is_full = False
        for connection in self._open():
            connection.execute("PRAGMA max_page_count = 4294967294").close()

    def _open(self) -> Iterator[sqlite3.Connection]:
        for connection in self.connections:
            try:
                _ = connection.in_transaction
                connection.execute("SELECT 1").close()
            except sqlite3.Error:
                continue
            yield connection

    def drop(self) -> None:
        """Close everything as the kernel does for a process that was killed."""
        for connection in self.connections:
            connection.close()
        self.connections.clear()


def _stop_growth(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA max_page_count = 1").close()  # SQLite takes the size it has now


class SideOfWorld:
    """One authority, with a service that is started again whenever it ended."""

    def __init__(self, world: World, side: str, directory: Path, changed: Changed) -> None:
        self.world = world
        self.side = side
        self.directory = directory
        self.clock = WallClock(world)
        self.disk = Disk()
        self.starts = 0
        self.down_seconds = RESTART_SECONDS
        self.service: Service | None = None
        self.is_killed = False
        self._changed = changed
        self._stopping = asyncio.Event()
        self._process: asyncio.Task[None] | None = None
        world.machine(side)

    @property
    def database(self) -> Path:
        """The database file."""
        return self.directory / "exchange.db"

    def settings(self) -> Settings:
        """Return the settings of the directory, with the addresses that this world has."""
        settings = load_settings(self.directory / CONFIG_NAME)
        partner = {"url": f"http://{OTHER[self.side]}:{PARTNER_PORT}"}
        for section, values in (self._changed | {"partner": partner}).items():
            changed = values
            if section:
                changed = {section: getattr(settings, section).model_copy(update=values)}
            settings = settings.model_copy(update=changed)
        return settings

    async def live(self) -> None:
        """Run the service, and start it again whenever it ended, until cancelled."""
        while True:
            self.starts += 1
            self.is_killed = False
            self._stopping = asyncio.Event()
            self._process = self.world.start(self.side, self._serve())
            await asyncio.wait({self._process})
            self._note_the_end(self._process)
            await asyncio.sleep(self.down_seconds)
            self.down_seconds = RESTART_SECONDS

    async def _serve(self) -> None:
        chance = random.Random(f"{self.world.seed}:{self.side}:{self.starts}")
        self.service = Service(self.settings(), clock=self.clock, entropy=chance.randbytes)
        self.world.say(f"{self.side}: starts ({self.starts})")
        try:
            await self.service.start()
            await self.service.wait(self._stopping)
        finally:
            if not self.is_killed:
                await self.service.stop()

    def _note_the_end(self, process: asyncio.Task[None]) -> None:
        if process.cancelled() or self.is_killed:
            return
        error = process.exception()
        if isinstance(error, StoreFailed):
            self.world.say(f"{self.side}: ends, its store failed")
            self.down_seconds = FAILED_RESTART_SECONDS
            return
        if error is not None:
            self.world.fall(f"{self.side}: ended with {error!r}")
        self.world.say(f"{self.side}: ends ({error!r})")

    def kill(self, *, power: bool, down_seconds: float) -> None:
        """End the process between two of its awaits; it comes back after *down_seconds*."""
        if self._process is None or self._process.done():
            return  # it is down already
        self.world.say(f"{self.side}: {'loses its power' if power else 'is killed'}")
        self.is_killed = True
        self.down_seconds = down_seconds
        self.disk.drop()
        (self.world.cut_power if power else self.world.end_process)(self.side)
        self.let_go()

    def let_go(self) -> None:
        """Drop the client of a process that is no more."""
        if self.service is not None:
            drop_client(self.service.session)

    def stop(self, *, down_seconds: float) -> None:
        """Tell the process to end as an operator does; it comes back after *down_seconds*."""
        self.world.say(f"{self.side}: is told to stop")
        self.down_seconds = down_seconds
        self._stopping.set()


def drop_client(session: aiohttp.ClientSession | None) -> None:
    """Let go of a client that nobody is left to close."""
    if session is not None and session.connector is not None:
        session.connector._close()  # noqa: SLF001  # nothing public closes without waiting
        session.detach()


@cache
def template() -> Path:
    """Return a directory with both sides as ``exchange init`` and ``keys trust`` leave them."""
    root = Path(mkdtemp(prefix="world-", dir=scratch()))
    settings = {}
    for side, other in OTHER.items():
        plan = Plan(
            side=side,
            party=PARTIES[side],
            partner=PARTIES[other],
            partner_url=f"http://127.0.0.1:{PARTNER_PORT}",
            listen_partner=f"127.0.0.1:{PARTNER_PORT}",
            listen_internal=f"127.0.0.1:{INTERNAL_PORT}",
        )
        make_directory(root / side, plan, now=BEGUN_AT, entropy=entropy_from(f"world {side}"))
        settings[side] = load_settings(root / side / CONFIG_NAME)
    for side, other in OTHER.items():
        published = settings[other].keys.directory
        trust(
            settings[side],
            roots_file=published / ROOTS_FILE,
            key_set_file=published / KEY_SET,
            fingerprint=fingerprint(our_keys(settings[other]).roots),
        )
        token = add_client(settings[side], f"desk-{side}", ROLES[side], ("*",))
        add_triggers(root / side / "exchange.db")
        (root / side / "token").write_text(token, encoding="ascii")
    return root


def copy_template(to: Path) -> None:
    """Both sides stand under *to*, fresh."""
    for side in OTHER:
        shutil.copytree(template() / side, to / side)


def scratch() -> Path:
    """Return where the files of runs stand: in memory where that is, since only kills happen."""
    memory = Path("/dev/shm")  # noqa: S108  # the system's own place for files in memory
    return memory if memory.is_dir() else Path(mkdtemp())


@contextmanager
def joined_to(world: World, sides: dict[str, SideOfWorld]) -> Iterator[None]:
    """
    Every clock and every draw of the libraries under the services is the world's.

    aiohttp reads a monotonic clock and a wall clock of its own and shuffles its waiting
    requests; a key file is opened with scrypt, which takes longer than a whole run and whose
    result is a function of the file alone. SQLAlchemy's pool would complain of each connection
    that a kill closed.
    """

    def date() -> str:
        side = sides.get(machine_here())
        now = side.clock() if side else BEGUN_AT
        return now.strftime("%a, %d %b %Y %H:%M:%S GMT")

    def connected(connection: sqlite3.Connection, _record: object) -> None:
        file = connection.execute("PRAGMA database_list").fetchone()[2]
        for side in sides.values():
            if Path(file).is_relative_to(side.directory):
                side.disk.add(connection)

    shuffled = random.Random(f"{world.seed}:connector")
    event.listen(Pool, "connect", connected)
    with (
        patch("aiohttp.web_response.rfc822_formatted_time", date),
        patch("aiohttp.connector.monotonic", lambda: world.now),
        patch("aiohttp.connector.random", shuffled),
        patch("exchange.proof.keyfiles._derive", _derived),
        patch.object(logging.getLogger("sqlalchemy.pool"), "level", logging.CRITICAL + 1),
        patch("exchange.web.openapi.models_json_schema", _schemas_once),
        patch("exchange.service.outside.shipped_places", _places),
        patch("exchange.service.outside.load_rules", lambda _texts, family: _rules(family)),
    ):
        try:
            yield
        finally:
            event.remove(Pool, "connect", connected)


_described: dict[str, Any] = {}


def _schemas_once(models: Any, **named: Any) -> Any:
    """The description of a listener is the same at each start, and takes longer than the rest."""
    if repr(models) not in _described:
        _described[repr(models)] = models_json_schema(models, **named)
    return _described[repr(models)]


_places = cache(shipped_places)


@cache
def _rules(family: str) -> RuleBook:
    """What is shipped is the same at each start."""
    return load_rules(rule_texts(), family)


_derived = cache(keyfiles._derive)  # noqa: SLF001  # as above
