"""
The routes by which a person is held, and a hold is lifted.

That a hold stands is said on the US side alone, to roles with the right to know; for which
cause, only to the role that may lift it and to who reads the journal.
"""

from dataclasses import dataclass
from typing import Literal

from aiohttp import web

from exchange import errors
from exchange.access.rights import Action, right_to_lift
from exchange.domain.causes import HOLD_CAUSES, read_cause
from exchange.flow.acts import Keep
from exchange.flow.holds import Holds, Lifted, Placed
from exchange.flow.intake import parse_document
from exchange.web.calls import Act, Call, Calls
from exchange.web.documents import HoldDocument, HoldLifted, HoldPlaced
from exchange.web.handoffs import handoff_in
from exchange.web.problems import language_of, problem
from exchange.web.routes import Route


@dataclass(frozen=True, slots=True)
class HoldDesk:
    """What the routes of holds need."""

    holds: Holds
    calls: Calls

    def routes(self) -> tuple[Route, ...]:
        """Return the rows of these routes."""
        return (
            Route(
                "POST",
                "/v1/handoffs/{handoff}/hold",
                self.calls.acting(Action.HOLD, Act(self.place, _say_placed)),
                "Hold a person: the handoff and the family's are taken back, and nothing departs",
                takes=HoldDocument,
                gives=HoldPlaced,
                problems=(errors.Invalid, errors.NotFound, errors.Departed, errors.Draining),
                needs=Action.HOLD,
                idempotent=True,
            ),
            Route(
                "POST",
                "/v1/handoffs/{handoff}/lift",
                self.calls.acting(_right_to_lift, Act(self.lift, _say_lifted)),
                "Lift a hold; the handoff does not come back",
                takes=HoldDocument,
                gives=HoldLifted,
                problems=(errors.Invalid, errors.NotFound, errors.NotHeld, errors.Draining),
                needs="lift-CAUSE",
                idempotent=True,
            ),
        )

    async def place(self, call: Call, keep: Keep[Placed] | None) -> Placed:
        """Return once the hold stands, whatever it came too late for."""
        return await self.holds.place(
            handoff_in(call.request),
            parse_document(call.body),
            actor=call.caller.name,
            ports=call.caller.ports,
            keep=keep,
        )

    async def lift(self, call: Call, keep: Keep[Lifted] | None) -> Lifted:
        """Return once no hold of that cause stands."""
        return await self.holds.lift(
            handoff_in(call.request),
            parse_document(call.body),
            actor=call.caller.name,
            ports=call.caller.ports,
            keep=keep,
        )


def _right_to_lift(call: Call) -> Action:
    return right_to_lift(read_cause(parse_document(call.body), HOLD_CAUSES))


def _say_placed(call: Call, placed: Placed) -> web.Response:
    """Say what stands; that the person is over the line is a problem, though all is recorded."""
    if placed.departed is not None:
        return problem(errors.Departed(placed.departed), language_of(call.request))
    said = HoldPlaced(
        handoff=placed.handoff,
        cause=placed.cause,
        held=True,
        causes=call.caller.client.causes_shown(placed.standing),
        told=placed.told,
        family=placed.family,
    )
    return said.response()


def _say_lifted(call: Call, lifted: Lifted) -> web.Response:
    """Say what still stands, and what the person needs now."""
    following: Literal["held", "new-handoff", "none"] = "held"
    if not lifted.standing:
        following = "none" if lifted.departed else "new-handoff"
    said = HoldLifted(
        handoff=lifted.handoff,
        cause=lifted.cause,
        held=bool(lifted.standing),
        causes=call.caller.client.causes_shown(lifted.standing),
        next=following,
    )
    return said.response()
