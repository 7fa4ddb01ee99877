"""
The road to the partner under test: ordinary requests, and connections written by hand.

Every wait ends. What did not come is an answer of its own kind (status 0), so that no case has
to think of it.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from io import BytesIO
from urllib.parse import urlsplit

import aiohttp

ANSWER_BYTES_MAX = 8 * 1024 * 1024
CONNECT_SECONDS = 10.0
LINES_TYPE = "application/jsonl"


@dataclass(frozen=True, slots=True)
class Heard:
    """What came back: an HTTP answer, or (status 0) that there was none, and *why*."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    octets: bytes = b""
    why: str = ""

    @property
    def media_type(self) -> str:
        """The type of the content, without its parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait; the partner's own limits are 10 s for a head and for a body."""

    answer_seconds: float = 30.0
    slow_seconds: float = 15.0


class Road:
    """Asks the partner at *url*; *tls* is how, *bare_tls* the same without our certificate."""

    def __init__(
        self,
        url: str,
        *,
        tls: ssl.SSLContext | None = None,
        bare_tls: ssl.SSLContext | None = None,
        patience: Patience | None = None,
    ) -> None:
        self.url = url.rstrip("/")
        self.patience = patience or Patience()
        self._tls = tls
        self._bare_tls = bare_tls
        self._session: aiohttp.ClientSession | None = None

    @property
    def is_tls(self) -> bool:
        """Whether the partner is asked over TLS."""
        return self.url.startswith("https:")

    @asynccontextmanager
    async def open(self) -> AsyncIterator["Road"]:
        """Keep connections for as long as the block lasts."""
        async with self._new_session(self._tls) as session:
            self._session = session
            try:
                yield self
            finally:
                self._session = None

    def _new_session(self, tls: ssl.SSLContext | None) -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(ssl=tls if tls is not None else True)
        return aiohttp.ClientSession(
            connector=connector,
            auto_decompress=False,
            skip_auto_headers=("Content-Type",),
            timeout=aiohttp.ClientTimeout(
                total=self.patience.answer_seconds, sock_connect=CONNECT_SECONDS
            ),
        )

    async def post(
        self,
        octets: bytes,
        *,
        media_type: str | None = LINES_TYPE,
        is_chunked: bool = False,
        expects: bool = False,
        **headers: str,
    ) -> Heard:
        """Post *octets* to the one door for messages."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if media_type is not None:
            sent["Content-Type"] = media_type
        data = _pieces(octets) if is_chunked else BytesIO(octets)
        return await self.ask("POST", "/v1/messages", data=data, expects=expects, headers=sent)

    async def ask(
        self,
        method: str,
        path: str,
        *,
        data: BytesIO | AsyncIterator[bytes] | None = None,
        expects: bool = False,
        headers: Mapping[str, str] | None = None,
    ) -> Heard:
        """Ask any route in any way."""
        if self._session is None:
            raise RuntimeError(path)  # the road was not opened
        return await self._ask(self._session, method, path, data, headers, expects=expects)

    async def ask_without_certificate(self) -> Heard:
        """Ask for the key set as somebody who shows no certificate."""
        async with self._new_session(self._bare_tls) as session:
            return await self._ask(session, "GET", "/v1/keys", None, None)

    async def _ask(
        self,
        session: aiohttp.ClientSession,
        method: str,
        path: str,
        data: BytesIO | AsyncIterator[bytes] | None,
        headers: Mapping[str, str] | None,
        *,
        expects: bool = False,
    ) -> Heard:
        try:
            async with session.request(
                method,
                self.url + path,
                data=data,
                headers=dict(headers or {}),
                expect100=expects,
                allow_redirects=False,
            ) as answer:
                octets = await _bounded(answer.content)
                named = {name.lower(): value for name, value in answer.headers.items()}
                return Heard(answer.status, named, octets)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return Heard(0, why=type(error).__name__)

    @asynccontextmanager
    async def connection(
        self,
    ) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        """Give a connection to write on by hand; it is cut at the end of the block."""
        parts = urlsplit(self.url)
        tls = (self._tls or ssl.create_default_context()) if self.is_tls else None
        async with asyncio.timeout(CONNECT_SECONDS):
            reader, writer = await asyncio.open_connection(
                parts.hostname,
                parts.port or (443 if self.is_tls else 80),
                ssl=tls,
                server_hostname=parts.hostname if tls else None,
            )
        try:
            yield reader, writer
        finally:
            writer.transport.abort()
            with suppress(OSError):
                await writer.wait_closed()

    def head(self, size: int) -> bytes:
        """Return the head of a request whose body is to have *size* octets."""
        lines = [
            "POST /v1/messages HTTP/1.1",
            f"Host: {urlsplit(self.url).netloc}",
            f"Content-Type: {LINES_TYPE}",
            f"Content-Length: {size}",
        ]
        return "\r\n".join([*lines, "", ""]).encode("ascii")


async def _pieces(octets: bytes) -> AsyncIterator[bytes]:
    step = 64 * 1024
    for at in range(0, len(octets), step):
        yield octets[at : at + step]


async def _bounded(content: aiohttp.StreamReader) -> bytes:
    octets = bytearray()
    async for piece in content.iter_any():
        octets += piece
        if len(octets) > ANSWER_BYTES_MAX:
            break
    return bytes(octets)


async def read_answer(reader: asyncio.StreamReader, seconds: float) -> Heard:
    """Return the answer on a connection written by hand, or that none came in *seconds*."""
    try:
        async with asyncio.timeout(seconds):
            head = await reader.readuntil(b"\r\n\r\n")
            status, *fields = head.decode("latin-1").split("\r\n")
            pairs = (one.partition(":") for one in fields if ":" in one)
            headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
            return Heard(int(status.split()[1]), headers, await _body(reader, headers))
    except (asyncio.IncompleteReadError, ConnectionError):
        return Heard(0, why="closed")
    except (TimeoutError, asyncio.LimitOverrunError, ValueError, IndexError) as error:
        return Heard(0, why=type(error).__name__)


async def _body(reader: asyncio.StreamReader, headers: Mapping[str, str]) -> bytes:
    if "content-length" in headers:
        return await reader.readexactly(min(int(headers["content-length"]), ANSWER_BYTES_MAX))
    if headers.get("transfer-encoding", "").lower() != "chunked":
        return await reader.read(ANSWER_BYTES_MAX)
    body = b""
    while size := int((await reader.readline()).split(b";")[0], 16):
        body += await reader.readexactly(size)
        await reader.readline()
    return body
