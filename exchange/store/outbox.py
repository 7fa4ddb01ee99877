"""
What waits to be said. A row is a draft until it is sealed, and gone once it is settled.

A worker has a row by a lease (``leases``); ``lanes`` says what goes when.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select, update

from exchange.proof.envelope import MessageId
from exchange.store.heads import Row, take_row_numbers
from exchange.store.leases import is_held
from exchange.store.prepared import Prepared, insert_into, values_of
from exchange.store.tables import outbox

URGENT, NORMAL = 0, 1
"""Urgent are cancellations and welfare alerts: they overtake all, within a handoff too."""


class LeaseLost(Exception):
    """The row was claimed again since: what was done with it is void."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDraft:
    """
    A message to be said from *due_at* on.

    *handoff* and *body* are row numbers; the body is ciphertext in ``bodies``; *irt_jti*
    and *irt_pld* name the message it answers.
    """

    schema: str
    body: int
    due_at: dt.datetime
    created_at: dt.datetime
    handoff: int | None = None
    priority: int = NORMAL
    irt_jti: MessageId | None = None
    irt_pld: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting(NewDraft):
    """
    A row of the outbox.

    *ledger* is its ledger number once it is sealed; *isolated* is how far it was set apart
    from others because the partner refused it, or a request with it, unread (0: not at all);
    *parked_code* says why it waits for a person.
    """

    number: int
    attempts: int
    ledger: int | None
    isolated: int
    parked_at: dt.datetime | None
    parked_code: str | None


_COLUMNS = tuple(outbox.c.keys())
_FRESH = {"attempts": 0, "isolated": 0, "ledger": None, "parked_at": None, "parked_code": None}
_INSERT = Prepared(insert_into(outbox))
_WAITING = Prepared(
    select(outbox.c.ledger).where(outbox.c.ledger.in_(bindparam("numbers", expanding=True)))
)
_IS_HELD = is_held(outbox)
_SEAL = Prepared(
    update(outbox)
    .where(_IS_HELD, outbox.c.ledger.is_(None))
    .values(ledger=bindparam("at_ledger"), body=bindparam("at_body"))
)
_SETTLE = Prepared(delete(outbox).where(_IS_HELD))
_RELEASE = Prepared(
    update(outbox)
    .where(_IS_HELD)
    .values(due_at=bindparam("next_due_at"), isolated=bindparam("so_isolated"))
)
_SET_ASIDE = (
    update(outbox)
    .where(outbox.c.number == bindparam("at_number"), outbox.c.parked_at.is_(None))
    .values(parked_at=bindparam("at"), parked_code=bindparam("code"))
)
_PARK = Prepared(_SET_ASIDE)
_PARK_HELD = Prepared(_SET_ASIDE.where(outbox.c.attempts == bindparam("at_attempts")))
_RETRY = Prepared(
    update(outbox)
    .where(outbox.c.number == bindparam("at_number"))
    .values(due_at=bindparam("now"), parked_at=None, parked_code=None, isolated=0)
)
_END_LEASES = Prepared(
    update(outbox)
    .where(outbox.c.attempts > 0, outbox.c.due_at > bindparam("now"), outbox.c.isolated == 0)
    .values(due_at=bindparam("now"))
)
_WITHDRAW = Prepared(
    delete(outbox).where(
        outbox.c.handoff == bindparam("at_handoff"),
        outbox.c.ledger.is_(None),
        outbox.c.priority != URGENT,
    ),
)
_LIST = Prepared(
    select(outbox)
    .where(outbox.c.number > bindparam("after"))
    .order_by(outbox.c.number)
    .limit(bindparam("most"))
)
_OF_HANDOFF = Prepared(
    select(outbox).where(outbox.c.handoff == bindparam("at_handoff")).order_by(outbox.c.number)
)
_ATTEMPTS = Prepared(
    select(outbox.c.number, outbox.c.attempts).where(
        outbox.c.number.in_(bindparam("numbers", expanding=True)),
    ),
)


def insert_drafts(connection: Connection, new: Sequence[NewDraft]) -> list[int]:
    """Return the numbers of the drafts that now wait."""
    if not new:
        return []
    numbers = take_row_numbers(connection, Row.OUTBOX, len(new))
    rows = [
        {**_FRESH, **values_of(draft), "number": number}
        for number, draft in zip(numbers, new, strict=True)
    ]
    _INSERT.run(connection, *rows)
    return numbers


