"""Signatures on the NIST curves, as JWS writes them."""

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from exchange.proof.algorithms import read_public_jwk
from exchange.proof.curves import CURVES, EcPrivate
from exchange.proof.encoding import b64u
from tests.keys import private_key

ES256 = private_key("curve-a", "sign", "ES256").half
ES384 = private_key("curve-b", "sign", "ES384").half


@pytest.mark.parametrize(("half", "size"), [(ES256, 64), (ES384, 96)], ids=["ES256", "ES384"])
def test_a_signature_is_r_and_s_at_full_width(half: EcPrivate, size: int) -> None:
    """It has one length whatever its numbers are, and s is never above half the order."""
    order = CURVES[half.alg].order
    for number in range(40):
        octets = b"message %d" % number
        signature = half.sign(octets)
        assert len(signature) == size
        assert int.from_bytes(signature[size // 2 :], "big") <= order // 2
        assert half.public.verify(octets, signature)
        assert half.sign(octets) == signature


def test_rfc_6979_is_what_makes_it_deterministic() -> None:
    """The example of RFC 6979 A.2.5 gives the r and s printed there (s as its lower twin)."""
    scalar = 0xC9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721
    r = 0xEFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716
    s = 0xF7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8
    signature = EcPrivate.from_scalar("ES256", scalar).sign(b"sample")
    assert signature == r.to_bytes(32, "big") + (CURVES["ES256"].order - s).to_bytes(32, "big")


def test_the_higher_s_verifies_too() -> None:
    """What half of a partner's HSM's signatures look like is accepted."""
    signature = ES256.sign(b"octets")
    s = CURVES["ES256"].order - int.from_bytes(signature[32:], "big")
    assert ES256.public.verify(b"octets", signature[:32] + s.to_bytes(32, "big"))


def test_der_is_no_signature_of_jws() -> None:
    """What ``openssl dgst -sign`` writes has to be taken apart first."""
    key = ec.derive_private_key(7, ec.SECP256R1())
    der = key.sign(b"octets", ec.ECDSA(hashes.SHA256()))
    half = EcPrivate("ES256", key)
    assert not half.public.verify(b"octets", der)


@pytest.mark.parametrize("signature", [b"", bytes(64), b"\xff" * 64, bytes(63), bytes(65)])
def test_nonsense_does_not_verify(signature: bytes) -> None:
    """Zeros, numbers over the order and other lengths are simply no signature."""
    assert not ES256.public.verify(b"octets", signature)


def test_a_key_that_agrees_on_keys_verifies_nothing() -> None:
    """An ECDH-ES key is on the curve of ES256, but no signature is its own."""
    public = read_public_jwk(ES256.public.jwk() | {"alg": "ECDH-ES"})
    assert not public.verify(b"octets", ES256.sign(b"octets"))
    assert public.jwk()["alg"] == "ECDH-ES"


@pytest.mark.parametrize(
    "changes",
    [{"crv": "P-384"}, {"x": b64u(bytes(32))}, {"x": b64u(bytes(31))}, {"y": "!"}, {"x": "AA=="}],
    ids=repr,
)
def test_a_point_off_the_curve_is_refused(changes: dict[str, str]) -> None:
    """A JWK whose coordinates are no point of its curve, at full width, is no key."""
    with pytest.raises(ValueError):  # noqa: PT011 - any ValueError is the promise
        read_public_jwk(ES256.public.jwk() | changes)
