"""Three processes of one side on one database, behind one address; each is started again."""

import asyncio
import os
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout

from exchange.demo.directories import Directory, free_ports
from tests.trial.relay import Relay, in_turn

COUNT = 3
COMMIT_SECONDS = 2
LOOK_SECONDS = 3
_SETTINGS = {
    "EXCHANGE_OUTBOX__LEASE_SECONDS": "5",
    "EXCHANGE_OUTBOX__DELIVERY_TIMEOUT_SECONDS": "4",
    "EXCHANGE_DATABASE__COMMIT_TIMEOUT_SECONDS": str(COMMIT_SECONDS),
    "EXCHANGE_WATCH__LOOK_SECONDS": str(LOOK_SECONDS),
}
"""So that a run of two minutes shows what takes longer in the field."""

_PAUSE_SECONDS = 0.2
_STOP_SECONDS = 40.0
_READY_SECONDS = 120.0
_SHORT = ClientTimeout(total=3)


@dataclass(slots=True)
class Replica:
    """``exchange serve`` of one side on ports of its own; a supervisor starts it again."""

    directory: Directory
    name: str
    partner_port: int
    internal_port: int
    exits: list[int] = field(default_factory=list)
    """How it ended when nobody had killed it."""
    _process: Process | None = None
    _is_killed: bool = False

    async def keep_running(self) -> None:
        """Run it again whenever it ends, until cancelled; then let it finish."""
        try:
            while True:
                self._is_killed = False
                self._process = await self._start()
                code = await self._process.wait()
                if not self._is_killed:
                    self.exits.append(code)
                await asyncio.sleep(_PAUSE_SECONDS)  # as every supervisor pauses
        finally:
            await self._stop()

    async def _start(self) -> Process:
        environment = {
            **os.environ,
            **_SETTINGS,
            "EXCHANGE_LISTEN__PARTNER": f"127.0.0.1:{self.partner_port}",
            "EXCHANGE_LISTEN__INTERNAL": f"127.0.0.1:{self.internal_port}",
        }
        with (self.directory.path / f"serve-{self.name}.log").open("ab") as log:
            return await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "exchange", "serve", "--config"),
                str(self.directory.config),
                stdin=DEVNULL,
                stdout=DEVNULL,
                stderr=log,
                env=environment,
                process_group=0,
            )

    async def _stop(self) -> None:
        process = self._process
        if process is None or process.returncode is not None:
            return
        process.terminate()
        with suppress(TimeoutError):
            async with asyncio.timeout(_STOP_SECONDS):
                await process.wait()
                return
        process.kill()
        await process.wait()
        self.exits.append(-9)  # it did not end when it was asked to

    def kill(self) -> None:
        """End it at once."""
        if self._process is not None and self._process.returncode is None:
            self._is_killed = True
            self._process.kill()

    async def checks(self, session: ClientSession) -> dict[str, bool]:
        """Return what it says of its readiness; nothing while it does not answer."""
        try:
            async with session.get(
                f"http://127.0.0.1:{self.internal_port}/readyz", timeout=_SHORT
            ) as response:
                document: dict[str, Any] = await response.json()
        except (ClientError, OSError, TimeoutError):
            return {}
        return {check["name"]: check["ok"] for check in document["checks"] if check["required"]}


class Replicas:
    """All of one side, and the relays through which ports, officials and partner reach them."""

    def __init__(self, directory: Directory, session: ClientSession) -> None:
        ports = free_ports(2 * COUNT)
        self.directory = directory
        self.kills = 0
        self.all = [
            Replica(directory, f"{directory.side}-{number}", ports[number], ports[-1 - number])
            for number in range(COUNT)
        ]
        self._session = session
        self._relays = [
            Relay(in_turn([one.partner_port for one in self.all]), port=directory.partner_port),
            Relay(in_turn([one.internal_port for one in self.all]), port=directory.internal_port),
        ]
        self._running: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Start them, and return once each takes work."""
        self._running = [asyncio.create_task(one.keep_running()) for one in self.all]
        await self.until_ready()
        for relay in self._relays:
            await relay.start()

    async def until_ready(self) -> None:
        """Return once each takes work."""
        async with asyncio.timeout(_READY_SECONDS):
            while not all(map(_is_ready, await self.checks())):  # noqa: ASYNC110  # others work
                await asyncio.sleep(_PAUSE_SECONDS)

    async def until_held_up(self) -> None:
        """
        Return once one says that commits are held up.

        The others may not: what they write waits for rows that the first has locked, and gets
        503 for that.
        """
        async with asyncio.timeout(_READY_SECONDS):
            while all(said.get("commits", True) for said in await self.checks()):  # noqa: ASYNC110  # others work
                await asyncio.sleep(_PAUSE_SECONDS)

    async def checks(self) -> list[dict[str, bool]]:
        """Return what each says of its readiness."""
        return await asyncio.gather(*(one.checks(self._session) for one in self.all))

    def kill(self, number: int) -> None:
        """End one of them at once; it is started again."""
        self.kills += 1
        self.all[number].kill()

    async def stop(self) -> None:
        """Let each finish and end."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        for relay in self._relays:
            await relay.stop()


def _is_ready(checks: Mapping[str, bool]) -> bool:
    return bool(checks) and all(checks.values())
