"""
One connection, and all of one listener's together: who waits for its peer makes room first.

aiohttp ends an idle connection but gives a head all the time it wants, and an answer that
nobody takes too. Here each has its limit. What the HTTP parser cannot read is answered with a
problem, and its text is not logged.
"""

import asyncio
import logging
from http import HTTPStatus
from typing import Final, cast

from aiohttp import web
from aiohttp.http_exceptions import BadHttpMessage, LineTooLong
from aiohttp.streams import EMPTY_PAYLOAD

from exchange.errors import CallerMistaken
from exchange.web.limits import ConnectionLimits, Hit, Limit
from exchange.web.problems import problem, unforeseen
from exchange.web.routes import SERVER
from exchange.web.waiting import End, Waiting

TURN_BYTES: Final = 64 * 1024
"""Who sends so much at once waits until all others had their turn."""
TOO_MANY_FIELDS: Final = "Too many headers received"
"""How aiohttp says it: it has no class of its own for that."""

_parser_log = logging.getLogger("exchange.web.connections")
_parser_log.disabled = True  # aiohttp's own words quote what was sent


class Connections:
    """Makes the protocol of each connection, and makes room when there are too many."""

    def __init__(self, server: web.Server, limits: ConnectionLimits, hit: Hit) -> None:
        self._server = server
        self._limits = limits
        self._hit = hit
        self._loop = asyncio.get_running_loop()
        self._waiting = Waiting()
        self._arriving: set[object] = set()

    def accept(self) -> asyncio.BaseProtocol:
        """Return the protocol of a connection that has just come."""
        return self.protocol() if self.has_room() else _TurnedAway()

    def protocol(self) -> "Connection":
        """Return the protocol of a connection for which there is room."""
        return Connection(self._server, self._limits, self._waiting, self._hit, loop=self._loop)

    def has_room(self) -> bool:
        """Return whether one more may come; one that waits for its peer is ended for it."""
        if len(self._server.connections) + len(self._arriving) < self._limits.connections_max:
            return True
        self._hit(Limit.CONNECTIONS)
        return self._waiting.make_room()

    def began(self, one: object, end: End) -> None:
        """Count *one* as a connection while its handshake lasts; *end* makes room."""
        self._arriving.add(one)
        self._waiting.for_saying(one, end)

    def ended(self, one: object, *, in_time: bool) -> None:
        """Count *one* no longer: it is a connection of its own now, or none."""
        self._arriving.discard(one)
        self._waiting.leave(one)
        if not in_time:
            self._hit(Limit.HEAD_SECONDS)


