"""Documents that end before the hearing for which their holder waits."""

import datetime as dt
from dataclasses import dataclass, field

from exchange.domain.deadlines import visa_ends_before_hearing
from exchange.domain.handoff import SharedHandoff
from exchange.reports.document import Column, Kind, Section

LISTED_MAX = 1_000
"""How many of them a report lists one by one: those whose hearing is first."""


@dataclass(frozen=True, slots=True)
class ShortVisa:
    """A document that ends too early: *valid_until* None where it has no end that we know."""

    hearing_on: dt.date
    handoff: str
    point: str | None
    valid_until: dt.date | None


@dataclass(slots=True)
class ShortVisas:
    """The documents that end too early, of the handoffs seen so far."""

    found: list[ShortVisa] = field(default_factory=list)
    count: int = 0

    def see(self, shared: SharedHandoff) -> None:
        """Keep the document of one more handoff, if it ends too early."""
        hearing = shared.current_hearing
        if not visa_ends_before_hearing(shared) or hearing is None or hearing.hearing_on is None:
            return
        self.count += 1
        until = shared.document_valid_until
        self.found.append(
            ShortVisa(hearing.hearing_on, shared.handoff, shared.receiving_point, until)
        )
        if len(self.found) >= 2 * LISTED_MAX:
            self.found = self.first()

    def first(self) -> list[ShortVisa]:
        """Return those whose hearing is first, as many as a report lists."""
        return sorted(self.found, key=lambda one: (one.hearing_on, one.handoff))[:LISTED_MAX]

    def section(self) -> Section:
        """Return them as a section, those whose hearing is first before the others."""
        listed = self.first()
        return Section(
            id="visas",
            columns=(
                Column("handoff", Kind.HANDOFF),
                Column("receiving_point", Kind.PLACE),
                Column("valid_until", Kind.DATE),
                Column("hearing_on", Kind.DATE),
                Column("short_by", Kind.DURATION),
            ),
            rows=tuple(
                (one.handoff, one.point, one.valid_until, one.hearing_on, _short_by(one))
                for one in listed
            ),
            note="visas",
            left_out=self.count - len(listed),
        )


def _short_by(one: ShortVisa) -> dt.timedelta | None:
    return None if one.valid_until is None else one.hearing_on - one.valid_until
