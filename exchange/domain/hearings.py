"""
One hearing at a time for each cycle: how it changes, and when it may be said who came.

A date is a record with a version and a source, never free text: a false one must not pass
(domain.md F3, F4). How a court that closes moves its hearings is data, applied to the wall clock
of each place, so that 8 in the morning stays 8 in the morning.
"""

from calendar import monthrange
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Annotated, Literal, NamedTuple

from pydantic import Field

from exchange.domain.handoff import SharedHandoff, Stage
from exchange.domain.limits import Limits
from exchange.domain.messages.conditions import where
from exchange.domain.messages.hearing_notice import HearingNotice
from exchange.domain.messages.presentation import Presentation
from exchange.domain.places import (
    Appointment,
    LocalAppointment,
    LocalTimeRefused,
    Places,
    resolve_local,
)
from exchange.domain.shared import HearingStands
from exchange.domain.toml import parse_toml
from exchange.domain.wire import (
    Closed,
    DateText,
    HearingVersion,
    PortCode,
    RuleSetName,
    UtcText,
    UuidText,
    read_utc,
)
from exchange.errors import Fault, Invalid

_MINUTE = timedelta(minutes=1)
"""As long as an appointment lasts before it is past: it names no second."""

YEAR_MAX = 2099
SATURDAY = 5


class HearingChange(Closed):
    """The hearing as the court's schedule now has it: what a port, or a court's feed, says."""

    status: Literal["scheduled", "none-scheduled"]
    hearing: UuidText
    version: HearingVersion
    hearing_at: Annotated[LocalAppointment | None, where("status", "scheduled")]
    present_at: Annotated[LocalAppointment | None, where("status", "scheduled")]
    presentation_port: Annotated[PortCode | None, where("status", "scheduled")]
    source_as_of: UtcText = Field(description="When the court's schedule was read.")


def faults_of_change(
    change: HearingChange, shared: SharedHandoff, *, places: Places, now: datetime
) -> tuple[Fault, ...]:
    """Return all that is wrong with a change of the hearing; with nothing, it may be said."""
    faults = [
        *_faults_of_place(change, places),
        *_faults_of_appointment("/hearing_at", change.hearing_at),
        *_faults_of_appointment("/present_at", change.present_at),
    ]
    if read_utc(change.source_as_of) > now:
        faults.append(Fault("/source_as_of", "in-the-future"))
    if shared.stage is Stage.CLOSED:
        faults.append(Fault("", "case-ended"))
    if not faults:
        faults = [*_faults_of_time(change, shared, now), *_faults_of_version(change, shared, now)]
    return tuple(faults)


def as_hearing_notice(change: HearingChange, *, salt: str) -> HearingNotice:
    """
    Return what is said of a sound change.

    Raises:
        LocalTimeRefused: A local time does not exist once.
    """
    at, present = change.hearing_at, change.present_at
    return HearingNotice(
        salt=salt,
        status=change.status,
        hearing=change.hearing,
        version=change.version,
        hearing_at=None if at is None else Appointment.made_from(at),
        present_at=None if present is None else Appointment.made_from(present),
        presentation_port=change.presentation_port,
        source_as_of=change.source_as_of,
    )


def _faults_of_place(change: HearingChange, places: Places) -> Iterator[Fault]:
    if change.presentation_port is None or change.present_at is None:
        return
    port = places.find_port(change.presentation_port)
    if port is None:
        yield Fault("/presentation_port", "unknown-port")
    elif port.zone != change.present_at.zone:
        yield Fault("/present_at/zone", "wrong-zone")


def _faults_of_appointment(pointer: str, appointment: LocalAppointment | None) -> Iterator[Fault]:
    try:
        if appointment is not None:
            resolve_local(appointment.local, appointment.zone)
    except LocalTimeRefused as refused:
        at = "/zone" if refused.code == "unknown-zone" else "/local"
        yield Fault(pointer + at, refused.code)


def _faults_of_time(change: HearingChange, shared: SharedHandoff, now: datetime) -> Iterator[Fault]:
    """
    Give why nobody could come then; what stands may be read again until it is heard.

    A time to present is a whole minute, and has passed once that is over.
    """
    if change.hearing_at is None or change.present_at is None:
        return
    stands = shared.current_hearing
    if change.present_at.at + _MINUTE <= now and not (stands and _says_the_same(change, stands)):
        yield Fault("/present_at/local", "in-the-past")
    if change.hearing_at.at <= now:
        yield Fault("/hearing_at/local", "in-the-past")
    if change.present_at.at > change.hearing_at.at:
        yield Fault("/present_at/local", "out-of-order")


def _faults_of_version(
    change: HearingChange, shared: SharedHandoff, now: datetime
) -> Iterator[Fault]:
    """
    Give what does not follow from the hearing that stands.

    A version is one more than that; or the same, where only the schedule was read again. Another
    hearing takes its place once that has passed or is off the calendar.
    """
    stands = shared.current_hearing
    if stands is None:
        yield Fault("/hearing", "none-scheduled")
        return
    if change.hearing != stands.hearing and stands.hearing_at and stands.hearing_at > now:
        yield Fault("/hearing", "other-hearing")
    follows = change.version == stands.version + 1
    if not follows and not (change.version == stands.version and _says_the_same(change, stands)):
        yield Fault("/version", "wrong-version")
    elif read_utc(change.source_as_of) < stands.source_as_of:
        yield Fault("/source_as_of", "out-of-order")


