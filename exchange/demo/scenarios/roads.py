"""
The network between both sides, within one process: it takes octets to the other side's inbox.

It stands where the services have their HTTP client, and answers as that would. What it does wrong
is what networks do: nothing arrives, the answer is lost, a request arrives twice, its lines arrive
in another order.
"""

import datetime as dt
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from email.utils import format_datetime
from typing import Any, Protocol, Self

import aiohttp
import orjson

from exchange.errors import LinesRefused, MessageRefused
from exchange.flow.clock import Clock

MESSAGES = "/v1/messages"
CUT, LOSES_ANSWERS, REPEATS, REORDERS = "cut", "loses-answers", "repeats", "reorders"


class FarSide(Protocol):
    """The door at the end of the road."""

    async def receive(self, octets: bytes) -> bytes:
        """Return the receipts of a request."""

    def published_keys(self) -> bytes:
        """Return the key set."""


class Road:
    """The way of one side to the other; *how* is what it does wrong at the moment."""

    def __init__(self, clock: Clock) -> None:
        self.far: FarSide | None = None
        self.how: frozenset[str] = frozenset()
        self.mishaps: Counter[str] = Counter()
        """How often it did each thing wrong."""
        self._clock = clock

    def post(self, _url: str, *, data: bytes, **_: Any) -> "_Call":
        """Return the call that posts *data*."""
        return _Call(self, data)

    def get(self, _url: str, *, headers: Mapping[str, str], **_: Any) -> "_Call":
        """Return the call that asks for the key set."""
        return _Call(self, None, headers.get("If-None-Match"))

    async def carry(self, data: bytes | None, known: str | None) -> "_Answer":
        """
        Return the other side's answer.

        Raises:
            ClientConnectionError: There was none.
        """
        if self.how & {CUT}:
            self._mishap(CUT)
        if self.far is None:
            raise aiohttp.ClientConnectionError
        if data is None:
            return self._keys(self.far.published_keys(), known)
        if self.how & {REORDERS}:
            self.mishaps[REORDERS] += 1
            data = b"\n".join(reversed(data.split(b"\n")))
        answer = await self._arrive(self.far, data)
        if self.how & {REPEATS}:
            self.mishaps[REPEATS] += 1
            answer = await self._arrive(self.far, data)
        if self.how & {LOSES_ANSWERS}:
            self._mishap(LOSES_ANSWERS)
        return answer

    def _mishap(self, how: str) -> None:
        self.mishaps[how] += 1
        raise aiohttp.ClientConnectionError

    def _keys(self, published: bytes, known: str | None) -> "_Answer":
        tag = f'"{len(published)}"'
        headers = {"ETag": tag, "Date": format_datetime(self._clock(), usegmt=True)}
        return _Answer(304, b"", headers) if known == tag else _Answer(200, published, headers)

    async def _arrive(self, far: FarSide, data: bytes) -> "_Answer":
        try:
            return _Answer(200, await far.receive(data), {})
        except LinesRefused as refused:
            lines = [{"line": fault.line, "code": fault.code} for fault in refused.lines]
            return _Answer(400, orjson.dumps({"code": refused.code, "lines": lines}), {})
        except MessageRefused as refused:
            return _Answer(413, orjson.dumps({"code": refused.code}), {})


class _Call:
    """One request, made where it is entered."""

    def __init__(self, road: Road, data: bytes | None, known: str | None = None) -> None:
        self._road = road
        self._data = data
        self._known = known

    async def __aenter__(self) -> "_Answer":
        return await self._road.carry(self._data, self._known)

    async def __aexit__(self, *_: object) -> None:
        return None


class _Answer:
    """What came back, read as an HTTP answer is."""

    def __init__(self, status: int, octets: bytes, headers: Mapping[str, str]) -> None:
        self.status = status
        self.headers = headers
        self._octets = octets

    @property
    def content(self) -> Self:
        return self

    def close(self) -> None:
        """Nothing is open."""

    async def read(self, _most: int) -> bytes:
        octets, self._octets = self._octets, b""
        return octets

    def at_eof(self) -> bool:
        return not self._octets

    async def iter_any(self) -> AsyncIterator[bytes]:
        yield self._octets


class SimulatedClock:
    """The one clock of a scenario: it shows what it was last set to."""

    def __init__(self, at: dt.datetime) -> None:
        self.at = at

    def __call__(self) -> dt.datetime:
        """Return the time it shows."""
        return self.at

    def monotonic(self) -> float:
        """Return the same time as the clock of a loop would."""
        return self.at.timestamp()
