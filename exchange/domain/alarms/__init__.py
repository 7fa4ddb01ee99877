"""
Every alarm there is, in one table: how grave, who acts, what it is about, and what ends it.

An alarm changes nothing but whom it wakes. It is closed when its cause is gone, by the
program; where nothing the program can see ends the cause, a person who has dealt with it
closes it. What was closed stays on record.
"""

from collections.abc import Mapping
from types import MappingProxyType

from exchange.domain.alarms.channel import OF_CHANNEL
from exchange.domain.alarms.handoffs import OF_HANDOFFS
from exchange.domain.alarms.kinds import ACTORS, Actor, AlarmKind, AlarmRule
from exchange.domain.alarms.messages import OF_MESSAGES
from exchange.domain.severity import SEVERITIES, Severity

__all__ = [
    "ACTORS",
    "ALARMS",
    "CRITICAL",
    "SEVERITIES",
    "TOLD",
    "Actor",
    "AlarmKind",
    "AlarmRule",
    "Severity",
]

_BY_URGENCY = list(Severity)

ALARMS: Mapping[AlarmKind, AlarmRule] = MappingProxyType(
    dict(
        sorted(
            {**OF_HANDOFFS, **OF_MESSAGES, **OF_CHANNEL}.items(),
            key=lambda row: _BY_URGENCY.index(row[1].severity),
        )
    )
)
"""Every kind has its row; the most urgent stand first."""

CRITICAL: frozenset[AlarmKind] = frozenset(
    kind for kind, rule in ALARMS.items() if rule.severity is Severity.CRITICAL
)

TOLD: Mapping[Severity, frozenset[AlarmKind]] = MappingProxyType(
    {
        severity: frozenset(
            kind
            for kind, rule in ALARMS.items()
            if rule.severity is severity and kind is not AlarmKind.DUTY_NOT_TOLD
        )
        for severity in Severity
    }
)
"""The kinds of which somebody is told, by how soon they must act: that nobody can be is not."""
