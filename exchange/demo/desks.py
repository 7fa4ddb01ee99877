"""Calls to a service as its ports, officials and watchers make them, through any restart of it."""

import asyncio
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout

from exchange.demo.directories import WATCHER, Directory
from exchange.errors import Sentence, Unreachable

PAUSE_SECONDS = 0.1
PATIENCE_SECONDS = 60.0
FEED_WAIT_SECONDS = 5
LATER = {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}

Answer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Said:
    """What a service answered."""

    status: int
    answer: Answer


class Desk:
    """Everybody who calls one service. A call that gets no answer is made again, the same."""

    def __init__(self, directory: Directory, session: ClientSession) -> None:
        self._directory = directory
        self._session = session

    async def give(self, place: str, path: str, document: Answer, *, key: str) -> Said:
        """
        Return the answer to *document*, posted by the client at *place*.

        Raises:
            Unreachable: For a minute nobody answered.
        """
        headers = {"Idempotency-Key": key}
        return await self._patiently("POST", place, path, headers=headers, json=document)

    async def show(self, place: str, handoff: str) -> Answer:
        """Return a handoff with everything said about it, as the client at *place* sees it."""
        return (await self._patiently("GET", place, f"/v1/handoffs/{handoff}")).answer

    async def changes(self, after: str) -> Answer:
        """Return what changed after the cursor *after*, once something did."""
        query = {"after": after, "wait": str(FEED_WAIT_SECONDS), "limit": "500"}
        said = await self._patiently("GET", WATCHER, "/v1/handoffs", params=query)
        return said.answer

    async def figure(self, name: str) -> float | None:
        """Return one figure of the metrics, or None where it is not there."""
        url = f"{self._directory.internal_url}/metrics"
        try:
            async with self._session.get(url) as response:
                lines = (await response.text()).splitlines()
        except (ClientError, OSError, TimeoutError):
            return None
        found = [line.rpartition(" ")[2] for line in lines if line.startswith(f"{name} ")]
        return float(found[0]) if found else None

    async def _patiently(self, method: str, place: str, path: str, **asked: Any) -> Said:
        url = self._directory.internal_url + path
        headers = asked.pop("headers", {})
        headers["Authorization"] = f"Bearer {self._directory.tokens[place]}"
        timeout = ClientTimeout(total=FEED_WAIT_SECONDS + 10)
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                while True:
                    try:
                        async with self._session.request(
                            method, url, headers=headers, timeout=timeout, **asked
                        ) as response:
                            answer = await response.json(content_type=None)
                            if response.status not in LATER:
                                return Said(response.status, answer)
                    except (ClientError, OSError, ValueError):
                        pass  # it is being restarted: the same again
                    await asyncio.sleep(PAUSE_SECONDS)
        except TimeoutError:
            request = f"{self._directory.side}: {method} {path}"
            silent = Sentence(
                f"{request}: no answer for a minute", f"{request}: sin respuesta durante un minuto"
            )
            raise Unreachable(silent) from None
