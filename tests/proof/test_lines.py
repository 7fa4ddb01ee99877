"""Messages sealed and proven: every code that the proof decides, and the order of the checks."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws as joserfc_jws
from joserfc.jwk import ECKey
from jwcrypto.jwk import JWK
from jwcrypto.jws import JWS, InvalidJWSSignature

from exchange.errors import (
    BodyDigestWrong,
    BreaksSchema,
    GrammarBroken,
    LineRefused,
    Malformed,
    MessageRefused,
    MessageRejected,
    WrongAudience,
    WrongIssuer,
)
from exchange.proof import policy
from exchange.proof.curves import CURVES
from exchange.proof.encoding import b64u, digest
from exchange.proof.jws import KeyId, Line, Signature, Typ, read_line
from exchange.proof.keys import KeySet, PrivateKey, Role
from exchange.proof.lines import Verified, check_body, read_envelope, seal, verify
from exchange.proof.policy import SignatureSets
from tests.keys import MX, US, key_set_of, private_key, publish
from tests.proof.builders import BODY, ENVELOPE, JTI, LINE, NOW, members, signed

BOTH = policy.signature_sets(messages=(policy.HYBRID, policy.CLASSICAL))
CLASSICAL = seal(ENVELOPE, BODY, US.classical)
LEDGER_LIKE = replace(publish(private_key("us-ledger", "sign", "ES256")), role=Role.LEDGER)


def verified(
    line: Line,
    *,
    trusted: KeySet = US.key_set,
    accepted: SignatureSets = policy.DEFAULT,
    received_at: datetime = NOW,
) -> Verified:
    """*line* as Mexico verifies it."""
    return verify(line, trusted, accepted=accepted, received_at=received_at)


# --- The sender's line, read by libraries we did not write -----------------------------------


def test_jwcrypto_verifies_both_signatures() -> None:
    """A JOSE library that knows nothing of us verifies each signature on the wire's octets."""
    text = LINE.octets().decode()
    for key in US.signers:
        theirs = JWS()
        theirs.deserialize(text)
        theirs.verify(JWK(**key.half.public.jwk()))
        assert theirs.payload == ENVELOPE.octets()
        with pytest.raises(InvalidJWSSignature):
            theirs.verify(JWK(**private_key("other", "sign", key.alg).half.public.jwk()))


def test_joserfc_verifies_the_es256_signature() -> None:
    """A second library verifies the classical signature on the same octets."""
    outer = json.loads(LINE.octets())
    outer["signatures"] = outer["signatures"][:1]
    key = ECKey.import_key({**US.sign.half.public.jwk()})
    theirs = joserfc_jws.deserialize_json(outer, key, algorithms=["ES256"])
    assert theirs.payload == ENVELOPE.octets()


@pytest.mark.parametrize("key", US.signers, ids=lambda key: key.alg)
def test_what_jwcrypto_signs_verifies_here(key: PrivateKey) -> None:
    """A partner may sign with any JOSE library."""
    theirs = JWS(ENVELOPE.octets())
    header = {"alg": key.alg, "kid": key.kid, "typ": Typ.MESSAGE.value}
    theirs.add_signature(JWK(**key.half.jwk()), None, json.dumps(header), None)
    flat = json.loads(theirs.serialize())
    outer = {
        "payload": flat["payload"],
        "signatures": [{name: flat[name] for name in ("protected", "signature")}],
        "body": b64u(BODY),
    }
    accepted = policy.signature_sets(messages=[(key.alg,)])
    proven = verified(read_line(json.dumps(outer).encode()), accepted=accepted)
    assert read_envelope(proven, audience=MX.urn) == ENVELOPE


# --- A good message ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("signers", "accepted"),
    [
        (US.signers, policy.DEFAULT),
        (US.classical, policy.ES256_ONLY),
        (US.signers, BOTH),
        (US.classical, BOTH),
    ],
    ids=["default", "ES256 only", "both, hybrid", "both, classical"],
)
def test_a_good_message_goes_all_the_way(
    signers: tuple[PrivateKey, ...], accepted: SignatureSets
) -> None:
    """What was sealed is what is read, under every policy that accepts its signatures."""
    line = read_line(seal(ENVELOPE, BODY, signers).octets())
    proven = verified(line, accepted=accepted)
    assert read_envelope(proven, audience=MX.urn) == ENVELOPE
    assert check_body(ENVELOPE, line) == json.loads(BODY)
    assert (proven.owner, proven.received_at, proven.jti) == (US.urn, NOW, JTI)
    assert (proven.pld, proven.sig) == (line.pld, line.sig)


