"""
Our own keys are those that the custodian published last, while the service runs too.

A set that does not hold, goes back behind the one in force, or names a key that is not here
changes nothing: what was taken up before stays in force, and the log says why.
"""

import asyncio
from concurrent.futures import Executor
from dataclasses import dataclass, field
from functools import partial

import structlog

from exchange.errors import ExchangeError
from exchange.flow.clock import Clock
from exchange.flow.keyring import Keyring
from exchange.flow.turns import take_turns
from exchange.installation.opening import open_held
from exchange.installation.published import JOURNAL_KEYS, KEY_SET
from exchange.service.files import Seen, seen_of
from exchange.settings import Settings

log = structlog.get_logger()


@dataclass(slots=True, kw_only=True)
class OurKeys:
    """Takes up what is published of our own keys."""

    settings: Settings
    keyring: Keyring
    clock: Clock
    pool: Executor | None = None
    _seen: Seen = field(default=(), init=False)

    async def run(self) -> None:
        """Look again and again until cancelled."""
        await take_turns(self.settings.keys.look_seconds, self.look)

    async def look(self) -> None:
        """Have the keyring follow the sets that are in place now, where they are others."""
        seen = self._look_at()
        if seen == self._seen:
            return
        loop = asyncio.get_running_loop()
        serial = self.keyring.key_set.serial
        read = partial(open_held, self.settings, now=self.clock(), before=self.keyring)
        try:
            held = await loop.run_in_executor(self.pool, read)
            self.keyring.renew(
                key_set=held.key_set,
                journal_keys=held.journal_keys,
                published=held.published,
                signers=held.signers,
                opening=held.opening,
            )
        except ExchangeError as error:
            log.warning("keys.not_taken_up", code=error.code)
        else:
            if held.key_set.serial > serial:
                log.info("keys.taken_up", serial=held.key_set.serial)
        self._seen = seen

    def _look_at(self) -> Seen:
        directory = self.settings.keys.directory
        return seen_of((directory / KEY_SET, directory / JOURNAL_KEYS))
