"""
What is to be erased and what was, and the erasing itself.

``erase_person`` takes from our side whatever names the person of a handoff: the key of the
bodies and what it opened, the document's number, the marks by which two persons are compared,
the digest of the decision. Envelopes, signatures, receipts and the journal name nobody.
"""

import datetime as dt
import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, delete, exists, insert, select, update

from exchange.domain.retention import Basis
from exchange.store.columns import Kind, Status, constant
from exchange.store.decisions import Outcome
from exchange.store.handoffs import Handoff, list_handoffs, update_handoffs
from exchange.store.heads import Head, take_numbers
from exchange.store.prepared import Prepared, insert_into, values_of
from exchange.store.tables import (
    bearings,
    bodies,
    data_keys,
    decisions,
    erasures,
    ledger,
    outbox,
    proposals,
)

ERASED_DIGEST = b""
"""What stands in the place of a decision's digest once it was erased."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """One handoff of a proposal: why it is to be erased, and when it was."""

    proposal: int
    handoff: str
    basis: Basis
    erased_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What one person proposed to erase; *confirmed* is null while nobody has decided."""

    number: int
    proposed_at: dt.datetime
    proposed_by: str
    decided_at: dt.datetime | None
    decided_by: str | None
    confirmed: bool | None


_PROPOSAL_COLUMNS = tuple(proposals.c.keys())
_PROPOSE = (
    insert(proposals)
    .values(proposed_at=bindparam("at"), proposed_by=bindparam("by"))
    .returning(proposals.c.number)
)
_PROPOSALS = Prepared(select(proposals).order_by(proposals.c.number))
_PROPOSAL = Prepared(
    select(proposals).where(proposals.c.number == bindparam("of_number")).with_for_update()
)
_DECIDE = Prepared(
    update(proposals)
    .where(proposals.c.number == bindparam("of_number"), proposals.c.decided_at.is_(None))
    .values(decided_at=bindparam("at"), decided_by=bindparam("by"), confirmed=bindparam("yes"))
)
_INSERT = Prepared(insert_into(erasures))
_OF_PROPOSAL = Prepared(
    select(erasures)
    .where(erasures.c.proposal == bindparam("of_proposal"))
    .order_by(erasures.c.handoff)
)
_ERASED = Prepared(
    update(erasures)
    .where(
        erasures.c.proposal == bindparam("of_proposal"), erasures.c.handoff == bindparam("of_id")
    )
    .values(erased_at=bindparam("at"))
)
_WAITING = Prepared(
    select(outbox.c.handoff).where(outbox.c.handoff.in_(bindparam("numbers", expanding=True)))
)
_KEYED = select(data_keys.c.handoff)
_DROP_KEYS = Prepared(delete(data_keys).where(data_keys.c.handoff == bindparam("at_handoff")))
_BODIES = Prepared(
    select(ledger.c.body).where(
        ledger.c.handoff.in_(bindparam("numbers", expanding=True)), ledger.c.body.is_not(None)
    )
)
_DROP_BODIES = Prepared(
    delete(bodies).where(bodies.c.number == bindparam("at_body"), bodies.c.pool_on.is_(None))
)
_DROP_REJECTED = Prepared(delete(bodies).where(bodies.c.number == bindparam("at_body")))
_REJECTED = select(ledger.c.envelope, ledger.c.body).where(
    ledger.c.kind == constant(Kind.MESSAGE),
    ledger.c.status == constant(Status.REJECTED),
    exists().where(bodies.c.number == ledger.c.body),
)
_UNMARK = Prepared(
    update(bearings)
    .where(bearings.c.handoff == bindparam("at_handoff"))
    .values(born=None, document=None, changed=bindparam("change"))
)
_DROP_DIGEST = Prepared(
    update(decisions)
    .where(decisions.c.handoff == bindparam("at_handoff"))
    .values(digest=ERASED_DIGEST)
)
_WITHHELD = (
    decisions.c.outcome == Outcome.WITHHELD.value,
    decisions.c.recorded_at < bindparam("before"),
    decisions.c.digest != ERASED_DIGEST,
)
_OLD_WITHHELD = Prepared(select(decisions.c.number).where(*_WITHHELD))
_DROP_WITHHELD = Prepared(update(decisions).where(*_WITHHELD).values(digest=ERASED_DIGEST))


def insert_proposal(connection: Connection, *, at: dt.datetime, by: str) -> int:
    """Return the number of a proposal that waits for somebody else."""
    number: int = connection.execute(_PROPOSE, {"at": at, "by": by}).scalar_one()
    return number


