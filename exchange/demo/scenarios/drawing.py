"""
The people of a scenario, drawn by its seed: nobody exists, and nobody is drawn twice.

What the file says of somebody takes the place of what was drawn.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from random import Random

from exchange.demo.people import Document, People
from exchange.demo.scenarios.actors import Actor
from exchange.demo.scenarios.mistakes import in_utc
from exchange.demo.scenarios.wording import Behaviour, Crowd, Person
from exchange.domain.places import Places, zone_of
from exchange.domain.screening import RuleBook
from exchange.domain.wire import utc_text

FRIDAY = 4
BEFORE_WINDOW = dt.timedelta(hours=20)
PRESENT_BEFORE = dt.timedelta(hours=4)
_FAMILIES = (1, 1, 1, 2, 1, 3, 1, 1, 2, 1)
_OPENS = (10, 13)


class Drawing:
    """Draws people, nobody twice."""

    def __init__(self, people: People, places: Places, chance: Random) -> None:
        self._people = people
        self._places = places
        self._chance = chance
        self._drawn: set[tuple[str, str]] = set()

    def people(self, people: Iterable[Person]) -> Iterator[Actor]:
        """Give whom the file names; who are of one family have one surname and one group."""
        wanted = tuple(people)
        sizes = Counter(one.family for one in wanted if one.family)
        families = {name: self._household(size) for name, size in sizes.items()}
        members: Counter[str] = Counter()
        known: dict[str, Document] = {}
        for person in wanted:
            if person.family:
                document = families[person.family][members[person.family]]
                members[person.family] += 1
            else:
                (document,) = self._household(1)
            document = self._as_said(person, document, known)
            known[person.name] = document
            yield Actor(
                person.name,
                person.port,
                person,
                document,
                same_case_as=person.same_case_as,
                family=person.family,
            )

    def _as_said(
        self, person: Person, document: Document, known: Mapping[str, Document]
    ) -> Document:
        opens = in_utc(person.window, person.port, self._places)
        decided = in_utc(person.decided, person.port, self._places) if person.decided else None
        window = (opens, opens + dt.timedelta(hours=person.window_hours))
        hearing_port = person.hearing_port or person.port
        heard = person.hearing or self._usual_hearing(opens, hearing_port, 45)
        document = {**document, **self._when(person.port, window, decided, heard, hearing_port)}
        if document["family"] and person.family_size:
            document["family"] = {**document["family"], "size": person.family_size}
        _behave(document, person)
        if same := person.same_case_as or person.same_record_as:
            for member in ("person", "travel_document"):
                document[member] = known[same][member]
        if person.same_case_as:
            hearing = {**known[person.same_case_as]["hearing"]}
            if person.hearing is None:
                document["hearing"] = {**hearing, "source_as_of": document["decided_at"]}
        document["person"] = {**document["person"], **person.record}
        return document

    def crowd(self, crowd: Crowd, number: int, rules: RuleBook) -> list[Actor]:
        """Return everybody of a crowd of whom the port is known; its parts are played first."""
        actors: list[Actor] = []
        parts = [(part, index) for part in crowd.part for index in range(1, part.count + 1)]
        for port, count in sorted(crowd.ports.items()):
            days = _days(crowd, port, rules)
            for place in range(count):
                if actors and actors[-1].port == port and self._left > 0:
                    actors.append(self._next_of_household(actors[-1]))
                    continue
                part, index = parts.pop(0) if parts else (None, 0)
                on = days[place * len(days) // count]
                size = 1 if part or not crowd.families else self._chance.choice(_FAMILIES)
                size = min(size, count - place)
                name = f"{part.name}-{index}" if part else f"crowd-{number}-{port}-{place + 1}"
                actors.append(self._of_crowd(crowd, (port, on, place), size, part, name))
        return actors

    _left = 0
    _kin: tuple[Document, ...] = ()

    def _of_crowd(
        self,
        crowd: Crowd,
        where: tuple[str, dt.date, int],
        size: int,
        part: Behaviour | None,
        name: str,
    ) -> Actor:
        """Return the first of a household; the others follow, in the same window."""
        port, on, place = where
        found = self._places.find_port(port)
        zone = zone_of(found.zone if found else "Etc/UTC")
        opens = dt.datetime.combine(on, dt.time(_OPENS[place % len(_OPENS)]), zone)
        opens = opens.astimezone(dt.UTC)
        window = (opens, opens + dt.timedelta(hours=2))
        days = crowd.hearing_days + self._chance.randrange(30)
        heard = self._usual_hearing(opens, port, days)
        when = self._when(port, window, None, heard, port)
        household = self._household(size, crowd.nationalities)
        documents = [
            {**one, **when, "hearing": {**when["hearing"], "hearing": self._people.uuid()}}
            for one in household
        ]
        behaviour = part or Behaviour()
        for document in documents:
            _behave(document, behaviour)
        first, self._kin = documents[0], tuple(documents[1:])
        self._left = len(self._kin)
        family = f"family-of-{name}" if size > 1 else None
        return Actor(name, port, behaviour, first, family=family, of_crowd=part is None)

    def _next_of_household(self, before: Actor) -> Actor:
        document, self._kin = self._kin[0], self._kin[1:]
        self._left -= 1
        head, _, number = before.name.rpartition("-")
        name = f"{head}-{int(number) + 1}"
        return Actor(
            name, before.port, before.behaviour, document, family=before.family, of_crowd=True
        )

    def _household(
        self, size: int, nationalities: tuple[str, ...] = ("HND", "GTM", "SLV")
    ) -> list[Document]:
        """Return a household of which nobody has both names and birth date of anybody else."""
        while True:
            documents = self._people.household(size, nationalities)
            marks = [
                (one["person"]["given_names"], one["person"]["birth_date"]) for one in documents
            ]
            if len(set(marks)) == size and self._drawn.isdisjoint(marks):
                self._drawn.update(marks)
                return documents

    def _usual_hearing(self, opens: dt.datetime, port: str, days: int) -> dt.datetime:
        """Return half past eight, as many days after the window, on a day from Monday to Friday."""
        found = self._places.find_port(port)
        on = opens.astimezone(zone_of(found.zone if found else "Etc/UTC"))
        on += dt.timedelta(days=days)
        on -= dt.timedelta(days=max(0, on.weekday() - FRIDAY))
        return on.replace(hour=8, minute=30, second=0, tzinfo=None)

    def _when(
        self,
        port: str,
        window: tuple[dt.datetime, dt.datetime],
        decided: dt.datetime | None,
        heard: dt.datetime,
        hearing_port: str,
    ) -> Document:
        """Return the members of a decision that say when and where."""
        opens, closes = window
        decided = decided or opens - BEFORE_WINDOW
        points = {one.code: one.receiving_points[0].id for one in self._places}
        found = self._places.find_port(hearing_port)
        officers = [f"CBP-{port}-{number}" for number in self._chance.sample(range(100, 1000), 2)]
        return {
            "decided_at": utc_text(decided),
            "decided_by": officers[0],
            "released_by": officers[1],
            "return": {
                "port": port,
                "receiving_point": points[port],
                "window": {"from": utc_text(opens), "to": utc_text(closes)},
            },
            "hearing": {
                "hearing": self._people.uuid(),
                "version": 1,
                **at_the_court(heard, found.zone if found else "Etc/UTC"),
                "presentation_port": hearing_port,
                "source_as_of": utc_text(decided),
            },
        }


def at_the_court(heard: dt.datetime, zone: str) -> Document:
    """Return both times of a hearing: who is heard presents four hours before."""
    wall = heard.replace(tzinfo=None)
    return {
        "hearing_at": {"local": f"{wall:%Y-%m-%dT%H:%M}", "zone": zone},
        "present_at": {"local": f"{wall - PRESENT_BEFORE:%Y-%m-%dT%H:%M}", "zone": zone},
    }


def _behave(document: Document, behaviour: Behaviour) -> None:
    """Say in the decision what is otherwise about the person."""
    document["screening"] = {
        "fear": behaviour.fear,
        "unaccompanied": behaviour.unaccompanied,
        "categories": list(behaviour.categories),
    }
    person = dict(document["person"])
    if behaviour.nationality:
        person["nationality"] = behaviour.nationality
        document["travel_document"] = None
    if behaviour.born:
        person["birth_date"] = behaviour.born.isoformat()
    document["person"] = {**person, **behaviour.record}
    if behaviour.same_officer:
        document["released_by"] = document["decided_by"]


def _days(crowd: Crowd, port: str, rules: RuleBook) -> list[dt.date]:
    """Return the days of the crowd on which people may be decided about the day before."""
    span = (crowd.last - crowd.first).days + 1
    days = [crowd.first + dt.timedelta(days=number) for number in range(span)]
    before = dt.timedelta(days=1)
    opens = {on: rules.in_force(port, on).ports.get(port, dt.date.max) for on in days}
    return [on for on in days if opens[on] <= on - before] or days
