"""Dates and times in words."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from babel import Locale
from babel.dates import format_date

from exchange.reports.paper.calendar import (
    MONTHS,
    WEEKDAYS,
    birth_in_words,
    date_in_words,
    moment_in_words,
    time_in_words,
    weekday_in_words,
)
from exchange.reports.paper.words import LANGUAGES, PaperLanguage

SEVEN_DAYS = [date(2031, 5, 5) + timedelta(days=day) for day in range(7)]


@pytest.mark.parametrize("language", ["es", "en", "pt"])
def test_the_names_are_those_of_the_locale(language: PaperLanguage) -> None:
    """Weekdays and months are spelled as the Unicode locale data spell them."""
    locale = Locale.parse(language)
    assert WEEKDAYS[language] == tuple(locale.days["format"]["wide"][day] for day in range(7))
    assert MONTHS[language] == tuple(
        locale.months["format"]["wide"][month] for month in range(1, 13)
    )


def test_haitian_creole_has_names_of_its_own() -> None:
    """The locale data give French for it, which the paper does not."""
    french = Locale.parse("fr")
    assert Locale.parse("ht").days["format"]["wide"][0] == "lundi"
    assert not set(WEEKDAYS["ht"]) & set(french.days["format"]["wide"].values())
    assert WEEKDAYS["ht"][0] == "lendi"
    assert WEEKDAYS["ht"][6] == "dimanch"
    assert len(set(WEEKDAYS["ht"])) == 7
    assert len(set(MONTHS["ht"])) == 12


@pytest.mark.parametrize(
    ("language", "shape"),
    [("es", "EEEE d 'de' MMMM 'de' y"), ("en", "full"), ("pt", "full")],
)
def test_a_date_is_written_as_people_write_it(language: PaperLanguage, shape: str) -> None:
    """Every weekday and month stands in its place, in the order of the language."""
    for on in (*SEVEN_DAYS, *(date(2031, month, 1) for month in range(1, 13))):
        assert weekday_in_words(on, language) == format_date(on, shape, locale=language)


def test_a_date_in_haitian_creole() -> None:
    """Weekday, day, month, year, without an article."""
    assert weekday_in_words(date(2031, 3, 9), "ht") == "dimanch 9 mas 2031"
    assert date_in_words(date(2031, 8, 1), "ht") == "1 out 2031"


@pytest.mark.parametrize(
    ("wall", "es", "en", "pt", "ht"),
    [
        ("00:00", "12:00 de la madrugada", "12:00 a.m.", "12:00 da madrugada", "12:00 dimaten"),
        ("05:59", "5:59 de la madrugada", "5:59 a.m.", "5:59 da madrugada", "5:59 dimaten"),
        ("06:00", "6:00 de la mañana", "6:00 a.m.", "6:00 da manhã", "6:00 dimaten"),
        ("11:59", "11:59 de la mañana", "11:59 a.m.", "11:59 da manhã", "11:59 dimaten"),
        ("12:00", "12:00 de la tarde", "12:00 p.m.", "12:00 da tarde", "12:00 apremidi"),
        ("13:05", "1:05 de la tarde", "1:05 p.m.", "1:05 da tarde", "1:05 apremidi"),
        ("18:59", "6:59 de la tarde", "6:59 p.m.", "6:59 da tarde", "6:59 apremidi"),
        ("19:00", "7:00 de la noche", "7:00 p.m.", "7:00 da noite", "7:00 diswa"),
        ("23:59", "11:59 de la noche", "11:59 p.m.", "11:59 da noite", "11:59 diswa"),
    ],
)
def test_a_time_has_one_reading(wall: str, es: str, en: str, pt: str, ht: str) -> None:
    """What people say is followed by the same from 00:00 to 23:59."""
    at = datetime.fromisoformat(f"2031-05-06T{wall}")
    spoken = [time_in_words(at, language) for language in LANGUAGES]
    assert spoken == [f"{words} ({wall})" for words in (es, en, pt, ht)]


def test_a_moment_that_nobody_keeps_is_in_utc() -> None:
    """When a message was signed is told in UTC, whatever the zone it is given in."""
    at = datetime(2031, 3, 17, 20, 5, tzinfo=timezone(timedelta(hours=-7)))
    assert moment_in_words(at, "en") == "March 18, 2031, 03:05 UTC"
    assert moment_in_words(at.astimezone(UTC), "es") == "18 de marzo de 2031, 03:05 UTC"


@pytest.mark.parametrize(
    ("birth_date", "es", "ht"),
    [
        ("1994-02-28", "28 de febrero de 1994", "28 fevriye 1994"),
        ("1994-02", "febrero de 1994 (día no registrado)", "fevriye 1994 (jou a pa ekri)"),
        ("1994", "1994 (día y mes no registrados)", "1994 (jou a ak mwa a pa ekri)"),
    ],
)
def test_what_is_not_known_of_a_birth_date_is_said(birth_date: str, es: str, ht: str) -> None:
    """A birth date known to the month or the year says so."""
    assert birth_in_words(birth_date, "es") == es
    assert birth_in_words(birth_date, "ht") == ht
