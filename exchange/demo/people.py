"""
Return decisions about people who do not exist: drawn by a seed, dated from now.

They look like those of March 2019: three ports, mostly families and single adults from
Central America, one surname or two, some with no more than a year of birth. A whole family
has one port, one window and one hearing.
"""

from collections.abc import Collection, Iterator
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from exchange.demo.names import COUNTRIES, MEXICO, Country
from exchange.domain.places import Places, zone_of
from exchange.domain.wire import utc_text

Document = dict[str, Any]

PORTS = {"2504": 240, "2402": 71, "2503": 27}
"""San Ysidro, El Paso, Calexico: what was returned there in March 2019 (TRAC)."""

WINDOW_HOURS_MIN, WINDOW_HOURS_MAX = 4, 72
_FAMILIES = ((1, 62), (2, 20), (3, 12), (4, 6))
_HEARING_DAYS = (30, 75)
_FRIDAY = 4


class People:
    """Draws decisions; the same seed at the same moment draws the same ones."""

    def __init__(self, seed: int, places: Places, now: datetime) -> None:
        self._random = Random(seed)  # noqa: S311  # a demo that can be repeated, not a secret
        self._places = places
        self._now = now.replace(microsecond=0)

    def singles(self, count: int) -> list[Document]:
        """Return *count* decisions about people who travel alone."""
        return [self.household(1)[0] for _ in range(count)]

    def households(self, count: int) -> list[Document]:
        """Return *count* decisions about people alone and families; the last is cut to fit."""
        drawn: list[Document] = []
        while len(drawn) < count:
            size = min(self._pick(_FAMILIES), count - len(drawn))
            drawn += self.household(size)
        return drawn

    def household(self, size: int, nationalities: Collection[str] = COUNTRIES) -> list[Document]:
        """Return the decisions about one family, or about somebody who travels alone."""
        weights = ((code, max(1, _country(code).weight)) for code in nationalities)
        nationality = self._pick(tuple(weights))
        port = self._pick(tuple(PORTS.items()))
        ours = {"return": self._return(port), "hearing": self._hearing(port)}
        officers = self._officers(port)
        surnames = self._surnames(_country(nationality))
        group = self.uuid()
        return [
            {
                "decision_id": self.uuid(),
                "case": None,
                "decided_at": utc_text(self._now - timedelta(minutes=self._random.randint(2, 55))),
                **officers,
                "person": self._person(nationality, surnames, is_child=member == 2),  # noqa: PLR2004  # the third of a family is a grown child
                "family": self._family(group, size, member),
                "travel_document": self._travel_document(nationality),
                "return": ours["return"],
                "hearing": {**ours["hearing"], "hearing": self.uuid()},
                "screening": {"fear": "none", "unaccompanied": False, "categories": []},
            }
            for member in range(size)
        ]

    def _officers(self, port: str) -> Document:
        decided, released = self._random.sample(range(100, 1000), 2)
        return {"decided_by": f"CBP-{port}-{decided}", "released_by": f"CBP-{port}-{released}"}

    def _person(self, nationality: str, surnames: list[str], *, is_child: bool) -> Document:
        country = _country(nationality)
        sex = self._pick((("F", 46), ("M", 53), ("X", 1)))
        given = self._random.choice({"F": country.women, "M": country.men}.get(sex, country.women))
        second = None if self._random.random() < 0.12 else surnames[1]  # noqa: PLR2004  # some have one surname
        return {
            "given_names": given,
            "first_surname": surnames[0],
            "second_surname": second,
            "full_name_as_recorded": self._as_recorded(given, surnames[0], second),
            "birth_date": self._birth_date(*((18, 24) if is_child else (25, 58))),
            "sex": sex,
            "nationality": nationality,
            "language": self._pick(country.languages),
        }

    def _as_recorded(self, given: str, first: str, second: str | None) -> str:
        surnames = " ".join(filter(None, (first, second)))
        if self._random.random() < 0.2:  # noqa: PLR2004  # some offices write surnames first, in capitals
            return f"{surnames.upper()} {given.upper()}"
        return f"{given} {surnames}"

    def _birth_date(self, youngest: int, oldest: int) -> str:
        """Return a birth date between two ages; one in twelve is known to the month or year."""
        days = self._random.randint((youngest + 1) * 366, oldest * 365)
        born = (self._now - timedelta(days=days)).date().isoformat()
        return born[: self._pick(((10, 22), (7, 1), (4, 1)))]

    def _surnames(self, country: Country) -> list[str]:
        return self._random.sample(country.surnames, 2)

    def _family(self, group: str, size: int, member: int) -> Document | None:
        if size == 1:
            return None
        roles = ("PARENT", "SPOUSE", "CHILD", "OTHER")
        return {"group": group, "size": size, "role": roles[member]}

    def _travel_document(self, nationality: str) -> Document | None:
        kind = self._pick((("IDENTITY-CARD", 45), ("PASSPORT", 30), (None, 25)))
        if kind is None:
            return None
        country = _country(nationality)
        shape = country.document if kind == "IDENTITY-CARD" else "A999999"
        expires = None if kind == "IDENTITY-CARD" else self._in_days(400, 3000).isoformat()
        number = "".join(self._draw(sign) for sign in shape)
        return {"type": kind, "number": number, "country": nationality, "expires_on": expires}

    def _draw(self, sign: str) -> str:
        alphabet = {"9": "0123456789", "A": "ABCDEFGHJKLMNPRSTUVWXYZ"}.get(sign, sign)
        return self._random.choice(alphabet)

    def _return(self, code: str) -> Document:
        port = self._places.find_port(code)
        assert port is not None  # noqa: S101  # the table above names ports that are shipped
        opens = self._random.choice(list(self._openings(port.zone)))
        window = {"from": utc_text(opens), "to": utc_text(opens + timedelta(hours=2))}
        return {
            "port": code,
            "receiving_point": port.receiving_points[0].id,
            "window": window,
        }

    def _openings(self, zone: str) -> Iterator[datetime]:
        """Give the hours of the next three days at which a window may open."""
        first = self._now.replace(minute=0, second=0)
        for hours in range(WINDOW_HOURS_MIN + 1, WINDOW_HOURS_MAX + 1):
            opens = first + timedelta(hours=hours)
            if 9 <= opens.astimezone(zone_of(zone)).hour <= 15:  # noqa: PLR2004  # in daylight
                yield opens

    def _hearing(self, code: str) -> Document:
        port = self._places.find_port(code)
        zone = port.zone if port else "Etc/UTC"
        on = self._in_days(*_HEARING_DAYS)
        on -= timedelta(days=max(0, on.weekday() - _FRIDAY))
        present, heard = self._random.choice((("04:30", "08:30"), ("09:00", "13:00")))
        return {
            "version": 1,
            "hearing_at": {"local": f"{on}T{heard}", "zone": zone},
            "present_at": {"local": f"{on}T{present}", "zone": zone},
            "presentation_port": code,
            "source_as_of": utc_text(self._now - timedelta(hours=3)),
        }

    def _in_days(self, least: int, most: int) -> date:
        return (self._now + timedelta(days=self._random.randint(least, most))).date()

    def uuid(self) -> str:
        """Return a UUIDv4 that the seed gives."""
        return str(UUID(int=self._random.getrandbits(128), version=4))

    def _pick(self, choices: tuple[tuple[Any, int], ...]) -> Any:
        values, weights = zip(*choices, strict=True)
        return self._random.choices(values, weights)[0]

    def shuffle(self, documents: list[Any]) -> None:
        """Put *documents* in an order that the seed gives."""
        self._random.shuffle(documents)

    def birth_of_minor(self) -> str:
        """Return the birth date of someone of eleven to sixteen."""
        return self._birth_date(11, 16)[:10]


def _country(nationality: str) -> Country:
    return COUNTRIES.get(nationality, MEXICO)
