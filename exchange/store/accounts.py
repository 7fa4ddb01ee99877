"""
What an account is made of: rows to be counted, and figures of the whole ledger.

Only narrow columns are read, never an envelope, a signature or a body.
"""

import datetime as dt
import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, select

from exchange.store.columns import Direction, Kind, Status, constant
from exchange.store.decisions import Outcome
from exchange.store.ledger import find_number_since
from exchange.store.tables import alarms, decisions, handoffs, ledger, verdicts

CHUNK = 500


@dataclass(frozen=True, slots=True)
class Stood:
    """A handoff as it stands: its row number, its stages and what both sides know."""

    number: int
    handoff: str
    port: str | None
    receiving_point: str | None
    local_stage: str | None
    stage: str
    shared: str | None
    holds: tuple[str, ...]
    created_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision of a port: what screening made of it, and the handoff that it began."""

    port: str
    outcome: Outcome
    codes: tuple[str, ...]
    handoff: Stood | None


@dataclass(frozen=True, slots=True)
class Spoken:
    """A message about a handoff (a row number), and what its receiver's receipt says of it."""

    handoff: int
    direction: Direction
    schema: str | None
    status: Status
    verdict: Status | None
    code: str | None
    attempts: int


@dataclass(frozen=True, slots=True)
class Exchanged:
    """How many messages of one direction there are, and how many of them were rejected."""

    direction: Direction
    messages: int
    rejected: int


_STOOD = (
    handoffs.c.number,
    handoffs.c.handoff,
    handoffs.c.port,
    handoffs.c.receiving_point,
    handoffs.c.local_stage,
    handoffs.c.stage,
    handoffs.c.shared,
    handoffs.c.holds,
    handoffs.c.created_at,
)
_DECIDED = (
    select(decisions.c.port, decisions.c.outcome, decisions.c.codes, *_STOOD)
    .select_from(decisions.outerjoin(handoffs, decisions.c.handoff == handoffs.c.number))
    .order_by(decisions.c.number)
)
_DECIDED_ON = _DECIDED.where(
    decisions.c.decided_on.between(bindparam("first_day"), bindparam("last_day"))
)
_HEARD = select(*_STOOD).order_by(handoffs.c.number)
_HEARD_BETWEEN = _HEARD.where(handoffs.c.created_at.between(bindparam("start"), bindparam("end")))
_SPOKEN_OF = _HEARD.where(
    handoffs.c.number.in_(
        select(ledger.c.handoff).where(
            ledger.c.number >= bindparam("since"),
            ledger.c.kind == constant(Kind.MESSAGE),
            ledger.c.handoff.is_not(None),
        )
    )
)
_SPOKEN = (
    select(
        ledger.c.handoff,
        ledger.c.direction,
        ledger.c.schema,
        ledger.c.status,
        verdicts.c.status.label("verdict"),
        verdicts.c.code,
        func.coalesce(verdicts.c.attempts, 0),
    )
    .select_from(ledger.outerjoin(verdicts, verdicts.c.message == ledger.c.number))
    .where(
        ledger.c.handoff.in_(bindparam("numbers", expanding=True)),
        ledger.c.kind == constant(Kind.MESSAGE),
    )
    .order_by(ledger.c.number)
)
_REJECTED = func.count().filter(
    (ledger.c.status == constant(Status.REJECTED))
    | (verdicts.c.status == constant(Status.REJECTED))
)
_EXCHANGED = (
    select(ledger.c.direction, func.count(), _REJECTED)
    .select_from(ledger.outerjoin(verdicts, verdicts.c.message == ledger.c.number))
    .where(ledger.c.kind == constant(Kind.MESSAGE))
    .group_by(ledger.c.direction)
)
_SUBJECTS = select(alarms.c.subject).where(alarms.c.kind == bindparam("of_kind")).distinct()


def stream_decided(
    connection: Connection, days: tuple[dt.date, dt.date] | None
) -> Iterator[Decided]:
    """Give every decision of a port's own days, or of all days, in the order they came."""
    statement, asked = (_DECIDED, {})
    if days is not None:
        statement, asked = _DECIDED_ON, {"first_day": days[0], "last_day": days[1]}
    for port, outcome, codes, *stood in _rows(connection, statement, asked):
        handoff = None if stood[0] is None else Stood(*stood)
        yield Decided(port, Outcome(outcome), tuple(json.loads(codes)), handoff)


def stream_stood(
    connection: Connection, between: tuple[dt.datetime, dt.datetime] | None
) -> Iterator[Stood]:
    """Give every handoff first heard of between two times, or ever, in that order."""
    statement, asked = (_HEARD, {})
    if between is not None:
        statement, asked = _HEARD_BETWEEN, {"start": between[0], "end": between[1]}
    for row in _rows(connection, statement, asked):
        yield Stood(*row)


def stream_spoken_of_since(connection: Connection, at: dt.datetime | None) -> Iterator[Stood]:
    """Give every handoff about which a message was recorded since a time, or ever."""
    if at is None:
        return stream_stood(connection, None)
    asked = {"since": find_number_since(connection, at)}
    return (Stood(*row) for row in _rows(connection, _SPOKEN_OF, asked))


def stream_spoken(connection: Connection, numbers: Collection[int]) -> Iterator[Spoken]:
    """Give every message about these handoffs (row numbers)."""
    ordered = sorted(numbers)
    for start in range(0, len(ordered), CHUNK):
        for row in _rows(connection, _SPOKEN, {"numbers": ordered[start : start + CHUNK]}):
            yield Spoken(*row)


def find_subjects(connection: Connection, kind: str) -> frozenset[str]:
    """Return what alarms of a *kind* were about, open or closed."""
    return frozenset(connection.scalars(_SUBJECTS, {"of_kind": kind}))


def count_exchanged(connection: Connection) -> list[Exchanged]:
    """Return how many messages of each direction there are. Reads every row."""
    return [Exchanged(*row) for row in connection.execute(_EXCHANGED)]


def _rows(
    connection: Connection, statement: Select[Any], asked: dict[str, Any]
) -> Iterator[tuple[Any, ...]]:
    options = {"yield_per": CHUNK}
    for row in connection.execute(statement, asked, execution_options=options):
        yield tuple(row)
