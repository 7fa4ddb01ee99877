"""What is to be done on a day at a receiving point, with the names of whom it is about."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Final, NamedTuple

from exchange.domain.handoff import SharedHandoff
from exchange.domain.limits import Limits
from exchange.domain.places import ReceivingPoint
from exchange.domain.worklist import TASKS, Task, latest_due, tasks_of
from exchange.errors import Language
from exchange.flow.rows import shared_of
from exchange.flow.taking_back import stage_ahead
from exchange.store.due import stream_due_at
from exchange.store.engine import Connection
from exchange.store.handoffs import Handoff
from exchange.web.calls import Caller
from exchange.web.persons import Person, Persons, day_at, find_persons
from exchange.web.shown import HearingShown, Worklist, WorklistTask

TASKS_MAX: Final = 1000
VIEWED: Final = "worklist.viewed"


class _Due(NamedTuple):
    task: Task
    shared: SharedHandoff
    row: Handoff


@dataclass(frozen=True, slots=True)
class TaskList:
    """Makes the list of a day."""

    persons: Persons
    limits: Limits

    async def of_day(self, caller: Caller, port: str, on: date, language: Language) -> Worklist:
        """
        Return what is to be done on the day *on* at the receiving points of *port*.

        What is due first stands first. The view is in the journal first.

        Raises:
            NotFound: There is no such place.
            Forbidden: None of its points is the caller's.
        """
        points = self.persons.points_of(caller, port)
        await self.persons.record_view(VIEWED, caller, port, on)
        due, people = await self.persons.store.scan(partial(self._find, points, on))
        shown = due[:TASKS_MAX]
        return Worklist(
            on=on.isoformat(),
            receiving_points=tuple(point.id for point in points),
            tasks=tuple(self._shown(one, people[one.row.number], language) for one in shown),
            more=len(due) > len(shown),
        )

    def _find(
        self, points: Sequence[ReceivingPoint], on: date, connection: Connection
    ) -> tuple[list[_Due], dict[int, Person]]:
        """Return the tasks in their order, one more than are shown, and whom they are about."""
        due = [one for point in points for one in self._due_at(point, on, connection)]
        due.sort(key=lambda one: (one.task.due_at, one.row.number))
        rows = {one.row.number: one.row for one in due[:TASKS_MAX]}
        people = find_persons(connection, list(rows.values()))
        return due, {person.row.number: person for person in people}

    def _due_at(self, point: ReceivingPoint, on: date, connection: Connection) -> list[_Due]:
        day, found = day_at(point, on), list[_Due]()
        before = latest_due(day, self.limits)
        for row in stream_due_at(connection, receiving_points=[point.id], before=before):
            shared = shared_of(row)
            if shared is None or shared.notice is None:
                continue
            tasks = tasks_of(shared, stage_ahead(row), day, self.limits)
            found += [_Due(task, shared, row) for task in tasks]
            if len(found) > TASKS_MAX:
                break
        return found

    def _shown(self, due: _Due, person: Person, language: Language) -> WorklistTask:
        stands = due.shared.current_hearing
        members = self.persons.shown(person, language)
        return WorklistTask.model_validate(
            {
                **members,
                "task": due.task.kind,
                "asks": TASKS[due.task.kind].spoken(language),
                "due_at": due.task.due_at,
                "overdue": due.task.due_at < self.persons.clock(),
                "hearing": stands and HearingShown.model_validate(stands, from_attributes=True),
            }
        )
