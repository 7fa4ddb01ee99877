"""
Dates and times in words, in the four languages.

The names stand here and not in a library: the locale data that Python programs share have no
Haitian Creole, and give French for it. A test holds the other three against that data.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import Final

from exchange.reports.paper import words
from exchange.reports.paper.words import PaperLanguage, Words

WEEKDAYS: Final[Mapping[PaperLanguage, tuple[str, ...]]] = MappingProxyType(
    {
        "es": ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
        "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
        "pt": (
            *("segunda-feira", "terça-feira", "quarta-feira", "quinta-feira", "sexta-feira"),
            *("sábado", "domingo"),
        ),
        "ht": ("lendi", "madi", "mèkredi", "jedi", "vandredi", "samdi", "dimanch"),
    }
)
"""Monday first."""

MONTHS: Final[Mapping[PaperLanguage, tuple[str, ...]]] = MappingProxyType(
    {
        "es": (
            *("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto"),
            *("septiembre", "octubre", "noviembre", "diciembre"),
        ),
        "en": (
            *("January", "February", "March", "April", "May", "June", "July", "August"),
            *("September", "October", "November", "December"),
        ),
        "pt": (
            *("janeiro", "fevereiro", "março", "abril", "maio", "junho", "julho", "agosto"),
            *("setembro", "outubro", "novembro", "dezembro"),
        ),
        "ht": (
            *("janvye", "fevriye", "mas", "avril", "me", "jen", "jiyè", "out"),
            *("septanm", "oktòb", "novanm", "desanm"),
        ),
    }
)

_DATE = Words(
    es="{day} de {month} de {year}",
    en="{month} {day}, {year}",
    pt="{day} de {month} de {year}",
    ht="{day} {month} {year}",
)
_ON_WEEKDAY = Words(
    es="{weekday} {date}", en="{weekday}, {date}", pt="{weekday}, {date}", ht="{weekday} {date}"
)
_PARTS_OF_DAY = (
    (6, Words("de la madrugada", "a.m.", "da madrugada", "dimaten")),
    (12, Words("de la mañana", "a.m.", "da manhã", "dimaten")),
    (19, Words("de la tarde", "p.m.", "da tarde", "apremidi")),
    (24, Words("de la noche", "p.m.", "da noite", "diswa")),
)
"""Until which hour each lasts."""

_MONTH_PRECISION = 7
_DAY_PRECISION = 10


def date_in_words(on: date, language: PaperLanguage) -> str:
    """Return the date with its month in words."""
    month = MONTHS[language][on.month - 1]
    return _DATE.spoken(language).format(day=on.day, month=month, year=on.year)


def weekday_in_words(on: date, language: PaperLanguage) -> str:
    """Return the date with its weekday and month in words."""
    weekday = WEEKDAYS[language][on.weekday()]
    pattern = _ON_WEEKDAY.spoken(language)
    return pattern.format(weekday=weekday, date=date_in_words(on, language))


def time_in_words(at: datetime, language: PaperLanguage) -> str:
    """Return the time as people say it, and again from 00:00 to 23:59: it has one reading."""
    part = next(part for until, part in _PARTS_OF_DAY if at.hour < until)
    return f"{at.hour % 12 or 12}:{at:%M} {part.spoken(language)} ({at:%H:%M})"


def moment_in_words(at: datetime, language: PaperLanguage) -> str:
    """Return a moment that nobody has to keep: date and time in UTC."""
    utc = at.astimezone(UTC)
    return f"{date_in_words(utc.date(), language)}, {utc:%H:%M} UTC"


def birth_in_words(birth_date: str, language: PaperLanguage) -> str:
    """Return a birth date as far as it is known, and say how far that is."""
    if len(birth_date) == _DAY_PRECISION:
        return date_in_words(date.fromisoformat(birth_date), language)
    if len(birth_date) == _MONTH_PRECISION:
        year, month = birth_date.split("-")
        name = MONTHS[language][int(month) - 1]
        return words.NO_DAY.spoken(language).format(month=name, year=year)
    return words.NO_MONTH.spoken(language).format(year=birth_date)