def test_only_verify_makes_a_verified() -> None:
    """Nobody can claim that a line was verified."""
    with pytest.raises(TypeError):
        Verified(LINE, US.urn, NOW, object())


def test_a_body_that_is_not_bound_is_not_sealed() -> None:
    """A sender cannot put another body beside an envelope by mistake."""
    with pytest.raises(ValueError, match=JTI):
        seal(ENVELOPE, b"{}", US.signers)


def test_an_envelope_in_the_partners_own_spelling_is_read() -> None:
    """Order and spacing of what was signed are the sender's, and its octets are kept."""
    payload = json.dumps(members(), indent=2).encode()
    proven = verified(read_line(signed(payload).octets()))
    assert read_envelope(proven, audience=MX.urn) == ENVELOPE
    assert proven.pld == digest(payload) != LINE.pld


def test_messages_are_sealed_in_several_threads_at_once() -> None:
    """Nothing is shared between two sealings: each line is whole."""
    envelopes = [replace(ENVELOPE, seq=number) for number in range(1, 17)]
    with ThreadPoolExecutor(4) as pool:
        lines = list(pool.map(lambda one: seal(one, BODY, US.signers), envelopes))
    proven = [verified(read_line(line.octets())) for line in lines]
    assert [read_envelope(one, audience=MX.urn) for one in proven] == envelopes


@given(at=st.integers(0, len(CLASSICAL.octets()) - 1), octet=st.integers(0, 255))
def test_one_octet_changed_is_refused_or_means_the_same(at: int, octet: int) -> None:
    """No change of one octet of a line makes a partner have said anything else."""
    changed = bytearray(CLASSICAL.octets())
    changed[at] = octet
    try:
        line = read_line(bytes(changed))
        proven = verified(line, accepted=policy.ES256_ONLY)
        body = check_body(read_envelope(proven, audience=MX.urn), line)
    except MessageRefused:
        return
    assert (line, body) == (CLASSICAL, json.loads(BODY))


# --- Before the signatures hold ---------------------------------------------------------------


def signature_with(index: int, **header: str) -> Line:
    """The good line, the header of one signature changed after it was signed."""
    one = LINE.signatures[index]
    stated = json.loads(one.protected) | header
    changed = list(LINE.signatures)
    changed[index] = Signature(json.dumps(stated).encode(), one.signature)
    return replace(LINE, signatures=tuple(changed))


def flipped(index: int) -> Line:
    """The good line, one bit of one signature changed."""
    one = LINE.signatures[index]
    changed = list(LINE.signatures)
    changed[index] = replace(one, signature=bytes([one.signature[0] ^ 1]) + one.signature[1:])
    return replace(LINE, signatures=tuple(changed))


IN_STATE = {
    "staged": publish(US.sign, active_from=NOW + timedelta(seconds=1)),
    "expired": publish(US.sign, expires_at=NOW),
    "revoked": publish(US.sign, revoked_at=NOW),
    "revoked before it was active": publish(
        US.sign, active_from=NOW + timedelta(days=1), revoked_at=NOW
    ),
}

