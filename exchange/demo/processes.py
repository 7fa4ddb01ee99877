"""The two services as real processes: started, waited for, started again when one dies, ended."""

import asyncio
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path

from aiohttp import ClientError, ClientSession

from exchange.demo.directories import Directory
from exchange.errors import Sentence, Unreachable

LOG_NAME = "serve.log"
READY_SECONDS_MAX = 30.0
LOOK_SECONDS = 0.05
RESTARTS_MAX = 20
STOP_SECONDS_MAX = 15.0


class Service:
    """``exchange serve`` on one directory; its stderr goes to ``serve.log`` there."""

    def __init__(
        self,
        directory: Directory,
        session: ClientSession,
        told: Callable[[str, int], None],
        *,
        restarts_max: int = RESTARTS_MAX,
    ) -> None:
        """*told* hears the side and the new process id of a service that had to be restarted."""
        self.directory = directory
        self.restarts = 0
        self._session = session
        self._told = told
        self._stopping = False
        self._restarts_max = restarts_max
        self._process: Process | None = None

    @property
    def pid(self) -> int:
        """The id of the process that runs now."""
        return self._process.pid if self._process else 0

    async def start(self) -> None:
        """
        Start it, and return once it takes work.

        Raises:
            Unreachable: It does not come up; its log says why.
        """
        with (self.directory.path / LOG_NAME).open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "exchange", "serve", "--config"),
                str(self.directory.config),
                stdin=DEVNULL,
                stdout=DEVNULL,
                stderr=log,
                process_group=0,  # Ctrl-C is for the demo alone, which then ends both in order
            )
        try:
            async with asyncio.timeout(READY_SECONDS_MAX):
                while not await self._is_ready():  # noqa: ASYNC110  # another process is asked
                    await asyncio.sleep(LOOK_SECONDS)
        except TimeoutError:
            raise Unreachable(self._no_use()) from None

    async def keep_running(self) -> None:
        """
        Start it again whenever it ends, until cancelled.

        Raises:
            Unreachable: It ends again and again, or does not come up.
        """
        while self._process is not None:
            await self._process.wait()
            if self._stopping:
                return
            if self.restarts == self._restarts_max:
                raise Unreachable(self._no_use())
            self.restarts += 1
            await self.start()
            self._told(self.directory.side, self.pid)

    async def stop(self) -> None:
        """End it: what it took is finished first."""
        self._stopping = True
        process = self._process
        if process is None or process.returncode is not None:
            return
        process.terminate()
        try:
            async with asyncio.timeout(STOP_SECONDS_MAX):
                await process.wait()
        except TimeoutError:
            self.kill()
            await process.wait()

    async def ended(self) -> int | None:
        """Return its exit code, once it has ended by itself; None where it never began."""
        return None if self._process is None else await self._process.wait()

    def kill(self) -> None:
        """End it at once."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()

    async def _is_ready(self) -> bool:
        if self._process is None or self._process.returncode is not None:
            raise Unreachable(self._no_use())
        try:
            async with self._session.get(f"{self.directory.internal_url}/readyz") as response:
                return response.status == HTTPStatus.OK
        except (ClientError, OSError):
            return False

    def _no_use(self) -> Sentence:
        log: Path = self.directory.path / LOG_NAME
        tail = log.read_text(encoding="utf-8", errors="replace").splitlines()[-5:]
        side, end = self.directory.side, "\n".join(tail)
        return Sentence(
            f"the service of {side} does not run; {log} ends:\n{end}",
            f"el servicio de {side} no funciona; {log} termina así:\n{end}",
        )
