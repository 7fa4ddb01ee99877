"""
(8) The routes of the gate: may this person cross, and they do.

Each answer is computed from what stands when it is given. It is never kept under an
``Idempotency-Key``: a "go" from before a hold must not be heard after it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from aiohttp import web
from pydantic import Field

from exchange import errors
from exchange.access.rights import Action
from exchange.domain.departures import Condition
from exchange.domain.families import GAPS
from exchange.domain.outages import Manifest
from exchange.domain.person import FAMILY_SIZE_MAX
from exchange.domain.wire import Closed, CrossingCode, read_utc
from exchange.flow.acts import Keep
from exchange.flow.departures import Checked, Departures
from exchange.web.calls import Act, Call, Calls
from exchange.web.documents import Document
from exchange.web.handoffs import handoff_in
from exchange.web.problems import language_of, problem
from exchange.web.reading import document_in
from exchange.web.routes import Route

People = Annotated[
    int | None,
    Field(
        default=None,
        ge=1,
        le=FAMILY_SIZE_MAX,
        description="How many of the family stand here or have crossed, where somebody counted.",
    ),
]


class GateDocument(Closed):
    """Whose handoff it is stands in the path; here, how many people are seen."""

    people: People


class DepartureDocument(Closed):
    """The person crosses; or did, by the signed sheet of an outage."""

    crossing: CrossingCode
    manifest: Manifest | None = Field(
        default=None, description="The line of the sheet on which a crossing was written down."
    )
    people: People


class GateAnswer(Document):
    """Go, or that the person has crossed already; a stop is a problem that names why."""

    handoff: str
    answer: Literal["go", "departed"]
    at: datetime | None = Field(description="When the person crossed, by our record.")
    crossing: str | None = Field(description="The gate of the port at which they did.")


@dataclass(frozen=True, slots=True)
class DepartureDesk:
    """What the routes of the gate need."""

    departures: Departures
    calls: Calls

    def routes(self) -> tuple[Route, ...]:
        """Return the rows of these routes."""
        return (
            Route(
                "POST",
                "/v1/handoffs/{handoff}/gate",
                self.calls.acting(Action.DEPART, Act(self.check, _say), replayed=False),
                "May this person cross now: go, or stop and why; nothing changes",
                takes=GateDocument,
                gives=GateAnswer,
                problems=(errors.Invalid, errors.NotFound, errors.NotCleared),
                needs=Action.DEPART,
            ),
            Route(
                "POST",
                "/v1/handoffs/{handoff}/departure",
                self.calls.acting(_right_to_depart, Act(self.depart, _say), replayed=False),
                "Record that the person crosses, or stop and why; on paper, depart-on-paper",
                takes=DepartureDocument,
                gives=GateAnswer,
                problems=(
                    errors.Invalid,
                    errors.NotFound,
                    errors.NotCleared,
                    errors.SchemaNotTaken,
                ),
                needs=Action.DEPART,
            ),
        )

    async def check(self, call: Call, _keep: Keep[Checked] | None) -> Checked:
        """Return what stands at the gate, once the journal has that it was asked."""
        said = document_in(GateDocument, call.body)
        return await self.departures.check(
            handoff_in(call.request),
            people=said.people,
            actor=call.caller.name,
            ports=call.caller.ports,
        )

    async def depart(self, call: Call, _keep: Keep[Checked] | None) -> Checked:
        """Return once the crossing is recorded, or what hinders it."""
        said = document_in(DepartureDocument, call.body)
        return await self.departures.depart(
            handoff_in(call.request),
            said.crossing,
            said.manifest,
            people=said.people,
            actor=call.caller.name,
            ports=call.caller.ports,
        )


def _right_to_depart(call: Call) -> Action:
    on_paper = document_in(DepartureDocument, call.body).manifest is not None
    return Action.DEPART_ON_PAPER if on_paper else Action.DEPART


def _say(call: Call, checked: Checked) -> web.Response:
    """Say go, or when the person crossed; a stop is a problem, so that nobody misreads it."""
    if checked.conditions:
        stop = errors.NotCleared({one.name: _why(one) for one in checked.conditions})
        return problem(stop, language_of(call.request))
    crossed = checked.crossed
    said = GateAnswer(
        handoff=checked.handoff,
        answer="departed" if crossed and not checked.recorded else "go",
        at=read_utc(crossed.at) if crossed else None,
        crossing=crossed.crossing if crossed else None,
    )
    return said.response()


def _why(condition: Condition) -> errors.Sentence:
    """Return what a condition says, with what exactly a family lacks."""
    said = (condition.says, *(GAPS[gap] for gap in condition.because))
    return errors.Sentence(" ".join(said), " ".join(one.es for one in said))
