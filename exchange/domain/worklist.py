"""
What an official of a receiving point has to do on a day: one task for each thing that waits.

A task follows from what both sides know, and from what our side has said that waits to be sent:
nobody is asked to do again what was done. Each has the time of its deadline, passed or not.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from exchange.domain.due import (
    acknowledgment_due,
    delivery_due,
    delivery_met,
    reception_due,
    stay_due,
    visa_due,
)
from exchange.domain.handoff import SharedHandoff, Stage
from exchange.domain.limits import Limits
from exchange.errors import Sentence


class TaskKind(StrEnum):
    """Something for an official to do."""

    TO_ANSWER = "to-answer"
    EXPECTED = "expected"
    AT_THE_LINE = "at-the-line"
    DOCUMENT_TO_ISSUE = "document-to-issue"
    DOCUMENT_TO_EXTEND = "document-to-extend"
    DATE_TO_DELIVER = "date-to-deliver"


TASKS: Mapping[TaskKind, Sentence] = MappingProxyType(
    {
        TaskKind.TO_ANSWER: Sentence(
            "Accept, refuse or defer the notice.", "Acepte, rechace o difiera el aviso."
        ),
        TaskKind.EXPECTED: Sentence(
            "The person is expected: record who comes and who does not.",
            "Se espera a la persona: registre quién llega y quién no.",
        ),
        TaskKind.AT_THE_LINE: Sentence(
            "The person has crossed: record the reception now.",
            "La persona ya cruzó: registre la recepción ahora.",
        ),
        TaskKind.DOCUMENT_TO_ISSUE: Sentence(
            "Give the person a document and record it.",
            "Entregue un documento a la persona y regístrelo.",
        ),
        TaskKind.DOCUMENT_TO_EXTEND: Sentence(
            "The document ends before the hearing: extend or replace it.",
            "El documento vence antes de la audiencia: amplíelo o reemplácelo.",
        ),
        TaskKind.DATE_TO_DELIVER: Sentence(
            "The hearing has changed: tell the person, and record it.",
            "La audiencia cambió: informe a la persona y regístrelo.",
        ),
    }
)
"""What each task asks, in the order of a day."""

_OF_THE_WINDOW = frozenset({TaskKind.TO_ANSWER, TaskKind.EXPECTED, TaskKind.AT_THE_LINE})
_AT_ONCE = frozenset({TaskKind.DOCUMENT_TO_ISSUE, TaskKind.DATE_TO_DELIVER})
_WAITING = frozenset({Stage.RECEIVED, Stage.DOCUMENTED, Stage.NOT_PRESENTED})


class Task(NamedTuple):
    """One thing to do about one handoff, and when it is due."""

    kind: TaskKind
    due_at: datetime


class Day(NamedTuple):
    """A day of a receiving point's own calendar, as it begins and ends."""

    begins: datetime
    ends: datetime


def tasks_of(shared: SharedHandoff, ahead: Stage, on: Day, limits: Limits) -> tuple[Task, ...]:
    """
    Return what is to be done about a handoff on the day *on*, in the order of a day.

    *ahead* is its stage once what waits has been sent. A window's tasks belong to the day on
    which it opens, every task to the day on which it is due, and to those after while it is
    undone; a document to issue and a date to deliver are for as soon as they are known.
    """
    opens = shared.window_from
    is_window = opens is not None and on.begins <= opens < on.ends
    return tuple(
        task
        for task in _waiting(shared, ahead, limits)
        if task.due_at < on.ends
        or task.kind in _AT_ONCE
        or (is_window and task.kind in _OF_THE_WINDOW)
    )


def latest_due(on: Day, limits: Limits) -> datetime:
    """Return before when the next deadline lies of every handoff that has a task on the day."""
    at_once = max(limits.visa_seconds, limits.delivery_seconds, limits.reception_seconds)
    return on.ends + timedelta(days=1, seconds=at_once)


def _waiting(shared: SharedHandoff, ahead: Stage, limits: Limits) -> Iterator[Task]:
    for kind, row in _ROWS.items():
        if ahead in row.waits_in and (due_at := row.due_at(shared, limits)) is not None:
            yield Task(kind, due_at)


def _extension_due(shared: SharedHandoff, limits: Limits) -> datetime | None:
    return stay_due(shared, limits, before_seconds=limits.stay_check_seconds)


def _delivery_due(shared: SharedHandoff, limits: Limits) -> datetime | None:
    return delivery_due(shared, limits) if delivery_met(shared) is None else None


class _Row(NamedTuple):
    waits_in: frozenset[Stage]
    due_at: Callable[[SharedHandoff, Limits], datetime | None]


_ROWS: Mapping[TaskKind, _Row] = MappingProxyType(
    {
        TaskKind.TO_ANSWER: _Row(frozenset({Stage.NOTICED}), acknowledgment_due),
        TaskKind.EXPECTED: _Row(frozenset({Stage.ACCEPTED}), reception_due),
        TaskKind.AT_THE_LINE: _Row(frozenset({Stage.DEPARTED}), reception_due),
        TaskKind.DOCUMENT_TO_ISSUE: _Row(frozenset({Stage.RECEIVED}), visa_due),
        TaskKind.DOCUMENT_TO_EXTEND: _Row(frozenset({Stage.DOCUMENTED}), _extension_due),
        TaskKind.DATE_TO_DELIVER: _Row(_WAITING, _delivery_due),
    }
)
