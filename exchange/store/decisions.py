"""
What a port decided, without the person: enough to answer a repeat, and to count.

``digest`` is keyed, so that nobody can try names against it.
"""

import datetime as dt
import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, bindparam, func, select

from exchange.store.prepared import Prepared, insert_into, values_of
from exchange.store.tables import decisions


class Outcome(StrEnum):
    """What screening made of a decision."""

    CLEARED = "cleared"
    WITHHELD = "withheld"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """
    A decision as kept.

    *decided_on* is the port's own day; *codes* say why it was withheld; *handoff* is the
    row number of the handoff that a cleared one began.
    """

    decision_id: str
    digest: bytes
    port: str
    decided_on: dt.date
    outcome: Outcome
    rule_set: str
    recorded_at: dt.datetime
    codes: tuple[str, ...] = ()
    handoff: int | None = None


@dataclass(frozen=True, slots=True)
class DecisionCount:
    """How many decisions of a port on a day had an outcome."""

    decided_on: dt.date
    port: str
    outcome: Outcome
    count: int


_COLUMNS = tuple(column.name for column in decisions.c if column.name != "number")
_DECISION = select(*(decisions.c[name] for name in _COLUMNS))
_INSERT = Prepared(insert_into(decisions, numbered=False))
_FIND = Prepared(_DECISION.where(decisions.c.decision_id.in_(bindparam("ids", expanding=True))))
_OF_HANDOFF = Prepared(_DECISION.where(decisions.c.handoff == bindparam("at_handoff")))
_COUNT = Prepared(
    select(decisions.c.decided_on, decisions.c.port, decisions.c.outcome, func.count())
    .where(decisions.c.decided_on.between(bindparam("first"), bindparam("last")))
    .group_by(decisions.c.decided_on, decisions.c.port, decisions.c.outcome)
    .order_by(decisions.c.decided_on, decisions.c.port, decisions.c.outcome)
)


def record_decisions(connection: Connection, new: Sequence[Decision]) -> None:
    """
    Store what was decided.

    Raises:
        IntegrityError: A decision of such an id was stored before; let it pass.
    """
    rows = [{**values_of(decision), "codes": json.dumps(decision.codes)} for decision in new]
    _INSERT.run(connection, *rows)


def find_decisions(connection: Connection, ids: Collection[str]) -> dict[str, Decision]:
    """Return those of the decisions that were stored, by id."""
    found = map(_decision, _FIND.rows(connection, {"ids": list(ids)}))
    return {decision.decision_id: decision for decision in found}


def find_decision_of(connection: Connection, handoff: int) -> Decision | None:
    """Return the decision that began a handoff (a row number), or None."""
    row = _OF_HANDOFF.first(connection, {"at_handoff": handoff})
    return None if row is None else _decision(row)


def count_decisions(
    connection: Connection,
    *,
    first_on: dt.date,
    last_on: dt.date,
) -> list[DecisionCount]:
    """Return how many decisions there are by day, port and outcome, both days included."""
    rows = _COUNT.rows(connection, {"first": first_on, "last": last_on})
    return [DecisionCount(on, port, Outcome(outcome), count) for on, port, outcome, count in rows]


def _decision(row: Iterable[Any]) -> Decision:
    kept = dict(zip(_COLUMNS, row, strict=True))
    codes = tuple(json.loads(kept["codes"]))
    return Decision(**{**kept, "codes": codes, "outcome": Outcome(kept["outcome"])})
