"""
Who travels with whom: the handoffs of one family as they stand, and that nobody joined since.

The group of a row is what was decided here last; the notice that says so may still wait.
"""

from collections.abc import Iterable
from typing import NamedTuple

from exchange.domain.facts import NoticeFact
from exchange.domain.families import Crossing, faults_of_company
from exchange.domain.messages.return_notice import ReturnNotice
from exchange.domain.person import Family
from exchange.domain.stages import Stage
from exchange.errors import Fault
from exchange.flow.acts import Seen, seen_of
from exchange.flow.rows import case_of, shared_of
from exchange.flow.taking_back import can_be_taken_back, stage_ahead
from exchange.store.engine import Connection
from exchange.store.handoffs import Handoff, NewHandoff, list_cycles, list_family
from exchange.store.journal import list_events_of

SPLIT = "family.split"
"""What the journal has of everybody whose family was split."""

_CROSSED = frozenset({Stage.DEPARTED, Stage.RECEIVED, Stage.DOCUMENTED})


class Kin(NamedTuple):
    """Every handoff of a family group, of earlier cycles too; nobody where there is no group."""

    group: str | None
    everybody: tuple[Seen, ...]

    @property
    def newest(self) -> tuple[Seen, ...]:
        """The newest handoff of each person."""
        return tuple({case_of(one.row): one for one in self.everybody}.values())

    def others(self, row: Handoff) -> tuple[Seen, ...]:
        """Return the handoffs of the rest of the family."""
        return tuple(one for one in self.everybody if one.row.number != row.number)

    def company(self, row: Handoff) -> tuple[Seen, ...]:
        """Return the others who are announced, or are to be, and stand on this side."""
        return tuple(one for one in self.others(row) if can_be_taken_back(one.row))

    def joined_by(self, seen: Seen) -> "Kin":
        """Return the family with somebody more, or as it is where they are of it."""
        if seen.row.number in _numbers(self):
            return self
        return self._replace(everybody=(*self.everybody, seen))

    def is_whole(self, connection: Connection) -> bool:
        """Say whether nobody has joined the family since it was seen."""
        return _numbers(see_kin(self.group, connection)) <= _numbers(self)


def see_kin(group: str | None, connection: Connection) -> Kin:
    """Return the family as it stands."""
    known = [] if group is None else list_family(connection, group)
    return Kin(group, tuple(seen_of(connection, known)))


def has_crossed(row: Handoff) -> bool:
    """Say whether the person is in Mexico by this handoff, or on the way that ends there."""
    return stage_ahead(row) in _CROSSED


def faults_of_joining(
    family: Family, crossing: Crossing, rows: Iterable[Handoff]
) -> tuple[Fault, ...]:
    """
    Return why a person is not announced with the family whose other handoffs are *rows*.

    They cross together, and a group has for ever the size that was declared of it.
    """
    others = tuple(rows)
    faults = faults_of_company(
        crossing, [crossing_of(row) for row in others if can_be_taken_back(row)]
    )
    if any(_declares_another(row, family) for row in others):
        return (*faults, Fault("/family/size", "reduced-group"))
    return faults


def was_split_off(case: str, group: str, connection: Connection) -> bool:
    """Say whether a split took this person out of the group, in whatever cycle: it is no more."""
    return any(
        event.kind == SPLIT and event.data["of"] == group
        for row in list_cycles(connection, case)
        for event in list_events_of(connection, row.number)
    )


def crossing_of(row: NewHandoff) -> Crossing:
    """Return where and when the person is to cross, as it was decided last."""
    return Crossing(row.port, row.receiving_point, row.window_from, row.window_to)


def crossing_by(notice: ReturnNotice) -> Crossing:
    """Return where and when a notice announces the person."""
    where = notice.return_
    return Crossing(where.port, where.receiving_point, where.window.from_at, where.window.to_at)


def _declares_another(row: Handoff, family: Family) -> bool:
    notice = _notice_of(row)
    return (
        notice is not None
        and notice.family_group == family.group
        and notice.family_size != family.size
    )


def _notice_of(row: Handoff) -> NoticeFact | None:
    shared = shared_of(row)
    return None if shared is None else shared.notice


def _numbers(kin: Kin) -> frozenset[int]:
    return frozenset(one.row.number for one in kin.everybody)
