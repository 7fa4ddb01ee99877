"""
The ledger: exactly the messages and receipts exchanged, append-only, with its tree.

What is signed is kept as the octets that were signed; the base64url and the JSON around
them are made again when a line is read, byte for byte as first written, because that
writing is canonical (``proof/jws.py``).
"""

import datetime as dt
from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, select

from exchange.proof import logs
from exchange.proof.envelope import MessageId
from exchange.store.columns import Direction, Kind, Status, constant
from exchange.store.headers import Signatures, intern_headers, pack_headers, unpack_signatures
from exchange.store.heads import Head, get_log, lock_log, move_log
from exchange.store.prepared import Prepared, insert_into
from exchange.store.tables import headers, ledger, verdicts


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEntry:
    """
    A message or receipt to be appended.

    *issuer* owns the keys that signed; *handoff* and *body* are row numbers; *jti* is null
    where it could not be read. *status* is what we made of a message that we received; of
    everything else it is ``accepted``. *said_on* is the UTC day of a message that is accepted.
    """

    direction: Direction
    kind: Kind
    issuer: str
    envelope: bytes
    signatures: Signatures
    pld: bytes
    sig: bytes
    recorded_at: dt.datetime
    jti: MessageId | None = None
    seq: int | None = None
    schema: str | None = None
    handoff: int | None = None
    body: int | None = None
    status: Status = Status.ACCEPTED
    said_on: dt.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry(NewEntry):
    """An entry as it stands in the ledger."""

    number: int
    nodes: bytes


@dataclass(frozen=True, slots=True)
class Known:
    """A message that we have: its entry, and the receipt that covers it, if any yet."""

    number: int
    jti: MessageId | None
    pld: bytes
    sig: bytes
    status: Status
    receipt: int | None


_INSERT = Prepared(insert_into(ledger))
_ENTRY = select(
    ledger.c.number,
    ledger.c.nodes,
    ledger.c.direction,
    ledger.c.kind,
    ledger.c.status,
    ledger.c.jti,
    ledger.c.seq,
    ledger.c.schema,
    ledger.c.handoff,
    ledger.c.body,
    ledger.c.envelope,
    ledger.c.signatures,
    ledger.c.pld,
    ledger.c.sig,
    ledger.c.recorded_at,
    ledger.c.said_on,
    headers.c.issuer,
    headers.c.octets,
).select_from(ledger.join(headers))
_BY_NUMBER = Prepared(_ENTRY.where(ledger.c.number.in_(bindparam("numbers", expanding=True))))
_AFTER = Prepared(
    _ENTRY.where(ledger.c.number > bindparam("after"))
    .order_by(ledger.c.number)
    .limit(bindparam("most"))
)
_RECORDED_AT = Prepared(
    select(ledger.c.recorded_at).where(ledger.c.number == bindparam("at_number"))
)
_OF_HANDOFF = Prepared(
    _ENTRY.where(ledger.c.handoff == bindparam("at_handoff")).order_by(ledger.c.number),
)

_KNOWN = select(
    ledger.c.number,
    ledger.c.jti,
    ledger.c.pld,
    ledger.c.sig,
    ledger.c.status,
    verdicts.c.receipt,
).select_from(ledger.outerjoin(verdicts, verdicts.c.message == ledger.c.number))
_BY_SIG = Prepared(
    _KNOWN.where(ledger.c.sig_start.in_(bindparam("starts", expanding=True))),
)
_BY_JTI = Prepared(
    _KNOWN.where(
        ledger.c.direction == bindparam("whose"),
        ledger.c.kind == bindparam("what"),
        ledger.c.jti.in_(bindparam("jtis", expanding=True)),
        ledger.c.status == constant(Status.ACCEPTED),
    ),
)
_REJECTED_BY_JTI = Prepared(
    _KNOWN.where(
        ledger.c.direction == bindparam("whose"),
        ledger.c.jti.in_(bindparam("jtis", expanding=True)),
        ledger.c.status == constant(Status.REJECTED),
    ).order_by(ledger.c.number),
)


def record_entries(connection: Connection, entries: Sequence[NewEntry]) -> list[int]:
    """
    Return the ledger numbers of the entries now appended, in order.

    Raises:
        IntegrityError: A message was accepted before under its ``jti``, or rejected before
            under its ``jti`` and ``pld``: someone else was first. Let it pass, and answer
            with what is stored.
    """
    if not entries:
        return []
    head = lock_log(connection, Head.LEDGER)
    packed = [(entry.issuer, pack_headers(entry.signatures)) for entry in entries]
    numbers = intern_headers(connection, set(packed))
    grown, kept = head.grown(map(leaf_of, entries))
    rows = [
        _row(entry, number=number, header=numbers[header], nodes=nodes)
        for number, (entry, header, nodes) in enumerate(
            zip(entries, packed, kept, strict=True), head.size
        )
    ]
    _INSERT.run(connection, *rows)
    move_log(connection, Head.LEDGER, grown)
    return list(range(head.size, grown.size))


