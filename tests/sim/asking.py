"""Somebody at the partner's end who asks us whatever might tell, one question a connection."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass

from tests.sim.sides import PARTNER_PORT
from tests.sim.world import World

PATIENCE_SECONDS = 5.0
_LEAF = "A" * 43


@dataclass(frozen=True, slots=True)
class Asker:
    """Asks the partner's door of one side from a machine of its own, and keeps nothing."""

    world: World
    side: str
    partner: str

    async def ask(self, kind: str, handoff: str) -> None:
        """Ask one question, and read to the end of the answer, where one comes."""
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self._exchange(self._question(kind, handoff))

    async def _exchange(self, question: bytes) -> None:
        reader, writer = await asyncio.open_connection(self.side, PARTNER_PORT)
        try:
            writer.write(question)
            await reader.read(-1)
        finally:
            writer.close()

    def _question(self, kind: str, handoff: str) -> bytes:
        said = self._said()
        changed = said.replace(b'"signature":"', b'"signature":"A', 1)
        questions = {
            "keys": _request("GET", "/v1/keys"),
            "keys again": _request("GET", "/v1/keys", headers="If-None-Match: *\r\n"),
            "checkpoint": _request("GET", "/v1/ledger/checkpoint"),
            "consistency": _request("GET", "/v1/ledger/consistency?from=1&to=2"),
            "proof": _request("GET", f"/v1/ledger/proof?leaf={_LEAF}"),
            "cosign": _request("POST", "/v1/ledger/add-checkpoint", b"old 1\n\nours\n1\nroot\n"),
            "handoff": _request("GET", f"/v1/handoffs/{handoff}"),
            "nothing there": _request("GET", "/v1/arrivals"),
            "empty": _request("POST", "/v1/messages"),
            "malformed": _request("POST", "/v1/messages", b'{"payload":"e30"}'),
            "repeat": _request("POST", "/v1/messages", said),
            "repeat changed": _request("POST", "/v1/messages", changed),
        }
        return questions[kind]

    def _said(self) -> bytes:
        """Return what the partner said to us last, as it said it."""
        said = self.world.net.tap.requests(self.partner, self.side)
        return said[-1] if said else b"{}"


def _request(method: str, path: str, body: bytes = b"", *, headers: str = "") -> bytes:
    head = (
        f"{method} {path} HTTP/1.1\r\nHost: us\r\nConnection: close\r\n{headers}"
        f"Content-Type: application/jsonl\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
