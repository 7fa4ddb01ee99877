"""How long somebody waited and nobody got a 202: by side and by what was going on."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from aiohttp import ClientSession

from exchange.demo.desks import Desk, Said
from exchange.demo.directories import Directory


@dataclass(slots=True)
class Waits:
    """
    The gaps of one side.

    A gap is a time in which at least one call had no answer yet and no call got a 202; it
    belongs to what was going on for most of it.
    """

    gaps: Counter[str] = field(default_factory=Counter)
    """The longest gap of each thing that went on, in milliseconds."""
    accepted_at: list[float] = field(default_factory=list)
    """When each 202 came."""
    _began: list[tuple[float, str]] = field(default_factory=list)
    _calls: int = 0
    _since: float = 0.0

    def goes_on(self, what: str) -> None:
        """Note what is going on from now on."""
        self._began.append((_now(), what))

    def asked(self) -> None:
        """Note that a call was made."""
        self._calls += 1
        if self._calls == 1:
            self._since = _now()

    def answered(self, status: int) -> None:
        """Note that a call got its answer."""
        self._calls -= 1
        if status == HTTPStatus.ACCEPTED:
            now = _now()
            self.accepted_at.append(now)
            gap = round((now - self._since) * 1000)
            what = self._what_went_on(now)
            self.gaps[what] = max(self.gaps[what], gap)
            self._since = now

    def _what_went_on(self, now: float) -> str:
        """Return what was going on for most of the time since the gap began."""
        ends = [at for at, _ in self._began[1:]] + [now]
        shares = [
            (end - max(at, self._since), what)
            for (at, what), end in zip(self._began, ends, strict=True)
        ]
        return max(shares)[1]


def _now() -> float:
    return asyncio.get_running_loop().time()


class CountedDesk(Desk):
    """Everybody who calls one side, with a watch in hand."""

    def __init__(self, directory: Directory, session: ClientSession, waits: Waits) -> None:
        super().__init__(directory, session)
        self._waits = waits

    async def give(self, place: str, path: str, document: dict[str, Any], *, key: str) -> Said:
        """Return the answer to *document*, and note how long it took to come."""
        self._waits.asked()
        status = 0
        try:
            said = await super().give(place, path, document, key=key)
            status = said.status
        finally:
            self._waits.answered(status)
        return said
