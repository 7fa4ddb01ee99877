"""
What a scenario's file may say.

Times without an offset are those of the wall at the person's port. Everything that is not said
goes as it should: the person is decided about a day before the window, accepted, crosses, is
received and has a document of half a year by the evening.
"""

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from exchange.domain.decision import Category, Fear

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=40)]


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Names = Annotated[tuple[Name, ...], BeforeValidator(_as_list), Field(min_length=1)]


class Said(BaseModel):
    """A part of the file, with no member that is not named here."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Behaviour(Said):
    """What the officials of both sides do about a person, as far as it is not the usual."""

    fear: Fear = "none"
    categories: tuple[Category, ...] = ()
    unaccompanied: bool = False
    nationality: str | None = Field(default=None, pattern="^[A-Z]{3}$")
    born: dt.date | None = None
    record: dict[str, str] = Field(default_factory=dict)
    """Members of the record of the person that are otherwise than drawn."""
    same_officer: bool = False
    """The decision is taken and released by one person."""
    refused: str | None = None
    """The code with which the US side must refuse the decision."""
    answer: Literal["accepted", "refused", "deferred", "none"] = "accepted"
    code: str | None = None
    answer_minutes: int = Field(default=30, ge=0)
    crosses: Literal["gate", "unrecorded", "never"] = "gate"
    cross_minutes: int = Field(default=20, ge=0)
    seen: Literal["received", "doubt", "turned-back", "not-seen", "nobody"] = "received"
    seen_minutes: int = Field(default=15, ge=0)
    document_days: int = Field(default=180, ge=0, le=3660)
    """How long the document is valid; 0 where none is given."""
    document_hours: int = Field(default=6, ge=0)
    document_number: str | None = None


class Person(Behaviour):
    """Somebody of whom the scenario tells by name."""

    name: Name
    port: str
    window: dt.datetime
    window_hours: int = Field(default=2, ge=1, le=24)
    decided: dt.datetime | None = None
    hearing: dt.datetime | None = None
    hearing_port: str | None = None
    """Where to present, if not at the port of return."""
    family: Name | None = None
    family_size: int | None = Field(default=None, ge=1, le=30)
    """How many are declared, if not as many as are named."""
    same_case_as: Name | None = None
    """Whose later cycle this is."""
    same_record_as: Name | None = None
    """Whose name and birth date this is, in another case."""


class Part(Behaviour):
    """How many of a crowd have something else happen to them."""

    name: Name
    count: int = Field(ge=1)


class Crowd(Said):
    """Many people, spread over days and ports."""

    first: dt.date
    last: dt.date
    published: int = Field(ge=1)
    """How many the source counts, also of whom it does not say the port."""
    ports: dict[str, int] = Field(min_length=1)
    nationalities: tuple[str, ...] = ("HND", "GTM", "SLV")
    families: bool = True
    hearing_days: int = Field(default=45, ge=10)
    part: tuple[Part, ...] = ()


DEEDS = Literal[
    "hold",
    "lift",
    "withdraw",
    "close",
    "move-hearing",
    "tell",
    "doubt",
    "present",
    "leave",
    "extend",
    "alert",
    "take-up",
    "answer",
    "cross",
    "receive",
    "document",
    "correct",
]


class Step(Said):
    """One thing that one official does about somebody, at a moment."""

    at: dt.datetime
    who: Names
    do: DEEDS
    refused: str | None = None
    """The code with which it must be refused."""
    cause: str | None = None
    by: Literal["us", "mx"] = "us"
    code: str | None = None
    hearing: dt.datetime | Literal["none", "other"] | None = None
    version: int | None = None
    outcome: str | None = None
    port: str | None = None
    days: int | None = None
    people: int | None = None
    pointer: str | None = None
    value: str | None = None


class Road(Said):
    """What the network between both sides does for a while."""

    since: dt.datetime
    until: dt.datetime
    how: Literal["cut", "loses-answers", "repeats", "reorders"]
    speaker: Literal["us", "mx", "both"] = "both"


class Scenario(Said):
    """A whole scenario."""

    name: Name
    en: str
    es: str
    source: str
    begins: dt.date
    ends: dt.date
    seed: int = 2019
    rules: Literal["as-announced-2019", "us"] = "as-announced-2019"
    crowd: tuple[Crowd, ...] = ()
    person: tuple[Person, ...] = ()
    step: tuple[Step, ...] = ()
    road: tuple[Road, ...] = ()
