"""
Whether our own record holds: every hash, signature, digest, body and receipt of it.

The first thing that does not is named and ends the check; nothing here repairs anything.
"""

from dataclasses import dataclass, field

from sqlalchemy import Connection

from exchange.errors import EvidenceBroken, ExchangeError, Sentence
from exchange.flow.checkpointing import Owner, check_whole
from exchange.flow.kept import Kept, kept_lines
from exchange.proof.custody import KeyEncryptionKey
from exchange.proof.jws import Typ
from exchange.proof.keys import KeySet
from exchange.proof.lines import check_body, read_envelope, verify
from exchange.proof.policy import CLASSICAL, HYBRID, signature_sets
from exchange.proof.receipts import read_receipt
from exchange.store.columns import Direction, Kind, Status
from exchange.store.heads import Head
from exchange.store.ledger import Entry

EVER_ACCEPTED = signature_sets(messages=(HYBRID, CLASSICAL))
"""What either side may have signed with, whatever its policy was then."""


@dataclass(slots=True)
class Figures:
    """What a verified ledger holds."""

    messages: int = 0
    receipts: int = 0
    erased: int = 0
    unreceipted: int = 0
    journal: int = 0
    covered: set[tuple[Direction, bytes]] = field(default_factory=set, repr=False)
    said: list[tuple[Direction, bytes]] = field(default_factory=list, repr=False)


def check_ledger(
    connection: Connection,
    key: KeyEncryptionKey,
    *,
    ours: KeySet,
    journal: KeySet,
    partner: KeySet,
) -> Figures:
    """
    Return what the ledger holds once all of it is verified, and both trees and what was signed.

    Raises:
        EvidenceBroken: The first entry that does not hold is named.
    """
    check_whole(connection, Head.LEDGER, Owner.of(Head.LEDGER, ours.iss, ours))
    figures = Figures()
    owners = {ours.iss: (ours, partner), partner.iss: (partner, ours)}
    sequence = 0
    for kept in kept_lines(connection, key):
        entry = kept.entry
        _require(
            entry.issuer in owners,
            Sentence(
                f"ledger entry {entry.number} is of neither party",
                f"el asiento {entry.number} del libro no es de ninguna de las partes",
            ),
        )
        owner, other = owners[entry.issuer]
        _check_line(kept, owner, audience=other.iss, figures=figures)
        if entry.direction is Direction.SENT and entry.kind is Kind.MESSAGE:
            sequence += 1
            _require(
                entry.seq == sequence,
                Sentence(
                    f"ledger entry {entry.number}: seq is not {sequence}",
                    f"asiento {entry.number} del libro: seq no es {sequence}",
                ),
            )
    figures.unreceipted = sum(message not in figures.covered for message in figures.said)
    figures.journal = check_whole(
        connection, Head.JOURNAL, Owner.of(Head.JOURNAL, ours.iss, journal)
    )
    return figures


def _check_line(kept: Kept, owner: KeySet, *, audience: str, figures: Figures) -> None:
    entry, line = kept.entry, kept.line
    same = (line.pld, line.sig) == (entry.pld, entry.sig)
    _require(
        same,
        Sentence(
            f"ledger entry {entry.number}: its digests are of other octets",
            f"asiento {entry.number} del libro: sus resúmenes son de otros octetos",
        ),
    )
    try:
        if entry.kind is Kind.MESSAGE:
            _check_message(kept, owner, audience, figures)
        else:
            _check_receipt(kept, owner, audience, figures)
    except EvidenceBroken:
        raise
    except ExchangeError as error:
        fails = Sentence(
            f"ledger entry {entry.number}: {error.code}",
            f"asiento {entry.number} del libro: {error.code}",
        )
        raise EvidenceBroken(fails) from error


def _check_message(kept: Kept, owner: KeySet, audience: str, figures: Figures) -> None:
    entry, line = kept.entry, kept.line
    verified = verify(
        line, owner, accepted=EVER_ACCEPTED, typ=Typ.MESSAGE, received_at=entry.recorded_at
    )
    figures.messages += 1
    figures.said.append((entry.direction, entry.pld))
    if entry.status is Status.REJECTED:
        return  # kept as evidence of what was sent, whatever it says
    envelope = read_envelope(verified, audience=audience)
    _check_columns(entry, (envelope.jti, envelope.seq, envelope.schema))
    if line.body is None:
        figures.erased += 1
    else:
        check_body(envelope, line)


def _check_receipt(kept: Kept, owner: KeySet, audience: str, figures: Figures) -> None:
    entry = kept.entry
    receipt = read_receipt(kept.line, owner, accepted=EVER_ACCEPTED, audience=audience)
    _check_columns(entry, (receipt.jti, None, entry.schema))
    figures.receipts += 1
    said = Direction.RECEIVED if entry.direction is Direction.SENT else Direction.SENT
    figures.covered.update((said, item.pld) for item in receipt.items)


def _check_columns(entry: Entry, signed: tuple[str, int | None, str | None]) -> None:
    """Require that what we search by is what was signed."""
    same = (entry.jti, entry.seq, entry.schema) == signed
    _require(
        same,
        Sentence(
            f"ledger entry {entry.number}: its row says other than its envelope",
            f"asiento {entry.number} del libro: su fila dice otra cosa que su sobre",
        ),
    )


def _require(holds: bool, otherwise: Sentence) -> None:
    if not holds:
        raise EvidenceBroken(otherwise)
