"""
What the rules find of some handoffs and of whatever those bear on, by one view of the database.

Nothing is written here. Whether a few handoffs are looked at because they changed, or all of
them because somebody asks, goes through ``Looking.look``: so it finds the same.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from exchange.domain.discrepancies.finding import Found, Scopes, find, find_ours
from exchange.domain.discrepancies.folding import Reach, gather
from exchange.domain.discrepancies.scopes import Refused, Scope, Subject, Terms
from exchange.domain.discrepancies.standing import Changes, settle
from exchange.domain.identity import Recorded
from exchange.domain.outages import Outage
from exchange.domain.parties import Side
from exchange.flow.channels import NOBODY_SPOKE, Spoken
from exchange.flow.keyring import Keyring
from exchange.flow.likeness import Names, Two, of_one_case, of_one_mark, pairs_of
from exchange.flow.records import Records, read_shared
from exchange.store.bearings import (
    Bearing,
    find_alike,
    find_bearings,
    find_ids,
    find_known,
    find_members,
)
from exchange.store.discrepancies import find_last, list_open_subjects
from exchange.store.engine import Connection
from exchange.store.handoffs import find_handoffs

_IDENTITY = "R05"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """
    What to look at.

    *twos* are handoffs (row numbers) that are alike, and *doubted* those that were found so
    before: all of them are laid side by side. Those of one case are anyway.
    """

    reach: Reach
    twos: Collection[Two] = ()
    doubted: Collection[Two] = ()
    spoken: Spoken = NOBODY_SPOKE
    refused: tuple[Refused, ...] = ()


@dataclass(frozen=True, slots=True)
class Looked:
    """
    What was found, and what changes with it of what is kept.

    *recorded* is what the notices say of each person that was looked at, by row number; *due*
    are subjects that were due and wait no more, whatever was found of them.
    """

    found: Found
    changes: Changes
    recorded: Mapping[int, Recorded | None] = field(default_factory=dict)
    due: frozenset[Subject] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Looking:
    """How one side looks: by which terms, and with which keys."""

    side: Side
    terms: Terms
    keyring: Keyring

    def look(
        self,
        connection: Connection,
        target: Target,
        *,
        outages: tuple[Outage, ...],
        now: datetime,
    ) -> Looked:
        """Return what the rules find of the *target* at *now*, settled with what is kept."""
        numbers = _numbers_of(connection, target)
        records = self.read(connection, numbers, outages)
        of_days = find_members(connection, Reach(port_days=target.reach.port_days))
        beside = read_shared(find_known(connection, of_days - numbers))
        scopes = gather(
            records.records(), self.terms.places, target.reach, (shared for _, shared in beside)
        )
        holders = records.holders()
        beside_them = (*target.doubted, *of_one_case(records.cases(), target.reach.cases))
        scopes = scopes._replace(
            channels=target.spoken.channels,
            statements=target.spoken.stated,
            messages=target.refused,
            pairs=pairs_of(target.twos, beside_them, holders),
        )
        found = self._find(scopes, records, now)
        known = find_last(connection, found.looked_at)
        recorded = {number: holder.recorded for number, holder in holders.items()}
        return Looked(found, settle(known, found, now), recorded)

    def _find(self, scopes: Scopes, records: Records, now: datetime) -> Found:
        found = find(scopes, self.terms, now)
        if self.side is not Side.US:
            return found
        wanted = {record.shared.handoff for record in scopes.handoffs}
        ours = (one for one in records.ours() if one.shared.handoff in wanted)
        return found.and_also(find_ours(ours, self.terms, now))

    def read(
        self, connection: Connection, numbers: Collection[int], outages: tuple[Outage, ...] = ()
    ) -> Records:
        """Return the handoffs of these row numbers with all that was said about them."""
        return Records(
            connection, find_known(connection, numbers), self.keyring, self.side, outages
        )

    def find_alike(
        self, connection: Connection, numbers: Collection[int], names: Names
    ) -> tuple[set[Two], set[Two]]:
        """
        Return which handoffs are alike where these have changed, and which were found so before.

        Who was found alike with one of them may be so with somebody else now. All that those
        have in common whom it bears on is gathered, so that nobody is taken for unlike by half.
        """
        pairs = _open_pairs(connection)
        fresh = frozenset(find_ids(connection, numbers).values())
        marked, alike = find_bearings(connection, numbers), dict[int, Bearing]()
        doubted, known = set[Two](), -1
        while len(marked) > known:
            known = len(marked)
            alike = {one.handoff: one for one in find_alike(connection, marked.values())} | marked
            everyone = frozenset(find_ids(connection, alike).values())
            bears_on = (two for two in pairs if fresh & set(two) or everyone.issuperset(two))
            doubted = _numbered(connection, list(bears_on))
            marked |= find_bearings(connection, {one for two in doubted for one in two})
        names.learn(self.recorded(connection, names.unread(alike)))
        return set(of_one_mark(marked.values(), alike.values(), names)), doubted

    def recorded(
        self, connection: Connection, numbers: Collection[int]
    ) -> Mapping[int, Recorded | None]:
        """Return what the notices of these handoffs record of each person."""
        holders = self.read(connection, numbers).holders()
        return {number: holder.recorded for number, holder in holders.items()}


def reach_of_bearing(one: Bearing, ids: Mapping[int, str]) -> Reach:
    """Return what a handoff bore on when it was looked at; *ids* has its id."""
    if one.case_id is None or one.port is None or one.on is None:
        return Reach(alone=frozenset({ids[one.handoff]}))
    families = frozenset() if one.family_group is None else frozenset({one.family_group})
    return Reach(frozenset({one.case_id}), families, frozenset({(one.port, one.on)}))


def _numbers_of(connection: Connection, target: Target) -> set[int]:
    """Return the row numbers of all of which everything is looked at, not the day's counts."""
    alone = find_handoffs(connection, target.reach.alone) if target.reach.alone else {}
    return (
        find_members(connection, target.reach._replace(port_days=frozenset()))
        | {row.number for row in alone.values()}
        | {number for two in (*target.twos, *target.doubted) for number in two}
    )


def _open_pairs(connection: Connection) -> list[tuple[str, str]]:
    """Return the handoffs (ids) that are found alike, as far as the rules have looked."""
    names = [
        one.name.split(" ")
        for one in list_open_subjects(connection, _IDENTITY)
        if one.scope is Scope.PAIR
    ]
    return [(one, other) for one, other in names]


def _numbered(connection: Connection, pairs: list[tuple[str, str]]) -> set[Two]:
    """Return the same handoffs by their row numbers, the lower first."""
    rows = find_handoffs(connection, {one for two in pairs for one in two}) if pairs else {}
    twos = (sorted((rows[one].number, rows[other].number)) for one, other in pairs)
    return {(first, second) for first, second in twos}
