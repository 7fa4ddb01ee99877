"""
How far cases went: the steps of a journey that no present stage counts.

A stage is only where a handoff stands now. That a person crossed by the gate, that a hearing
moved, that somebody came back and was returned once more is read off its facts, which both sides
hold: of the same handoffs both count the same.
"""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from exchange.domain.due import delivery_met
from exchange.domain.handoff import HearingStands, SharedHandoff


def _is_changed(shared: SharedHandoff) -> bool:
    """Say whether another hearing stands than the last notice announced."""
    notice, stands = shared.notice, shared.current_hearing
    if notice is None or stands is None:
        return False
    return not stands.dates_as(HearingStands.of_notice(notice))


def _presentation(outcome: str) -> Callable[[SharedHandoff], bool]:
    return lambda shared: shared.presentation is not None and shared.presentation.outcome == outcome


STEPS: Mapping[str, Callable[[SharedHandoff], bool]] = MappingProxyType(
    {
        "step-returned-again": lambda shared: (shared.cycle or 1) > 1,
        "step-departed": lambda shared: shared.departure is not None,
        "step-received": lambda shared: shared.received_at is not None,
        "step-hearing-changed": _is_changed,
        "step-change-told": lambda shared: _is_changed(shared) and delivery_met(shared) is not None,
        "step-presented": _presentation("presented"),
        "step-not-presented": _presentation("not-presented"),
        "step-case-closed": lambda shared: shared.closure is not None,
    }
)
"""Every step in the order of a case: its name among the texts, and whether it was made."""


def steps_of(shared: SharedHandoff) -> Iterator[str]:
    """Give each step that was made of a handoff."""
    return (name for name, was_made in STEPS.items() if was_made(shared))
