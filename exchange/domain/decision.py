"""
What a port of the United States decides: the return decision (1).

It never leaves the US side as such; a notice is drafted from it once screening has cleared
it. The models here say what each member may be; ``RULES`` says what must hold between
members. ``read_decision`` applies both and finds every fault at once, so that a port mends a
document in one go.
"""

import unicodedata
from collections.abc import Callable
from datetime import date
from typing import Any, Literal, NamedTuple

from pydantic import Field, ValidationError

from exchange.domain.faults import fault_at
from exchange.domain.person import Family, Person, TravelDocument, born_at_the_earliest
from exchange.domain.places import (
    LocalAppointment,
    LocalTimeRefused,
    Places,
    Return,
    day_in,
    resolve_local,
)
from exchange.domain.wire import (
    Closed,
    HearingVersion,
    OfficerId,
    PortCode,
    UtcText,
    UuidText,
    read_utc,
)
from exchange.errors import Fault, Invalid

Fear = Literal["none", "expressed", "assessed-negative", "assessed-positive"]

Category = Literal[
    "expedited-removal",
    "returning-resident",
    "paroled",
    "physical-health",
    "mental-health",
    "pregnancy",
    "disability",
    "advanced-age",
    "orientation-or-identity",
    "criminal-history",
    "government-interest",
    "port-discretion",
]


class ScheduledHearing(Closed):
    """The hearing for which the person will come back, as the court's schedule has it."""

    hearing: UuidText
    version: HearingVersion
    hearing_at: LocalAppointment
    present_at: LocalAppointment = Field(
        description="When to be at the presentation port; in that port's zone.",
    )
    presentation_port: PortCode
    source_as_of: UtcText = Field(description="When the court's schedule was read.")


class Screening(Closed):
    """What the port attests for the screening. None of it is ever sent."""

    fear: Fear
    unaccompanied: bool
    categories: tuple[Category, ...] = Field(strict=False, max_length=12)


class ReturnDecision(Closed):
    """The decision to return one person to wait for a hearing, signed by two people."""

    decision_id: UuidText
    case: UuidText | None = Field(description="The case of an earlier cycle, or null.")
    decided_at: UtcText
    decided_by: OfficerId
    released_by: OfficerId = Field(description="Another person than *decided_by*.")
    person: Person
    family: Family | None
    travel_document: TravelDocument | None
    return_: Return = Field(alias="return")
    hearing: ScheduledHearing
    screening: Screening


def read_decision(document: object, places: Places) -> ReturnDecision:
    """
    Return the decision that an already parsed JSON document says.

    A rule between members is tried only where each of the members it reads is sound, so
    that one mistake is reported once.

    Raises:
        Invalid: Something does not fit; it carries every fault.
    """
    faults: list[Fault] = []
    decision: ReturnDecision | None = None
    try:
        decision = ReturnDecision.model_validate(document)
    except ValidationError as refused:
        faults = [fault_at(error["type"], error["loc"]) for error in refused.errors()]
    for rule in RULES:
        if faults and any(_spoils(fault, pointer) for fault in faults for pointer in rule.reads):
            continue
        code = rule.check(places, *[_at(document, pointer) for pointer in rule.reads])
        if code is not None:
            faults.append(Fault(rule.blames, code))
    if decision is None or faults:
        raise Invalid(tuple(dict.fromkeys(faults)))
    return decision


def decided_on(decision: ReturnDecision, places: Places) -> date:
    """Return the day of the decision on the port's own calendar: by it the rules are chosen."""
    port = places.find_port(decision.return_.port)
    zone = port.zone if port else "Etc/UTC"
    return day_in(read_utc(decision.decided_at), zone)


def as_document(decision: ReturnDecision) -> dict[str, object]:
    """Return the decision as the JSON document it was read from."""
    return decision.model_dump(mode="json")


class Rule(NamedTuple):
    """What must hold between members: which it blames, which it reads, and the check."""

    blames: str
    reads: tuple[str, ...]
    check: Callable[..., str | None]


def _nfc(_: Places, name: str | None) -> str | None:
    return None if name is None or unicodedata.is_normalized("NFC", name) else "not-nfc"


def _two_people(_: Places, decided_by: str, released_by: str) -> str | None:
    return "same-person" if decided_by.casefold() == released_by.casefold() else None


def _born_before(_: Places, birth_date: str, decided_at: str) -> str | None:
    born = born_at_the_earliest(birth_date)
    return "in-the-future" if born > read_utc(decided_at).date() else None


def _not_after(_: Places, time: str, decided_at: str) -> str | None:
    return "in-the-future" if read_utc(time) > read_utc(decided_at) else None


