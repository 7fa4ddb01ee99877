"""
Handoffs as the rules of reconciliation look at them, read from what is kept.

Names and birth dates come from bodies that only our own key opens: they are looked at and
forgotten, and what is kept of them are marks by which two that are equal find each other.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from itertools import chain
from typing import cast

from exchange.domain.alarms import AlarmKind
from exchange.domain.causes import Cause
from exchange.domain.discrepancies.folding import day_at_port
from exchange.domain.discrepancies.scopes import (
    Alert,
    Corrected,
    CourtReading,
    Holder,
    OurRecord,
    Placed,
    Record,
)
from exchange.domain.handoff import SharedHandoff
from exchange.domain.identity import recorded
from exchange.domain.messages.catalogue import (
    CORRECTION,
    HEARING_NOTICE,
    RETURN_NOTICE,
    WELFARE_ALERT,
)
from exchange.domain.messages.hearing_notice import HearingNotice
from exchange.domain.messages.return_notice import ReturnNotice
from exchange.domain.outages import Outage
from exchange.domain.parties import Side
from exchange.domain.places import Places
from exchange.domain.retention import is_erased
from exchange.domain.telling import hearing_of
from exchange.flow.corrected import list_corrected, opened, taken_up_at
from exchange.flow.keyring import Keyring
from exchange.proof.envelope import parse_envelope
from exchange.store.bearings import Bearing, Known
from exchange.store.columns import MARK_BYTES
from exchange.store.engine import Connection
from exchange.store.journal import find_events
from exchange.store.said import SaidOnce, find_bodies_of, find_said, find_unsaid

_HELD = ("hold.placed", "hold.lifted")
_BIRTH_DATE = 10
"""As long as a birth date is that is known to the day."""
_CHUNK = 500


def read_shared(rows: Iterable[Known]) -> Iterator[tuple[Known, SharedHandoff]]:
    """Give what both sides know of each handoff about which anything was said."""
    for row in rows:
        if row.shared is not None:
            yield row, SharedHandoff.model_validate_json(row.shared)


class Records:
    """Some handoffs with all that was said about them, as one view of the database has them."""

    def __init__(
        self,
        connection: Connection,
        rows: Iterable[Known],
        keyring: Keyring,
        side: Side,
        outages: tuple[Outage, ...],
    ) -> None:
        self._connection = connection
        self._keyring = keyring
        self._side = side
        self._outages = outages
        self._known = {row.number: (row, shared) for row, shared in read_shared(rows)}

    @cached_property
    def announced(self) -> Mapping[int, ReturnNotice]:
        """The newest notice of each handoff (a row number); none once it was erased."""
        bodies = find_bodies_of(self._connection, self._known, RETURN_NOTICE.schema)
        wanted = {
            bodies[number, shared.notice.seq]: row
            for number, (row, shared) in self._known.items()
            if shared.notice is not None and (number, shared.notice.seq) in bodies
        }
        return {
            wanted[body].number: ReturnNotice.model_validate_json(octets)
            for body, octets in opened(self._connection, self._keyring, wanted)
        }

    def records(self) -> Iterator[Record]:
        """Give every handoff as the rules look at it, but for the cycles of its case."""
        announced, alerts, corrections = self.announced, self._alerts, self._corrections
        for number, (_, shared) in self._known.items():
            yield Record(
                shared=shared,
                announced=announced.get(number),
                alerts=tuple(alerts.get(number, ())),
                corrections=tuple(corrections.get(number, ())),
                outages=self._outages,
            )

    def ours(self) -> Iterator[OurRecord]:
        """
        Give the handoffs of which the United States know what they alone know.

        Of the others, which are nearly all, no rule over that finds anything.
        """
        holds, courts = self._holds, self._courts
        for number in sorted(holds.keys() | courts.keys()):
            _, shared = self._known[number]
            if shared.notice is not None:
                yield OurRecord(shared, tuple(holds.get(number, ())), courts.get(number))

    def holders(self) -> Mapping[int, Holder]:
        """Return each person's handoff beside what its notice recorded, by row number."""
        announced = self.announced
        return {
            number: Holder(
                shared, recorded(announced[number].person) if number in announced else None
            )
            for number, (_, shared) in self._known.items()
        }

    def cases(self) -> Mapping[int, str]:
        """Return the case of each handoff that was announced, by row number."""
        known = self._known.items()
        return {number: shared.notice.case for number, (_, shared) in known if shared.notice}

    def bearings(self, places: Places) -> Iterator[Bearing]:
        """Give what each handoff bears on by what was said."""
        for number, (row, shared) in self._known.items():
            visa = shared.visa
            is_known = visa is not None and not is_erased(visa.number)
            document = self._mark("document", visa.number) if visa and is_known else None
            notice = shared.notice
            if notice is None:
                yield Bearing(number, row.changed, document=document)
                continue
            port, on = day_at_port(notice.port, notice.window_from, places)
            read = self.announced.get(number)
            born = None if read is None else self._born(read.person.birth_date)
            yield Bearing(
                number, row.changed, notice.case, notice.family_group, port, on, born, document
            )

    def _born(self, birth_date: str) -> bytes | None:
        """Return the mark of a birth date that is known to the day."""
        return self._mark("born", birth_date) if len(birth_date) == _BIRTH_DATE else None

    def _mark(self, kind: str, text: str) -> bytes:
        return self._keyring.digest(f"{kind} {text}".encode())[:MARK_BYTES]

    @cached_property
    def _said(self) -> list[SaidOnce]:
        """The alerts and corrections about all of them, in the order of the ledger."""
        schemas = (WELFARE_ALERT.schema, CORRECTION.schema)
        return find_said(self._connection, self._known, schemas)

    @cached_property
    def _alerts(self) -> Mapping[int, list[Alert]]:
        """The welfare alerts of each handoff, and when a person of ours took each up."""
        found = defaultdict[int, list[Alert]](list)
        for one in self._said:
            if one.schema != WELFARE_ALERT.schema:
                continue
            said_at = parse_envelope(one.envelope).sealed_at
            row, _ = self._known[one.handoff]
            taken_up = taken_up_at(self._connection, AlarmKind.WELFARE_ALERT, row, said_at)
            found[one.handoff].append(Alert(said_at, taken_up))
        return found

    @cached_property
    def _corrections(self) -> Mapping[int, list[Corrected]]:
        """What was put right in what was said about each handoff."""
        corrected = {one.handoff for one in self._said if one.schema == CORRECTION.schema}
        rows = (self._known[number][0] for number in sorted(corrected))
        return {
            row.number: list_corrected(self._connection, self._keyring, row, self._side)
            for row in rows
        }

    @cached_property
    def _courts(self) -> Mapping[int, CourtReading]:
        """What a port has read in the court's schedule and nobody was told yet."""
        found: dict[int, CourtReading] = {}
        for kind in (RETURN_NOTICE, HEARING_NOTICE):
            unsaid = find_unsaid(self._connection, self._known, kind.schema)
            by_body = {one.body: one for one in unsaid.values()}
            rows = {one.body: self._known[one.handoff][0] for one in unsaid.values()}
            for body, octets in opened(self._connection, self._keyring, rows):
                said = cast("ReturnNotice | HearingNotice", kind.model.model_validate_json(octets))
                handoff, _, read_at = by_body[body]
                found[handoff] = CourtReading(hearing_of(said, read_at), read_at)
        return found

    @cached_property
    def _holds(self) -> Mapping[int, list[Placed]]:
        """The holds of each handoff, from when until when each stood."""
        found = defaultdict[int, list[Placed]](list)
        numbers = sorted(self._known)
        parts = (numbers[start : start + _CHUNK] for start in range(0, len(numbers), _CHUNK))
        for event in chain.from_iterable(
            find_events(self._connection, part, _HELD) for part in parts
        ):
            holds, cause = found[event.handoff or 0], Cause(event.data["cause"])
            if event.kind == "hold.placed":
                holds.append(Placed(cause, event.at))
            elif event.kind == "hold.lifted":
                standing = (n for n, one in enumerate(holds) if not one.lifted_at)
                place = next(n for n in standing if holds[n].cause is cause)
                holds[place] = holds[place]._replace(lifted_at=event.at)
        return found
