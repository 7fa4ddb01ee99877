"""
What one party says to the other, sealed by the sender and proven by the receiver.

The sender: ``make_envelope``, then ``seal``. The receiver, step by step, each in the order of
docs/protocol.md clause 4 and each refusing with its own code::

    read_line      (1) closed outer members  (2) header members
                   (3) the caller looks up ``Line.sig``: a known line has its receipt
    verify         (4) kid  (5) key state  (6) alg  (7) every signature of one set  (8) typ
    read_envelope  (9) grammar  (10) closed envelope  (11) iss, aud
                   (12) the caller looks up ``jti``  (13) and the schema
    check_body     (14) the body is the one that was bound
                   (15) the caller reads it by its schema, and (16) lets it take effect

Only ``verify`` makes a ``Verified``, and nothing of an envelope can be read without one.
"""

from collections.abc import Sequence
from dataclasses import InitVar, dataclass
from datetime import datetime

from exchange.errors import (
    BodyDigestWrong,
    BreaksSchema,
    GrammarBroken,
    WrongAudience,
    WrongIssuer,
)
from exchange.proof import grammar
from exchange.proof.encoding import digest
from exchange.proof.envelope import (
    Envelope,
    InReplyTo,
    MessageId,
    find_jti,
    make_envelope,
    new_jti,
    parse_envelope,
)
from exchange.proof.jws import (
    KeyId,
    Line,
    Signature,
    Signer,
    Typ,
    read_line,
    read_lines,
    sign_line,
    split_request,
)
from exchange.proof.keys import KeySet
from exchange.proof.policy import SignatureSets
from exchange.proof.signatures import (
    check_algorithms,
    check_roles,
    check_set,
    check_signatures,
    check_states,
    check_typ,
    find_keys,
)

__all__ = [
    "Envelope",
    "InReplyTo",
    "KeyId",
    "Line",
    "MessageId",
    "Signature",
    "Signer",
    "Typ",
    "Verified",
    "check_body",
    "find_jti",
    "make_envelope",
    "new_jti",
    "read_envelope",
    "read_line",
    "read_lines",
    "seal",
    "split_request",
    "verify",
]

_BY_VERIFY = object()
"""What no one but ``verify`` has."""


@dataclass(frozen=True, slots=True)
class Verified:
    """
    A line proven to be *owner*'s: the keys are its own and every signature holds.

    What the line says has not been read yet.
    """

    line: Line
    owner: str
    received_at: datetime
    made_by: InitVar[object]

    def __post_init__(self, made_by: object) -> None:
        if made_by is not _BY_VERIFY:
            raise TypeError

    @property
    def pld(self) -> bytes:
        """The digest that names the message."""
        return self.line.pld

    @property
    def sig(self) -> bytes:
        """The digest that names the evidence."""
        return self.line.sig

    @property
    def jti(self) -> MessageId | None:
        """The number the message gives itself, or None when that cannot be read."""
        return find_jti(self.line.payload)


def seal(envelope: Envelope, body: bytes, signers: Sequence[Signer]) -> Line:
    """
    The message as it is sent and kept, signed by each of *signers* in order.

    Plain and synchronous, and nothing in it is shared: run it in a pool of threads, for
    ``cryptography`` signs without the interpreter's lock.

    Raises:
        ValueError: *body* is not the one that *envelope* binds.
    """
    if digest(body) != envelope.bod:
        raise ValueError(envelope.jti)
    return sign_line(envelope.octets(), signers, Typ.MESSAGE, body=body)


def verify(
    line: Line,
    trusted: KeySet,
    *,
    accepted: SignatureSets,
    typ: Typ = Typ.MESSAGE,
    received_at: datetime,
) -> Verified:
    """
    Return *line* once it is proven to be the partner's.

    Nothing in the envelope is read before the signatures hold: bytes that nobody signed are
    never parsed. The first check that fails is the one the partner is told about.

    Raises:
        UnknownKey: The partner has not given us the key.
        KeyNotActive: The key may not sign at *received_at*.
        BadSignature: A signature that policy requires does not cover these bytes.
        PolicyRefused: The signatures are not one accepted set.
        WrongType: The line was signed as another kind of thing.
    """
    # (4) The keys are some that the partner gave us, by pattern and then by name.
    keys = find_keys(line, trusted.keys)
    # (5) Each may sign now: our clock, never the sender's.
    check_states(keys, received_at)
    # (6) The algorithm is the key's own, and the header says the same.
    halves = [key.half for key in keys]
    check_algorithms(line, halves)
    # (7) The signatures are one accepted set, and each covers exactly the bytes we received.
    check_roles(keys)
    check_set(halves, accepted.accepted(typ, received_at))
    check_signatures(line, halves)
    # (8) They were made for this kind of line.
    check_typ(line, typ)
    return Verified(line, trusted.iss, received_at, _BY_VERIFY)


def read_envelope(verified: Verified, *, audience: str) -> Envelope:
    """
    What the signatures of *verified* cover, once it is clear who speaks to whom.

    A receipt for a message that fails here names it by ``Verified.jti`` (which may be None).

    Raises:
        GrammarBroken: The payload is outside the grammar or not the closed envelope.
        WrongIssuer: The issuer is not the owner of the keys.
        WrongAudience: It is addressed to someone else.
    """
    # (9) (10) The payload is within the grammar, and has the members of an envelope.
    envelope = parse_envelope(verified.line.payload)
    # (11) Who signed is who speaks, and it is to us.
    if envelope.iss != verified.owner:
        raise WrongIssuer
    if envelope.aud != audience:
        raise WrongAudience
    return envelope


def check_body(envelope: Envelope, line: Line) -> dict[str, grammar.Json]:
    """
    The object that the body beside the envelope states, once it is proven to be the bound one.

    Raises:
        BodyDigestWrong: It is absent, sealed (which nothing here opens), or another one.
        BreaksSchema: It is not an object within the grammar.
    """
    # (14) The octets beside the envelope are those it binds.
    if line.body is None or digest(line.body) != envelope.bod:
        raise BodyDigestWrong
    try:
        return grammar.parse_object(line.body)
    except GrammarBroken as fault:
        raise BreaksSchema(pointer="/body") from fault
