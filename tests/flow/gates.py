"""Handoffs at the gate, and what a port does there."""

from datetime import UTC, datetime
from typing import Any

from exchange.domain.alarms import AlarmKind
from exchange.domain.outages import Manifest
from exchange.domain.wire import utc_text
from exchange.flow.departures import Checked
from exchange.store.alarms import list_open
from tests.flow.standing import noticed
from tests.sides import BothSides, SideOfTests

IN_WINDOW = datetime(2031, 3, 18, 16, 30, tzinfo=UTC)
READ_LATE: dict[str, Any] = {"hearing__source_as_of": "2031-03-17T17:00:00Z"}
GROUP = "5f0c1e2d-3b4a-4958-8677-695a4b3c2d1e"


def family_of(size: int) -> dict[str, Any]:
    """Return the changes that make a decision one of a family's."""
    return {"family": {"group": GROUP, "size": size, "role": "ADULT"}}


def to(both: BothSides, at: datetime) -> None:
    """Move the clock to a time at which the partner has just been heard."""
    both.clock.at = at
    both.us.partner.heard(at)


async def accepted(both: BothSides, number: int = 1, **changes: Any) -> str:
    """Return a handoff that the other side has accepted."""
    handoff = await noticed(both, number, **(READ_LATE | changes))
    answer = {"answer": "accepted", "officer": "INM-2231"}
    await both.mx.answers.acknowledge(handoff, answer, actor="desk")
    await both.mx.send()
    return handoff


async def at_the_gate(both: BothSides, number: int = 1, **changes: Any) -> str:
    """Return an accepted handoff, in its window."""
    handoff = await accepted(both, number, **changes)
    to(both, IN_WINDOW)
    return handoff


async def gate(both: BothSides, handoff: str, **asked: Any) -> Checked:
    """Ask at the gate."""
    return await both.us.departures.check(handoff, actor="port", **asked)


async def depart(
    both: BothSides, handoff: str, manifest: Manifest | None = None, **asked: Any
) -> Checked:
    """Let the person cross."""
    return await both.us.departures.depart(handoff, "PEDWEST", manifest, actor="port", **asked)


async def hold(both: BothSides, handoff: str) -> None:
    """Hold the person for fear."""
    await both.us.holds.place(handoff, {"cause": "fear"}, actor="asylum")


def names(checked: Checked) -> list[str]:
    """Return the names of what hinders the crossing."""
    return [one.name for one in checked.conditions]


async def alarmed(us: SideOfTests, kind: AlarmKind) -> list[str]:
    """Return what the open alarms of a kind are about."""
    return [one.subject for one in await us.store.read(list_open) if one.kind is kind]


def sheet(**changes: object) -> Manifest:
    """Return a line of a sheet written in the window."""
    document = {
        "number": "SYS-2031-0007",
        "line": 3,
        "reason": "partner-away",
        "at": utc_text(IN_WINDOW),
        "signed_by": "CBP-0099",
        "recorded_by": "CBP-0417",
    }
    return Manifest.model_validate(document | changes)
