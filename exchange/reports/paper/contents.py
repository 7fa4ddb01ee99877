"""What stands on a paper: the facts of the message in sentences, in the order of the page."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import starmap

from exchange.domain.messages.hearing_notice import HearingNotice
from exchange.domain.messages.return_notice import Hearing, ReturnNotice
from exchange.domain.places import (
    Appointment,
    LocalTimeRefused,
    Places,
    find_doubts,
    resolve_local,
    zone_of,
)
from exchange.domain.wire import read_utc
from exchange.reports.paper import words
from exchange.reports.paper.calendar import (
    birth_in_words,
    moment_in_words,
    time_in_words,
    weekday_in_words,
)
from exchange.reports.paper.words import PaperLanguage, Words

TEST_SUFFIX = ":test"
"""How the name of a party ends in a test installation (design §4)."""

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class AsSigned:
    """What the messages say as they were signed, of which something was put right, last *at*."""

    notice: ReturnNotice
    hearing: Hearing | HearingNotice
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """
    What a paper is drawn from.

    The newest notice of the handoff and the newest word about its hearing, which is the notice's
    own or a later hearing notice, both as they read now; *issuer* is the party that signed the
    latter, at *sealed_at*. *signed* is where something in them was put right since.
    """

    notice: ReturnNotice
    hearing: Hearing | HearingNotice
    issuer: str
    sealed_at: datetime
    signed: AsSigned | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """
    One thing to know: its heading, what is read first, what follows, and what to watch.

    *corrected* says what was signed where that is not what is read.
    """

    heading: str
    strong: tuple[str, ...]
    lines: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    corrected: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """Everything that stands on a paper but its code, in *language*."""

    language: PaperLanguage
    title: str
    test: str | None
    person: Block
    appointments: tuple[Block, ...]
    receiving: Block
    issued: Block
    code_heading: str
    code_lines: tuple[str, ...]
    closing: tuple[str, ...] = field(default=())


def make_contents(
    source: Source,
    places: Places,
    language: PaperLanguage,
    *,
    printed_by: str,
    printed_at: datetime,
) -> Contents:
    """Return what a paper says in *language*, printed by the party *printed_by* now."""
    page = _Page(source, places, language)
    pages = (page, page.as_signed())
    versions = {"revision": source.notice.revision, "version": source.hearing.version}
    is_test = source.issuer.endswith(TEST_SUFFIX) or printed_by.endswith(TEST_SUFFIX)
    return Contents(
        language=language,
        title=page.say(words.TITLE),
        test=page.say(words.TEST) if is_test else None,
        person=page.beside(*(one.person() for one in pages)),
        appointments=tuple(
            starmap(page.beside, zip(*(one.appointments() for one in pages), strict=True))
        ),
        receiving=page.beside(*(one.receiving() for one in pages)),
        issued=page.beside(*(one.issued(printed_by, printed_at) for one in pages)),
        code_heading=page.say(words.CODE),
        code_lines=(page.say(words.REVISION, **versions), page.say(words.CHECK)),
        closing=(page.say(words.KEEP), page.say(words.REPEATS)),
    )


@dataclass(frozen=True, slots=True)
class _Page:
    """One source, seen in one language."""

    source: Source
    places: Places
    language: PaperLanguage

    def say(self, what: Words, **given: object) -> str:
        return what.spoken(self.language).format(**given)

    def as_signed(self) -> "_Page":
        """Return the page as it was before anything was put right."""
        signed = self.source.signed
        if signed is None:
            return self
        source = replace(self.source, notice=signed.notice, hearing=signed.hearing)
        return replace(self, source=source)

    def beside(self, block: Block, signed: Block) -> Block:
        """Return *block*, which says what of it was *signed* otherwise."""
        now = {*block.strong, *block.lines}
        gone = [line for line in (*signed.strong, *signed.lines) if line not in now]
        if self.source.signed is None or not gone:
            return block
        at = moment_in_words(self.source.signed.at, self.language)
        corrected = self.say(words.CORRECTED, at=at, said=" · ".join(gone))
        return replace(block, corrected=corrected)

    def person(self) -> Block:
        person = self.source.notice.person
        second = (
            self.say(words.NO_SECOND_SURNAME)
            if person.second_surname is None
            else self.say(words.SECOND_SURNAME, name=person.second_surname)
        )
        return Block(
            self.say(words.PERSON),
            (person.full_name_as_recorded,),
            (
                self.say(words.GIVEN_NAMES, names=person.given_names),
                self.say(words.FIRST_SURNAME, name=person.first_surname),
                second,
                self.say(words.BORN, on=birth_in_words(person.birth_date, self.language)),
            ),
        )

    def appointments(self) -> Iterator[Block]:
        """Give when and where to be, or say that no hearing is scheduled."""
        hearing = self.source.hearing
        present_at, hearing_at = hearing.present_at, hearing.hearing_at
        if present_at is None or hearing_at is None:
            scheduled = (self.say(words.NONE_SCHEDULED),)
            yield Block(self.say(words.HEARING), scheduled, (self.say(words.NOWHERE),))
            return
        doubts = {doubt.pointer: doubt.code for doubt in find_doubts(hearing)}
        yield self._appointment(
            words.PRESENT, present_at, self._port(), doubts.get("/present_at"), states_clock=True
        )
        yield self._appointment(
            words.HEARING,
            hearing_at,
            self.say(words.HEARING_PLACE),
            doubts.get("/hearing_at"),
            states_clock=False,
        )

    def receiving(self) -> Block:
        code = self.source.notice.return_.receiving_point
        point = self.places.find_receiving_point(code)
        where = (
            self.say(words.UNKNOWN_POINT, code=code)
            if point is None
            else self.say(words.POINT, name=point.name, city=point.city)
        )
        return Block(self.say(words.RECEIVING_POINT), (where,))

    def issued(self, printed_by: str, printed_at: datetime) -> Block:
        source = self.source
        read_at = read_utc(source.hearing.source_as_of)
        return Block(
            self.say(words.ISSUED_BY),
            (self._authority(source.issuer),),
            (
                self.say(words.SEALED, at=moment_in_words(source.sealed_at, self.language)),
                self.say(words.SOURCE, at=moment_in_words(read_at, self.language)),
                self.say(
                    words.PRINTED,
                    at=moment_in_words(printed_at, self.language),
                    by=self._authority(printed_by),
                ),
            ),
        )

    def _appointment(
        self,
        heading: Words,
        appointment: Appointment,
        where: str,
        doubt: str | None,
        *,
        states_clock: bool,
    ) -> Block:
        # The local time binds: it is written as it stands, whatever its zone data say today.
        wall = datetime.fromisoformat(appointment.local)
        moment = _moment_of(appointment)
        zone = words.ZONES.get(appointment.zone, words.OTHER_ZONE)
        zone_line = self.say(zone, zone=appointment.zone)
        warnings = [] if doubt is None else [self.say(words.DOUBTS[doubt])]
        clocks: list[str] = []
        if moment is not None:
            local = moment.astimezone(zone_of(appointment.zone))
            zone_line = f"{zone_line} · {_offset(local)}"
            clocks = list(self._clocks(local, states_same=states_clock))
            warnings += self._clock_change(local)
        return Block(
            self.say(heading),
            (weekday_in_words(wall.date(), self.language), time_in_words(wall, self.language)),
            (where, zone_line, *clocks),
            tuple(warnings),
        )

    def _port(self) -> str:
        code = self.source.hearing.presentation_port
        port = None if code is None else self.places.find_port(code)
        if port is None:
            return self.say(words.UNKNOWN_PORT, code=code)
        return self.say(words.PORT, name=port.name, code=code, city=port.city)

    def _clocks(self, local: datetime, *, states_same: bool) -> Iterator[str]:
        """Give what the clocks show where the person will be: at the port, and in Mexico."""
        shown: dict[datetime, list[str]] = {}
        for city, zone in self._cities():
            there = local.astimezone(zone_of(zone)).replace(tzinfo=None)
            shown.setdefault(there, []).append(city)
        for there, cities in shown.items():
            together = self.say(words.AND).join(cities)
            if there != local.replace(tzinfo=None):
                yield self.say(
                    words.OTHER_CLOCK,
                    places=together,
                    time=time_in_words(there, self.language),
                    date=weekday_in_words(there.date(), self.language),
                )
            elif states_same:
                yield self.say(words.SAME_CLOCK, places=together)

    def _cities(self) -> Iterator[tuple[str, str]]:
        port = self.places.find_port(self.source.hearing.presentation_port or "")
        point = self.places.find_receiving_point(self.source.notice.return_.receiving_point)
        for place in (port, point):
            if place is not None:
                yield place.city, place.zone

    def _clock_change(self, local: datetime) -> Iterator[str]:
        before = (local.astimezone(UTC) - _DAY).astimezone(local.tzinfo)
        shift = (local.utcoffset() or timedelta()) - (before.utcoffset() or timedelta())
        if shift:
            turned = words.FORWARD if shift > timedelta() else words.BACK
            yield self.say(turned, minutes=abs(shift) // timedelta(minutes=1))

    def _authority(self, party: str) -> str:
        side = party.split(":")[2]
        return f"{self.say(words.AUTHORITIES[side])} ({party})"


def _moment_of(appointment: Appointment) -> datetime | None:
    """Return the moment that the local time names, where it names exactly one."""
    try:
        return resolve_local(appointment.local, appointment.zone)
    except LocalTimeRefused:
        return None


def _offset(local: datetime) -> str:
    text = f"{local:%z}"
    sign = "−" if text[0] == "-" else "+"  # noqa: RUF001 # a minus sign, as print has it
    return f"UTC{sign}{text[1:3]}:{text[3:5]}"
