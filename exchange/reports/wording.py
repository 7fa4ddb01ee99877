"""
The values of a report in words: cells, headings, and what stands at its head.

Numbers, dates and times are written as the language does it, by Babel; a moment always has its
zone. Every form that a person reads is made of these.
"""

import datetime as dt
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal, format_percent

from exchange.reports.document import Cell, Column, Kind, Report, Row, Section, Share
from exchange.reports.texts import Language, counted, has_words, text

LOCALES: Final[Mapping[Language, str]] = {"en": "en_US", "es": "es_MX"}
MOMENTS: Final[Mapping[Language, str]] = {"en": "MMM d, y, HH:mm", "es": "d MMM y, HH:mm"}
NO_VALUE: Final = "\N{EN DASH}"

_UNITS = (("days", 86_400), ("hours", 3_600), ("minutes", 60), ("seconds", 1))
_UNITS_SHOWN_MAX = 2


@dataclass(frozen=True, slots=True)
class Wording:
    """One language, and the proper names of the places of a report."""

    language: Language
    names: Mapping[str, str]

    def say(self, key: str, **given: object) -> str:
        """Return the words of a key."""
        return text(key, self.language, **given)

    def cell(self, value: Cell, column: Column) -> str:
        """Return a cell of *column* in words; what there is no value of is a dash."""
        if value is None:
            return NO_VALUE
        if column.kind is Kind.CODE:
            return self.code(column.words, str(value))
        said = _BY_KIND.get(column.kind)
        return said(self, value) if said else str(value)

    def heading(self, column: Column) -> str:
        """Return what stands above a column."""
        if column.heading is Kind.PLACE:
            return self.place(column.id)
        return self.say(f"column.{column.id}")

    def section(self, section: Section) -> str:
        """Return the heading of a section, with its side in a report of both."""
        heading = self.say(f"section.{section.id}")
        if section.of is None:
            return heading
        return self.say("section-of", side=self.say(f"side.{section.of}"), section=heading)

    def place(self, code: str) -> str:
        """Return the code of a place with its name."""
        if code in self.names:
            return f"{code} {self.names[code]}"
        return self.code("place.", code)

    def code(self, words: str, code: str) -> str:
        """Return the words of a code, or of several; one that has none stands for itself."""
        keys = [words + one for one in code.split(" ")]
        known = all(has_words(key, self.language) for key in keys)
        return ", ".join(map(self.say, keys)) if known else code

    def count(self, value: int) -> str:
        """Return a number as the language writes it."""
        return format_decimal(value, locale=LOCALES[self.language])

    def date(self, value: dt.date) -> str:
        """Return a day as the language writes it."""
        return format_date(value, "medium", locale=LOCALES[self.language])

    def days(self, first: dt.date | None, last: dt.date | None) -> str:
        """Return the days from the first to the last; either may be open."""
        if first is not None and first == last:
            return self.date(first)
        ends = {name: self.date(day) for name, day in (("first", first), ("last", last)) if day}
        key = "period.days" if len(ends) > 1 else f"period.{'from' if first else 'to'}"
        return self.say(key, **ends)

    def moment(self, value: dt.datetime) -> str:
        """Return a moment in its own zone, which is named."""
        locale = LOCALES[self.language]
        zone = "z" if self.language == "en" or not value.utcoffset() else "zzzz"
        pattern = f"{MOMENTS[self.language]} {zone}"
        return format_datetime(value, pattern, tzinfo=value.tzinfo, locale=locale)

    def duration(self, value: dt.timedelta) -> str:
        """Return how long something lasts, by its two largest units."""
        if value < dt.timedelta():
            return self.say("duration.before", duration=self.duration(-value))
        left = round(value.total_seconds())
        parts: list[str] = []
        for unit, seconds in _UNITS:
            many, left = divmod(left, seconds)
            if many or (parts and left):
                parts.append(self.say(f"duration.{unit}", count=self.count(many)))
        shown = parts[:_UNITS_SHOWN_MAX] or [self.say("duration.seconds", count="0")]
        return " ".join(shown)

    def share(self, value: Share) -> str:
        """Return a percentage with what it is made of."""
        if value.ratio is None:
            return NO_VALUE
        ratio = math.floor(value.ratio * 100) / 100  # all of them is said of no fewer
        percent = format_percent(ratio, locale=LOCALES[self.language])
        of = {"part": self.count(value.part), "of": self.count(value.of)}
        return self.say("share-of", percent=percent, **of)

    def total(self, section: Section) -> Iterator[tuple[Column, str]]:
        """Give the cells of the last row in words: it names itself, and leaves blank the rest."""
        for place, (column, value) in enumerate(
            zip(section.columns, section.total or (), strict=True)
        ):
            if value is not None:
                yield column, self.cell(value, column)
            else:
                yield column, "" if place else self.place("total")

    def left_out(self, section: Section) -> str | None:
        """Return how many rows there are beyond those listed, where there are any."""
        if not section.left_out:
            return None
        return counted("left-out", section.left_out, self.language)


_BY_KIND: Final[Mapping[Kind, Callable[[Wording, Any], str]]] = {
    Kind.PLACE: Wording.place,
    Kind.COUNT: Wording.count,
    Kind.SHARE: Wording.share,
    Kind.INSTANT: Wording.moment,
    Kind.DATE: Wording.date,
    Kind.DURATION: Wording.duration,
}
"""How each kind is said; a code needs its column, and the others stand for themselves."""


def wording_of(report: Report, language: Language) -> Wording:
    """Return the words for a report."""
    return Wording(language, report.names)


def title_of(report: Report, words: Wording) -> str:
    """Return the title of a report."""
    side = "" if report.side is None else f".{report.side}"
    return words.say(f"title.{report.kind}{side}")


def head_of(report: Report, words: Wording) -> Iterator[tuple[str, str]]:
    """Give what stands at the head of a report: each with its name."""
    yield words.say("head.period"), period_of(report, words)
    if report.only_at is not None:
        yield words.say("head.places"), ", ".join(map(words.place, report.only_at))
    yield words.say("head.made_at"), words.moment(report.made_at)
    if report.ledger is not None:
        entries, root = words.count(report.ledger.entries), report.ledger.root or NO_VALUE
        state = words.say("ledger.state", entries=entries, root=root)
        yield words.say("head.ledger"), state


def period_of(report: Report, words: Wording) -> str:
    """Return of which days a report is, and whether its figures still move."""
    if report.first is None and report.last is None:
        return words.say("period.all")
    period = words.days(report.first, report.last)
    return period if report.closed else words.say("period.open", period=period)


def verdict_of(report: Report, words: Wording) -> str | None:
    """Return whether it adds up; None where the report does not judge."""
    if report.adds_up is None:
        return None
    return words.say("adds-up" if report.adds_up else "does-not-add-up")


def groups_of(section: Section) -> Iterator[tuple[Cell, tuple[Row, ...]]]:
    """Give the rows that belong together, under what they have in common; None without groups."""
    if section.group is None:
        yield None, section.rows
        return
    place = section.place_of(section.group)
    together: list[Row] = []
    for row in section.rows:
        if together and together[0][place] != row[place]:
            yield together[0][place], tuple(together)
            together = []
        together.append(row)
    if together:
        yield together[0][place], tuple(together)
