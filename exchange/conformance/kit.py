"""
What the kit is during one run: a party of a test installation that remembers everything.

It speaks for one side, counts its messages, keeps each receipt it was given by the evidence it
names, and knows of each handoff what both have said, so it knows what must be answered.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from exchange.conformance.bodies import Bodies, Document
from exchange.conformance.keys import KitKeys
from exchange.domain.bulletins import Bulletin, Matter, bulletin_of, post
from exchange.domain.handoff import HandoffId, Said, SharedHandoff, advance
from exchange.domain.messages.body import Body
from exchange.domain.messages.catalogue import MESSAGE_TYPES, MessageType
from exchange.domain.parties import Side
from exchange.errors import MessageRejected
from exchange.flow.clock import Clock, Entropy, random_id
from exchange.proof import grammar
from exchange.proof.encoding import b64u, digest, seconds
from exchange.proof.envelope import Envelope, find_jti, new_jti, parse_envelope
from exchange.proof.jws import Line, Signer, Typ, sign_line
from exchange.proof.keys import KeySet, Roots
from exchange.proof.policy import SignatureSets


@dataclass(frozen=True, slots=True)
class Sent:
    """
    One line as it leaves: its octets, and what a receipt must name where it is one at all.

    *jtis* are the numbers that a receipt may give it: where the envelope cannot be read, null
    is as right as the number that a more patient reader finds.
    """

    octets: bytes
    line: Line | None = None
    jtis: tuple[str | None, ...] = ()

    def as_octets(self, octets: bytes) -> "Sent":
        """Return the same message, spelled *octets*."""
        return replace(self, octets=octets)


@dataclass
class Kit:
    """One side's voice and memory. *heard* and *receipts* grow; nothing is forgotten in a run."""

    side: Side
    ours: str
    theirs: str
    keys: KitKeys
    sets: SignatureSets
    partner: KeySet
    roots: Roots
    clock: Clock
    entropy: Entropy
    seq: int = 0
    shared: dict[str, SharedHandoff] = field(default_factory=dict)
    posted: dict[tuple[str, Matter], Bulletin] = field(default_factory=dict)
    receipts: dict[bytes, bytes] = field(default_factory=dict)
    receipt_jtis: set[str] = field(default_factory=set)
    first: Sent | None = None
    """The first message that was receipted in this run."""

    @property
    def bodies(self) -> Bodies:
        """Makes bodies as of now."""
        return Bodies(self.clock(), self.entropy)

    @property
    def kinds(self) -> Mapping[str, MessageType]:
        """The types that this side says, by name."""
        return {kind.name: kind for kind in MESSAGE_TYPES if kind.is_said_by(self.side)}

    @property
    def usual(self) -> str:
        """The type that this side says of a handoff nobody has heard of."""
        return "return-notice" if self.side is Side.US else "reception"

    def usual_body(self) -> Document:
        """Return a good body of the usual type."""
        return self.bodies.notice() if self.side is Side.US else self.bodies.reception()

    def envelope(
        self, name: str, body: bytes, *, handoff: str | None = None, answers: Document | None = None
    ) -> Document:
        """Return the envelope of the next message: it has taken its number."""
        self.seq += 1
        now = self.clock()
        return {
            "aud": self.theirs,
            "bod": b64u(digest(body)),
            "iat": seconds(now),
            "irt": answers or (self.any_irt() if name in _ANSWERS else None),
            "iss": self.ours,
            "jti": new_jti(now, self.entropy),
            "schema": f"urn:handoff:schema:{name}:1",
            "seq": self.seq,
            "sub": None if name in _ABOUT_NONE else handoff or random_id(self.entropy),
        }

    def any_irt(self) -> Document:
        """Return the name of a message that nobody sent."""
        return {"jti": new_jti(self.clock(), self.entropy), "pld": b64u(digest(self.entropy(32)))}

    def message(
        self,
        name: str,
        body: Document,
        *,
        handoff: str | None = None,
        answers: Document | None = None,
        **members: Any,
    ) -> Sent:
        """Return a message of type *name* as the agreement has it, envelope *members* changed."""
        octets = grammar.canonical(body)
        envelope = self.envelope(name, octets, handoff=handoff, answers=answers) | members
        return self.signed(grammar.canonical(envelope), octets)

    def signed(
        self,
        payload: bytes,
        body: bytes | None,
        *,
        signers: Sequence[Signer] | None = None,
        typ: Typ = Typ.MESSAGE,
    ) -> Sent:
        """Return *payload* as a line that *signers* signed, whatever it says."""
        line = sign_line(payload, signers or self.keys.signers, typ, body=body)
        return self.sent(line)

    def sent(self, line: Line) -> Sent:
        """Return *line* as it leaves."""
        return Sent(line.octets(), line, jtis_of(line.payload))

    def body_of(self, sent: Sent) -> Document:
        """Return the body of a message that this kit made."""
        return dict(grammar.parse_object(sent.line.body or b"")) if sent.line else {}

    def learn(self, line: Line) -> str | None:
        """
        Return the code with which a message must be answered; both sides now know what it says.

        Raises:
            MessageRejected: It says nothing that can take effect.
            ValueError: It is of no type in the catalogue.
        """
        envelope = parse_envelope(line.payload)
        kind = next((one for one in MESSAGE_TYPES if one.schema == envelope.schema), None)
        if kind is None or (envelope.sub is None and kind.subject):
            raise ValueError(envelope.schema)
        body = kind.read(grammar.parse_object(line.body or b""))
        if envelope.sub is None:
            return self._learn_bulletin(kind, body, envelope)
        handoff = HandoffId(envelope.sub)
        said = Said(kind, body, envelope.seq, envelope.sealed_at)
        advanced = advance(self.shared.get(handoff), handoff, said)
        self.shared[handoff] = advanced.shared
        return advanced.code

    def _learn_bulletin(self, kind: MessageType, body: Body, envelope: Envelope) -> str | None:
        """Return the code of what is about no handoff; each side's stands by itself."""
        fresh = bulletin_of(kind, body, seq=envelope.seq, said_at=envelope.sealed_at)
        if fresh is None:
            return None
        of = (envelope.iss, fresh.matter)
        posted = post(self.posted.get(of), fresh)
        self.posted[of] = posted.stands
        return posted.code


_ANSWERS = frozenset(kind.name for kind in MESSAGE_TYPES if kind.answers)
_ABOUT_NONE = frozenset(kind.name for kind in MESSAGE_TYPES if not kind.subject)


def jtis_of(payload: bytes) -> tuple[str | None, ...]:
    """Return what a receipt may name a message whose envelope is *payload*."""
    exact = find_jti(payload)
    if exact is not None:
        return (exact,)
    marker = b'"jti":"'
    at = payload.find(marker) + len(marker)
    found = payload[at : at + 36].decode("ascii", "replace") if at >= len(marker) else None
    return (None, found) if found else (None,)


def known_code(kit: Kit, line: Line) -> str | None:
    """Return the code of an accepted message; null of one that the catalogue does not know."""
    try:
        return kit.learn(line)
    except (MessageRejected, ValueError):
        return None
