"""
Which receipt covers a message, and what it says of it: one narrow row for each message.

The row of a message that we received points at the receipt we signed; that of one we sent,
at the receipt the partner signed.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select

from exchange.store.columns import Direction, Status, constant
from exchange.store.ledger import find_messages_by_sig
from exchange.store.prepared import Prepared, insert_into, values_of
from exchange.store.tables import ledger, verdicts


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """
    What a receipt says of a message.

    *message* and *receipt* are ledger numbers; *attempts* is how many deliveries it took,
    0 of a message that we received.
    """

    message: int
    receipt: int
    status: Status
    code: str | None = None
    pointer: str | None = None
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class Refusal:
    """
    A message that its receiver rejected: whose it was, and what was said of it.

    *receipt* is the ledger number of the receipt that says so, *octets* its envelope.
    """

    direction: Direction
    jti: str | None
    pld: bytes
    code: str
    pointer: str | None
    receipt: int
    octets: bytes


_RECEIPTS = ledger.alias("receipts")
_REFUSED = Prepared(
    select(
        ledger.c.direction,
        ledger.c.jti,
        ledger.c.pld,
        verdicts.c.code,
        verdicts.c.pointer,
        verdicts.c.receipt,
        _RECEIPTS.c.envelope,
    )
    .select_from(
        verdicts.join(ledger, ledger.c.number == verdicts.c.message).join(
            _RECEIPTS, _RECEIPTS.c.number == verdicts.c.receipt
        )
    )
    .where(
        verdicts.c.status == constant(Status.REJECTED),
        verdicts.c.receipt >= bindparam("since"),
        verdicts.c.receipt < bindparam("until"),
    )
    .order_by(verdicts.c.receipt, verdicts.c.message)
)
_INSERT = Prepared(insert_into(verdicts))
_FIND = Prepared(
    select(verdicts).where(verdicts.c.message.in_(bindparam("messages", expanding=True))),
)
_COLUMNS = tuple(verdicts.c.keys())


def record_verdicts(connection: Connection, new: Sequence[Verdict]) -> None:
    """
    Store what a receipt says of each message; the first receipt of a message stands.

    Raises:
        IntegrityError: A message has a receipt already.
    """
    _INSERT.run(connection, *map(values_of, new))


def find_verdicts(connection: Connection, messages: Collection[int]) -> dict[int, Verdict]:
    """Return the verdicts that there are on these messages, by ledger number."""
    rows = _FIND.rows(connection, {"messages": list(messages)})
    found = (Verdict(**dict(zip(_COLUMNS, row, strict=True))) for row in rows)
    return {verdict.message: verdict for verdict in found}


def list_refused(connection: Connection, *, since: int, until: int) -> list[Refusal]:
    """Return the messages that were rejected by receipts of these ledger numbers."""
    return [Refusal(*row) for row in _REFUSED.rows(connection, {"since": since, "until": until})]


def find_receipts_by_sig(connection: Connection, sigs: Collection[bytes]) -> dict[bytes, int]:
    """Return the ledger number of the stored receipt of each received line that is known."""
    known = find_messages_by_sig(connection, sigs)
    return {sig: one.receipt for sig, one in known.items() if one.receipt is not None}
