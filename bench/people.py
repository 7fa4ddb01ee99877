"""Return decisions of fictional people, and what officials answer: octets made beforehand."""

from datetime import UTC, date, datetime, timedelta
from itertools import count
from uuid import uuid4

import orjson

SURNAMES = ("Núñez", "Ixcoy", "Zúñiga", "Portillo", "Peña", "Güell", "Acosta", "Martínez")
GIVEN = ("María José", "José Ángel", "Wendy Marisol", "Kevin Alexánder", "Ana Sofía", "Ramón")
NATIONALITIES = ("HND", "GTM", "SLV", "NIC")
_FIRST_BORN = date(1960, 1, 1)
_OF_ITS_OWN = "00000000000"
_numbers = count(1)


def decision() -> bytes:
    """Return a decision that screening clears, about somebody new."""
    number = next(_numbers)
    now = datetime.now(UTC).replace(microsecond=0)
    given, first = GIVEN[number % len(GIVEN)], SURNAMES[number % len(SURNAMES)]
    second = SURNAMES[number // 8 % len(SURNAMES)] if number % 5 else None
    nationality = NATIONALITIES[number % len(NATIONALITIES)]
    opens = now + timedelta(hours=12 + 24 * (number % 3))  # a port's day is of some, not of all
    hearing = (now + timedelta(days=49)).strftime("%Y-%m-%d")
    return orjson.dumps(
        {
            "decision_id": str(uuid4()),
            "case": None,
            "decided_at": _utc(now - timedelta(hours=1)),
            "decided_by": "CBP-0417",
            "released_by": "CBP-0099",
            "person": {
                "given_names": given,
                "first_surname": first,
                "second_surname": second,
                "full_name_as_recorded": " ".join(filter(None, (given, first, second))),
                "birth_date": f"{_FIRST_BORN + timedelta(days=number % 15_000):%Y-%m-%d}",
                "sex": "FM"[number % 2],
                "nationality": nationality,
                "language": "spa",
            },
            "family": None,
            "travel_document": {
                "type": "PASSPORT",
                "number": f"F{number:06}",
                "country": nationality,
                "expires_on": "2033-08-01",
            },
            "return": {
                "port": "2504",
                "receiving_point": "MX-CHAPARRAL",
                "window": {
                    "from": _utc(opens),
                    "to": _utc(opens + timedelta(hours=4)),
                },
            },
            "hearing": {
                "hearing": str(uuid4()),
                "version": 1,
                "hearing_at": {"local": f"{hearing}T13:00", "zone": "America/Los_Angeles"},
                "present_at": {"local": f"{hearing}T09:00", "zone": "America/Los_Angeles"},
                "presentation_port": "2504",
                "source_as_of": _utc(now - timedelta(hours=2)),
            },
            "screening": {"fear": "none", "unaccompanied": False, "categories": []},
        }
    )


def answers() -> dict[str, tuple[str, bytes]]:
    """Return what an official does next by the handoff's stage: the route and the document."""
    now = datetime.now(UTC).replace(microsecond=0)
    today, until = (f"{now + timedelta(days=days):%Y-%m-%d}" for days in (0, 180))
    acknowledgment = {"answer": "accepted", "officer": "INM-1207"}
    reception = {
        "outcome": "received",
        "at": _utc(now - timedelta(minutes=1)),
        "receiving_point": "MX-CHAPARRAL",
        "identity": "match",
    }
    visa = {
        "document": "FMM",
        "number": _OF_ITS_OWN,
        "issued_at": _utc(now),
        "office": "TIJ-01",
        "valid_from": today,
        "valid_until": until,
        "entries": "multiple",
        "curp_assigned": True,
    }
    return {
        "noticed": ("acknowledgment", orjson.dumps(acknowledgment)),
        "accepted": ("reception", orjson.dumps(reception)),
        "received": ("visa-issuance", orjson.dumps(visa)),
    }


def of_its_own(document: bytes) -> bytes:
    """Return what an official answers with the number of a document that nobody else has."""
    return document.replace(_OF_ITS_OWN.encode(), f"{next(_numbers):011}".encode())


def _utc(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"
