"""
What a port decided, without the person: enough to answer a repeat, and to count.

``digest`` is keyed, so that nobody can try names against it.
"""

import datetime as dt
import json
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, RowMapping, bindparam, func, insert, select

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


_COLUMNS = [column for column in decisions.c if column.name != "number"]
_INSERT = insert(decisions)
_FIND = select(*_COLUMNS).where(decisions.c.decision_id == bindparam("at_id"))
_OF_HANDOFF = select(*_COLUMNS).where(decisions.c.handoff == bindparam("at_handoff"))
_COUNT = (
    select(decisions.c.decided_on, decisions.c.port, decisions.c.outcome, func.count())
    .where(decisions.c.decided_on.between(bindparam("first"), bindparam("last")))
    .group_by(decisions.c.decided_on, decisions.c.port, decisions.c.outcome)
    .order_by(decisions.c.decided_on, decisions.c.port, decisions.c.outcome)
)


def record_decision(connection: Connection, new: Decision) -> None:
    """
    Store what was decided.

    Raises:
        IntegrityError: A decision of this id was stored before; let it pass.
    """
    connection.execute(
        _INSERT,
        {
            "decision_id": new.decision_id,
            "digest": new.digest,
            "port": new.port,
            "decided_on": new.decided_on,
            "outcome": new.outcome,
            "rule_set": new.rule_set,
            "codes": json.dumps(new.codes),
            "handoff": new.handoff,
            "recorded_at": new.recorded_at,
        },
    )


def find_decision(connection: Connection, decision_id: str) -> Decision | None:
    """Return the decision of this id, or None where there is none."""
    row = connection.execute(_FIND, {"at_id": decision_id}).mappings().one_or_none()
    return None if row is None else _decision(row)


def find_decision_of(connection: Connection, handoff: int) -> Decision | None:
    """Return the decision that began a handoff (a row number), or None."""
    row = connection.execute(_OF_HANDOFF, {"at_handoff": handoff}).mappings().one_or_none()
    return None if row is None else _decision(row)


def count_decisions(
    connection: Connection,
    *,
    first_on: dt.date,
    last_on: dt.date,
) -> list[DecisionCount]:
    """Return how many decisions there are by day, port and outcome, both days included."""
    rows = connection.execute(_COUNT, {"first": first_on, "last": last_on})
    return [DecisionCount(on, port, Outcome(outcome), count) for on, port, outcome, count in rows]


def _decision(row: RowMapping) -> Decision:
    codes = tuple(json.loads(row["codes"]))
    return Decision(**{**row, "codes": codes, "outcome": Outcome(row["outcome"])})
