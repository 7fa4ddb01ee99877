"""
Every difference between what the two sides say, open or ended. Nothing is ever deleted.

Of each rule and subject at most one is open: of two who open the same at once one is first, and
the other meets a Duplicate and looks again.
"""

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, update

from exchange.domain.discrepancies.finding import Finding
from exchange.domain.discrepancies.scopes import Scope, Subject
from exchange.domain.discrepancies.standing import Changes, Discrepancy, Ending, Resolution
from exchange.domain.parties import HandoffId
from exchange.domain.severity import Severity
from exchange.store.prepared import Prepared
from exchange.store.tables import discrepancies


@dataclass(frozen=True, slots=True)
class Kept:
    """A discrepancy as it is kept, under the number by which people speak of it."""

    number: int
    discrepancy: Discrepancy


_COLUMNS = tuple(discrepancies.c.keys())
_IS_OPEN = discrepancies.c.ended_at.is_(None)
_ASSIGNED = tuple(name for name in _COLUMNS if name != "number")
_INSERT = Prepared(insert(discrepancies).values({name: bindparam(name) for name in _ASSIGNED}))
_OF_KEY = (
    discrepancies.c.rule == bindparam("of_rule"),
    discrepancies.c.scope == bindparam("of_scope"),
    discrepancies.c.name == bindparam("of_name"),
    _IS_OPEN,
)
_FOUND = ("severity", "owner", "since", "due_at", "because", "handoffs", "updated_at")
_UPDATE = Prepared(
    update(discrepancies).where(*_OF_KEY).values({name: bindparam(name) for name in _FOUND})
)
_END = Prepared(
    update(discrepancies)
    .where(*_OF_KEY)
    .values(ended_at=bindparam("at"), resolution=bindparam("as"), resolved_by=bindparam("by"))
)
_LAST = select(func.max(discrepancies.c.number)).group_by(
    discrepancies.c.scope, discrepancies.c.name, discrepancies.c.rule
)
_LAST_OF = Prepared(
    select(discrepancies).where(
        discrepancies.c.number.in_(
            _LAST.where(
                discrepancies.c.scope == bindparam("of_scope"),
                discrepancies.c.name.in_(bindparam("names", expanding=True)),
            )
        )
    )
)
_OPEN_OF_RULE = Prepared(
    select(discrepancies.c.scope, discrepancies.c.name).where(
        discrepancies.c.rule == bindparam("of_rule"), _IS_OPEN
    )
)
_OF_NUMBER = select(discrepancies).where(discrepancies.c.number == bindparam("at_number"))
_BY_NUMBER = Prepared(_OF_NUMBER)
_LOCK = Prepared(_OF_NUMBER.with_for_update())
_OPEN = select(discrepancies).where(_IS_OPEN).order_by(discrepancies.c.due_at, "number")
_ALL = select(discrepancies).order_by(discrepancies.c.number)
_ABOUT = select(discrepancies).where(
    discrepancies.c.scope == bindparam("of_scope"), discrepancies.c.name == bindparam("of_name")
)
_HISTORY = Prepared(_ABOUT.order_by(discrepancies.c.number))
_COUNT = Prepared(
    select(discrepancies.c.rule, discrepancies.c.severity, func.count())
    .where(_IS_OPEN)
    .group_by(discrepancies.c.rule, discrepancies.c.severity)
)
_CHUNK = 500
_STREAMED = {"yield_per": _CHUNK}


def record_changes(connection: Connection, changes: Changes) -> None:
    """
    Store what opened, what is found otherwise than before, and what ended.

    Raises:
        Duplicate: Somebody else opened the same. Let it pass, and look again.
    """
    _INSERT.run(connection, *(_row(one) for one in changes.opened))
    _UPDATE.run(connection, *({**_key(one), **_found(one)} for one in changes.updated))
    for one in changes.closed:
        end_discrepancy(connection, one)


def end_discrepancy(connection: Connection, discrepancy: Discrepancy) -> bool:
    """Store how a discrepancy ended; say whether it was still open."""
    ending = discrepancy.ending
    if ending is None:
        return False
    asked = {"at": ending.at, "as": ending.resolution, "by": ending.by}
    return _END.run(connection, {**_key(discrepancy), **asked}) == 1


