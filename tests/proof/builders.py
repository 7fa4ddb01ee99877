"""Good envelopes, bodies and lines, from which a test changes the one thing it is about."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from exchange.proof import grammar
from exchange.proof.encoding import b64u, digest
from exchange.proof.envelope import MessageId, make_envelope
from exchange.proof.jws import Line, Signer, Typ, sign_line
from exchange.proof.lines import seal
from tests.keys import MX, US

NOW = datetime(2019, 3, 19, 15, 0, tzinfo=UTC)
JTI = MessageId("01699649-7f80-7000-8000-000000000001")
HANDOFF = "1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed"
BODY = grammar.canonical(
    {"reason": "withdrawn", "revision": 1, "salt": b64u(digest(b"a salt of the tests")[:16])}
)
ENVELOPE = make_envelope(
    iss=US.urn,
    aud=MX.urn,
    jti=JTI,
    sealed_at=NOW,
    seq=7,
    schema="urn:handoff:schema:return-cancellation:1",
    sub=HANDOFF,
    irt=None,
    body=BODY,
)
LINE = seal(ENVELOPE, BODY, US.signers)


def members(**changes: Any) -> dict[str, Any]:
    """The members of the good envelope, with *changes*; one given as ... is left out."""
    stated = grammar.parse_object(ENVELOPE.octets()) | changes
    return {name: value for name, value in stated.items() if value is not ...}


def signed(
    payload: bytes,
    *,
    signers: Sequence[Signer] = US.signers,
    typ: Typ = Typ.MESSAGE,
    body: bytes | None = BODY,
) -> Line:
    """A line that really is signed, over any payload."""
    return sign_line(payload, signers, typ, body=body)
