"""The route by which a supervisor splits a family; what for is not asked."""

from dataclasses import dataclass

from aiohttp import web
from pydantic import Field

from exchange import errors
from exchange.access.rights import Action
from exchange.domain.wire import Closed, UuidText
from exchange.flow.acts import Keep
from exchange.flow.splitting import FamilySplit, Splitting
from exchange.web.calls import Act, Call, Calls
from exchange.web.documents import Document
from exchange.web.handoffs import handoff_in
from exchange.web.reading import document_in
from exchange.web.routes import Route


class SplitDocument(Closed):
    """Who leaves a family; the others stay."""

    group: UuidText = Field(description="The group as you know it: another by now is refused.")
    members: tuple[UuidText, ...] = Field(
        strict=False, min_length=1, max_length=30, description="The handoffs of those who leave."
    )


class PartOfFamily(Document):
    """One part of a family that was split."""

    group: str | None = Field(description="The new group; null for a person alone.")
    size: int
    members: tuple[str, ...]
    announced: bool = Field(
        description="Whether Mexico is asked anew about each; else each needs a new handoff."
    )
    apart: tuple[str, ...] = Field(
        description="Those of this part who were taken back: each needs a new handoff."
    )


class SplitMade(Document):
    """The group is no more; its members are two new ones."""

    group: str
    leaving: PartOfFamily
    staying: PartOfFamily = Field(description="Without those who have crossed already.")


@dataclass(frozen=True, slots=True)
class FamilyDesk:
    """What the route of families needs."""

    splitting: Splitting
    calls: Calls

    def routes(self) -> tuple[Route, ...]:
        """Return the row of this route."""
        return (
            Route(
                "POST",
                "/v1/handoffs/{handoff}/split",
                self.calls.acting(Action.SPLIT, Act(self.split, _say_split)),
                "Split the family of a handoff: two new groups, and Mexico is asked anew",
                takes=SplitDocument,
                gives=SplitMade,
                problems=(
                    errors.Invalid,
                    errors.NotFound,
                    errors.AlreadyAnswered,
                    errors.WindowFull,
                    errors.SchemaNotTaken,
                ),
                needs=Action.SPLIT,
                idempotent=True,
            ),
        )

    async def split(self, call: Call, keep: Keep[FamilySplit] | None) -> FamilySplit:
        """Return once each part is a group of its own."""
        said = document_in(SplitDocument, call.body)
        return await self.splitting.split(
            handoff_in(call.request),
            said.group,
            frozenset(said.members),
            actor=call.caller.name,
            ports=call.caller.ports,
            keep=keep,
        )


def _say_split(_call: Call, split: FamilySplit) -> web.Response:
    """Say what the parts are."""
    return SplitMade.model_validate(split, from_attributes=True).response()
