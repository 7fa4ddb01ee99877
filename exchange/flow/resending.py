"""
(6) What was sealed before goes out again: the same octets, from the ledger.

Only what the partner refused because its key has ended gets fresh signatures (docs/protocol.md
8.8): nothing else would ever get it there.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from exchange.errors import KeysUnusable
from exchange.flow.clock import Clock
from exchange.flow.keyring import Keyring, context_of_body
from exchange.flow.signing import Signing
from exchange.proof.encoding import b64u
from exchange.proof.envelope import parse_envelope
from exchange.proof.jws import Line
from exchange.store.bodies import list_bodies
from exchange.store.engine import Connection, Store
from exchange.store.handoffs import list_handoffs
from exchange.store.journal import Event, record_events
from exchange.store.ledger import list_numbered
from exchange.store.outbox import Waiting


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A sealed message on its way: the claim that holds it, its line and its ledger number."""

    claim: Waiting
    line: Line
    ledger: int


class Resending:
    """Takes lines from the ledger to be sent once more."""

    def __init__(self, *, store: Store, keyring: Keyring, signing: Signing, clock: Clock) -> None:
        self._store = store
        self._keyring = keyring
        self._signing = signing
        self._clock = clock

    async def again(self, claims: Sequence[Waiting]) -> list[Outgoing]:
        """Return what *claims* hold, all of it sealed before, as lines for the partner."""
        if not claims:
            return []
        kept = await self._store.read(partial(self._rebuild, claims))
        try:
            return await self._replace_ended(kept)
        except KeysUnusable:  # the watch says so
            return kept

    def _rebuild(self, claims: Sequence[Waiting], connection: Connection) -> list[Outgoing]:
        """Return lines from the ledger: the same octets were signed, so the same are sent."""
        entries = list_numbered(connection, [claim.ledger or 0 for claim in claims])
        bodies = list_bodies(connection, [entry.body or 0 for entry in entries.values()])
        subjects = [entry.handoff for entry in entries.values() if entry.handoff is not None]
        handoffs = list_handoffs(connection, subjects) if subjects else {}
        outgoing = []
        for claim in claims:
            entry = entries[claim.ledger or 0]
            stored = bodies[entry.body or 0]
            subject = None if entry.handoff is None else handoffs[entry.handoff].handoff
            body = self._keyring.unlock(stored, context=context_of_body(stored, subject))
            line = Line(entry.envelope, entry.signatures, body)
            outgoing.append(Outgoing(claim, line, entry.number))
        return outgoing

    async def _replace_ended(self, kept: Sequence[Outgoing]) -> list[Outgoing]:
        """
        Return *kept*, with fresh signatures on what was refused and whose keys have ended since.

        It is the same message: its envelope, and so its ``pld``, stays (docs/protocol.md 8.8).
        The ledger keeps the signatures of its sealing; the journal says which were made later.
        """
        now = self._clock()
        ended = [
            one for one in kept if one.claim.isolated and not self._keyring.may_sign(one.line, now)
        ]
        if not ended:
            return list(kept)
        lines = await self._signing.sign(
            [(parse_envelope(one.line.payload), one.line.body or b"") for one in ended]
        )
        fresh = {
            one.ledger: replace(one, line=line) for one, line in zip(ended, lines, strict=True)
        }
        await self._store.write(partial(_record_signed_anew, list(fresh.values()), now))
        return [fresh.get(one.ledger, one) for one in kept]


def _record_signed_anew(
    outgoing: Sequence[Outgoing], now: datetime, connection: Connection
) -> None:
    """Say in the journal which further signatures of ours a message bears."""
    entries = list_numbered(connection, [one.ledger for one in outgoing])
    record_events(
        connection,
        [
            Event(
                at=now,
                kind="message.signed-anew",
                actor="exchange",
                handoff=entries[one.ledger].handoff,
                data={"jti": entries[one.ledger].jti or "", "sig": b64u(one.line.sig)},
            )
            for one in outgoing
        ],
    )
