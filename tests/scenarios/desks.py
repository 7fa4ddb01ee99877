"""What a Mexican official has on the desk: the worklist and the arrivals of a day."""

from datetime import date
from typing import NamedTuple

from exchange.access.clients import Client
from exchange.access.rights import Role
from exchange.installation.shipped import shipped_acceptance
from exchange.web.arrivals import ArrivalList
from exchange.web.calls import Caller
from exchange.web.persons import Persons
from exchange.web.worklist import TaskList
from tests.sides import SideOfTests

POINT = "MX-CHAPARRAL"


class ToDo(NamedTuple):
    """One line of the worklist, as an official reads it."""

    handoff: str
    task: str
    overdue: bool


async def to_do(mx: SideOfTests, on: str) -> list[ToDo]:
    """Return what is to be done at the receiving point on a day."""
    tasks = TaskList(_persons(mx), mx.agreement.limits)
    found = await tasks.of_day(_officer(), POINT, date.fromisoformat(on), "es")
    return [ToDo(one.handoff, one.task.value, one.overdue) for one in found.tasks]


async def expected(mx: SideOfTests, on: str) -> list[str]:
    """Return who is expected at the receiving point on a day."""
    arrivals = ArrivalList(_persons(mx))
    found = await arrivals.of_day(_officer(), POINT, date.fromisoformat(on), "es")
    return [one.handoff for one in found.arrivals]


def _persons(mx: SideOfTests) -> Persons:
    return Persons(mx.store, mx.agreement.places, mx.keyring, shipped_acceptance(), mx.clock)


def _officer() -> Caller:
    return Caller(Client("desk", Role.RECEIVING_OFFICER, frozenset({POINT})), 1, "")
