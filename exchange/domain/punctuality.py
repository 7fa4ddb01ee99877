"""How each deadline of a handoff was kept: in time, late, not at all, or there is time yet."""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from exchange.domain.deadlines import DEADLINES, Deadline
from exchange.domain.handoff import SharedHandoff
from exchange.domain.limits import Limits


class Kept(StrEnum):
    """How a deadline was kept, as far as it was asked for."""

    IN_TIME = "in-time"
    LATE = "late"
    OVERDUE = "overdue"
    NOT_YET_DUE = "not-yet-due"


class Judged(NamedTuple):
    """One deadline of a handoff at a time: when it was due, when it was met, how it was kept."""

    deadline: Deadline
    due_at: datetime
    met_at: datetime | None
    kept: Kept


def judge(shared: SharedHandoff, now: datetime, limits: Limits) -> tuple[Judged, ...]:
    """
    Return how each deadline that was asked for stands at *now*, in the order of the table.

    One that was not met and waits no longer, such as an answer to a notice that was taken back,
    is not among them.
    """
    stage = shared.stage
    judged = []
    for deadline in DEADLINES:
        due_at = deadline.due_at(shared, limits)
        if due_at is None:
            continue
        met_at = deadline.met_at(shared)
        if met_at is not None or stage in deadline.waits_in:
            judged.append(Judged(deadline, due_at, met_at, _kept(due_at, met_at, now)))
    return tuple(judged)


def _kept(due_at: datetime, met_at: datetime | None, now: datetime) -> Kept:
    if met_at is not None:
        return Kept.LATE if met_at > due_at else Kept.IN_TIME
    return Kept.OVERDUE if due_at < now else Kept.NOT_YET_DUE
