"""
Everything that the partner can see of us, written down so that two runs can be laid side by side.

Every packet between the two and from whoever asks at the partner's door stands in it, with its
time, its length and what it says; so does what a checkpoint would tell of the ledger. What chance
alone decides is written as a number by first appearance: ids, digests, signatures and salts. Of an
id that begins with a time the time stays. Lengths, order and times are left as they are.
"""

import re
from base64 import urlsafe_b64decode
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import zip_longest

_LINE = re.compile(
    rb'\{"payload":"(?P<payload>[^"]*)","signatures":\[(?P<signatures>[^\]]*)\]'
    rb'(?:,"body":"(?P<body>[^"]*)")?\}'
)
_SIGNATURE = re.compile(rb'"protected":"(?P<protected>[^"]*)","signature":"(?P<signature>[^"]*)"')
_SALT = re.compile(rb'(?<="salt":")(?P<time>)(?P<chance>[^"]+)')
_DIGEST = re.compile(rb'(?:(?<="(?:pld|sig|bod)":")|(?<="root":"))(?P<time>)(?P<chance>[^"]+)')
_TIMED = re.compile(
    rb"(?P<time>[0-9a-f]{8}-[0-9a-f]{4}-)"
    rb"(?P<chance>7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})"
)
_ID = re.compile(
    rb"(?P<time>)(?P<chance>[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})"
)
_CHANCE = ((_SALT, b"salt"), (_DIGEST, b"digest"), (_ID, b"id"), (_TIMED, b"id"))
_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
_END_OF_HEAD, _END_OF_CHUNKS = b"\r\n\r\n", b"0\r\n\r\n"


class Masks:
    """Gives each thing that chance decided a number, the same for the same thing."""

    def __init__(self) -> None:
        self._known: dict[bytes, int] = {}

    def masked(self, octets: bytes) -> bytes:
        """Return *octets* with signed lines opened and what chance decided numbered."""
        opened = _LINE.sub(self._opened, octets)
        for pattern, name in (
            (_SALT, b"salt"),
            (_DIGEST, b"digest"),
            (_ID, b"id"),
            (_TIMED, b"id"),
        ):
            opened = pattern.sub(partial(self._numbered, name), opened)
        return opened

    def _opened(self, line: re.Match[bytes]) -> bytes:
        signatures = _SIGNATURE.sub(
            lambda one: _clear(one["protected"]) + b" signed in %d" % len(one["signature"]),
            line["signatures"],
        )
        body = b"no body" if line["body"] is None else _clear(line["body"])
        return b"\n    %b\n    %b\n    %b" % (_clear(line["payload"]), signatures, body)

    def _numbered(self, name: bytes, found: re.Match[bytes]) -> bytes:
        known, value = found["time"] or b"", found["chance"]
        number = self._known.setdefault(value, len(self._known))
        return b"%b<%b %d, %d long>" % (known, name, number, len(value))


def _clear(text: bytes) -> bytes:
    return urlsafe_b64decode(text + b"==")


class Speech:
    """What one end of a connection says, a whole HTTP message at a time."""

    def __init__(self) -> None:
        self.pending = b""

    def messages(self, octets: bytes) -> Iterator[bytes]:
        """Give each message that is whole once *octets* are said."""
        self.pending += octets
        while size := self._whole():
            message, self.pending = self.pending[:size], self.pending[size:]
            yield message

    def _whole(self) -> int:
        """Return how long the first message is; 0 where it is not whole yet."""
        head, found, rest = self.pending.partition(_END_OF_HEAD)
        if not found:
            return 0
        begun = len(head) + len(found)
        if b"transfer-encoding: chunked" in head.lower():
            end = rest.find(_END_OF_CHUNKS)
            return 0 if end < 0 else begun + end + len(_END_OF_CHUNKS)
        length = _LENGTH.search(head)
        size = begun + (int(length[1]) if length else 0)
        return size if len(self.pending) >= size else 0


@dataclass(frozen=True, slots=True)
class Event:
    """
    Something that the partner can see: when, where, what, and the octets that were said.

    *is_whole* where they stand by themselves and are no part of a connection.
    """

    at: float
    where: str
    what: str
    octets: bytes = b""
    is_whole: bool = False


@dataclass(slots=True)
class Transcript:
    """What was seen in one run, in order."""

    events: list[Event] = field(default_factory=list)

    def see(self, event: Event) -> None:
        """Write an event down."""
        self.events.append(event)

    def lines(self) -> list[str]:
        """Return what two runs are compared by: an event a line, with what became whole in it."""
        masks = Masks()
        speeches: defaultdict[tuple[str, str], Speech] = defaultdict(Speech)
        written = []
        for event in self.events:
            speech = speeches[event.where, event.what]
            messages = [event.octets] if event.is_whole else speech.messages(event.octets)
            whole = [masks.masked(one) for one in messages]
            text = b"".join(whole).decode("utf-8", "backslashreplace")
            head = f"{event.at:11.6f}  {event.where}: {event.what}, {len(event.octets)} octets"
            written.append(f"{head}\n{text}" if text else head)
        for (where, what), speech in speeches.items():
            if speech.pending:
                rest = masks.masked(speech.pending).decode("utf-8", "backslashreplace")
                written.append(f"never whole  {where}: {what}\n{rest}")
        return written


@dataclass(frozen=True, slots=True)
class Difference:
    """The first event in which two runs are not the same; None where a run had ended."""

    number: int
    one: str | None
    other: str | None

    @property
    def brief(self) -> str:
        """Return the first line in which the two events are not the same."""
        lines = zip_longest(*(str(event).splitlines() for event in (self.one, self.other)))
        differing = next(pair for pair in lines if pair[0] != pair[1])
        return " / ".join(str(line).strip() for line in differing)

    def __str__(self) -> str:
        return f"event {self.number}\n  one:   {self.one}\n  other: {self.other}"


def first_difference(one: Transcript, other: Transcript) -> Difference | None:
    """Return where two runs first differ for the partner, or None where they do not."""
    pairs = zip_longest(one.lines(), other.lines())
    for number, (first, second) in enumerate(pairs):
        if first != second:
            return Difference(number, first, second)
    return None
