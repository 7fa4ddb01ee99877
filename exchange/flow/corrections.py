"""
An error in a message of ours is put right: the value that stands in its place is said.

The message itself stays as it was signed. A notice that Mexico still has to act on is revised
instead, so that what Mexico accepted is what it reads.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import cast

from exchange.domain.corrections import Reading, as_corrected, must_be_revised, put_right
from exchange.domain.messages.body import Body
from exchange.domain.messages.catalogue import CORRECTION, MessageType, by_schema
from exchange.domain.messages.correction import Correction
from exchange.errors import Fault, Invalid
from exchange.flow.acts import Keep, Seen
from exchange.flow.answering import Answered, Answering, Speech
from exchange.flow.keyring import Keyring, context_of
from exchange.flow.taking_back import stage_ahead
from exchange.proof import grammar
from exchange.store import bodies
from exchange.store.columns import Direction, Kind, Status
from exchange.store.engine import Connection
from exchange.store.handoffs import Handoff
from exchange.store.ledger import Entry, list_entries_of
from exchange.store.outbox import list_outbox_of


@dataclass(frozen=True, slots=True)
class Recorded:
    """A message as it stands in the ledger, and the corrections of its handoff in their order."""

    kind: MessageType
    direction: Direction
    message: str
    body: bodies.Body
    corrections: tuple[bodies.Body, ...]

    def read(self, keyring: Keyring, *, handoff: str) -> Reading | None:
        """Return how it reads with everything that was put right in it; None once erased."""
        octets = keyring.unlock(self.body, context=context_of(handoff))
        if octets is None:
            return None
        opened = (keyring.unlock(one, context=context_of(handoff)) for one in self.corrections)
        said = [Correction.model_validate(grammar.parse(one)) for one in opened if one is not None]
        mine = [one for one in said if one.message == self.message]
        return as_corrected(self.kind, cast("dict[str, object]", grammar.parse(octets)), mine)


class Corrections(Answering):
    """Puts right what this side has said, for the officials of either side."""

    async def correct(
        self,
        handoff: str,
        document: object,
        *,
        actor: str,
        places: frozenset[str] | None = None,
        keep: Keep[Answered] | None = None,
    ) -> Answered:
        """
        Say what must be read in a message of ours: *message*, *pointer*, *value*, *basis*.

        Raises:
            Invalid, NotFound, NotPossible: As `Answering` says. It is Invalid where this side
                said no such message of the handoff, where the value does not fit there, and
                where a notice is revised instead.
        """
        speech = Speech(
            CORRECTION,
            document,
            check=self._check,
            journaled=("message", "pointer", "basis"),
        )
        return await self._say(handoff, speech, actor=actor, places=places, keep=keep)

    async def _check(self, seen: Seen, body: Body) -> None:
        correction = cast("Correction", body)
        find = partial(
            find_recorded,
            handoff=seen.row.number,
            direction=Direction.SENT,
            named=lambda entry: entry.jti == correction.message,
        )
        recorded = await self._store.read(find)
        stands = recorded.read(self._keyring, handoff=seen.row.handoff) if recorded else None
        if recorded is None or stands is None:
            raise Invalid([Fault("/message", "unknown-message")])
        if must_be_revised(recorded.kind, stage_ahead(seen.row)):
            raise Invalid([Fault("/message", "revise-instead")])
        put_right(recorded.kind, stands.body, correction)


def find_recorded(
    connection: Connection,
    *,
    handoff: int,
    direction: Direction,
    named: Callable[[Entry], bool],
) -> Recorded | None:
    """Return the message that one side said about a handoff (a row number), or None."""
    said = [entry for entry in list_entries_of(connection, handoff) if _is_said(entry, direction)]
    for entry in said:
        kind = by_schema(entry.schema or "")
        if kind is not None and named(entry):
            return _recorded(connection, handoff, entry, kind, said)
    return None


def list_put_right(
    connection: Connection, keyring: Keyring, row: Handoff
) -> list[tuple[Recorded, Reading]]:
    """Return what either side said about a handoff and has put right since, in its own order."""
    entries = list_entries_of(connection, row.number)
    found = []
    for direction in Direction:
        said = [entry for entry in entries if _is_said(entry, direction)]
        for entry in said:
            kind = by_schema(entry.schema or "")
            recorded = kind and _recorded(connection, row.number, entry, kind, said)
            reading = recorded.read(keyring, handoff=row.handoff) if recorded else None
            if recorded and reading and reading.put_right:
                found.append((recorded, reading))
    return found


def _recorded(
    connection: Connection, handoff: int, entry: Entry, kind: MessageType, said: list[Entry]
) -> Recorded | None:
    in_order = sorted(said, key=lambda one: one.seq or 0)
    numbers = [one.body for one in in_order if one.schema == CORRECTION.schema and one.body]
    if entry.direction is Direction.SENT:
        numbers += [
            row.body
            for row in list_outbox_of(connection, handoff)
            if row.ledger is None and row.schema == CORRECTION.schema
        ]
    found = bodies.list_bodies(connection, [entry.body or 0, *numbers])
    body = found.get(entry.body or 0)
    if body is None:
        return None
    stored = tuple(found[number] for number in numbers if number in found)
    return Recorded(kind, entry.direction, entry.jti or "", body, stored)


def _is_said(entry: Entry, direction: Direction) -> bool:
    return (
        entry.direction is direction
        and entry.kind is Kind.MESSAGE
        and entry.status is Status.ACCEPTED
    )
