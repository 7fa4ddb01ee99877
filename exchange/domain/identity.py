"""
Whether two records speak of one person: a cross-check, never a key.

Records match on the handoff alone. Once they do, names and birth date say how far they agree,
and a person looks at what does not: a surname lost between two registers is nothing, another
person under the same handoff is an identity conflict (R05). The score is never sent, and says
nothing of what the records hold.
"""

from enum import StrEnum
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field, model_validator
from rapidfuzz.distance import OSA

from exchange.domain.names import likeness, read_words
from exchange.domain.person import Person
from exchange.errors import Sentence


class Recorded(NamedTuple):
    """
    What one record says of a person, in whatever spelling it has.

    Both surnames stand in one text, since many registers have one field for them; a birth date
    may be reduced to its month or year.
    """

    given_names: str
    surnames: str
    birth_date: str


class Likeness(NamedTuple):
    """
    How far two records agree, in percent: as a whole and in each part.

    A part is None where one of the records does not know it.
    """

    percent: int
    surnames: int | None
    given_names: int | None
    birth_date: int


class Verdict(StrEnum):
    """What a likeness means."""

    CONFIRMED = "confirmed"
    REVIEW = "review"
    CONFLICT = "conflict"


class IdentityLimits(BaseModel):
    """From which likeness on two records are believed, looked at, or taken for one person."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    confirmed_percent_min: int = Field(
        default=90,
        ge=0,
        le=100,
        description=Sentence(
            "From this likeness on two records of a handoff speak of one person.",
            "Desde este parecido dos registros de una entrega hablan de una misma persona.",
        ),
    )
    review_percent_min: int = Field(
        default=60,
        ge=0,
        le=100,
        description=Sentence(
            "From this likeness on a person looks at both records; below it they conflict.",
            "Desde este parecido alguien revisa ambos registros; por debajo se contradicen.",
        ),
    )
    one_person_percent_min: int = Field(
        default=95,
        ge=0,
        le=100,
        description=Sentence(
            "From this likeness on two cases with one birth date may be one person.",
            "Desde este parecido dos casos con una misma fecha de nacimiento pueden ser una "
            "misma persona.",
        ),
    )

    @model_validator(mode="after")
    def _in_order(self) -> "IdentityLimits":
        if self.review_percent_min > self.confirmed_percent_min:
            message = "review_percent_min is not over confirmed_percent_min"
            raise ValueError(message)
        return self


_SURNAMES, _GIVEN_NAMES, _BIRTH_DATE = 0.45, 0.30, 0.25
_UNKNOWN = 0.5
_MISPLACED = 0.85
"""What all names in the wrong fields are worth against the same names in theirs."""

_YEAR, _MONTH, _DAY = 4, 7, 10
_SAME_MONTH, _SAME_YEAR = 0.95, 0.85
_SWAPPED, _ONE_SLIP, _FAR = 0.8, 0.7, 0.4
_PARTS_EQUAL_MIN = 2
_NOISE = 1e-6
"""A whole percent is reached, whatever the sum of its parts lacks in the last binary digit."""


def recorded(person: Person) -> Recorded:
    """Return what a notice or a decision says of a person."""
    surnames = f"{person.first_surname} {person.second_surname or ''}"
    return Recorded(person.given_names, surnames, person.birth_date)


def compare(one: Recorded, other: Recorded) -> Likeness:
    """
    Return how far two records of one handoff agree; the same whichever comes first.

    Surnames count in either order. Where names stand in the wrong fields, as with people whose
    register writes the surname first, all names are laid side by side too, for a little less.
    What one record does not know speaks neither for nor against it.
    """
    mine = read_words(one.surnames), read_words(one.given_names)
    theirs = read_words(other.surnames), read_words(other.given_names)
    surnames, given_names = (likeness(*pair) for pair in zip(mine, theirs, strict=True))
    names = _SURNAMES * _known(surnames) + _GIVEN_NAMES * _known(given_names)
    misplaced = (_SURNAMES + _GIVEN_NAMES) * _MISPLACED
    if names < misplaced:
        mixed = likeness(mine[0] + mine[1], theirs[0] + theirs[1]) or 0.0
        names = max(names, misplaced * mixed)
    birth_date = _born_alike(one.birth_date, other.birth_date)
    return Likeness(
        _percent(names + _BIRTH_DATE * birth_date),
        None if surnames is None else _percent(surnames),
        None if given_names is None else _percent(given_names),
        _percent(birth_date),
    )


def judge(found: Likeness, limits: IdentityLimits) -> Verdict:
    """Return what a likeness between two records of one handoff means."""
    if found.percent >= limits.confirmed_percent_min:
        return Verdict.CONFIRMED
    if found.percent >= limits.review_percent_min:
        return Verdict.REVIEW
    return Verdict.CONFLICT


def may_be_one_person(one: Recorded, other: Recorded, limits: IdentityLimits) -> bool:
    """Say whether the people of two cases may be one: as good as one name, and one birth date."""
    same_day = one.birth_date == other.birth_date
    return same_day and compare(one, other).percent >= limits.one_person_percent_min


def _known(value: float | None) -> float:
    return _UNKNOWN if value is None else value


def _percent(value: float) -> int:
    return int(100 * value + _NOISE)


def _born_alike(one: str, other: str) -> float:
    """
    Return how alike two birth dates are, either of which may be reduced to month or year.

    The first of January is what registers write where only the year is known, so it says no
    more than the year.
    """
    one, other = (born.removesuffix("-01-01") for born in (one, other))
    shared = min(len(one), len(other))
    one, other = one[:shared], other[:shared]
    if one == other:
        return {_YEAR: _SAME_YEAR, _MONTH: _SAME_MONTH}.get(shared, 1.0)
    one_slip = OSA.distance(one, other, score_cutoff=1) <= 1
    if shared < _DAY:
        return _FAR if one_slip else 0.0
    mine, theirs = one.split("-"), other.split("-")
    if mine == [theirs[0], theirs[2], theirs[1]]:
        return _SWAPPED
    if one_slip:
        return _ONE_SLIP
    equal = sum(here == there for here, there in zip(mine, theirs, strict=True))
    return _FAR if equal >= _PARTS_EQUAL_MIN else 0.0
