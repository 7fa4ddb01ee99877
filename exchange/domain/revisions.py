"""
What a later notice of a handoff may change, when it must go out, and what a deferral becomes.

A revision replaces the notice whole; it asks Mexico anew, and an answer counts only for the
revision it names (``SharedHandoff.answer``). Who the person is it cannot change: that would be
another person, and another handoff.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from exchange.domain.handoff import SharedHandoff, Stage
from exchange.domain.limits import Limits
from exchange.domain.messages.hearing_notice import HearingNotice
from exchange.domain.messages.return_notice import Hearing, ReturnNotice
from exchange.domain.person import Family
from exchange.domain.places import Return
from exchange.domain.wire import read_utc
from exchange.errors import Fault

REVISABLE = (
    "/return/port",
    "/return/receiving_point",
    "/return/window",
    "/person/given_names",
    "/person/first_surname",
    "/person/second_surname",
    "/person/full_name_as_recorded",
    "/hearing",
    "/family",
)
"""What a revision may change; of a family only that the person joins one, or their role."""

GOES_ALONG = ("/salt", "/revision", "/screening/rule_set", "/hearing/source_as_of")
"""What differs in a later notice of itself, and is no change alone."""


def changed(before: ReturnNotice, after: ReturnNotice) -> tuple[str, ...]:
    """Return where a later notice says something else, but for what goes along."""
    was, now = (one.model_dump(mode="json") for one in (before, after))
    return tuple(sorted(one for one in _differences(was, now) if one not in GOES_ALONG))


def faults_of_revision(
    before: ReturnNotice, after: ReturnNotice, *, now: datetime, limits: Limits
) -> tuple[Fault, ...]:
    """Return why *after* cannot be the next revision of *before*: every fault, by its pointer."""
    changes = changed(before, after)
    if not changes:
        return (Fault("", "unchanged"),)
    faults = [Fault(one, "not-revisable") for one in changes if not _is_revisable(one)]
    if before.family is not None:
        faults += _faults_of_family(before.family, after.family)
    return (*faults, *faults_of_lead(after.return_.window.from_at, now=now, limits=limits))


def _faults_of_family(old: Family, new: Family | None) -> Iterator[Fault]:
    """Give why a family does not follow the one that was declared."""
    if new is None or new.group != old.group:
        yield Fault("/family", "split-instead")
    elif new.size != old.size:
        yield Fault("/family/size", "reduced-group")


def faults_of_moving(
    after: ReturnNotice, others: Iterable[tuple[ReturnNotice, datetime | None]]
) -> Iterator[Fault]:
    """
    Give why the rest of a family does not move along to where *after* announces one of them.

    Of each other: the notice, and when the person must present. Nobody is screened again for
    another window; at another port only the rules under which each was cleared will do.
    """
    for other, present_at in others:
        same_rules = other.screening.rule_set == after.screening.rule_set
        if other.return_.port != after.return_.port and not same_rules:
            yield Fault("/return/port", "other-rules")
        if present_at is not None and after.return_.window.to_at > present_at:
            yield Fault("/return/window/to", "out-of-order")


def faults_of_lead(opens: datetime, *, now: datetime, limits: Limits) -> tuple[Fault, ...]:
    """
    Return why a notice whose window opens at *opens* does not go out at *now*.

    Later, Mexico could not answer in time; earlier, the answer would be a guess.
    """
    ahead = opens - now
    if ahead < timedelta(seconds=limits.notice_lead_seconds_min):
        return (Fault("/return/window/from", "too-soon"),)
    if ahead > timedelta(seconds=limits.notice_lead_seconds_max):
        return (Fault("/return/window/from", "too-early"),)
    return ()


def with_hearing(before: ReturnNotice, said: HearingNotice) -> ReturnNotice:
    """
    Return the notice with the hearing that is said of it, which is scheduled.

    The port and the day of the return stay, and with them the rules under which it was cleared.
    """
    hearing = Hearing.model_validate(
        said.model_dump(include=set(Hearing.model_fields), by_alias=True)
    )
    return before.model_copy(update={"hearing": hearing, "salt": said.salt})


def with_return(before: ReturnNotice, return_: Return, *, salt: str) -> ReturnNotice:
    """Return the notice for the place and window to which the rest of the family moves."""
    return before.model_copy(update={"return_": return_, "salt": salt})


def with_family(before: ReturnNotice, family: Family | None, *, salt: str) -> ReturnNotice:
    """Return the notice with the family that the person now travels with; alone, None."""
    return before.model_copy(update={"family": family, "salt": salt})


class TakenOver(NamedTuple):
    """The window that Mexico offered becomes a revision, which goes out from *send_from*."""

    window_from: datetime
    window_to: datetime
    send_from: datetime


class TakenBack(NamedTuple):
    """The offered window cannot be kept, for these reasons: the handoff is taken back."""

    codes: tuple[str, ...]


def after_deferral(
    shared: SharedHandoff, *, now: datetime, limits: Limits
) -> TakenOver | TakenBack | None:
    """
    Return what the United States can make of a deferral; None where none stands.

    It proposes, and an officer disposes: the offered window is taken over where a notice can
    still go out for it and it closes before the person must present.
    """
    answer = shared.answer if shared.stage is Stage.DEFERRED else None
    if answer is None or answer.window_from is None or answer.window_to is None:
        return None
    offers, ends = read_utc(answer.window_from), read_utc(answer.window_to)
    codes = tuple(_why_not(shared, offers, ends, now=now, limits=limits))
    if codes:
        return TakenBack(codes)
    earliest = offers - timedelta(seconds=limits.notice_lead_seconds_max)
    return TakenOver(offers, ends, max(now, earliest))


def _why_not(
    shared: SharedHandoff, offers: datetime, ends: datetime, *, now: datetime, limits: Limits
) -> Iterator[str]:
    if offers - now < timedelta(seconds=limits.notice_lead_seconds_min):
        yield "too-soon"
    present_at = shared.present_at
    if present_at is None:
        yield "none-scheduled"
    elif not offers < ends <= present_at:
        yield "out-of-order"


def _is_revisable(pointer: str) -> bool:
    return any(pointer == one or pointer.startswith(f"{one}/") for one in REVISABLE)


def _differences(was: Any, now: Any, at: str = "") -> Iterator[str]:
    if isinstance(was, dict) and isinstance(now, dict):
        for name in was:
            yield from _differences(was[name], now[name], f"{at}/{name}")
    elif was != now:
        yield at