class _TurnedAway(asyncio.Protocol):
    """A connection for which there is no room."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """End it at once: an answer would cost what is short."""
        cast("asyncio.Transport", transport).abort()


class Connection(web.RequestHandler):
    """One connection. It waits for its peer unless a handler is at work on its only request."""

    __slots__ = (
        "_answer_seconds",
        "_answers",
        "_body",
        "_head_seconds",
        "_head_timer",
        "_hit",
        "_is_unreadable",
        "_last_timer",
        "_linger_seconds",
        "_road",
        "_waiting",
    )

    def __init__(
        self,
        server: web.Server,
        limits: ConnectionLimits,
        waiting: Waiting,
        hit: Hit,
        *,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        super().__init__(
            server,
            loop=loop,
            access_log=None,  # type: ignore[arg-type]  # None is aiohttp's word for no access log
            logger=_parser_log,
            keepalive_timeout=limits.keep_alive_seconds,
            lingering_time=limits.linger_seconds,
            max_line_size=limits.head_line_bytes_max,
            max_field_size=limits.head_line_bytes_max,
            max_headers=limits.head_fields_max,
            auto_decompress=False,
        )
        self._head_seconds = limits.head_seconds
        self._answer_seconds = limits.answer_seconds
        self._linger_seconds = limits.linger_seconds
        self._head_timer: asyncio.TimerHandle | None = None
        self._last_timer: asyncio.TimerHandle | None = None
        self._road: asyncio.Transport | None = None
        self._waiting = waiting
        self._hit = hit
        self._answers = 0
        self._is_unreadable = False
        self._body = EMPTY_PAYLOAD

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Give a new connection its time for a first head."""
        self._road = cast("asyncio.Transport", transport)  # a stream has no other
        super().connection_made(transport)
        self._wait()
        self._give_time()

    def data_received(self, data: bytes) -> None:
        """Give a later head its time from its first octet; stop it once one is whole."""
        if len(data) >= TURN_BYTES:
            self._give_way()
        if self._is_unreadable:
            return  # the parser would make a further error of each piece, and keep the piece
        heads = self._request_count
        super().data_received(data)
        if self._request_count != heads:
            self._is_unreadable = self._parser_failed()
            self._stop_head_timer()
            self._wait()
            if self._messages:
                self._body = self._messages[-1][1]
                self._body.on_eof(self._work)
        elif self._head_timer is None and self._answers == heads and self in self._waiting:
            self._give_time()

    def _give_way(self) -> None:
        """Read on in the next turn of the loop: uvloop reads one socket 32 times in a row."""
        self._pause_transport_reading()
        self._loop.call_soon(self._read_on)

    def _read_on(self) -> None:
        """Read on, unless what was read waits for a handler."""
        if not (self._reading_paused or self._buffer_paused):
            self._resume_transport_reading()

    def _parser_failed(self) -> bool:
        """Say whether the last head was none; what its error quotes and holds is let go."""
        error = getattr(self._messages[-1][0], "exc", None) if self._messages else None
        if isinstance(error, BaseException):
            error.with_traceback(None)  # its frames hold the octets, and are held by it
        return error is not None

    async def start(self) -> None:
        """Serve requests; what is not taken of the last answer in time is not waited for."""
        try:
            await super().start()
        finally:
            if not (self._force_close or self._body.is_eof()):
                self._hit(Limit.LINGER_SECONDS)  # of a request that was answered early
            self._end_soon()

    async def finish_response(
        self, request: web.BaseRequest, resp: web.StreamResponse, start_time: float | None
    ) -> tuple[web.StreamResponse, bool]:
        """Answer within its time; afterwards wait for more, unless more was asked meanwhile."""
        if self._road is not None:
            self._waiting.for_taking(self, self._end)
        timer = self._loop.call_later(self._answer_seconds, self._end_for, Limit.ANSWER_SECONDS)
        try:
            finished = await super().finish_response(request, resp, start_time)
        finally:
            timer.cancel()
            self._wait()
        if resp.status == HTTPStatus.REQUEST_TIMEOUT:
            self.force_close()  # its time is over: the rest of the body is not waited for
        self._answers += 1
        if self._answers != self._request_count and self._body.is_eof():
            self._work()
        return finished

    def force_close(self) -> None:
        """Hang up; what the peer does not take of the last answer is dropped soon."""
        super().force_close()
        self._end_soon()

    def connection_lost(self, exc: BaseException | None) -> None:
        """Forget the connection."""
        self._road = None
        self._work()
        self._stop_head_timer()
        if self._last_timer is not None:
            self._last_timer.cancel()
        super().connection_lost(exc)

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer what is not HTTP, or what no handler answered, with a problem, and hang up."""
        del request, message  # both quote what was sent
        if status == HTTPStatus.BAD_REQUEST:
            if isinstance(exc, LineTooLong):
                self._hit(Limit.HEAD_LINE)
            elif isinstance(exc, BadHttpMessage) and exc.message == TOO_MANY_FIELDS:
                self._hit(Limit.HEAD_FIELDS)
            response = problem(CallerMistaken(), "en")
        else:
            response = unforeseen(exc if isinstance(exc, Exception) else Exception(), "en")
        response.headers["Server"] = SERVER
        response.force_close()
        return response

    def _process_keepalive(self) -> None:
        """End a connection that was silent for too long."""
        was_over = self._force_close
        super()._process_keepalive()
        if self._force_close and not was_over:
            self._hit(Limit.KEEP_ALIVE_SECONDS)

    def _wait(self) -> None:
        """Begin to wait for what the peer says."""
        if self._road is not None:
            self._waiting.for_saying(self, self._end)

    def _work(self) -> None:
        """Wait no longer: a request is whole; but who asks ahead of its answers makes room."""
        if self._road is not None and self._request_count - self._answers > 1:
            self._waiting.for_taking(self, self._end)
        else:
            self._waiting.leave(self)

    def _give_time(self) -> None:
        self._head_timer = self._loop.call_later(
            self._head_seconds, self._end_for, Limit.HEAD_SECONDS
        )

    def _stop_head_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _end_for(self, limit: Limit) -> None:
        self._hit(limit)
        self._end()

    def _end(self) -> None:
        """Hang up at once, whatever of an answer was not taken."""
        road = self._road
        super().force_close()
        if road is not None:
            road.abort()

    def _end_soon(self) -> None:
        """Let the peer take what it was answered, but not for ever."""
        if self._road is not None and self._last_timer is None:
            self._last_timer = self._loop.call_later(
                self._linger_seconds, self._end_for, Limit.LINGER_SECONDS
            )