def _known_port(places: Places, port: str) -> str | None:
    return "unknown-port" if places.find_port(port) is None else None


def _pair(places: Places, port: str, point: str) -> str | None:
    return None if places.are_a_pair(port, point) else "not-a-pair"


def _opens_first(_: Places, opens: str, closes: str) -> str | None:
    return None if read_utc(opens) < read_utc(closes) else "out-of-order"


def _still_to_close(_: Places, closes: str, decided_at: str) -> str | None:
    return None if read_utc(closes) > read_utc(decided_at) else "in-the-past"


def _exists_once(_: Places, local: str, zone: str) -> str | None:
    try:
        resolve_local(local, zone)
    except LocalTimeRefused as refused:
        return refused.code
    return None


def _still_to_come(_: Places, local: str, zone: str, decided_at: str) -> str | None:
    return None if resolve_local(local, zone) > read_utc(decided_at) else "in-the-past"


def _presents_first(_: Places, local: str, zone: str, hearing: str, at: str) -> str | None:
    return None if resolve_local(local, zone) <= resolve_local(hearing, at) else "out-of-order"


def _returned_first(_: Places, closes: str, local: str, zone: str) -> str | None:
    return None if read_utc(closes) <= resolve_local(local, zone) else "out-of-order"


def _zone_of_port(places: Places, zone: str, code: str) -> str | None:
    port = places.find_port(code)
    return None if port is not None and port.zone == zone else "wrong-zone"


def _each_once(_: Places, codes: list[str]) -> str | None:
    return None if len(set(codes)) == len(codes) else "repeated"


def _known_zone(_: Places, zone: str) -> str | None:
    return "unknown-zone" if _exists_once(_, "2000-01-01T12:00", zone) else None


_DECIDED = "/decided_at"
_OPENS, _CLOSES = "/return/window/from", "/return/window/to"
_HEARING, _HEARING_ZONE = "/hearing/hearing_at/local", "/hearing/hearing_at/zone"
_PRESENT, _PRESENT_ZONE = "/hearing/present_at/local", "/hearing/present_at/zone"
_PORT, _POINT = "/return/port", "/return/receiving_point"
_PRESENT_PORT = "/hearing/presentation_port"

RULES: tuple[Rule, ...] = (
    Rule("/person/given_names", ("/person/given_names",), _nfc),
    Rule("/person/first_surname", ("/person/first_surname",), _nfc),
    Rule("/person/second_surname", ("/person/second_surname",), _nfc),
    Rule("/person/full_name_as_recorded", ("/person/full_name_as_recorded",), _nfc),
    Rule("/person/birth_date", ("/person/birth_date", _DECIDED), _born_before),
    Rule("/released_by", ("/decided_by", "/released_by"), _two_people),
    Rule(_PORT, (_PORT,), _known_port),
    Rule(_POINT, (_PORT, _POINT), _pair),
    Rule(_CLOSES, (_OPENS, _CLOSES), _opens_first),
    Rule(_CLOSES, (_CLOSES, _DECIDED), _still_to_close),
    Rule(_HEARING_ZONE, (_HEARING_ZONE,), _known_zone),
    Rule(_HEARING, (_HEARING, _HEARING_ZONE), _exists_once),
    Rule(_HEARING, (_HEARING, _HEARING_ZONE, _DECIDED), _still_to_come),
    Rule(_PRESENT_PORT, (_PRESENT_PORT,), _known_port),
    Rule(_PRESENT_ZONE, (_PRESENT_ZONE,), _known_zone),
    Rule(_PRESENT_ZONE, (_PRESENT_ZONE, _PRESENT_PORT), _zone_of_port),
    Rule(_PRESENT, (_PRESENT, _PRESENT_ZONE), _exists_once),
    Rule(_PRESENT, (_PRESENT, _PRESENT_ZONE, _HEARING, _HEARING_ZONE), _presents_first),
    Rule(_CLOSES, (_CLOSES, _PRESENT, _PRESENT_ZONE), _returned_first),
    Rule("/hearing/source_as_of", ("/hearing/source_as_of", _DECIDED), _not_after),
    Rule("/screening/categories", ("/screening/categories",), _each_once),
)
"""In the order in which they are tried: a later rule may rely on an earlier one."""


def _spoils(fault: Fault, pointer: str) -> bool:
    return fault.code != "unknown-member" and (
        (pointer + "/").startswith(fault.pointer + "/") or fault.pointer.startswith(pointer + "/")
    )


_STEPS = {pointer: pointer.split("/")[1:] for rule in RULES for pointer in rule.reads}


def _at(document: object, pointer: str) -> object:
    value: Any = document
    for step in _STEPS[pointer]:
        value = value[step]
    return value