def find_last(connection: Connection, subjects: Collection[Subject]) -> list[Discrepancy]:
    """Return of each of the subjects the last discrepancy of every rule, open or ended."""
    found: list[Discrepancy] = []
    for scope in Scope:
        names = sorted(subject.name for subject in subjects if subject.scope is scope)
        for start in range(0, len(names), _CHUNK):
            asked = {"of_scope": scope, "names": names[start : start + _CHUNK]}
            found += [_kept(row).discrepancy for row in _LAST_OF.rows(connection, asked)]
    return found


def list_open_subjects(connection: Connection, rule: str) -> list[Subject]:
    """Return the subjects that break a rule, as far as they were looked at."""
    return [Subject(*row) for row in _OPEN_OF_RULE.rows(connection, {"of_rule": rule})]


def find_discrepancy(connection: Connection, number: int) -> Kept | None:
    """Return the discrepancy of a number, open or ended, or None where there is none."""
    row = _BY_NUMBER.first(connection, {"at_number": number})
    return None if row is None else _kept(row)


def lock_discrepancy(connection: Connection, number: int) -> Kept | None:
    """Return the discrepancy of a number, and let nobody else change it until we commit."""
    row = _LOCK.first(connection, {"at_number": number})
    return None if row is None else _kept(row)


def list_history(connection: Connection, subject: Subject) -> list[Kept]:
    """Return every discrepancy that a subject ever had, in the order in which they opened."""
    asked = {"of_scope": subject.scope, "of_name": subject.name}
    return [_kept(row) for row in _HISTORY.rows(connection, asked)]


def stream_open(connection: Connection) -> Iterator[Kept]:
    """Give the discrepancies that are open, what is due first before the rest."""
    for row in connection.execute(_OPEN, execution_options=_STREAMED):
        yield _kept(row)


def stream_discrepancies(connection: Connection) -> Iterator[Kept]:
    """Give every discrepancy, open or ended, in the order in which they opened."""
    for row in connection.execute(_ALL, execution_options=_STREAMED):
        yield _kept(row)


def count_open(connection: Connection) -> dict[tuple[str, Severity], int]:
    """Return how many discrepancies of each rule and severity are open."""
    return {(rule, severity): count for rule, severity, count in _COUNT.rows(connection)}


def _key(one: Discrepancy) -> dict[str, object]:
    rule, subject = one.key
    return {"of_rule": rule, "of_scope": subject.scope, "of_name": subject.name}


def _found(one: Discrepancy) -> dict[str, object]:
    finding = one.finding
    return {
        "severity": finding.severity,
        "owner": finding.owner,
        "since": finding.since,
        "due_at": finding.due_at,
        "because": finding.because,
        "handoffs": finding.handoffs,
        "updated_at": one.updated_at,
    }


def _row(one: Discrepancy) -> dict[str, object]:
    rule, subject = one.key
    ending = one.ending
    return {
        "rule": rule,
        "scope": subject.scope,
        "name": subject.name,
        **_found(one),
        "opened_at": one.opened_at,
        "ended_at": None if ending is None else ending.at,
        "resolution": None if ending is None else ending.resolution,
        "resolved_by": None if ending is None else ending.by,
    }


def _kept(row: Sequence[Any]) -> Kept:
    kept = dict(zip(_COLUMNS, row, strict=True))
    ended_at: dt.datetime | None = kept["ended_at"]
    resolution: Resolution | None = kept["resolution"]
    finding = Finding(
        rule=kept["rule"],
        subject=Subject(kept["scope"], kept["name"]),
        severity=kept["severity"],
        owner=kept["owner"],
        since=kept["since"],
        due_at=kept["due_at"],
        because=kept["because"],
        handoffs=tuple(map(HandoffId, kept["handoffs"])),
    )
    ending = None if ended_at is None else Ending(ended_at, resolution, kept["resolved_by"])
    opened_at, updated_at = kept["opened_at"], kept["updated_at"]
    return Kept(kept["number"], Discrepancy(finding, opened_at, updated_at, ending))
