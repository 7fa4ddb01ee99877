"""
The rules applied: what is found at a time, and when to look again although nobody speaks.

What is found is a function of the scopes, of what is agreed and of the time, so that looking at
one subject gives what looking at all of them gives of it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import NamedTuple, TypeVar

from exchange.domain.discrepancies import OUR_RULES, RULES
from exchange.domain.discrepancies.rules import Words
from exchange.domain.discrepancies.scopes import (
    Breach,
    Channel,
    Check,
    Family,
    OurRecord,
    Pair,
    PortDay,
    Record,
    Refused,
    Scope,
    StatedDay,
    Subject,
    Terms,
)
from exchange.domain.parties import HandoffId, Side
from exchange.domain.severity import Severity


class Scopes(NamedTuple):
    """
    Everything to look at; each thing whole, whatever else is looked at.

    *whole* are the kinds of which there is no other: what is not here does not exist any more.
    """

    handoffs: tuple[Record, ...] = ()
    families: tuple[Family, ...] = ()
    port_days: tuple[PortDay, ...] = ()
    channels: tuple[Channel, ...] = ()
    messages: tuple[Refused, ...] = ()
    pairs: tuple[Pair, ...] = ()
    statements: tuple[StatedDay, ...] = ()
    whole: frozenset[Scope] = frozenset()


class Finding(NamedTuple):
    """One rule broken by one subject: how grave it is now, who must act, since and until when."""

    rule: str
    subject: Subject
    severity: Severity
    owner: Side | None
    since: datetime
    due_at: datetime
    because: tuple[str, ...]
    handoffs: tuple[HandoffId, ...]


class Found(NamedTuple):
    """
    What was found of the subjects that were looked at, and when time alone may change it.

    *wakes* has a subject only where it may; *whole* are the kinds of which all were looked at.
    """

    findings: tuple[Finding, ...]
    looked_at: frozenset[Subject]
    wakes: Mapping[Subject, datetime]
    whole: frozenset[Scope] = frozenset()

    def has_looked_at(self, subject: Subject) -> bool:
        """Say whether nothing found of the subject means that nothing is wrong with it."""
        return subject in self.looked_at or subject.scope in self.whole

    def and_also(self, other: "Found") -> "Found":
        """Return what either found: of a subject that both looked at, what both found of it."""
        wakes = dict(self.wakes)
        for subject, at in other.wakes.items():
            wakes[subject] = min(at, wakes.get(subject, at))
        return Found(
            (*self.findings, *other.findings),
            self.looked_at | other.looked_at,
            wakes,
            self.whole | other.whole,
        )


Looked = TypeVar("Looked")
_Checks = tuple[tuple[Words, Check[Looked]], ...]

_OF_HANDOFF: _Checks[Record] = tuple((one, one.of_handoff) for one in RULES if one.of_handoff)
_OF_FAMILY: _Checks[Family] = tuple((one, one.of_family) for one in RULES if one.of_family)
_OF_PORT_DAY: _Checks[PortDay] = tuple((one, one.of_port_day) for one in RULES if one.of_port_day)
_OF_CHANNEL: _Checks[Channel] = tuple((one, one.of_channel) for one in RULES if one.of_channel)
_OF_MESSAGE: _Checks[Refused] = tuple((one, one.of_message) for one in RULES if one.of_message)
_OF_PAIR: _Checks[Pair] = tuple((one, one.of_pair) for one in RULES if one.of_pair)
_OF_STATEMENT: _Checks[StatedDay] = tuple(
    (one, one.of_statement) for one in RULES if one.of_statement
)
_OF_OURS: _Checks[OurRecord] = tuple((one, one.of_ours) for one in OUR_RULES)


def find(scopes: Scopes, terms: Terms, now: datetime) -> Found:
    """Return all that is broken at *now* of what both sides know."""
    looks = (
        *_look(scopes.handoffs, _OF_HANDOFF, _of_record, terms),
        *_look(scopes.families, _OF_FAMILY, _of_family, terms),
        *_look(scopes.port_days, _OF_PORT_DAY, _of_port_day, terms),
        *_look(scopes.channels, _OF_CHANNEL, _of_channel, terms),
        *_look(scopes.messages, _OF_MESSAGE, _of_message, terms),
        *_look(scopes.pairs, _OF_PAIR, _of_pair, terms),
        *_look(scopes.statements, _OF_STATEMENT, _of_statement, terms),
    )
    return _judge(looks, terms, now)._replace(whole=scopes.whole)


def find_ours(records: Iterable[OurRecord], terms: Terms, now: datetime) -> Found:
    """Return all that is broken at *now* of what the United States alone know. Never sent."""
    return _judge(_look(records, _OF_OURS, _of_ours, terms), terms, now)


class _Look(NamedTuple):
    """One subject, whom it is about, and each rule that it breaks now or will."""

    subject: Subject
    handoffs: tuple[HandoffId, ...]
    breaches: tuple[tuple[Words, Breach], ...]


_Named = tuple[Subject, tuple[HandoffId, ...]]


def _look(
    things: Iterable[Looked],
    checks: _Checks[Looked],
    name: Callable[[Looked], _Named],
    terms: Terms,
) -> Iterator[_Look]:
    for thing in things:
        breaches = [
            (rule, breach) for rule, check in checks if (breach := check(thing, terms)) is not None
        ]
        yield _Look(*name(thing), tuple(breaches))


def _judge(looks: Iterable[_Look], terms: Terms, now: datetime) -> Found:
    findings, looked_at, wakes = [], set(), {}
    for subject, handoffs, breaches in looks:
        looked_at.add(subject)
        changes = []
        for rule, breach in breaches:
            if not breach.timed or breach.since <= now:
                findings.append(_finding(rule, breach, (subject, handoffs), terms, now))
            changes += [at for at in _changes(breach) if at > now]
        if changes:
            wakes[subject] = min(changes)
    return Found(tuple(findings), frozenset(looked_at), wakes)


def _changes(breach: Breach) -> Iterator[datetime]:
    """Give when time alone makes something of a breach: that it is one, or that it is critical."""
    if breach.timed:
        yield breach.since
    if breach.critical_from is not None:
        yield breach.critical_from


def _finding(rule: Words, breach: Breach, named: _Named, terms: Terms, now: datetime) -> Finding:
    subject, handoffs = named
    severity, due_at = rule.severity, terms.thresholds.due_at(breach.since, rule.severity)
    if breach.critical_from is not None and breach.critical_from <= now:
        severity = Severity.CRITICAL
        from_then = max(breach.since, breach.critical_from)
        due_at = min(due_at, terms.thresholds.due_at(from_then, severity))
    return Finding(
        rule=rule.id,
        subject=subject,
        severity=severity,
        owner=breach.owner or rule.owner,
        since=breach.since,
        due_at=due_at,
        because=breach.because,
        handoffs=handoffs,
    )


def _of_record(record: Record) -> _Named:
    handoff = record.shared.handoff
    return Subject(Scope.HANDOFF, handoff), (handoff,)


def _of_ours(ours: OurRecord) -> _Named:
    handoff = ours.shared.handoff
    return Subject(Scope.HANDOFF, handoff), (handoff,)


def _of_family(family: Family) -> _Named:
    members = sorted(one.shared.handoff for one in family.members)
    return Subject(Scope.FAMILY, family.group), tuple(members)


def _of_port_day(day: PortDay) -> _Named:
    return Subject(Scope.PORT_DAY, f"{day.port} {day.on}"), ()


def _of_channel(channel: Channel) -> _Named:
    return Subject(Scope.CHANNEL, channel.speaker), ()


def _of_message(refused: Refused) -> _Named:
    return Subject(Scope.MESSAGE, refused.message), ()


def _of_statement(stated: StatedDay) -> _Named:
    return Subject(Scope.STATEMENT, f"{stated.day} {stated.speaker}"), ()


def _of_pair(pair: Pair) -> _Named:
    both = tuple(sorted(holder.shared.handoff for holder in (pair.one, pair.other)))
    return Subject(Scope.PAIR, " ".join(both)), both
