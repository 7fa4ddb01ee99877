"""
(5) A draft gets its number and time, as one who speaks now: the message that is then signed.

Pure but for the clock and the keys that open bodies: nothing is stored here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from exchange.domain.bulletins import Bulletin, bulletin_of
from exchange.domain.handoff import HandoffId, Said, SharedHandoff, advance, complete
from exchange.domain.messages.body import Body
from exchange.domain.messages.catalogue import MessageType
from exchange.domain.ticks import last_tick
from exchange.errors import EvidenceBroken, Sentence
from exchange.flow.agreement import Agreement
from exchange.flow.clock import Clock
from exchange.flow.keyring import Keyring, context_of_body
from exchange.flow.rows import in_reply_to, shared_of, type_of
from exchange.proof import grammar
from exchange.proof.envelope import Envelope, make_envelope, new_jti
from exchange.store.bodies import Body as StoredBody
from exchange.store.handoffs import Handoff
from exchange.store.outbox import Waiting


@dataclass(frozen=True, slots=True)
class Desk:
    """What sealing reads: the bodies of the drafts, what they are about, the last number given."""

    bodies: Mapping[int, StoredBody]
    handoffs: Mapping[int, Handoff]
    last_seq: int


@dataclass(frozen=True, slots=True)
class Moved:
    """A handoff, and what both sides know of it once the message is said."""

    handoff: Handoff
    shared: SharedHandoff


@dataclass(frozen=True, slots=True, kw_only=True)
class Composed:
    """
    A message that has its number and time and waits for signatures.

    *ciphertext* is the body to be stored, or None where the draft's own body is the one sent.
    *effect* is what it does to its handoff, or what stands where it is about none; None where it
    stands for itself.
    """

    claim: Waiting
    envelope: Envelope
    body: bytes
    ciphertext: bytes | None
    effect: Moved | Bulletin | None


class Composer:
    """Makes messages of drafts, each on what both sides know once those before it are said."""

    def __init__(self, agreement: Agreement, keyring: Keyring, clock: Clock) -> None:
        self._agreement = agreement
        self._keyring = keyring
        self._clock = clock

    def compose(self, desk: Desk, drafts: Sequence[Waiting]) -> list[Composed]:
        """Give each draft its number and time, as one who speaks now."""
        now = self._clock()
        latest = {row.number: shared_of(row) for row in desk.handoffs.values()}
        composed = []
        for seq, claim in enumerate(drafts, desk.last_seq + 1):
            stored = desk.bodies[claim.body]
            if claim.handoff is None:
                composed.append(self._bulletin(claim, stored, seq=seq, now=now))
                continue
            handoff = desk.handoffs[claim.handoff]
            message, shared = self._about(
                claim, handoff, latest[handoff.number], stored, seq=seq, now=now
            )
            latest[handoff.number] = shared
            composed.append(message)
        return composed

    def _about(
        self,
        claim: Waiting,
        handoff: Handoff,
        shared: SharedHandoff | None,
        stored: StoredBody,
        *,
        seq: int,
        now: datetime,
    ) -> tuple[Composed, SharedHandoff]:
        kind = type_of(claim)
        context = context_of_body(stored, handoff.handoff)
        draft, octets = self._opened(kind, stored, context)
        body = complete(draft, shared)
        ciphertext = None
        if body is not draft:
            octets = grammar.rewritten(body.model_dump(mode="json"))
            key = self._keyring.open_data_key(stored.wrapped or b"")
            ciphertext = self._keyring.lock(key, octets, context=context)
        envelope = self._envelope(claim, octets, handoff.handoff, seq=seq, now=now)
        said = Said(kind, body, seq=seq, at=envelope.sealed_at)
        after = advance(shared, HandoffId(handoff.handoff), said).shared
        message = Composed(
            claim=claim,
            envelope=envelope,
            body=octets,
            ciphertext=ciphertext,
            effect=Moved(handoff, after),
        )
        return message, after

    def _bulletin(self, claim: Waiting, stored: StoredBody, *, seq: int, now: datetime) -> Composed:
        """Give a draft that is about no handoff its number and time."""
        kind = type_of(claim)
        body, octets = self._opened(kind, stored, context_of_body(stored, None))
        envelope = self._envelope(claim, octets, None, seq=seq, now=now)
        return Composed(
            claim=claim,
            envelope=envelope,
            body=octets,
            ciphertext=None,
            effect=bulletin_of(kind, body, seq=seq, said_at=envelope.sealed_at),
        )

    def _opened(self, kind: MessageType, stored: StoredBody, context: bytes) -> tuple[Body, bytes]:
        """
        Return the body of a draft, as it is and as it was written.

        Raises:
            EvidenceBroken: Its key is gone.
        """
        octets = self._keyring.unlock(stored, context=context)
        if octets is None:
            message = Sentence("the key of a draft was erased", "se borró la llave de un borrador")
            raise EvidenceBroken(message)
        # It is read as we wrote it: nobody else has the key.
        return kind.model.model_validate_json(octets), octets

    def _envelope(
        self, claim: Waiting, octets: bytes, handoff: str | None, *, seq: int, now: datetime
    ) -> Envelope:
        spoken_at = self._spoken_at(type_of(claim), now)
        return make_envelope(
            iss=self._agreement.ours,
            aud=self._agreement.theirs,
            jti=new_jti(spoken_at, self._keyring.entropy),
            sealed_at=spoken_at,
            seq=seq,
            schema=claim.schema,
            sub=handoff,
            irt=in_reply_to(claim),
            body=octets,
        )

    def _spoken_at(self, kind: MessageType, now: datetime) -> datetime:
        """Return a message's time; of some it is their tick, so that it tells of no cause (§5)."""
        return last_tick(now, self._agreement.release_seconds) if kind.ticked else now
