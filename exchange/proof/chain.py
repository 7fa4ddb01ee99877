"""
An append-only log whose every entry is bound to all before it.

Each entry has a leaf, the canonical JSON of what it says, and a link, SHA-256 over the link
before and the leaf. Who changes, drops or swaps an entry has to change every link after it, so
the last link stands for the whole log.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

import orjson

from exchange.errors import EvidenceBroken, Sentence
from exchange.proof import grammar
from exchange.proof.encoding import DIGEST_BYTES, b64u, digest
from exchange.proof.envelope import MessageId

START = bytes(DIGEST_BYTES)
"""The link before the first entry."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as it is kept: its number from 0, its leaf and its link."""

    number: int
    leaf: bytes
    link: bytes


def ledger_leaf(
    *,
    direction: Literal["sent", "received"],
    kind: Literal["message", "receipt"],
    iss: str,
    jti: MessageId | None,
    pld: bytes,
    sig: bytes,
) -> bytes:
    """The leaf of a line in the ledger: it names the line and says nothing about a person."""
    members = {
        "dir": direction,
        "iss": iss,
        "jti": jti,
        "kind": kind,
        "pld": b64u(pld),
        "sig": b64u(sig),
    }
    return orjson.dumps(members, option=orjson.OPT_SORT_KEYS)


def leaf(members: Mapping[str, object]) -> bytes:
    """The leaf that states *members*."""
    return grammar.canonical(dict(members))


def link(previous: bytes, leaf: bytes) -> bytes:
    """The link of the entry with *leaf* after the one whose link is *previous*."""
    return digest(previous + leaf)


def verify_chain(entries: Iterable[Entry], *, number: int = 0, previous: bytes = START) -> bytes:
    """
    The last link of *entries*, which begin with *number* after *previous*, once all hold.

    Raises:
        EvidenceBroken: The first entry that is missing, out of order or altered is named.
    """
    for expected, entry in enumerate(entries, number):
        if entry.number != expected or entry.link != link(previous, entry.leaf):
            fault = Sentence(
                f"entry {expected} does not hold", f"el asiento {expected} no se sostiene"
            )
            raise EvidenceBroken(fault)
        previous = entry.link
    return previous