BEFORE: dict[str, tuple[str, Line, dict[str, Any]]] = {
    "a kid nobody gave us": ("unknown-key", signature_with(0, kid="us-sign-2018a"), {}),
    "the second kid unknown": ("unknown-key", signature_with(1, kid="us-pq-2018a"), {}),
    "a kid with a path in it": ("unknown-key", signature_with(0, kid="../keys/us"), {}),
    "a kid with a line feed": ("unknown-key", signature_with(0, kid="us-sign-2019a\n"), {}),
    "an empty kid": ("unknown-key", signature_with(0, kid=""), {}),
    "the keys of the other party": ("unknown-key", LINE, {"trusted": MX.key_set}),
    "our own message sent back": (
        "unknown-key",
        signed(ENVELOPE.octets(), signers=MX.signers),
        {},
    ),
    "alg none": ("bad-signature", signature_with(0, alg="none"), {}),
    "alg of a secret": ("bad-signature", signature_with(0, alg="HS256"), {}),
    "alg of the other signature": ("bad-signature", signature_with(0, alg="ML-DSA-65"), {}),
    "the post-quantum signature stripped": ("policy", CLASSICAL, {}),
    "the classical signature stripped": (
        "policy",
        signed(ENVELOPE.octets(), signers=(US.pq_sign,)),
        {},
    ),
    "the signatures swapped": (
        "policy",
        replace(LINE, signatures=LINE.signatures[::-1]),
        {},
    ),
    "one signature more": (
        "policy",
        replace(LINE, signatures=(*LINE.signatures, LINE.signatures[0])),
        {},
    ),
    "more than ES256 only": ("policy", LINE, {"accepted": policy.ES256_ONLY}),
    "a key for another purpose": (
        "policy",
        signed(ENVELOPE.octets(), signers=(private_key("us-ledger", "sign", "ES256"),)),
        {"trusted": key_set_of(US.urn, [LEDGER_LIKE]), "accepted": policy.ES256_ONLY},
    ),
    "another payload": ("bad-signature", replace(LINE, payload=b"{}"), {}),
    "a bit of the classical signature": ("bad-signature", flipped(0), {}),
    "a bit of the post-quantum signature": ("bad-signature", flipped(1), {}),
    "a header changed after signing": (
        "bad-signature",
        signature_with(0, typ=Typ.RECEIPT),
        {},
    ),
    "a receipt sent as a message": (
        "wrong-type",
        signed(ENVELOPE.octets(), typ=Typ.RECEIPT),
        {},
    ),
    "a key set sent as a message": ("wrong-type", signed(ENVELOPE.octets(), typ=Typ.KEYS), {}),
    **{
        f"a key that is {state}": (
            "key-not-active",
            LINE,
            {"trusted": key_set_of(US.urn, [key, publish(US.pq_sign)])},
        )
        for state, key in IN_STATE.items()
    },
}


@pytest.mark.parametrize(("code", "line", "how"), BEFORE.values(), ids=BEFORE)
def test_each_fault_before_the_signatures_hold_has_its_code(
    code: str, line: Line, how: dict[str, Any]
) -> None:
    """A line that nobody is proven to have said is refused with the code of its fault."""
    with pytest.raises(LineRefused) as refused:
        verified(read_line(line.octets()), **how)
    assert refused.value.code == code


def test_the_first_failing_check_is_the_one_reported() -> None:
    """Mended one by one, a line with every fault gives the codes in the verifier's order."""
    key = private_key("us-x-2019a", "sign", "ES256")
    envelope = ENVELOPE.octets()
    line = signed(envelope, signers=(key,), typ=Typ.RECEIPT)
    header = {"alg": "none", "kid": key.kid, "typ": Typ.RECEIPT}
    broken = Line(envelope, (Signature(json.dumps(header).encode(), bytes(64)),), b"another body")
    late = {KeyId(key.kid): publish(key, expires_at=NOW)}
    held = {KeyId(key.kid): publish(key)}
    steps: list[tuple[str, Line, Any, SignatureSets]] = [
        ("unknown-key", broken, {}, policy.DEFAULT),
        ("key-not-active", broken, late, policy.DEFAULT),
        ("bad-signature", broken, held, policy.DEFAULT),
        ("policy", replace(line, payload=b"{}"), held, policy.DEFAULT),
        ("bad-signature", replace(line, payload=b"{}"), held, policy.ES256_ONLY),
        ("wrong-type", line, held, policy.ES256_ONLY),
    ]
    seen = []
    for _, each, keys, accepted in steps:
        trusted = replace(US.key_set, keys=keys)
        with pytest.raises(LineRefused) as refused:
            verify(each, trusted, accepted=accepted, received_at=NOW)
        seen.append(refused.value.code)
    assert seen == [code for code, *_ in steps]


def test_the_header_is_checked_by_verify_too() -> None:
    """A line that was not read from octets gets no further for it."""
    one = Signature(b"{}", bytes(64))
    with pytest.raises(Malformed):
        verified(Line(ENVELOPE.octets(), (one,), BODY))


def test_the_sets_of_the_day_are_the_ones_accepted() -> None:
    """From the day the agreement asks for two signatures, one is not enough."""
    accepted = SignatureSets(
        (
            policy.Accepted(Typ.MESSAGE, policy.CLASSICAL, until=NOW),
            policy.Accepted(Typ.MESSAGE, policy.HYBRID, since=NOW),
        )
    )
    verified(CLASSICAL, accepted=accepted, received_at=NOW - timedelta(seconds=1))
    with pytest.raises(LineRefused, match=r"^policy$"):
        verified(CLASSICAL, accepted=accepted, received_at=NOW)


# --- Malleability -----------------------------------------------------------------------------


