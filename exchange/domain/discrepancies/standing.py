"""
What becomes of what is found: a discrepancy opens once, is updated, and ends; it never vanishes.

It ends with its cause, or when a person says how it was resolved. What a person has ended stays
ended while the same is found of it, and opens anew where something else is: another reason,
another time, or graver than it was. The history is every discrepancy that ever opened.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from exchange.domain.discrepancies.finding import Finding, Found
from exchange.domain.discrepancies.scopes import Subject
from exchange.domain.severity import Severity
from exchange.errors import Sentence

_BY_URGENCY = list(Severity)


class Resolution(StrEnum):
    """How a person resolved a discrepancy whose cause still stands."""

    HANDLED = "handled"
    MISTAKE = "mistake"
    ELSEWHERE = "elsewhere"
    AGREED = "agreed"
    NO_FAULT = "no-fault"


RESOLUTIONS: Mapping[Resolution, Sentence] = MappingProxyType(
    {
        Resolution.HANDLED: Sentence(
            "What the person needed was done, by voice or on paper.",
            "Se hizo lo que la persona necesitaba, de voz o en papel.",
        ),
        Resolution.MISTAKE: Sentence(
            "The record is wrong and cannot be said anew; both sides know.",
            "El registro está equivocado y no puede decirse de nuevo; ambas partes lo saben.",
        ),
        Resolution.ELSEWHERE: Sentence(
            "What is missing here was recorded under another handoff.",
            "Lo que falta aquí se registró en otra entrega.",
        ),
        Resolution.AGREED: Sentence(
            "Both sides looked at it together and agree on what happened.",
            "Ambas partes lo revisaron juntas y coinciden en lo que pasó.",
        ),
        Resolution.NO_FAULT: Sentence(
            "It is as recorded, and as it should be.",
            "Es como está registrado, y como debe ser.",
        ),
    }
)


class Ending(NamedTuple):
    """When a discrepancy ended: with its cause, or as a person, *by*, resolved it."""

    at: datetime
    resolution: Resolution | None = None
    by: str | None = None


class Discrepancy(NamedTuple):
    """A rule broken by a subject: as last found, since we know of it, and how it ended."""

    finding: Finding
    opened_at: datetime
    updated_at: datetime
    ending: Ending | None = None

    @property
    def key(self) -> "Key":
        """The rule and the subject: of each at most one is open."""
        return self.finding.rule, self.finding.subject


Key = tuple[str, Subject]


class Changes(NamedTuple):
    """What to add to the history, and what to write in place of the entry that it was."""

    opened: tuple[Discrepancy, ...]
    updated: tuple[Discrepancy, ...]
    closed: tuple[Discrepancy, ...]


def settle(known: Iterable[Discrepancy], found: Found, now: datetime) -> Changes:
    """
    Return what changes of the *known* discrepancies once the subjects were looked at.

    Of *known* it takes at least the open ones of those subjects, and the last of each rule that
    a person ended. A subject that was not looked at keeps what it has.
    """
    last = _last(known)
    findings = {(one.rule, one.subject): one for one in found.findings}
    opened, updated = [], []
    for key, finding in findings.items():
        before = last.get(key)
        if before is None or _opens_anew(before, finding):
            opened.append(Discrepancy(finding, now, now))
        elif before.ending is None and before.finding != finding:
            updated.append(before._replace(finding=finding, updated_at=now))
    closed = [
        one._replace(ending=Ending(now))
        for key, one in last.items()
        if one.ending is None and key not in findings and found.has_looked_at(one.finding.subject)
    ]
    return Changes(tuple(opened), tuple(updated), tuple(closed))


def resolve(
    discrepancy: Discrepancy, resolution: Resolution, *, by: str, now: datetime
) -> Discrepancy:
    """
    Return the discrepancy once a person has said how it was resolved.

    Raises:
        ValueError: It has ended already.
    """
    if discrepancy.ending is not None:
        message = "this discrepancy has ended already"
        raise ValueError(message)
    return discrepancy._replace(ending=Ending(now, resolution, by))


def _last(known: Iterable[Discrepancy]) -> dict[Key, Discrepancy]:
    """Return of each rule and subject the one that is open, or else the one that ended last."""
    last: dict[Key, Discrepancy] = {}
    for one in sorted(known, key=_by_end):
        last[one.key] = one
    return last


def _by_end(discrepancy: Discrepancy) -> tuple[bool, datetime]:
    ending = discrepancy.ending
    return ending is None, discrepancy.opened_at if ending is None else ending.at


def _opens_anew(before: Discrepancy, finding: Finding) -> bool:
    if before.ending is None:
        return False
    return before.ending.resolution is None or not _is_what_was_resolved(before.finding, finding)


def _is_what_was_resolved(before: Finding, finding: Finding) -> bool:
    graver = _BY_URGENCY.index(finding.severity) < _BY_URGENCY.index(before.severity)
    same = (before.since, before.because, before.handoffs) == (
        finding.since,
        finding.because,
        finding.handoffs,
    )
    return same and not graver
