"""
Who calls the internal listener, and that the same call is not done twice.

A caller is looked up by its bearer token and remembered for a few seconds, because the
decision route is asked a thousand times a second; a revoked token therefore works for at most
that long. An ``Idempotency-Key`` is kept with the client and a digest of the request under
the client's own token, so that what is stored says nothing about the body.
"""

import asyncio
import hmac
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final

from aiohttp import web

from exchange import errors
from exchange.access.clients import EVERY_PORT, Client, authenticate, require
from exchange.access.rights import Action
from exchange.access.tokens import is_token, token_digest
from exchange.flow.clock import Clock
from exchange.store.clients import find_client
from exchange.store.engine import Connection, Store
from exchange.store.idempotency import Answer, find_answer, record_answer
from exchange.web.gate import Drain
from exchange.web.problems import MEDIA_TYPE, language_of, problem
from exchange.web.reading import read_body, require_media_type
from exchange.web.routes import Handler

JSON_TYPE: Final = "application/json"
BODY_BYTES_MAX: Final = 256 * 1024
BODY_SECONDS: Final = 10.0
REMEMBERED_SECONDS: Final = 5.0
_REMEMBERED_MAX: Final = 1024
_KEY_LENGTH_MAX: Final = 200
_BEARER: Final = "Bearer "

# What is answered anew at each repeat: nothing was done, and it may be different by then.
_NOT_KEPT: Final = (errors.NotFound, errors.Forbidden, errors.Unauthenticated)


@dataclass(frozen=True, slots=True)
class Caller:
    """A client that showed its token; *number* is its row."""

    client: Client
    number: int
    token: str = field(repr=False)

    @property
    def name(self) -> str:
        """The name that the journal has."""
        return self.client.name

    @property
    def ports(self) -> frozenset[str] | None:
        """The client's ports (receiving points in Mexico); None for every one."""
        return None if EVERY_PORT in self.client.ports else self.client.ports

    def sees(self, port: str | None) -> bool:
        """Return whether what belongs to *port* is the client's to see."""
        return self.ports is None or port in self.ports


@dataclass(frozen=True, slots=True)
class Call:
    """A request whose caller is known and whose body, if it may have one, was read."""

    request: web.Request
    caller: Caller
    body: bytes = field(repr=False)


Does = Callable[[Call], Awaitable[web.Response]]


class Calls:
    """Turns what a route does into a handler: authenticated, allowed, and done once."""

    def __init__(
        self, *, store: Store, clock: Clock, monotonic: Callable[[], float], drain: Drain
    ) -> None:
        self._store = store
        self._clock = clock
        self._monotonic = monotonic
        self._drain = drain
        self._remembered: dict[str, tuple[Caller, float]] = {}
        self._under_way: dict[tuple[int, str], asyncio.Lock] = {}

    def reading(self, action: Action, does: Does) -> Handler:
        """Return the handler of a route that only reads."""

        async def handle(request: web.Request) -> web.Response:
            caller = await self.identify(request)
            require(caller.client, action)
            return await does(Call(request, caller, b""))

        return handle

    def acting(self, action: Action, does: Does) -> Handler:
        """Return the handler of a route that does something, once for each Idempotency-Key."""

        async def handle(request: web.Request) -> web.Response:
            self._drain.require_open()
            caller = await self.identify(request)
            require(caller.client, action)
            require_media_type(request, JSON_TYPE)
            body = await read_body(request, bytes_max=BODY_BYTES_MAX, seconds=BODY_SECONDS)
            call = Call(request, caller, body)
            key = request.headers.get("Idempotency-Key")
            return await (does(call) if key is None else self._once(key, call, does))

        return handle

    async def identify(self, request: web.Request) -> Caller:
        """
        Return who calls.

        Raises:
            Unauthenticated: There is no bearer token, or it is nobody's.
        """
        header = request.headers.get("Authorization", "")
        caller, until = self._remembered.get(header, (None, 0.0))
        if caller is None or until <= self._monotonic():
            token = header[len(_BEARER) :] if header.startswith(_BEARER) else ""
            caller = await self._store.read(lambda connection: _authenticated(connection, token))
            self._remember(header, caller)
        return caller

    def _remember(self, header: str, caller: Caller) -> None:
        if len(self._remembered) >= _REMEMBERED_MAX:
            self._remembered.clear()
        self._remembered[header] = (caller, self._monotonic() + REMEMBERED_SECONDS)

    async def _once(self, key: str, call: Call, does: Does) -> web.Response:
        if not (0 < len(key) <= _KEY_LENGTH_MAX and key.isascii() and key.isprintable()):
            raise errors.CallerMistaken
        digest = _digest_of(call)
        async with self._turn(call.caller.number, key):
            known = await self._store.read(
                lambda connection: find_answer(connection, client=call.caller.number, key=key)
            )
            if known is None:
                response = await self._done(call, does)
                known = await self._keep(key, digest, call, response)
        if not hmac.compare_digest(known.digest, digest):
            raise errors.IdempotencyConflict
        return _again(known)

    @asynccontextmanager
    async def _turn(self, client: int, key: str) -> AsyncIterator[None]:
        """Let one request of a key in at a time: a repeat waits for the first."""
        lock = self._under_way.setdefault((client, key), asyncio.Lock())
        try:
            async with lock:
                yield
        finally:
            if not lock.locked():
                self._under_way.pop((client, key), None)

    async def _done(self, call: Call, does: Does) -> web.Response:
        """Do it; a refusal that the caller must act on is an answer like any other."""
        try:
            return await does(call)
        except _NOT_KEPT:
            raise
        except errors.CallerMistaken as error:
            return problem(error, language_of(call.request))

    async def _keep(self, key: str, digest: bytes, call: Call, response: web.Response) -> Answer:
        """Store the answer, and return the one that stands: another process may be first."""
        body = response.body if isinstance(response.body, bytes) else b""
        answer = Answer(
            client=call.caller.number,
            key=key,
            digest=digest,
            status=response.status,
            created_at=self._clock(),
            subject=call.request.match_info.get("handoff"),
            response=body,
        )
        return await self._store.write(lambda connection: _recorded(connection, answer))


def _authenticated(connection: Connection, token: str) -> Caller:
    stored = find_client(connection, token_digest(token)) if is_token(token) else None
    if stored is None:
        raise errors.Unauthenticated
    return Caller(authenticate(token, lambda _digest: stored), stored.number, token)


def _recorded(connection: Connection, answer: Answer) -> Answer:
    standing = find_answer(connection, client=answer.client, key=answer.key)
    if standing is None:
        record_answer(connection, answer)
    return standing or answer


def _digest_of(call: Call) -> bytes:
    """Return what tells this request from another, under a key that is not stored."""
    asked = f"{call.request.method} {call.request.path}\n".encode()
    return hmac.digest(call.caller.token.encode(), asked + call.body, "sha256")


def _again(answer: Answer) -> web.Response:
    media_type = JSON_TYPE if answer.status < HTTPStatus.BAD_REQUEST else MEDIA_TYPE
    return web.Response(
        status=answer.status,
        body=answer.response,
        content_type=media_type,
        headers={"Cache-Control": "no-store"},
    )
