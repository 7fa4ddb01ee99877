"""Every byte that passed between two machines, by connection, and what of it is our protocol."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

_LINE = re.compile(rb'\{"payload":"[^"]+","signatures":\[[^\]]*\](?:,"body":"[^"]*")?\}')
_REQUEST = re.compile(rb"POST /v1/messages HTTP/1\.1\r\n(?:[^\r]+\r\n)*?\r\n")
_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)


def lines_in(octets: bytes) -> Iterator[bytes]:
    """Give every whole signed line in *octets*."""
    return (found[0] for found in _LINE.finditer(octets))


@dataclass(slots=True)
class Talk:
    """One connection: who opened it, to whom, and what each said on it."""

    client: str
    server: str
    said: dict[str, bytearray] = field(default_factory=lambda: defaultdict(bytearray))


class Tap:
    """Sees what is sent, whether or not it arrives."""

    def __init__(self) -> None:
        self.talks: dict[int, Talk] = {}
        self.look: Callable[[str, str, bytes], None] | None = None
        """Who looks at each packet as it leaves: from whom, to whom, what."""
        self.follow: list[Callable[[str], None]] = []
        """Who is told that a machine said something more."""

    def see(self, conn: int, source: str, destination: str, octets: bytes) -> None:
        """Take note of what one machine sent to another on a connection."""
        talk = self.talks.get(conn)
        if talk is None:
            talk = self.talks[conn] = Talk(source, destination)
        talk.said[source] += octets
        if self.look is not None and octets:
            self.look(source, destination, octets)
        for told in tuple(self.follow) if octets else ():
            told(source)

    def said_by(self, source: str, to: str) -> bytes:
        """Return every byte that one machine ever sent to another, a connection a line."""
        return b"\n".join(
            bytes(talk.said[source])
            for talk in self.talks.values()
            if source in talk.said and {talk.client, talk.server} == {source, to}
        )

    def requests(self, source: str, to: str) -> list[bytes]:
        """Return the body of every whole request with messages from one machine to another."""
        found = []
        for talk in self.talks.values():
            if (talk.client, talk.server) != (source, to):
                continue
            said = bytes(talk.said[source])
            for head in _REQUEST.finditer(said):
                length = _LENGTH.search(head[0])
                body = said[head.end() : head.end() + int(length[1])] if length else b""
                if length and len(body) == int(length[1]):
                    found.append(body)
        return found