def find_proposal(connection: Connection, number: int) -> Proposal | None:
    """Return the proposal and keep everybody else from deciding it, or None."""
    row = _PROPOSAL.first(connection, {"of_number": number})
    return None if row is None else _proposal(row)


def list_proposals(connection: Connection) -> list[Proposal]:
    """Return every proposal there ever was, oldest first."""
    return [_proposal(row) for row in _PROPOSALS.rows(connection)]


def decide_proposal(
    connection: Connection, number: int, *, at: dt.datetime, by: str, confirmed: bool
) -> None:
    """Record what became of a proposal on which nobody has decided."""
    _DECIDE.run(connection, {"of_number": number, "at": at, "by": by, "yes": confirmed})


def insert_erasures(connection: Connection, new: Sequence[Erasure]) -> None:
    """Store the handoffs of a proposal."""
    _INSERT.run(connection, *map(values_of, new))


def list_erasures(connection: Connection, proposal: int) -> list[Erasure]:
    """Return the handoffs of a proposal, by id."""
    rows = _OF_PROPOSAL.rows(connection, {"of_proposal": proposal})
    return [
        Erasure(proposal=of, handoff=handoff, basis=Basis(basis), erased_at=at)
        for of, handoff, basis, at in rows
    ]


def record_erased(connection: Connection, erased: Collection[Erasure], *, at: dt.datetime) -> None:
    """Record that the persons of these handoffs were erased."""
    _ERASED.run(
        connection,
        *({"of_proposal": one.proposal, "of_id": one.handoff, "at": at} for one in erased),
    )


def find_speaking(connection: Connection, handoffs: Collection[int]) -> set[int]:
    """Return of which handoffs (row numbers) something still waits to be said or received."""
    return {one for (one,) in _WAITING.rows(connection, {"numbers": sorted(handoffs)})}


def hold_still(connection: Connection) -> None:
    """Let nobody else move, begin, preserve or erase a handoff until we commit."""
    take_numbers(connection, Head.CHANGES, 0)


def list_keyed(connection: Connection) -> set[int]:
    """Return every handoff (a row number) whose person was not erased. Reads every key's row."""
    return set(connection.execute(_KEYED).scalars())


def erase_persons(connection: Connection, moves: Sequence[tuple[Handoff, Handoff]]) -> None:
    """
    Erase the person of each handoff; a move is the row as read and as it shall be.

    They stand in the change feed anew, so it is the first lock of its transaction.

    Raises:
        Stale: One of them is no longer as it was read. Let it pass: nothing may be kept.
    """
    update_handoffs(connection, moves)
    rows = {old.number: old.handoff for old, _ in moves}
    numbers = [{"at_handoff": number} for number in sorted(rows)]
    changed = list_handoffs(connection, rows)
    _DROP_KEYS.run(connection, *numbers)
    _DROP_DIGEST.run(connection, *numbers)
    _UNMARK.run(
        connection,
        *({"at_handoff": number, "change": changed[number].changed} for number in sorted(rows)),
    )
    said = _BODIES.rows(connection, {"numbers": sorted(rows)})
    _DROP_BODIES.run(connection, *({"at_body": body} for (body,) in said))
    refused = _rejected_of(connection, set(rows.values()))
    _DROP_REJECTED.run(connection, *({"at_body": body} for body in refused))


def count_withheld(connection: Connection, *, before: dt.datetime) -> int:
    """Return how many withheld decisions from before then still have a digest."""
    return len(_OLD_WITHHELD.rows(connection, {"before": before}))


def erase_withheld(connection: Connection, *, before: dt.datetime) -> int:
    """Erase the digests of the decisions withheld before then; return how many."""
    return _DROP_WITHHELD.run(connection, {"before": before})


def _rejected_of(connection: Connection, handoffs: Collection[str]) -> list[int]:
    """Return the bodies of the messages about these handoffs that were refused and signed for."""
    return [
        body for envelope, body in connection.execute(_REJECTED) if _subject(envelope) in handoffs
    ]


def _subject(envelope: bytes) -> object:
    """Return what an envelope is about, as far as it can be read: it may be what was refused."""
    try:
        read = json.loads(envelope)
    except (ValueError, RecursionError):
        return None
    return read.get("sub") if isinstance(read, dict) else None


def _proposal(row: Iterable[Any]) -> Proposal:
    return Proposal(**dict(zip(_PROPOSAL_COLUMNS, row, strict=True)))
