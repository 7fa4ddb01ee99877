"""
Everything looked at, in parts that a little memory holds: each subject once, and each whole.

What stays in memory from part to part is narrow: what was seen, and the names by which people
of one birth date are compared.
"""

from collections.abc import Sequence
from datetime import date, datetime

from exchange.domain.discrepancies.finding import Found
from exchange.domain.discrepancies.folding import Reach, united
from exchange.domain.discrepancies.scopes import Subject
from exchange.domain.discrepancies.standing import Changes, Ending
from exchange.domain.identity import Recorded
from exchange.flow.channels import list_refusals, see_spoken
from exchange.flow.likeness import Two, of_one_birth_date, of_one_document
from exchange.flow.looking import Looked, Looking, Target, reach_of_bearing
from exchange.flow.manifests import see_channel
from exchange.store.bearings import find_bearings, find_ids, stream_shared
from exchange.store.discrepancies import stream_open
from exchange.store.engine import Connection
from exchange.store.heads import Head, get_log

_NOTHING: Reach = Reach()


class Whole:
    """One look at everything, under way."""

    def __init__(self, looking: Looking) -> None:
        self._looking = looking
        self._seen: set[Subject] = set()
        self._cases: set[str] = set()
        self._families: set[str] = set()
        self._port_days: set[tuple[str, date]] = set()
        self._alone: set[str] = set()
        self._recorded: dict[int, Recorded | None] = {}

    def look_at(self, numbers: Sequence[int], connection: Connection, *, now: datetime) -> Looked:
        """Return what some handoffs, and all that they bear on and was not seen, amount to."""
        bearings = find_bearings(connection, numbers).values()
        ids = find_ids(connection, numbers)
        reach = united(reach_of_bearing(one, ids) for one in bearings)
        looked = self._look(connection, Target(reach=self._unseen(reach)), now)
        self._recorded.update(looked.recorded)
        return looked

    def find_twos(self, connection: Connection) -> tuple[Two, ...]:
        """Return the handoffs that may be of one person or document, once all were looked at."""
        papers = of_one_document(stream_shared(connection, "document"))
        births = of_one_birth_date(stream_shared(connection, "born"), self._recorded)
        return tuple(sorted({*papers, *births}))

    def lay_side_by_side(
        self, twos: tuple[Two, ...], connection: Connection, *, now: datetime
    ) -> Looked:
        """Return what handoffs two by two amount to."""
        return self._look(connection, Target(reach=_NOTHING, twos=twos), now)

    def look_at_the_channel(self, connection: Connection, *, now: datetime) -> Looked:
        """Return what numbers, clocks and every refused message amount to."""
        side = self._looking.side
        until = get_log(connection, Head.LEDGER).size
        target = Target(
            reach=_NOTHING,
            spoken=see_spoken(connection, side, self._looking.terms.thresholds, first=date.min),
            refused=list_refusals(connection, side, since=0, until=until),
        )
        return self._look(connection, target, now)

    def end_the_unseen(self, connection: Connection, *, now: datetime) -> Looked:
        """Return the end of every discrepancy whose subject is no more."""
        gone = tuple(
            kept.discrepancy._replace(ending=Ending(now))
            for kept in stream_open(connection)
            if kept.discrepancy.finding.subject not in self._seen
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
