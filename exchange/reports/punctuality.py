"""On-time rates: of each deadline that was asked for, how often it was kept, and how."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from exchange.domain.deadlines import DEADLINES, Deadline
from exchange.domain.due import never
from exchange.domain.punctuality import Judged, Kept
from exchange.reports.document import Chart, ChartForm, Column, Kind, Row, Section, Share

TOLD = tuple(deadline for deadline in DEADLINES if deadline.met_at is not never)
"""The deadlines that can be met: the others only remind somebody of a look that is due."""


@dataclass(slots=True)
class Punctuality:
    """How often each deadline was kept, and how, of the handoffs seen so far."""

    counts: Counter[tuple[str, Kept]] = field(default_factory=Counter)

    def see(self, judged: Iterable[Judged]) -> None:
        """Count the deadlines of one more handoff."""
        self.counts.update((one.deadline.name, one.kept) for one in judged)

    def rate(self, deadline: str) -> Share:
        """Return how many were met in time, of those that were met or should have been."""
        in_time = self.counts[deadline, Kept.IN_TIME]
        missed = self.counts[deadline, Kept.LATE] + self.counts[deadline, Kept.OVERDUE]
        return Share(in_time, in_time + missed)

    def section(self) -> Section:
        """Return the rates as a section: a row for each deadline that was asked for."""
        asked = [one for one in TOLD if any(self.counts[one.name, kept] for kept in Kept)]
        return Section(
            id="punctuality",
            columns=(
                Column("deadline", Kind.CODE, "deadline."),
                Column("owner", Kind.CODE, "side."),
                *(Column(kept) for kept in Kept),
                Column("on_time", Kind.SHARE),
            ),
            rows=tuple(map(self._row, asked)),
            chart=Chart(ChartForm.STACKED, ("deadline",), tuple(Kept)),
            note="punctuality",
        )

    def _row(self, deadline: Deadline) -> Row:
        name = deadline.name
        return name, deadline.owner, *(self.counts[name, kept] for kept in Kept), self.rate(name)
