"""Names and ages."""

import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from exchange.domain.person import (
    Person,
    born_at_the_earliest,
    born_at_the_latest,
    oldest_age,
    youngest_age,
)
from tests.builders import a_decision_document


def a_person(**changes: object) -> Person:
    """Return the default person with members changed."""
    return Person.model_validate(a_decision_document()["person"] | changes)


@pytest.mark.parametrize(
    "name",
    [
        "Núñez",
        "de la Peña",
        "O'Farrill",
        "D\u2019Angelo",
        "Pérez-Gómez",
        "Ma. Guadalupe",
        "Ñ",
        "Nguyễn",
        "'t Hooft",
        "Xo\u0301\u0331chitl",
        "Garcia - Lopez",
    ],
)
def test_names_of_people_are_names(name: str) -> None:
    """Surnames with accents, particles, apostrophes, hyphens and combined marks are taken."""
    assert a_person(first_surname=name).first_surname == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        "-",
        ".",
        " García",
        "García ",
        "García  López",
        "García\n",
        "García\u200b",
        "Garc\u202eía",
        "García\u00a0López",
        "Иванов",
        "García1",
        "García, Ana",
        "\u0301García",
        "G" * 61,
        "García\x00",
        7,
        None,
    ],
)
def test_what_is_no_name_is_refused(name: object) -> None:
    """Control, format and bidirectional characters, digits, other scripts and placeholders."""
    with pytest.raises(ValidationError):
        a_person(first_surname=name)


@given(st.text(min_size=1, max_size=60))
def test_a_name_holds_nothing_hidden(name: str) -> None:
    """Whatever is taken for a name has only letters, marks, spaces and three signs."""
    try:
        a_person(given_names=name)
    except ValidationError:
        return
    for character in name:
        assert character in " '\u2019.-" or unicodedata.category(character)[0] in "LM"


def test_no_second_surname_is_said_and_not_left_out() -> None:
    """Null is an explicit absence; a missing member is a fault."""
    assert a_person(second_surname=None).second_surname is None
    document = a_decision_document()["person"]
    del document["second_surname"]
    with pytest.raises(ValidationError):
        Person.model_validate(document)


@pytest.mark.parametrize(
    ("birth_date", "earliest", "latest"),
    [
        ("1994", date(1994, 1, 1), date(1994, 12, 31)),
        ("2000-02", date(2000, 2, 1), date(2000, 2, 29)),
        ("2001-02", date(2001, 2, 1), date(2001, 2, 28)),
        ("1999-12", date(1999, 12, 1), date(1999, 12, 31)),
        ("1994-02-28", date(1994, 2, 28), date(1994, 2, 28)),
    ],
)
def test_a_reduced_date_spans_days(birth_date: str, earliest: date, latest: date) -> None:
    """A year or month stands for all of its days."""
    assert born_at_the_earliest(birth_date) == earliest
    assert born_at_the_latest(birth_date) == latest


@pytest.mark.parametrize(
    ("birth_date", "on", "youngest", "oldest"),
    [
        ("2001-03-17", date(2019, 3, 16), 17, 17),
        ("2001-03-17", date(2019, 3, 17), 18, 18),
        ("2000-02-29", date(2018, 2, 28), 17, 17),
        ("2000-02-29", date(2018, 3, 1), 18, 18),
        ("2001", date(2019, 3, 17), 17, 18),
        ("2001-03", date(2019, 3, 17), 17, 18),
    ],
)
def test_age_in_doubt_is_a_span(birth_date: str, on: date, youngest: int, oldest: int) -> None:
    """Of a reduced birth date both the youngest and the oldest reading are known."""
    assert youngest_age(birth_date, on) == youngest
    assert oldest_age(birth_date, on) == oldest
