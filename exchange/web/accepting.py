"""
Connections taken one by one, so that those whose handshake is not done count as well.

asyncio hands a TLS connection on only after its handshake: whoever never begins one would hold
a file of ours for as long as the handshake may take, and nobody would know how many do. Here
each is counted from the moment it is taken.
"""

import asyncio
import socket
import ssl
from collections.abc import Callable
from functools import partial
from typing import Final, Protocol

from exchange.web.limits import ConnectionLimits

_AT_ONCE: Final = 64
_PAUSE_SECONDS: Final = 0.2
"""After the system had no file left for a connection: the next try."""


class Admission(Protocol):
    """Who says whether there is room, and makes the protocol of each connection."""

    def has_room(self) -> bool:
        """Return whether one more may come."""
        ...

    def began(self, one: object, end: Callable[[], object]) -> None:
        """Count *one*, whose handshake begins; *end* makes room."""
        ...

    def ended(self, one: object, *, in_time: bool) -> None:
        """Count *one* no longer: its handshake is over, or was not *in_time*."""
        ...

    def protocol(self) -> asyncio.BaseProtocol:
        """Return the protocol of a connection."""
        ...


class Listening(Protocol):
    """A listening socket, also as a loop shows its own."""

    def setsockopt(self, level: int, name: int, value: int, /) -> None:
        """Set an option."""
        ...


def bound_buffers(listening: Listening, limits: ConnectionLimits) -> None:
    """
    Bound what the system keeps of each connection that *listening* will take.

    Connections have the buffers of their listener: left to itself the system would keep
    megabytes of answers that nobody reads, and have us make them first.
    """
    for buffer in (socket.SO_SNDBUF, socket.SO_RCVBUF):
        listening.setsockopt(socket.SOL_SOCKET, buffer, limits.buffer_bytes_max)


def listen(address: tuple[str, int], limits: ConnectionLimits) -> socket.socket:
    """Return a socket that listens at *address*."""
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    listening = socket.create_server(address, family=family, backlog=limits.waiting_max)
    bound_buffers(listening, limits)
    listening.setblocking(False)  # noqa: FBT003  # as the socket has it
    return listening


class TlsServer:
    """Takes the connections of *listening* from its making until it is closed."""

    def __init__(
        self,
        admission: Admission,
        listening: socket.socket,
        tls: ssl.SSLContext,
        *,
        handshake_seconds: float,
    ) -> None:
        self._admission = admission
        self._tls = tls
        self._handshake_seconds = handshake_seconds
        self._loop = asyncio.get_running_loop()
        self._tasks: set[asyncio.Task[None]] = set()
        self._listening = listening
        self._pause: asyncio.TimerHandle | None = None
        self._loop.add_reader(self._listening, self._take)

    @property
    def sockets(self) -> tuple[socket.socket]:
        """The socket on which it listens."""
        return (self._listening,)

    def close(self) -> None:
        """Take no further connection, and end those whose handshake is not done."""
        if self._pause is not None:
            self._pause.cancel()
        self._loop.remove_reader(self._listening)
        self._listening.close()
        for task in self._tasks:
            self._loop.call_soon(task.cancel)  # once it has begun, so that its socket is closed

    def _take(self) -> None:
        """Take what has come, some at once: others have their turn between."""
        for _ in range(_AT_ONCE):
            try:
                taken, _ = self._listening.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError:  # the process or the system has no file left for it
                self._loop.remove_reader(self._listening)
                self._pause = self._loop.call_later(_PAUSE_SECONDS, self._go_on)
                return
            if not self._admission.has_room():
                taken.close()
                continue
            taken.setblocking(False)  # noqa: FBT003  # as above
            task = self._loop.create_task(self._shake_hands(taken))
            self._tasks.add(task)
            self._admission.began(task, partial(self._loop.call_soon, task.cancel))
            task.add_done_callback(self._tasks.discard)

    def _go_on(self) -> None:
        self._pause = None
        self._loop.add_reader(self._listening, self._take)

    async def _shake_hands(self, taken: socket.socket) -> None:
        """Hand the connection on once its handshake is done, or close it."""
        in_time = True
        try:
            await self._loop.connect_accepted_socket(
                self._admission.protocol,
                taken,
                ssl=self._tls,
                ssl_handshake_timeout=self._handshake_seconds,
                ssl_shutdown_timeout=self._handshake_seconds,
            )
        except ConnectionAbortedError:  # the loop's word for a handshake that takes too long
            in_time = False
        except (OSError, ssl.SSLError):  # it broke off, or it was none: nobody is there to be told
            return
        finally:
            self._admission.ended(asyncio.current_task(), in_time=in_time)
