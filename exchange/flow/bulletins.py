"""
(8, 9) What an official says about no handoff: how many people a point takes, whom to call.

It waits in the outbox like every message, and stands here from when it is sealed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from exchange.domain.bulletins import Bulletin, Matter, day_of_point, faults_of, matter_of
from exchange.domain.messages.body import Body
from exchange.domain.messages.capacity_advisory import CapacityAdvisory
from exchange.domain.messages.catalogue import CAPACITY_ADVISORY, CONTACTS, MessageType
from exchange.domain.messages.contacts import Contacts
from exchange.domain.parties import Side
from exchange.errors import Fault, Forbidden, Invalid
from exchange.flow import speaking
from exchange.flow.acts import Keep
from exchange.flow.agreement import Agreement
from exchange.flow.changes import Changes
from exchange.flow.clock import Clock, fresh_salt
from exchange.flow.keyring import DataKey, Keyring
from exchange.flow.partner import Partner
from exchange.flow.speaking import Spoken
from exchange.flow.versions import version_of
from exchange.store.bulletins import find_bulletins, list_bulletins
from exchange.store.columns import Direction
from exchange.store.engine import Connection, Duplicate, Store
from exchange.store.journal import Event, record_events

DAYS_SHOWN_MAX = 366


@dataclass(frozen=True, slots=True)
class Announced:
    """A bulletin that waits to be sent, and what it is about."""

    message: str
    about: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafted:
    """A bulletin with everything its transaction needs already made."""

    said: Spoken
    matter: Matter
    key: DataKey
    actor: str
    now: datetime
    keep: Keep[Announced] | None

    @property
    def announced(self) -> Announced:
        """What its caller is answered."""
        return Announced(self.matter.name, self.matter.about)


class Bulletins:
    """Takes what officials say about no handoff."""

    def __init__(
        self,
        *,
        store: Store,
        agreement: Agreement,
        keyring: Keyring,
        partner: Partner,
        changes: Changes,
        clock: Clock,
    ) -> None:
        self._store = store
        self._agreement = agreement
        self._keyring = keyring
        self._partner = partner
        self._changes = changes
        self._clock = clock

    async def advise(
        self,
        document: object,
        *,
        actor: str,
        places: frozenset[str] | None = None,
        keep: Keep[Announced] | None = None,
    ) -> Announced:
        """
        Say what a receiving point takes on a day; the newest of that day stands.

        Raises:
            Invalid: The document does not fit; every fault is named.
            Forbidden: The point is none of the caller's *places*.
            SchemaNotTaken: The partner takes no version of it.
        """
        return await self._say(CAPACITY_ADVISORY, document, actor, places, keep)

    async def publish_contacts(
        self,
        document: object,
        *,
        actor: str,
        places: frozenset[str] | None = None,
        keep: Keep[Announced] | None = None,
    ) -> Announced:
        """
        Say whom to call at every port pair; it replaces all that was said of that before.

        Raises:
            Invalid: The document does not fit; every fault is named.
            Forbidden: A pair is at none of the caller's *places*.
            SchemaNotTaken: The partner takes no version of it.
        """
        return await self._say(CONTACTS, document, actor, places, keep)

    async def list_capacity(self, receiving_point: str, *, on: date) -> list[Bulletin]:
        """Return what Mexico says that a point takes, day by day from *on*, a year at most."""
        find = partial(list_capacity, side=self._agreement.side, point=receiving_point, on=on)
        return await self._store.read(find)

    async def find_contacts(self) -> Mapping[Direction, Bulletin]:
        """Return whom to call by what either side has said last: ours, and the partner's."""
        return await self._store.read(find_contacts)

    async def _say(
        self,
        said: MessageType,
        document: object,
        actor: str,
        places: frozenset[str] | None,
        keep: Keep[Announced] | None,
    ) -> Announced:
        kind, now = version_of(said, self._partner), self._clock()
        body = kind.compose(self._completed(kind, document))
        faults = tuple(faults_of(body, self._agreement.places, now))
        if faults:
            raise Invalid(faults)
        for place in _places_of(body, self._agreement.side):
            if places is not None and place not in places:
                raise Forbidden(place)
        draft = Drafted(
            said=Spoken.of(kind, body),
            matter=matter_of(kind, body) or Matter(kind.name, ""),
            key=self._keyring.new_data_key(),
            actor=actor,
            now=now,
            keep=keep,
        )
        record = partial(self._record, draft)
        try:
            await self._store.write(record)
        except Duplicate:
            # Another process was first: with the key of the day, which then stands, or the answer.
            await self._store.write(record)
        self._changes.announce()
        return draft.announced

    def _completed(self, kind: MessageType, document: object) -> Mapping[str, object]:
        """
        Return the members of a body: what the official gave, and the salt, which is ours.

        Raises:
            Invalid: The document is no object, or has what is not the official's to give.
        """
        if not isinstance(document, dict):
            raise Invalid([Fault("", "wrong-type")])
        if "salt" in document:
            raise Invalid([Fault("", "unknown-member")])
        nullable = {"opens": None, "closes": None} if kind.model is CapacityAdvisory else {}
        return {**nullable, **document, "salt": fresh_salt(self._keyring.entropy)}

    def _record(self, draft: Drafted, connection: Connection) -> None:
        """
        Store the draft, its journal entry, and what its caller is answered.

        Raises:
            Duplicate: Another process made the key of the day, or was answered, first.
        """
        speaking.draft(connection, self._keyring, [draft.said], key=draft.key, now=draft.now)
        decided = Event(
            at=draft.now,
            kind=f"{draft.said.kind.name}.decided",
            actor=draft.actor,
            data={"about": draft.matter.about},
        )
        record_events(connection, [decided])
        if draft.keep is not None:
            draft.keep(connection, draft.announced)


def list_capacity(connection: Connection, side: Side, point: str, *, on: date) -> list[Bulletin]:
    """Return what Mexico says that *point* takes from *on* on, as our *side* has it: a year."""
    direction = Direction.SENT if side is Side.MX else Direction.RECEIVED
    first = day_of_point(point, on.isoformat())
    found = list_bulletins(
        connection, direction, first.name, first=first.about, limit=DAYS_SHOWN_MAX
    )
    return [one for one in found if one.matter.about.startswith(f"{point} ")]


def find_contacts(connection: Connection) -> dict[Direction, Bulletin]:
    """Return whom to call by what either side has said last: ours, and the partner's."""
    matter = Matter(CONTACTS.name, "")
    found = {one: find_bulletins(connection, one, [matter]) for one in Direction}
    return {direction: one[matter] for direction, one in found.items() if one}


def _places_of(body: Body, side: Side) -> Iterator[str]:
    """Give the places that a body speaks for: ports in the United States, points in Mexico."""
    match body:
        case CapacityAdvisory():
            yield body.receiving_point
        case Contacts():
            for pair in body.pairs:
                yield pair.port if side is Side.US else pair.receiving_point