def insert_sealed(connection: Connection, sealed: Sequence[tuple[int, NewDraft]]) -> list[int]:
    """
    Put what was sealed before, under its ledger number, among what waits to be sent again.

    What still waits there is left as it is; return the ledger numbers of the others.
    """
    asked = {"numbers": [ledger for ledger, _ in sealed]}
    waits = {ledger for (ledger,) in _WAITING.rows(connection, asked)} if sealed else set()
    fresh = [(ledger, again) for ledger, again in sealed if ledger not in waits]
    if fresh:
        numbers = take_row_numbers(connection, Row.OUTBOX, len(fresh))
        rows = [
            {**_FRESH, **values_of(again), "ledger": ledger, "number": number}
            for number, (ledger, again) in zip(numbers, fresh, strict=True)
        ]
        _INSERT.run(connection, *rows)
    return [ledger for ledger, _ in fresh]


def waiting_of(row: Iterable[Any]) -> Waiting:
    """Return a row of the table as what it is."""
    return Waiting(**dict(zip(_COLUMNS, row, strict=True)))


def record_sealed(connection: Connection, sealed: Sequence[tuple[Waiting, int, int]]) -> None:
    """
    Note of each claimed draft its ledger number and the number of the body it has now.

    Raises:
        LeaseLost: Somebody else claimed one of them. Let it pass: nothing may be kept.
    """
    rows = [
        {**_held(waiting), "at_ledger": number, "at_body": body} for waiting, number, body in sealed
    ]
    if _SEAL.run(connection, *rows) != len(rows):
        raise LeaseLost


def settle(connection: Connection, claimed: Sequence[Waiting]) -> int:
    """Delete the rows still held by this claim; return how many were."""
    return _SETTLE.run(connection, *map(_held, claimed))


def release(connection: Connection, claimed: Sequence[Waiting], *, due_at: dt.datetime) -> int:
    """
    Give the rows back to be claimed from *due_at* on; return how many were still held.

    Each is from then on as isolated as its claim says.
    """
    rows = [
        {**_held(waiting), "next_due_at": due_at, "so_isolated": waiting.isolated}
        for waiting in claimed
    ]
    return _RELEASE.run(connection, *rows)


def _held(waiting: Waiting) -> dict[str, object]:
    return {"at_number": waiting.number, "at_attempts": waiting.attempts}


def park(
    connection: Connection,
    number: int,
    *,
    at: dt.datetime,
    code: str,
    attempts: int | None = None,
) -> bool:
    """
    Set the row aside until a person retries it; say whether that was done.

    With *attempts* only while that claim holds it (a signed rejection); without, at once
    (an operator).
    """
    asked: dict[str, object] = {"at_number": number, "at": at, "code": code}
    if attempts is None:
        return _PARK.run(connection, asked) == 1
    return _PARK_HELD.run(connection, {**asked, "at_attempts": attempts}) == 1


def end_leases(connection: Connection, *, now: dt.datetime) -> int:
    """
    Make due what the process before us had claimed; return how much that was.

    For a database that one process serves alone. Even where another lives its outcomes are
    fenced by ``attempts``, and what it sends twice has one effect.
    """
    return _END_LEASES.run(connection, {"now": now})


def retry(connection: Connection, number: int, *, now: dt.datetime) -> bool:
    """Make the row due now, parked or not; say whether there is such a row."""
    return _RETRY.run(connection, {"at_number": number, "now": now}) == 1


def delete_drafts(connection: Connection, handoff: int) -> int:
    """
    Delete what was never said about a handoff (a row number); return how many drafts.

    What is urgent stays: a cancellation is the end of it, and a call for help is about a person.
    """
    return _WITHDRAW.run(connection, {"at_handoff": handoff})


def list_held(connection: Connection, claimed: Sequence[Waiting]) -> list[Waiting]:
    """Return those of the claimed rows that this claim still holds, as they were claimed."""
    rows = _ATTEMPTS.rows(connection, {"numbers": [waiting.number for waiting in claimed]})
    held = {(number, attempts) for number, attempts in rows}
    return [waiting for waiting in claimed if (waiting.number, waiting.attempts) in held]


def list_outbox(connection: Connection, *, after: int = 0, limit: int = 100) -> list[Waiting]:
    """Return the rows that wait, parked ones too, oldest first."""
    rows = _LIST.rows(connection, {"after": after, "most": limit})
    return [waiting_of(row) for row in rows]


def list_outbox_of(connection: Connection, handoff: int) -> list[Waiting]:
    """Return what waits to be said about a handoff (a row number), oldest first."""
    rows = _OF_HANDOFF.rows(connection, {"at_handoff": handoff})
    return [waiting_of(row) for row in rows]
