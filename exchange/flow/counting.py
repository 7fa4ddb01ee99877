"""
(10) What a day's messages amount to: which they are, and what they say of how many handoffs.

Everything follows from the messages of the ledger and their bodies, so that it is the same
whenever it is asked, and the same on both sides.
"""

import json
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Any

from exchange.domain.bulletins import end_of
from exchange.domain.messages.catalogue import MESSAGE_TYPES, RETURN_NOTICE, by_schema
from exchange.domain.messages.statement import PortCounts
from exchange.domain.statements import COUNTED_TYPES, Counted, count
from exchange.domain.wire import read_utc
from exchange.flow.keyring import Keyring, context_of
from exchange.proof.envelope import parse_envelope
from exchange.proof.sets import MessageSet
from exchange.store.bodies import list_bodies
from exchange.store.days import OfDay, list_items, stream_said
from exchange.store.engine import Connection
from exchange.store.handoffs import Handoff, list_handoffs
from exchange.store.said import find_bodies_of, find_said

_SCHEMAS = frozenset(kind.schema for kind in MESSAGE_TYPES if kind.name in COUNTED_TYPES)
_NOTICES = frozenset(kind.schema for kind in MESSAGE_TYPES if kind.name == RETURN_NOTICE.name)

Document = Mapping[str, Any]


class Counting:
    """Reads days from the ledger."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring

    def count(self, connection: Connection, of: OfDay, *, as_of: int) -> tuple[PortCounts, ...]:
        """Return of how many handoffs each thing was said, by port, at that ledger's length."""
        counted: list[Counted] = []
        ports: dict[int, str | None] = {}
        for part in stream_said(connection, of, _SCHEMAS, as_of=as_of):
            rows = list_handoffs(connection, {said.handoff for said in part})
            bodies = self._open(connection, {one.body: rows[one.handoff].handoff for one in part})
            for said in part:
                kind, body = by_schema(said.schema), bodies.get(said.body)
                if kind is not None and body is not None:
                    counted.append(Counted(said.handoff, kind.name, body))
            fresh = [row for number, row in rows.items() if number not in ports]
            ports |= self._ports(connection, fresh, of.day)
        return count(counted, ports)

    def _ports(
        self, connection: Connection, rows: Collection[Handoff], day: date
    ) -> dict[int, str | None]:
        """
        Return the port of each handoff by the newest notice said by the end of the day.

        That is nearly always the notice that stands; what was revised since is read again.
        """
        ports: dict[int, str | None] = {}
        revised: list[Handoff] = []
        for row in rows:
            notice = json.loads(row.shared or "{}").get("notice")
            if notice is not None and read_utc(notice["said_at"]) >= end_of(day):
                revised.append(row)
            else:
                ports[row.number] = notice and notice["port"]
        return ports | dict(self._earlier_ports(connection, revised, day))

    def _earlier_ports(
        self, connection: Connection, rows: Collection[Handoff], day: date
    ) -> Iterator[tuple[int, str | None]]:
        """Give the port of each handoff by the end of the day, from the notices themselves."""
        ids = {row.number: row.handoff for row in rows}
        found: dict[int, list[tuple[int, int, str]]] = {number: [] for number in ids}
        for schema in _NOTICES if ids else ():
            numbers = find_bodies_of(connection, ids, schema)
            opened = self._open(connection, {body: ids[of] for (of, _), body in numbers.items()})
            for said in find_said(connection, ids, {schema}):
                envelope = parse_envelope(said.envelope)
                body = opened.get(numbers.get((said.handoff, envelope.seq), -1))
                if body is not None and envelope.sealed_at < end_of(day):
                    rank = (body["revision"], envelope.seq, body["return"]["port"])
                    found[said.handoff].append(rank)
        for number, notices in found.items():
            yield number, max(notices)[2] if notices else None

    def _open(self, connection: Connection, bodies: Mapping[int, str]) -> dict[int, Document]:
        """Return what these bodies say, each of its handoff; what was erased says nothing."""
        found = {}
        for number, stored in list_bodies(connection, bodies).items():
            octets = self._keyring.unlock(stored, context=context_of(bodies[number]))
            if octets is not None:
                found[number] = json.loads(octets)
        return found


class Days:
    """
    The messages of days, as they were when the ledger had some length.

    The last few that were read stay in memory: a comparison asks for the same at each step.
    """

    def __init__(self, kept_max: int = 2) -> None:
        self._kept_max = kept_max
        self._kept: dict[tuple[OfDay, int], MessageSet] = {}

    def read(self, connection: Connection, of: OfDay, *, as_of: int) -> MessageSet:
        """Return the messages of a day at that length."""
        found = self._kept.pop((of, as_of), None)
        if found is None:
            found = read_set(connection, of, as_of=as_of)
        self._kept[of, as_of] = found
        if len(self._kept) > self._kept_max:
            del self._kept[next(iter(self._kept))]
        return found


def read_set(connection: Connection, of: OfDay, *, as_of: int) -> MessageSet:
    """Return the messages of a day as they were when the ledger had that length."""
    return MessageSet(list_items(connection, of, as_of=as_of))