def _says_the_same(change: HearingChange, stands: HearingStands) -> bool:
    at, present = change.hearing_at, change.present_at
    return (
        change.hearing,
        None if at is None else at.at,
        None if present is None else present.at,
        change.presentation_port,
    ) == (stands.hearing, stands.hearing_at, stands.present_at, stands.presentation_port)


def faults_of_presentation(
    presentation: Presentation, shared: SharedHandoff, *, now: datetime, limits: Limits
) -> tuple[Fault, ...]:
    """
    Return why it may not be said whether the person came.

    That somebody came is a fact at any time and any port. That somebody did not is said only of
    the hearing that stands, once the grace has ended: before that they may be in the line.
    """
    stands, at = shared.current_hearing, read_utc(presentation.at)
    faults = [Fault("/at", "in-the-future")] if at > now else []
    if presentation.outcome == "presented":
        return tuple(faults)
    if stands is None or stands.present_at is None:
        faults.append(Fault("/outcome", "none-scheduled"))
    elif presentation.hearing != stands.hearing:
        faults.append(Fault("/hearing", "other-hearing"))
    elif at < grace_ends_at(stands.present_at, limits):
        faults.append(Fault("/at", "grace-not-over"))
    return tuple(faults)


def grace_ends_at(present_at: datetime, limits: Limits) -> datetime:
    """Return from when it may be said that a person did not present."""
    return present_at + timedelta(seconds=limits.presentation_grace_seconds)


class MoveRule(Closed):
    """How a court that closes moves its hearings: which ones, how far, and past a weekend."""

    name: RuleSetName
    en: str
    es: str
    hearings_from: DateText = Field(description="The first day whose hearings move.")
    hearings_before: DateText = Field(description="The day from which they stay again.")
    months: int = Field(ge=0, le=24, description="To the same day, or the last of its month.")
    days: int = Field(ge=0, le=366, description="More days after that.")
    weekend: Literal["keep", "next-monday"]

    def applies_to(self, hearing_at: LocalAppointment) -> bool:
        """Say whether a hearing is one of those that move, by the court's own calendar."""
        return self.hearings_from <= hearing_at.local[:10] < self.hearings_before


def load_move_rules(texts: Mapping[str, str]) -> tuple[MoveRule, ...]:
    """
    Return the rules in the TOML *texts*, each under its name.

    Raises:
        ValueError: A text is no rule, or bears another name.
    """
    rules = tuple(MoveRule.model_validate(parse_toml(text)) for text in texts.values())
    if [rule.name for rule in rules] != list(texts):
        message = "a rule must bear the name of its file"
        raise ValueError(message)
    return rules


class Moved(NamedTuple):
    """A hearing at its new date, and when to present for it."""

    hearing_at: LocalAppointment
    present_at: LocalAppointment


def moved(appointment: LocalAppointment, rule: MoveRule) -> LocalAppointment:
    """
    Return the appointment at the same time on the wall of the day that the rule gives.

    Raises:
        LocalTimeRefused: That time does not exist once on that day, or is past all calendars.
    """
    on = date.fromisoformat(appointment.local[:10])
    return _at_the_same_hour(appointment, moved_day(on, rule))


def moved_day(on: date, rule: MoveRule) -> date:
    """Return the day to which the rule moves the day *on*."""
    months = on.year * 12 + on.month - 1 + rule.months
    year, month = months // 12, months % 12 + 1
    there = date(year, month, min(on.day, monthrange(year, month)[1])) + timedelta(days=rule.days)
    if rule.weekend == "next-monday" and there.weekday() >= SATURDAY:
        there += timedelta(days=7 - there.weekday())
    return there


def moved_hearing(
    hearing_at: LocalAppointment, present_at: LocalAppointment, rule: MoveRule
) -> Moved:
    """
    Return both at their new days, as far apart as before.

    Only the hearing's day is moved by the rule; the presentation goes with it, so that a person
    called for the evening before is still called for the evening before.

    Raises:
        Invalid: A local time does not exist once on its new day: a person must choose another.
    """
    on = date.fromisoformat(hearing_at.local[:10])
    further = moved_day(on, rule) - on
    presents_on = date.fromisoformat(present_at.local[:10]) + further
    faults = (
        *_faults_of_move("/hearing_at/local", hearing_at, on + further),
        *_faults_of_move("/present_at/local", present_at, presents_on),
    )
    if faults:
        raise Invalid(faults)
    return Moved(
        _at_the_same_hour(hearing_at, on + further),
        _at_the_same_hour(present_at, presents_on),
    )


def _faults_of_move(pointer: str, appointment: LocalAppointment, on: date) -> Iterator[Fault]:
    try:
        _at_the_same_hour(appointment, on)
    except LocalTimeRefused as refused:
        yield Fault(pointer, refused.code)


def _at_the_same_hour(appointment: LocalAppointment, on: date) -> LocalAppointment:
    if on.year > YEAR_MAX:
        raise LocalTimeRefused(code="out-of-range")
    local = on.isoformat() + appointment.local[10:]
    resolve_local(local, appointment.zone)
    return LocalAppointment(local=local, zone=appointment.zone)
