"""
From which stage to which handoffs went, by when it was said.

The way of a handoff is read off its facts. Of each kind only the newest fact stands: what an
earlier revision was answered, or an outcome that was said anew, left no step behind.
"""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from exchange.domain.facts import Fact
from exchange.domain.handoff import SharedHandoff, Stage
from exchange.domain.wire import read_utc
from exchange.reports.document import Chart, ChartForm, Column, Kind, Section

_FACTS = tuple(name for name in SharedHandoff.model_fields if name != "handoff")
_ORDER = {stage: place for place, stage in enumerate(Stage)}


class Passage(NamedTuple):
    """One step of a handoff, from a stage to another, and when it was said."""

    at: dt.datetime
    before: Stage
    after: Stage


def way_of(shared: SharedHandoff) -> Iterator[Passage]:
    """Give the steps that the facts of a handoff amount to, in the order they were said."""
    facts: list[tuple[str, str, Fact]] = [
        (fact.first_said_at, name, fact)
        for name in _FACTS
        if (fact := getattr(shared, name)) is not None
    ]
    known = SharedHandoff(handoff=shared.handoff)
    stage = known.stage
    for at, name, fact in sorted(facts, key=lambda one: one[0]):
        known = known.model_copy(update={name: fact})
        if known.stage is not stage:
            yield Passage(read_utc(at), stage, known.stage)
            stage = known.stage


@dataclass(slots=True)
class Flows:
    """How often each step was made in the days asked for, of the handoffs seen so far."""

    counts: Counter[tuple[Stage, Stage]] = field(default_factory=Counter)

    def see(self, shared: SharedHandoff, is_within: Callable[[dt.datetime], bool]) -> None:
        """Count the steps of one more handoff that were made *within* the days."""
        for at, before, after in way_of(shared):
            if is_within(at):
                self.counts[before, after] += 1

    def section(self) -> Section:
        """Return the steps as a section, in the order of the stages."""
        ordered = sorted(self.counts.items(), key=lambda one: [_ORDER[end] for end in one[0]])
        return Section(
            id="flows",
            columns=(
                Column("from_stage", Kind.CODE, "stage."),
                Column("to_stage", Kind.CODE, "stage."),
                Column("handoffs"),
            ),
            rows=tuple((before, after, count) for (before, after), count in ordered),
            chart=Chart(ChartForm.FLOW, ("from_stage", "to_stage"), ("handoffs",)),
            note="flows",
        )
