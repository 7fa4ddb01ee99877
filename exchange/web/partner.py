"""The partner's routes: lines come in at one door, and our public keys are there to fetch."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from hashlib import sha256
from http import HTTPStatus
from typing import Final

from aiohttp import web

from exchange import errors
from exchange.flow.clock import Clock
from exchange.web.gate import Drain, TokenBucket
from exchange.web.reading import read_body, require_media_type
from exchange.web.routes import Route

LINES_TYPE: Final = "application/jsonl"
KEYS_TYPE: Final = "application/jose+json"

Receive = Callable[[bytes], Awaitable[bytes]]


@dataclass(frozen=True, slots=True)
class PartnerDoor:
    """
    What the partner listener needs. *receive* is ``Inbox.receive``.

    *party_of* names the party of the connection's certificate, which must be *partner*, the
    owner of every key we trust; None on loopback without TLS, where the signatures alone say
    who speaks. *note_held* is told when it shows that it has the key set that we publish.
    """

    receive: Receive
    partner: str
    published_keys: Callable[[], bytes]
    note_held: Callable[[], None]
    clock: Clock
    drain: Drain
    bucket: TokenBucket
    party_of: Callable[[web.Request], str] | None
    request_bytes_max: int
    body_seconds: float

    def routes(self) -> tuple[Route, ...]:
        """Return the table of this listener."""
        return (
            Route(
                "POST",
                "/v1/messages",
                self.take_lines,
                "Deliver signed messages, one a line; the answer is their receipts",
                takes=LINES_TYPE,
                gives=LINES_TYPE,
                problems=(
                    errors.LinesRefused,
                    errors.Malformed,
                    errors.TooLarge,
                    errors.TooManyLines,
                    errors.BadContentType,
                    errors.BadEncoding,
                    errors.RequestTooSlow,
                    errors.RateLimited,
                    errors.Forbidden,
                    errors.KeysUnusable,
                    errors.StoreBusy,
                    errors.Draining,
                ),
            ),
            Route(
                "GET",
                "/v1/keys",
                self.show_keys,
                "Our public keys, signed by our roots; If-None-Match makes it the heartbeat",
                gives=KEYS_TYPE,
                also=(HTTPStatus.NOT_MODIFIED,),
                problems=(errors.RateLimited, errors.Forbidden),
            ),
        )

    async def take_lines(self, request: web.Request) -> web.Response:
        """Answer with receipts once every message of the request is recorded."""
        self.drain.require_open()
        self.bucket.take()
        self._require_partner(request)
        require_media_type(request, LINES_TYPE)
        octets = await read_body(
            request, bytes_max=self.request_bytes_max, seconds=self.body_seconds
        )
        receipts = await self.receive(octets)
        return web.Response(body=receipts, content_type=LINES_TYPE)

    async def show_keys(self, request: web.Request) -> web.Response:
        """Answer with our key set, or with nothing where the partner holds it already."""
        self.bucket.take()
        self._require_partner(request)
        keys = self.published_keys()
        tag = sha256(keys).hexdigest()[:32]
        headers = {
            "ETag": f'"{tag}"',
            "Date": _http_date(self.clock()),
            "Cache-Control": "no-cache",
        }
        known = {one.value for one in request.if_none_match or ()}
        if tag in known:
            self.note_held()
        if known & {tag, "*"}:
            return web.Response(status=HTTPStatus.NOT_MODIFIED, headers=headers)
        return web.Response(body=keys, content_type=KEYS_TYPE, headers=headers)

    def _require_partner(self, request: web.Request) -> None:
        """Let only the partner's own certificate speak, where there is one."""
        if self.party_of is not None and self.party_of(request) != self.partner:
            raise errors.Forbidden(needs="certificate")


def _http_date(at: datetime) -> str:
    return format_datetime(at, usegmt=True)
