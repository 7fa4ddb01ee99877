"""
Who is handed over: names, birth date, sex, nationality, language, family, document.

Names are the only text in the exchange: Latin letters and marks, space, apostrophe, hyphen
and full stop, so that no control, format or bidirectional character can hide in one. That
they are in Unicode NFC is asked of the port at intake (``domain.decision``) and not of the
partner: no pattern can say it, and a receiver is never stricter than the published schema.
"""

from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import Field

from exchange.domain.nationality import Nationality
from exchange.domain.wire import Closed, DateText, ReducedDateText, UuidText

# Latin letters: ASCII, Latin-1, Extended-A and -B, IPA, Extended Additional; then the marks
# that are combined with them, and both apostrophes.
FAMILY_SIZE_MAX = 30
_LETTER = r"A-Za-z\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u02AF\u1E00-\u1EFF"
_SIGN = r"'\u2019.\-"
_MARK = r"\u0300-\u036F"
NAME_PATTERN = (
    rf"^['\u2019]?[{_LETTER}][{_LETTER}{_MARK}{_SIGN}]*"
    rf"(?: [{_LETTER}{_SIGN}][{_LETTER}{_MARK}{_SIGN}]*)*$"
)

GivenNames = Annotated[str, Field(min_length=1, max_length=80, pattern=NAME_PATTERN)]
Surname = Annotated[str, Field(min_length=1, max_length=60, pattern=NAME_PATTERN)]
FullName = Annotated[str, Field(min_length=1, max_length=201, pattern=NAME_PATTERN)]

Language = Annotated[
    str,
    Field(
        min_length=3,
        max_length=3,
        pattern="^[a-z]{3}$",
        description="The language to speak with the person: ISO 639-3.",
    ),
]


class Person(Closed):
    """The person, as the documents and the person say."""

    given_names: GivenNames
    first_surname: Surname = Field(description="Apellido paterno, or the only surname.")
    second_surname: Surname | None = Field(
        description="Apellido materno; null says that the person has none.",
    )
    full_name_as_recorded: FullName = Field(
        description="The whole name in the order in which it was recorded.",
    )
    birth_date: ReducedDateText
    sex: Literal["F", "M", "X"]
    nationality: Nationality = Field(
        description="ISO 3166-1 alpha-3, or a special code of ICAO Doc 9303-3.",
    )
    language: Language


class Family(Closed):
    """The family with which the person is returned; its members are never split."""

    group: UuidText
    size: int = Field(ge=2, le=FAMILY_SIZE_MAX, description="How many people the family has.")
    role: Literal["ADULT", "PARENT", "SPOUSE", "CHILD", "OTHER"]


class TravelDocument(Closed):
    """A travel document that the person holds."""

    type: Literal["PASSPORT", "IDENTITY-CARD", "BIRTH-CERTIFICATE", "OTHER"]
    number: str = Field(
        min_length=3,
        max_length=24,
        pattern="^[0-9A-Z][0-9A-Z-]*$",
        description="Capital letters, digits and hyphens, as on the document.",
    )
    country: Nationality = Field(description="Who issued it.")
    expires_on: DateText | None = Field(description="Null when it does not expire.")


_MONTH_PRECISION = 7


def born_at_the_earliest(birth_date: str) -> date:
    """Return the first day on which someone with this reduced birth date may be born."""
    return date.fromisoformat(birth_date + "0000-01-01"[len(birth_date) :])


def born_at_the_latest(birth_date: str) -> date:
    """Return the last day on which someone with this reduced birth date may be born."""
    first = born_at_the_earliest(birth_date)
    if len(birth_date) < _MONTH_PRECISION:
        return first.replace(month=12, day=31)
    if len(birth_date) == _MONTH_PRECISION:
        return (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    return first


def youngest_age(birth_date: str, on: date) -> int:
    """
    Return the least age in whole years that the person may have on the day *on*.

    Where only a year is known the youngest reading holds, so that no minor is taken for an
    adult. Someone born on 29 February grows older on 1 March.
    """
    return _age(born_at_the_latest(birth_date), on)


def oldest_age(birth_date: str, on: date) -> int:
    """Return the greatest age in whole years that the person may have on the day *on*."""
    return _age(born_at_the_earliest(birth_date), on)


def _age(born: date, on: date) -> int:
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))
