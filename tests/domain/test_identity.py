"""Whether two records speak of one person, by the naming customs of the region."""

import tomllib
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from exchange.domain.identity import (
    IdentityLimits,
    Recorded,
    Verdict,
    compare,
    judge,
    may_be_one_person,
    recorded,
)
from exchange.domain.person import Person
from tests.builders import a_decision_document

PAIRS: list[dict[str, Any]] = tomllib.loads(
    Path(__file__).with_name("identity_pairs.toml").read_text(encoding="utf-8")
)["pairs"]
LIMITS = IdentityLimits()
ANA = Recorded("Ana Sofía", "García López", "1990-05-12")
BIRTH_DATES = st.builds(
    lambda day, length: (date(1930, 1, 1) + timedelta(day)).isoformat()[:length],
    st.integers(0, 32_000),
    st.sampled_from((4, 7, 10)),
)
RECORDS = st.builds(
    Recorded,
    st.text("AELMNSORU\u2019. -", max_size=20),
    st.text("AELMNSORU\u2019. -", max_size=20),
    BIRTH_DATES,
)


def test_sixty_customs_are_in_the_table() -> None:
    """The table has sixty customs, each once, of people who are one and people who are two."""
    assert len({pair["custom"] for pair in PAIRS}) == len(PAIRS) == 60
    assert sum(pair["same"] for pair in PAIRS) == 40


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair["custom"])
def test_the_table_of_customs(pair: dict[str, Any]) -> None:
    """Each pair means what the table says, and one person is never two nor two people one."""
    one, other = Recorded(*pair["one"]), Recorded(*pair["other"])
    verdict = judge(compare(one, other), LIMITS)
    assert verdict == pair["verdict"]
    assert verdict is not (Verdict.CONFLICT if pair["same"] else Verdict.CONFIRMED)
    assert compare(one, other) == compare(other, one)


@pytest.mark.parametrize("pair", [pair for pair in PAIRS if not pair["same"]])
def test_no_two_people_of_the_table_are_taken_for_one(pair: dict[str, Any]) -> None:
    """Two cases of two people do not look like one person."""
    assert not may_be_one_person(Recorded(*pair["one"]), Recorded(*pair["other"]), LIMITS)


@pytest.mark.parametrize(
    ("one", "other", "percent"),
    [
        ("1990-05-12", "1990-05-12", 100),
        ("1990-05", "1990-05", 95),
        ("1990-05-12", "1990-05", 95),
        ("1990", "1990", 85),
        ("1990-05-12", "1990", 85),
        ("1990-05-12", "1990-01-01", 85),
        ("1990-01-01", "1990-01-01", 85),
        ("1990-05", "1990-01-01", 85),
        ("1990-01-01", "1991-01-01", 40),
        ("1990-05-12", "1990-12-05", 80),
        ("1990-05-12", "1990-05-13", 70),
        ("1990-05-12", "1990-05-21", 70),
        ("1967-05-12", "1976-05-12", 70),
        ("1990-05-12", "1987-05-12", 40),
        ("1990-05-12", "1990-05-30", 40),
        ("1990-05-12", "1990-08-12", 70),
        ("1990-05-12", "1990-10-12", 40),
        ("1990-05-12", "1990-10-30", 0),
        ("1990-05-12", "1987-12-05", 0),
        ("1990-05", "1990-06", 40),
        ("1990-05", "1987-06", 0),
        ("1990", "1991", 40),
        ("1990", "1987", 0),
    ],
)
def test_how_alike_birth_dates_are(one: str, other: str, percent: int) -> None:
    """Swapped, mistyped, reduced and placeholder dates count for less, others for nothing."""
    found = compare(ANA._replace(birth_date=one), ANA._replace(birth_date=other))
    assert (found.surnames, found.given_names, found.birth_date) == (100, 100, percent)
    assert found.percent == 75 + percent // 4


def test_what_is_unknown_speaks_for_nobody() -> None:
    """A part that one record does not know is None, and counts half."""
    nameless = ANA._replace(given_names="FNU")
    assert compare(ANA, nameless) == (85, 100, None, 100)
    assert compare(ANA, ANA._replace(surnames="LNU")) == (79, None, 100, 100)
    assert compare(ANA, Recorded("FNU", "LNU", "1990-05-12")) == (62, None, None, 100)


def test_names_in_the_wrong_fields_are_worth_less() -> None:
    """The same names in each other's fields are looked at by a person, and no conflict."""
    swapped = Recorded(ANA.surnames, ANA.given_names, ANA.birth_date)
    assert compare(ANA, swapped) == (88, 0, 0, 100)


def test_limits_decide() -> None:
    """A likeness at a limit has reached it."""
    found = compare(ANA, ANA._replace(surnames="García"))
    assert found.percent == 93
    assert judge(found, IdentityLimits(confirmed_percent_min=93)) is Verdict.CONFIRMED
    assert judge(found, IdentityLimits(confirmed_percent_min=94)) is Verdict.REVIEW
    high = {"confirmed_percent_min": 100}
    assert judge(found, IdentityLimits(review_percent_min=93, **high)) is Verdict.REVIEW
    assert judge(found, IdentityLimits(review_percent_min=94, **high)) is Verdict.CONFLICT


def test_limits_are_in_order() -> None:
    """What is looked at begins below what is believed."""
    assert IdentityLimits(review_percent_min=90).review_percent_min == 90
    with pytest.raises(ValidationError, match="is not over"):
        IdentityLimits(review_percent_min=91)


@pytest.mark.parametrize(
    "other",
    [
        Recorded("ANA SOFIA", "GARCIA", "1990-05-12"),
        Recorded("ANA SOFIA", "GARCIA LOPEZ", "1990-12-05"),
        Recorded("ANA SOFIA", "GARCIA LOPEZ", "1990-05-13"),
        Recorded("ANA SOFIA", "GARCIA LOPEZ", "1990"),
    ],
)
def test_two_cases_are_two_people(other: Recorded) -> None:
    """Another birth date, or a surname that only one of them has, is no one person."""
    assert not may_be_one_person(ANA, other, LIMITS)


@pytest.mark.parametrize("given_names", ["Ana Sofía", "ANA SOFIA", "Ana"])
def test_two_cases_may_be_one_person(given_names: str) -> None:
    """One birth date and as good as one name make two cases look like one person."""
    assert may_be_one_person(ANA, Recorded(given_names, "LOPEZ GARCIA", "1990-05-12"), LIMITS)


def test_the_limit_for_one_person_is_a_setting() -> None:
    """Where less likeness is asked for, more cases look like one."""
    other = ANA._replace(surnames="García")
    assert may_be_one_person(ANA, other, IdentityLimits(one_person_percent_min=93))


def test_a_person_is_a_record() -> None:
    """A person of a notice is compared by given names, both surnames and birth date."""
    document = a_decision_document()["person"]
    names = {"given_names": "Ana", "first_surname": "García", "birth_date": "1990"}
    both = Person.model_validate(document | names | {"second_surname": "López"})
    one = Person.model_validate(document | names | {"second_surname": None})
    assert compare(recorded(both), Recorded("Ana", "García López", "1990")).surnames == 100
    assert compare(recorded(one), recorded(both)) == (89, 85, 100, 85)


@given(RECORDS, RECORDS)
def test_a_likeness_is_a_percentage_from_either_side(one: Recorded, other: Recorded) -> None:
    """Whatever stands in two records, their likeness is the same from both, and from 0 to 100."""
    found = compare(one, other)
    assert found == compare(other, one)
    assert all(part is None or 0 <= part <= 100 for part in found)
    assert compare(one, one).percent >= found.percent - 25
