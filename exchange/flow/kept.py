"""The ledger as the lines that were exchanged: bodies opened where their key still is."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from exchange.flow.keyring import context_of_body
from exchange.proof.custody import KeyEncryptionKey, decrypt
from exchange.proof.jws import Line
from exchange.store.bodies import Body, list_bodies
from exchange.store.engine import Connection
from exchange.store.handoffs import list_handoffs
from exchange.store.ledger import Entry, list_entries


@dataclass(frozen=True, slots=True)
class Kept:
    """An entry of the ledger, and the line it keeps; without its body once that was erased."""

    entry: Entry
    line: Line


def kept_lines(connection: Connection, key: KeyEncryptionKey) -> Iterator[Kept]:
    """
    Give the whole ledger in its order, a few hundred entries at a time in memory.

    Raises:
        EvidenceBroken: A stored body was altered.
    """
    after = -1
    while entries := list_entries(connection, after=after):
        yield from with_bodies(connection, entries, key)
        after = entries[-1].number


def with_bodies(
    connection: Connection, entries: Sequence[Entry], key: KeyEncryptionKey
) -> Iterator[Kept]:
    """
    Give each of some entries with the line it keeps.

    Raises:
        EvidenceBroken: A stored body was altered.
    """
    numbers = [entry.body for entry in entries if entry.body is not None]
    bodies = list_bodies(connection, numbers)
    of_handoffs = {body.handoff for body in bodies.values() if body.handoff is not None}
    ids = {number: one.handoff for number, one in list_handoffs(connection, of_handoffs).items()}
    for entry in entries:
        body = None if entry.body is None else bodies.get(entry.body)
        clear = None if body is None else open_body(body, ids.get(body.handoff or 0), key)
        yield Kept(entry, Line(entry.envelope, entry.signatures, clear))


def open_body(body: Body, handoff: str | None, key: KeyEncryptionKey) -> bytes | None:
    """
    Return the octets of *body*, kept for *handoff* or in a pool; None once erased.

    Raises:
        EvidenceBroken: It was altered, or belongs to another handoff.
    """
    if body.wrapped is None:
        return None
    context = context_of_body(body, handoff)
    return decrypt(key.unwrap(body.wrapped), body.ciphertext, context=context)
