"""
Append-only logs: what an entry says of itself in its tree, and whether it is still what it was.

Each entry has a leaf, the canonical JSON of what it says. The hashes of all subtrees that it
completes are kept beside it (``merkle``), so who changes, drops or swaps an entry has to change
what is kept there, and beside later entries too, and the root that was signed stays another.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

import orjson

from exchange.errors import EvidenceBroken, Sentence
from exchange.proof import grammar
from exchange.proof.encoding import b64u
from exchange.proof.envelope import MessageId
from exchange.proof.merkle import Frontier

_EMPTY = Frontier()


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as it is kept: its number from 0, its leaf and what stands beside it."""

    number: int
    leaf: bytes
    nodes: bytes


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


def regrow(entries: Iterable[Entry], *, log: Sentence, after: Frontier = _EMPTY) -> Frontier:
    """
    Where the *log* stands with *entries* appended *after* what is known, once each holds.

    Everything is worked out anew from the leaves.

    Raises:
        EvidenceBroken: The first entry that is missing, out of order or altered is named.
    """
    for entry in entries:
        number = after.size
        after, (nodes,) = after.grown([entry.leaf])
        if entry.number != number or entry.nodes != nodes:
            raise broken_at(number, log=log)
    return after


def broken_at(number: int, *, log: Sentence) -> EvidenceBroken:
    """What is wrong where entry *number* of the *log* is lost or altered."""
    return EvidenceBroken(
        Sentence(
            f"{log} entry {number} is missing, or is not what was appended",
            f"el asiento {number} del {log.es} falta, o no es el que se agregó",
        )
    )
