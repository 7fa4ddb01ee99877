"""What is about no handoff, on both sides: how many people a point takes, and whom to call."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from http import HTTPStatus
from typing import Final

from aiohttp import web
from pydantic import Field

from exchange import errors
from exchange.access.rights import Action
from exchange.domain.bulletins import Bulletin
from exchange.domain.messages.capacity_advisory import CapacityAdvisory
from exchange.domain.messages.contacts import Contacts, PortPair
from exchange.domain.parties import Side
from exchange.flow.acts import Keep
from exchange.flow.bulletins import Announced, Bulletins
from exchange.flow.intake import parse_document
from exchange.store.columns import Direction
from exchange.web.calls import Act, Call, Calls
from exchange.web.documents import Document, given_of
from exchange.web.handoffs import DAY, day_in
from exchange.web.routes import Parameter, Route

CAPACITY_GIVEN = given_of(CapacityAdvisory, nullable=("opens", "closes"))
CONTACTS_GIVEN = given_of(Contacts)

POINT: Final[dict[str, object]] = {"type": "string", "pattern": "^MX-[A-Z0-9-]{1,27}$"}

Say = Callable[..., Awaitable[Announced]]


class BulletinTaken(Document):
    """It is stored, and its message waits to be sent."""

    message: str = Field(description="The type of message that will say it.")
    about: str = Field(description="The receiving point and day; empty where there is but one.")


class CapacityOfDay(Document):
    """What a receiving point takes on a day, by the newest advisory that was sent."""

    receiving_point: str
    on: date
    people_max: int = Field(description="0: the point is closed.")
    families_max: int
    opens: str | None
    closes: str | None
    said_at: datetime


class CapacityByDay(Document):
    """The days about which an advisory was sent; on any other day nothing is limited."""

    days: tuple[CapacityOfDay, ...]


class ContactsOfSide(Document):
    """Whom to call on one side."""

    valid_from: date
    pairs: tuple[PortPair, ...]
    said_at: datetime


class ContactsOfBoth(Document):
    """Whom to call on both sides; null where nothing was sent yet."""

    ours: ContactsOfSide | None
    theirs: ContactsOfSide | None


@dataclass(frozen=True, slots=True)
class BulletinDesk:
    """What the routes need that are about no handoff."""

    side: Side
    bulletins: Bulletins
    calls: Calls

    def routes(self) -> tuple[Route, ...]:
        """Return the rows of these routes; only Mexico says what its points take."""
        calls = self.calls
        contacts = Route(
            "POST",
            "/v1/contacts",
            calls.acting(
                Action.PUBLISH_CONTACTS, Act(saying(self.bulletins.publish_contacts), _say_taken)
            ),
            "Say whom to call at every port pair; it replaces what was said before",
            success=HTTPStatus.ACCEPTED,
            takes=CONTACTS_GIVEN,
            gives=BulletinTaken,
            problems=(errors.Invalid, errors.SchemaNotTaken),
            needs=Action.PUBLISH_CONTACTS,
            idempotent=True,
        )
        advice = Route(
            "POST",
            "/v1/capacity",
            calls.acting(Action.ADVISE_CAPACITY, Act(saying(self.bulletins.advise), _say_taken)),
            "Say how many people a receiving point takes on a day; the newest stands",
            success=HTTPStatus.ACCEPTED,
            takes=CAPACITY_GIVEN,
            gives=BulletinTaken,
            problems=(errors.Invalid, errors.SchemaNotTaken),
            needs=Action.ADVISE_CAPACITY,
            idempotent=True,
        )
        said = (advice, contacts) if self.side is Side.MX else (contacts,)
        return (*said, *self._shown())

    def _shown(self) -> tuple[Route, ...]:
        return (
            Route(
                "GET",
                "/v1/capacity",
                self.calls.reading(Action.READ_BULLETINS, self.show_capacity),
                "What a receiving point takes, day by day",
                gives=CapacityByDay,
                parameters=(
                    Parameter("receiving_point", "A receiving point.", POINT, required=True),
                    Parameter("from", "The first day of its calendar.", DAY, required=True),
                ),
                problems=(errors.Invalid,),
                needs=Action.READ_BULLETINS,
            ),
            Route(
                "GET",
                "/v1/contacts",
                self.calls.reading(Action.READ_BULLETINS, self.show_contacts),
                "Whom to call, on both sides",
                gives=ContactsOfBoth,
                needs=Action.READ_BULLETINS,
            ),
        )

    async def show_capacity(self, call: Call) -> web.Response:
        """Answer with the days of a receiving point that an advisory was sent about."""
        point, on = call.request.query.get("receiving_point", ""), day_in(call.request, "from")
        found = await self.bulletins.list_capacity(point, on=on)
        return capacity_by_day(found).response()

    async def show_contacts(self, call: Call) -> web.Response:
        """Answer with whom to call on our side and on the partner's."""
        del call
        return contacts_of_both(await self.bulletins.find_contacts()).response()


def capacity_by_day(found: Iterable[Bulletin]) -> CapacityByDay:
    """Return the days of receiving points that an advisory was sent about, as they are shown."""
    return CapacityByDay(days=tuple(map(_capacity, found)))


def contacts_of_both(found: Mapping[Direction, Bulletin]) -> ContactsOfBoth:
    """Return whom to call on our side and on the partner's, as it is shown."""
    return ContactsOfBoth(
        ours=_contacts(found.get(Direction.SENT)),
        theirs=_contacts(found.get(Direction.RECEIVED)),
    )


def saying(say: Say) -> Callable[[Call, Keep[Announced] | None], Awaitable[Announced]]:
    """Return what a route does by which an official says something about no handoff."""

    async def does(call: Call, keep: Keep[Announced] | None) -> Announced:
        return await say(
            parse_document(call.body),
            actor=call.caller.name,
            places=call.caller.ports,
            keep=keep,
        )

    return does


def _say_taken(_call: Call, announced: Announced) -> web.Response:
    """Say that it is stored, and about what."""
    taken = BulletinTaken.model_validate(announced, from_attributes=True)
    return taken.response(HTTPStatus.ACCEPTED)


def _capacity(bulletin: Bulletin) -> CapacityOfDay:
    said = CapacityAdvisory.model_validate_json(bulletin.says)
    members = said.model_dump(exclude={"salt"}) | {"on": date.fromisoformat(said.on)}
    return CapacityOfDay(**members, said_at=bulletin.said_at)


def _contacts(bulletin: Bulletin | None) -> ContactsOfSide | None:
    if bulletin is None:
        return None
    said = Contacts.model_validate_json(bulletin.says)
    return ContactsOfSide(
        valid_from=date.fromisoformat(said.valid_from), pairs=said.pairs, said_at=bulletin.said_at
    )
