"""HTTP at a fraction of a client library's cost: what drives the sides must not weigh on them."""

import asyncio
from collections import deque
from typing import cast

HEAD_END = b"\r\n\r\n"
LENGTH = b"content-length:"


class Connection(asyncio.Protocol):
    """One keep-alive connection, one request at a time; answers must have a Content-Length."""

    def __init__(self) -> None:
        self._received = bytearray()
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[tuple[int, bytes]] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is no subclass

    def connection_lost(self, exc: Exception | None) -> None:
        """Fail the request under way: the far side hung up."""
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(exc or ConnectionResetError())

    def data_received(self, data: bytes) -> None:
        """Answer once head and body are whole."""
        self._received += data
        head_end = self._received.find(HEAD_END)
        if head_end < 0 or self._answer is None:
            return
        head = bytes(self._received[:head_end]).lower()
        length = int(head.partition(LENGTH)[2].partition(b"\r")[0])
        start = head_end + len(HEAD_END)
        if len(self._received) >= start + length:
            body = bytes(self._received[start : start + length])
            self._received.clear()
            if not self._answer.done():
                self._answer.set_result((int(head[9:12]), body))

    async def ask(self, octets: bytes) -> tuple[int, bytes]:
        """Return status and body of the answer to a whole request."""
        assert self._transport is not None  # noqa: S101  # a Client connects first
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(octets)
        return await self._answer

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.close()


class Client:
    """A few connections to one listener, each lent to one request at a time."""

    def __init__(self, port: int, token: str = "") -> None:
        self._port = port
        self._head = f"Host: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\n"
        self._idle: deque[Connection] = deque()

    async def get(self, path: str) -> tuple[int, bytes]:
        """Return status and body of a GET."""
        return await self._ask(f"GET {path} HTTP/1.1\r\n{self._head}\r\n".encode())

    async def post(
        self, path: str, body: bytes, media_type: str = "application/json"
    ) -> tuple[int, bytes]:
        """Return status and body of a POST."""
        length = f"Content-Type: {media_type}\r\nContent-Length: {len(body)}\r\n\r\n"
        return await self._ask(f"POST {path} HTTP/1.1\r\n{self._head}{length}".encode() + body)

    async def _ask(self, octets: bytes) -> tuple[int, bytes]:
        if self._idle:
            connection = self._idle.pop()
        else:
            loop = asyncio.get_running_loop()
            _, connection = await loop.create_connection(Connection, "127.0.0.1", self._port)
        answer = await connection.ask(octets)
        self._idle.append(connection)
        return answer

    def close(self) -> None:
        """Hang up everywhere."""
        while self._idle:
            self._idle.pop().close()
