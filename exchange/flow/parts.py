"""
Much looked at in parts that a little memory holds: each subject once, and each whole.

What bears on what is stored before the first part, so that no family is taken for one that has
lost a member only because the member was not read yet.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime

from exchange.domain.discrepancies.finding import Found
from exchange.domain.discrepancies.folding import Reach, reach_of, united
from exchange.domain.discrepancies.scopes import Scope, Subject
from exchange.domain.discrepancies.standing import Changes, Ending
from exchange.flow.channels import list_refusals, see_spoken
from exchange.flow.likeness import Names, Two, of_one_birth_date, of_one_document
from exchange.flow.looking import Looked, Looking, Target, reach_of_bearing
from exchange.flow.manifests import see_channel
from exchange.store.bearings import find_bearings, find_cases, find_ids, stream_shared
from exchange.store.discrepancies import stream_open
from exchange.store.engine import Connection

_NOTHING: Reach = Reach()


class Parts:
    """One look under way, part by part."""

    def __init__(self, looking: Looking) -> None:
        self._looking = looking
        self._seen: set[Subject] = set()
        self._cases: set[str] = set()
        self._families: set[str] = set()
        self._port_days: set[tuple[str, date]] = set()
        self._alone: set[str] = set()
        self._names = Names(looking.terms.identity)

    def look_at(
        self, numbers: Collection[int], left: Reach, connection: Connection, *, now: datetime
    ) -> Looked:
        """
        Return what some handoffs amount to, with all they bear on or have *left*.

        But for who is like whom: that is asked once all of them were looked at.
        """
        bearings = find_bearings(connection, numbers).values()
        ids = find_ids(connection, numbers)
        reach = united([left, *(reach_of_bearing(one, ids) for one in bearings)])
        looked = self._look(connection, Target(reach=self._unseen(reach)), now)
        self._names.learn(looked.recorded)
        return looked

    def look_for_alike(
        self, numbers: Collection[int], connection: Connection, *, now: datetime
    ) -> Looked:
        """Return what handoffs that changed amount to beside those that they are like."""
        twos, doubted = self._looking.find_alike(connection, numbers, self._names)
        return self._look(connection, Target(reach=_NOTHING, twos=twos, doubted=doubted), now)

    def look_at_due(
        self, due: Collection[Subject], connection: Connection, *, now: datetime
    ) -> Looked:
        """Return what time alone has made of these subjects, each of which waits no more."""
        cases = find_cases(connection, [one.name for one in due if one.scope is Scope.HANDOFF])
        reach = united(reach_of(one, cases) for one in due)
        looked = self._look(connection, Target(reach=self._unseen(reach)), now)
        return replace(looked, due=frozenset(due))

    def look_at_speech(
        self, first: date, since: int, until: int, connection: Connection, *, now: datetime
    ) -> Looked:
        """
        Return what numbers and clocks amount to, and what was stated and refused.

        *first* is the first day of which statements are compared; *since* and *until* bound
        the receipts by which messages were refused.
        """
        side, thresholds = self._looking.side, self._looking.terms.thresholds
        target = Target(
            reach=_NOTHING,
            spoken=see_spoken(connection, side, thresholds, first=first),
            refused=list_refusals(connection, side, since=since, until=until),
        )
        return self._look(connection, target, now)

    # --- Of everything ---------------------------------------------------------------------------

    def find_twos(self, connection: Connection) -> tuple[Two, ...]:
        """Return the handoffs of one document, or maybe person, once all were looked at."""
        papers = of_one_document(stream_shared(connection, "document"))
        births = of_one_birth_date(stream_shared(connection, "born"), self._names)
        return tuple(sorted({*papers, *births}))

    def lay_side_by_side(
        self, twos: Collection[Two], connection: Connection, *, now: datetime
    ) -> Looked:
        """Return what handoffs two by two amount to."""
        return self._look(connection, Target(reach=_NOTHING, twos=twos), now)

    def end_the_unseen(
        self, began_at: datetime, connection: Connection, *, now: datetime
    ) -> Looked:
        """Return the end of what was open when the look *began_at*, and was found of nobody."""
        gone = tuple(
            kept.discrepancy._replace(ending=Ending(now))
            for kept in stream_open(connection)
            if kept.discrepancy.finding.subject not in self._seen
            and kept.discrepancy.opened_at <= began_at
        )
        subjects = frozenset(one.finding.subject for one in gone)
        return Looked(Found((), subjects, {}), Changes((), (), gone))

    def _look(self, connection: Connection, target: Target, now: datetime) -> Looked:
        outages = see_channel(connection).alarmed_outages
        looked = self._looking.look(connection, target, outages=outages, now=now)
        self._seen |= looked.found.looked_at
        return looked

    def _unseen(self, reach: Reach) -> Reach:
        """Return what of *reach* was not looked at yet; from now on it was."""
        fresh = Reach(
            reach.cases - self._cases,
            reach.families - self._families,
            reach.port_days - self._port_days,
            reach.alone - self._alone,
        )
        self._cases |= fresh.cases
        self._families |= fresh.families
        self._port_days |= fresh.port_days
        self._alone |= fresh.alone
        return fresh
