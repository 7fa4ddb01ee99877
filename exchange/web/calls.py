"""
Who calls the internal listener, and that the same call is not done twice.

A caller is looked up by its bearer token and remembered for a few seconds, because the
decision route is asked a thousand times a second; a revoked token therefore works for at most
that long. An ``Idempotency-Key`` is kept with the client and a digest of the request under
the client's own token, so that what is stored says nothing about the body.

What an act is answered is stored in the transaction of the act: a process that dies leaves
both or neither, and of two processes that are asked under one key one acts and both answer
what it answered. A refusal has no effect, so it is stored by itself.
"""

import asyncio
import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from http import HTTPStatus
from typing import Final, Generic, TypeAlias, TypeVar
from weakref import WeakValueDictionary

from aiohttp import web

from exchange import errors
from exchange.access.clients import EVERY_PORT, Client, authenticate, require
from exchange.access.rights import Action
from exchange.access.tokens import is_token, token_digest
from exchange.flow.acts import Keep
from exchange.flow.clock import Clock
from exchange.store.clients import find_client
from exchange.store.engine import Connection, Duplicate, Store
from exchange.store.idempotency import Answer, find_answer, record_answer
from exchange.web.gate import Drain
from exchange.web.limits import BodyLimits
from exchange.web.problems import MEDIA_TYPE, language_of, problem
from exchange.web.reading import read_body, require_media_type
from exchange.web.routes import Handler

JSON_TYPE: Final = "application/json"
_BODIES: Final = BodyLimits()
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


T = TypeVar("T")

Needs: TypeAlias = Action | Callable[[Call], Action]
"""The right that a route needs; where that depends on what is asked, how it is found."""

Reads: TypeAlias = Callable[[Call], Awaitable[web.Response]]


@dataclass(frozen=True, slots=True)
class Act(Generic[T]):
    """
    What a route does, and what its caller is told of the result.

    *does* gives what it gets to the flow function that acts: that one stores the answer with
    the effect. *says* may be asked twice and from another thread: it only reads.
    """

    does: Callable[[Call, Keep[T] | None], Awaitable[T]]
    says: Callable[[Call, T], web.Response]


class Calls:
    """Turns what a route does into a handler: authenticated, allowed, and done once."""

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        monotonic: Callable[[], float],
        drain: Drain,
        bodies: BodyLimits = _BODIES,
    ) -> None:
        self._bodies = bodies
        self._store = store
        self._clock = clock
        self._monotonic = monotonic
        self._drain = drain
        self._remembered: dict[str, tuple[Caller, float]] = {}
        self._turns: WeakValueDictionary[tuple[int, str], asyncio.Lock] = WeakValueDictionary()

    def reading(self, action: Action, reads: Reads) -> Handler:
        """Return the handler of a route that only reads."""

        async def handle(request: web.Request) -> web.Response:
            caller = await self.identify(request)
            require(caller.client, action)
            return await reads(Call(request, caller, b""))

        return handle

    def acting(self, needs: Needs, act: Act[T], *, replayed: bool = True) -> Handler:
        """
        Return the handler of a route that does something, once for each Idempotency-Key.

        Where the answer is never *replayed* a key changes nothing: what stands now is answered.
        """

        async def handle(request: web.Request) -> web.Response:
            self._drain.require_open()
            caller = await self.identify(request)
            if isinstance(needs, Action):
                require(caller.client, needs)
            require_media_type(request, JSON_TYPE)
            limits = self._bodies
            body = await read_body(request, bytes_max=limits.bytes_max, seconds=limits.seconds)
            call = Call(request, caller, body)
            if not isinstance(needs, Action):
                require(caller.client, needs(call))
            key = request.headers.get("Idempotency-Key")
            if key is None or not replayed:
                return act.says(call, await act.does(call, None))
            return await self._once(key, call, act)

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

    async def _once(self, key: str, call: Call, act: Act[T]) -> web.Response:
        if not (0 < len(key) <= _KEY_LENGTH_MAX and key.isascii() and key.isprintable()):
            raise errors.CallerMistaken
        asked = _Asked(call, key, _digest_of(call), self._clock())
        # One request of a key at a time: a repeat waits for the first. The turn lasts as long
        # as somebody has it or waits for it.
        turn = self._turns.setdefault((call.caller.number, key), asyncio.Lock())
        async with turn:
            known = await self._store.read(asked.find)
            if known is None:
                known = await self._first(asked, act)
        if not hmac.compare_digest(known.digest, asked.digest):
            raise errors.IdempotencyConflict
        return _again(known)

    async def _first(self, asked: "_Asked", act: Act[T]) -> Answer:
        """Return the answer that stands: what was done now, or what another process was asked."""
        try:
            return await self._done(asked, act)
        except Duplicate:
            known = await self._store.read(asked.find)
            if known is None:
                raise
            return known

    async def _done(self, asked: "_Asked", act: Act[T]) -> Answer:
        """
        Act, and return the answer, which is stored: a refusal is an answer like any other.

        Raises:
            Duplicate: This key was answered meanwhile; nothing was done.
        """

        def keep(connection: Connection, result: T) -> None:
            record_answer(connection, asked.answered(act.says(asked.call, result)))

        try:
            result = await act.does(asked.call, keep)
        except _NOT_KEPT:
            raise
        except errors.CallerMistaken as error:
            refusal = asked.answered(problem(error, language_of(asked.call.request)))
            await self._store.write(partial(record_answer, answer=refusal))
            return refusal
        return asked.answered(act.says(asked.call, result))


@dataclass(frozen=True, slots=True)
class _Asked:
    """A call under a key: how its answer is stored, and how it is found."""

    call: Call
    key: str
    digest: bytes
    at: datetime

    def find(self, connection: Connection) -> Answer | None:
        """Return what this key was answered, or None."""
        return find_answer(connection, client=self.call.caller.number, key=self.key)

    def answered(self, response: web.Response) -> Answer:
        """Return *response* as it is stored."""
        return Answer(
            client=self.call.caller.number,
            key=self.key,
            digest=self.digest,
            status=response.status,
            created_at=self.at,
            subject=self.call.request.match_info.get("handoff"),
            response=response.body if isinstance(response.body, bytes) else b"",
        )


def _authenticated(connection: Connection, token: str) -> Caller:
    stored = find_client(connection, token_digest(token)) if is_token(token) else None
    if stored is None:
        raise errors.Unauthenticated
    return Caller(authenticate(token, lambda _digest: stored), stored.number, token)


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
