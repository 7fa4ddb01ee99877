"""
Whether both ledgers agree (design §8).

Per direction the sets of ``(jti, pld)`` are equal, and each message has a receipt that both
sides hold in equal bytes. Nothing is believed that a row says beside the octets exchanged:
digests and ids are made anew from them. This opens the ledgers of both authorities, which
nobody but a demo or a test can do.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import orjson
from sqlalchemy import Connection

from exchange.cli.database import read
from exchange.proof.encoding import unb64u
from exchange.proof.jws import Line, read_line
from exchange.settings import Settings
from exchange.store.ledger import stream_entries

Named = tuple[str | None, bytes]
"""A message by its ``jti`` and ``pld``."""

SENT, RECEIVED = "sent", "received"


@dataclass(slots=True)
class Held:
    """What one side's ledger holds, by direction: messages, and the receipts that name each."""

    messages: dict[str, Counter[Named]] = field(default_factory=lambda: defaultdict(Counter))
    receipts: dict[tuple[str, bytes], set[bytes]] = field(default_factory=lambda: defaultdict(set))

    def add(self, direction: str, kind: str, line: Line) -> None:
        """Take in one entry; the body beside the signed octets is of no account."""
        signed = Line(line.payload, line.signatures, None)
        said = orjson.loads(line.payload)
        if kind == "message":
            self.messages[direction][said.get("jti"), signed.pld] += 1
            return
        for item in said["items"]:
            self.receipts[direction, unb64u(item["pld"])].add(signed.octets())


@dataclass(frozen=True, slots=True)
class Difference:
    """One message on which the two ledgers differ: whose it is, its ``jti``, and how."""

    speaker: str
    jti: str | None
    how: str


@dataclass(frozen=True, slots=True)
class Agreement:
    """How many messages both ledgers hold, and on which they differ."""

    messages: int
    differences: tuple[Difference, ...]

    @property
    def agree(self) -> bool:
        """Whether there is no difference."""
        return not self.differences


def compare(us: Held, mx: Held) -> Agreement:
    """Return whether the two ledgers agree, and on what they do not."""
    both = sum((us.messages[SENT] & mx.messages[RECEIVED]).values())
    both += sum((mx.messages[SENT] & us.messages[RECEIVED]).values())
    differences = (*_differences("us", us, mx), *_differences("mx", mx, us))
    return Agreement(both, differences)


def _differences(speaker: str, sender: Held, receiver: Held) -> Iterator[Difference]:
    sent, received = set(sender.messages[SENT]), set(receiver.messages[RECEIVED])
    for jti, _ in sent - received:
        yield Difference(speaker, jti, "only-the-sender-holds-it")
    for jti, _ in received - sent:
        yield Difference(speaker, jti, "only-the-receiver-holds-it")
    for jti, pld in sent & received:
        if not sender.receipts[RECEIVED, pld] & receiver.receipts[SENT, pld]:
            yield Difference(speaker, jti, "no-receipt-that-both-hold")


def held_in_directory(settings: Settings) -> Held:
    """Return what the ledger of a working directory holds; its service may run meanwhile."""

    def fold(connection: Connection) -> Held:
        held = Held()
        for entry in stream_entries(connection):
            line = Line(entry.envelope, entry.signatures, None)
            held.add(entry.direction.value, entry.kind.value, line)
        return held

    return read(settings, fold)


def held_in_export(file: Path) -> Held:
    """Return what a file of ``exchange ledger export`` holds."""
    held = Held()
    with file.open("rb") as lines:
        for exported in _entries(lines):
            line = read_line(orjson.dumps(exported["line"]))
            held.add(exported["direction"], exported["kind"], line)
    return held


def _entries(lines: Iterable[bytes]) -> Iterator[dict[str, str]]:
    return (orjson.loads(line) for line in lines if line.strip())
