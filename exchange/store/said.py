"""What was said about some handoffs in messages of some types, and where its bodies are."""

import datetime as dt
from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, select

from exchange.store.columns import Kind, Status, constant
from exchange.store.prepared import Prepared
from exchange.store.tables import ledger, outbox


class SaidOnce(NamedTuple):
    """A message about a handoff (a row number), of which type, and its envelope."""

    handoff: int
    schema: str
    envelope: bytes


class Unsaid(NamedTuple):
    """A message about a handoff (a row number) that waits unsealed: its body, and since when."""

    handoff: int
    body: int
    created_at: dt.datetime


_CHUNK = 500
_SAID = Prepared(
    select(ledger.c.handoff, ledger.c.schema, ledger.c.envelope)
    .where(
        ledger.c.handoff.in_(bindparam("numbers", expanding=True)),
        ledger.c.schema.in_(bindparam("schemas", expanding=True)),
        ledger.c.kind == constant(Kind.MESSAGE),
        ledger.c.status == constant(Status.ACCEPTED),
    )
    .order_by(ledger.c.number)
)
_BODIES = Prepared(
    select(ledger.c.handoff, ledger.c.seq, ledger.c.body).where(
        ledger.c.handoff.in_(bindparam("numbers", expanding=True)),
        ledger.c.schema == bindparam("of_schema"),
        ledger.c.kind == constant(Kind.MESSAGE),
        ledger.c.status == constant(Status.ACCEPTED),
        ledger.c.body.is_not(None),
    )
)


_UNSAID = Prepared(
    select(outbox.c.handoff, outbox.c.body, outbox.c.created_at)
    .where(
        outbox.c.handoff.in_(bindparam("numbers", expanding=True)),
        outbox.c.schema == bindparam("of_schema"),
        outbox.c.ledger.is_(None),
    )
    .order_by(outbox.c.handoff, outbox.c.number)
)


def find_said(
    connection: Connection, handoffs: Collection[int], schemas: Collection[str]
) -> list[SaidOnce]:
    """Return the messages of these types about these handoffs, in the order of the ledger."""
    found: list[SaidOnce] = []
    for numbers in _chunks(handoffs):
        asked = {"numbers": numbers, "schemas": sorted(schemas)}
        found += [SaidOnce(*row) for row in _SAID.rows(connection, asked)]
    return found


def find_unsaid(
    connection: Connection, handoffs: Collection[int], schema: str
) -> dict[int, Unsaid]:
    """Return the last message of a type that waits unsealed, by the handoff's row number."""
    found: dict[int, Unsaid] = {}
    for numbers in _chunks(handoffs):
        rows = _UNSAID.rows(connection, {"numbers": numbers, "of_schema": schema})
        found |= {row[0]: Unsaid(*row) for row in rows}
    return found


def find_bodies_of(
    connection: Connection, handoffs: Collection[int], schema: str
) -> dict[tuple[int, int], int]:
    """Return the body of each message of a type, by the handoff's row number and ``seq``."""
    found: dict[tuple[int, int], int] = {}
    for numbers in _chunks(handoffs):
        rows = _BODIES.rows(connection, {"numbers": numbers, "of_schema": schema})
        found |= {(handoff, seq): body for handoff, seq, body in rows}
    return found


def _chunks(numbers: Collection[int]) -> list[list[int]]:
    ordered = sorted(numbers)
    return [ordered[start : start + _CHUNK] for start in range(0, len(ordered), _CHUNK)]
