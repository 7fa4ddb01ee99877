"""What was put right, as the rules of reconciliation look at it: taken up, and said right since."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import cast

from exchange.domain.alarms import AlarmKind
from exchange.domain.corrections import value_at
from exchange.domain.discrepancies.scopes import Corrected, Reading
from exchange.domain.messages.catalogue import CORRECTION, by_schema
from exchange.domain.messages.correction import Correction
from exchange.domain.parties import Side
from exchange.flow.keyring import Keyring, context_of
from exchange.proof import grammar
from exchange.proof.envelope import parse_envelope
from exchange.store.alarms import list_alarms_about
from exchange.store.bearings import Known
from exchange.store.bodies import list_bodies
from exchange.store.columns import Direction, Kind, Status
from exchange.store.engine import Connection
from exchange.store.ledger import Entry, list_entries_of

_CHUNK = 500


def list_corrected(
    connection: Connection, keyring: Keyring, row: Known, side: Side
) -> list[Corrected]:
    """Return the corrections about a handoff of which all can still be read."""
    entries = [one for one in list_entries_of(connection, row.number) if _can_be_read(one)]
    read = dict(opened(connection, keyring, {one.body or 0: row for one in entries}))
    entries = [one for one in entries if one.body in read]
    found = []
    for entry in entries:
        if entry.schema != CORRECTION.schema:
            continue
        said = Correction.model_validate(grammar.parse(read[entry.body or 0]))
        alike = [one for one in entries if one.direction is entry.direction]
        wrong = next((one for one in alike if one.jti == said.message), None)
        if wrong is None:
            continue
        said_at = parse_envelope(entry.envelope).sealed_at
        received = entry.direction is Direction.RECEIVED
        found.append(
            Corrected(
                speaker=side.other if received else side,
                said_at=said_at,
                was=_value(wrong, read, said.pointer),
                taken_up_at=(
                    taken_up_at(connection, AlarmKind.CORRECTION_RECEIVED, row, said_at)
                    if received
                    else said_at
                ),
                later=tuple(
                    Reading(parse_envelope(one.envelope).sealed_at, _value(one, read, said.pointer))
                    for one in alike
                    if one.schema == wrong.schema and (one.seq or 0) > (entry.seq or 0)
                ),
            )
        )
    return found


def taken_up_at(
    connection: Connection, kind: AlarmKind, row: Known, said_at: datetime
) -> datetime | None:
    """Return when a person of ours first took up what was said about a handoff at a time."""
    taken = (
        at
        for alarm in list_alarms_about(connection, kind, row.handoff)
        if (at := alarm.acknowledged_at or alarm.closed_at) is not None and at >= said_at
    )
    return min(taken, default=None)


def opened(
    connection: Connection, keyring: Keyring, bodies: Mapping[int, Known]
) -> Iterator[tuple[int, bytes]]:
    """Give the octets of each body, by its number, that still has the key of its handoff."""
    numbers = sorted(bodies)
    for start in range(0, len(numbers), _CHUNK):
        for number, body in list_bodies(connection, numbers[start : start + _CHUNK]).items():
            octets = keyring.unlock(body, context=context_of(bodies[number].handoff))
            if octets is not None:
                yield number, octets


def _can_be_read(entry: Entry) -> bool:
    said = entry.kind is Kind.MESSAGE and entry.status is Status.ACCEPTED
    return said and entry.body is not None and by_schema(entry.schema or "") is not None


def _value(entry: Entry, read: Mapping[int, bytes], pointer: str) -> str | int | None:
    """Return what a message says where a correction points: such values have no parts."""
    kind = by_schema(entry.schema or "")
    if kind is None:
        return None
    body = kind.read(grammar.parse(read[entry.body or 0]))
    return cast("str | int | None", value_at(body, pointer))