def leaf_of(entry: NewEntry) -> bytes:
    """Return the leaf that the ledger's tree has for *entry*."""
    return logs.ledger_leaf(
        direction=entry.direction.value,
        kind=entry.kind.value,
        iss=entry.issuer,
        jti=entry.jti,
        pld=entry.pld,
        sig=entry.sig,
    )


def in_tree(entry: Entry) -> logs.Entry:
    """Return *entry* as the ledger's tree has it."""
    return logs.Entry(entry.number, leaf_of(entry), entry.nodes)


def _row(entry: NewEntry, *, number: int, header: int, nodes: bytes) -> dict[str, Any]:
    is_searched = entry.direction is Direction.RECEIVED and entry.kind is Kind.MESSAGE
    return {
        "number": number,
        "direction": entry.direction,
        "kind": entry.kind,
        "status": entry.status,
        "jti": entry.jti,
        "seq": entry.seq,
        "schema": entry.schema,
        "handoff": entry.handoff,
        "body": entry.body,
        "header": header,
        "envelope": entry.envelope,
        "signatures": b"".join(one.signature for one in entry.signatures),
        "pld": entry.pld,
        "sig": entry.sig,
        "sig_start": _start(entry.sig) if is_searched else None,
        "recorded_at": entry.recorded_at,
        "said_on": entry.said_on,
        "nodes": nodes,
    }


def _start(sig: bytes) -> int:
    """Return the short key of a signature digest: its first eight bytes as an integer."""
    return int.from_bytes(sig[:8], signed=True)


def find_messages_by_sig(connection: Connection, sigs: Collection[bytes]) -> dict[bytes, Known]:
    """Return those of the received messages that we have, by ``sig``."""
    wanted = set(sigs)
    rows = _BY_SIG.rows(connection, {"starts": [_start(sig) for sig in wanted]})
    return {one.sig: one for one in (Known(*row) for row in rows) if one.sig in wanted}


def find_messages(
    connection: Connection,
    direction: Direction,
    jtis: Collection[str],
) -> list[Known]:
    """Return every message of one direction under these ``jti``, accepted ones first."""
    asked = {"whose": direction, "what": Kind.MESSAGE, "jtis": list(jtis)}
    accepted = _BY_JTI.rows(connection, asked)
    rejected = _REJECTED_BY_JTI.rows(connection, {"whose": direction, "jtis": list(jtis)})
    return [Known(*row) for found in (accepted, rejected) for row in found]


def find_receipts(
    connection: Connection,
    direction: Direction,
    jtis: Collection[str],
) -> dict[str, Known]:
    """Return those receipts of one direction that we have, by ``jti``."""
    asked = {"whose": direction, "what": Kind.RECEIPT, "jtis": list(jtis)}
    found = (Known(*row) for row in _BY_JTI.rows(connection, asked))
    return {one.jti: one for one in found if one.jti is not None}


def list_numbered(connection: Connection, numbers: Collection[int]) -> dict[int, Entry]:
    """Return the entries of these ledger numbers, by number."""
    rows = _BY_NUMBER.rows(connection, {"numbers": list(numbers)})
    return {one.number: one for one in (_entry(*row) for row in rows)}


def list_entries(connection: Connection, *, after: int = -1, limit: int = 500) -> list[Entry]:
    """Return the entries after a ledger number, in ledger order."""
    rows = _AFTER.rows(connection, {"after": after, "most": limit})
    return [_entry(*row) for row in rows]


def stream_entries(connection: Connection) -> Iterator[Entry]:
    """Give every entry in ledger order, a few hundred at a time in memory."""
    after = -1
    while entries := list_entries(connection, after=after):
        yield from entries
        after = entries[-1].number


def find_number_since(connection: Connection, at: dt.datetime) -> int:
    """
    Return the number of the first entry that was recorded at *at* or later, or the next one.

    Entries are recorded in the order of their clock, apart from moments: whoever needs to be
    sure asks for an earlier time.
    """
    numbers = range(get_log(connection, Head.LEDGER).size)
    return bisect_left(
        numbers, at, key=lambda number: _RECORDED_AT.first(connection, {"at_number": number})[0]
    )


def list_entries_of(connection: Connection, handoff: int) -> list[Entry]:
    """Return the messages about one handoff (a row number), in ledger order."""
    return [_entry(*row) for row in _OF_HANDOFF.rows(connection, {"at_handoff": handoff})]


def _entry(*row: Any) -> Entry:
    number, nodes, *plain, joined, pld, sig, recorded_at, said_on, issuer, packed = row
    direction, kind, status, jti, seq, schema, handoff, body, envelope = plain
    return Entry(
        number=number,
        nodes=nodes,
        direction=direction,
        kind=kind,
        status=status,
        jti=jti,
        seq=seq,
        schema=schema,
        handoff=handoff,
        body=body,
        envelope=envelope,
        signatures=unpack_signatures(packed, joined),
        pld=pld,
        sig=sig,
        recorded_at=recorded_at,
        said_on=said_on,
        issuer=issuer,
    )