def test_the_higher_s_is_the_same_message_and_other_evidence() -> None:
    """The twin of an ECDSA signature verifies: ``pld`` stays, ``sig`` tells the two apart."""
    one = CLASSICAL.signatures[0]
    s = CURVES["ES256"].order - int.from_bytes(one.signature[32:], "big")
    twin = replace(one, signature=one.signature[:32] + s.to_bytes(32, "big"))
    line = read_line(replace(CLASSICAL, signatures=(twin,)).octets())
    proven = verified(line, accepted=policy.ES256_ONLY)
    assert proven.pld == CLASSICAL.pld
    assert proven.sig != CLASSICAL.sig


def test_sealing_again_is_the_same_message_and_other_evidence() -> None:
    """ML-DSA signatures are never alike, so a message sealed twice has two ``sig``."""
    again = seal(ENVELOPE, BODY, US.signers)
    assert again.pld == LINE.pld
    assert again.sig != LINE.sig


def test_a_second_text_of_a_signature_is_refused() -> None:
    """Jwcrypto takes a signature whose unused bits are set; the closed line does not."""
    text = CLASSICAL.octets().decode()
    last = json.loads(text)["signatures"][0]["signature"]
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    sloppy = last[:-1] + alphabet[alphabet.index(last[-1]) + 1]
    changed = text.replace(last, sloppy)
    theirs = JWS()
    theirs.deserialize(changed)
    theirs.verify(JWK(**US.sign.half.public.jwk()))
    with pytest.raises(Malformed):
        read_line(changed.encode())


# --- After the signatures hold ----------------------------------------------------------------

OTHER_JTI = "01699649-7f80-7000-8000-00000000000A"

AFTER: dict[str, tuple[type[MessageRejected], bytes, str | None]] = {
    "no JSON": (GrammarBroken, b"{", None),
    "nothing": (GrammarBroken, b"", None),
    "an array": (GrammarBroken, b"[]", None),
    "a member twice": (
        GrammarBroken,
        ENVELOPE.octets()[:-1] + b',"jti":"x"}',
        None,
    ),
    "a seq of 7.0": (GrammarBroken, ENVELOPE.octets().replace(b"7,", b"7.0,"), None),
    "a member missing": (GrammarBroken, json.dumps(members(irt=...)).encode(), JTI),
    "a member too many": (GrammarBroken, json.dumps(members(exp=1)).encode(), JTI),
    "a jti that is not its own spelling": (
        GrammarBroken,
        json.dumps(members(jti=OTHER_JTI)).encode(),
        None,
    ),
    "another issuer": (WrongIssuer, json.dumps(members(iss=MX.urn)).encode(), JTI),
    "another issuer and audience": (
        WrongIssuer,
        json.dumps(members(iss="urn:handoff:us:other", aud=US.urn)).encode(),
        JTI,
    ),
    "another audience": (WrongAudience, json.dumps(members(aud=US.urn)).encode(), JTI),
}


@pytest.mark.parametrize(("error", "payload", "jti"), AFTER.values(), ids=AFTER)
def test_each_fault_of_an_envelope_has_its_code(
    error: type[MessageRejected], payload: bytes, jti: str | None
) -> None:
    """A message the partner signed is rejected by code, and named by its jti if it has one."""
    proven = verified(read_line(signed(payload).octets()))
    with pytest.raises(error) as rejected:
        read_envelope(proven, audience=MX.urn)
    assert rejected.value.pointer is None
    assert proven.jti == jti


@pytest.mark.parametrize(
    "beside",
    [
        replace(LINE, body=None),
        replace(LINE, body=b""),
        replace(LINE, body=BODY + b" "),
        replace(LINE, body=None, sealed="e30.e30.e30.e30.e30"),
    ],
    ids=["absent", "empty", "another", "sealed"],
)
def test_a_body_that_is_not_the_bound_one_is_body_digest(beside: Line) -> None:
    """The signatures hold without it, and the message is rejected for it."""
    line = read_line(beside.octets())
    envelope = read_envelope(verified(line), audience=MX.urn)
    with pytest.raises(BodyDigestWrong):
        check_body(envelope, line)


@pytest.mark.parametrize("body", [b"", b"[]", b'{"a":1,"a":1}', b'{"a":1.5}', b"\xff"], ids=repr)
def test_a_bound_body_outside_the_grammar_breaks_its_schema(body: bytes) -> None:
    """It is the body that was signed for, and no schema could be for it."""
    envelope = replace(ENVELOPE, bod=digest(body))
    line = read_line(signed(envelope.octets(), body=body).octets())
    with pytest.raises(BreaksSchema) as rejected:
        check_body(read_envelope(verified(line), audience=MX.urn), line)
    assert rejected.value.pointer == "/body"
