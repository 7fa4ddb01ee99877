"""Keys as JWK, by every algorithm we know."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwcrypto.jwk import JWK

from exchange.proof.algorithms import (
    SEED_BYTES,
    OkpPublic,
    new_private,
    read_private_jwk,
    read_public_jwk,
)
from exchange.proof.curves import CURVES
from exchange.proof.encoding import b64u, unb64u
from tests.keys import private_key

SIGNING = ["ES256", "ES384", "ML-DSA-44", "ML-DSA-65", "ML-DSA-87", "Ed25519"]
ED25519 = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


@pytest.mark.parametrize("alg", SIGNING)
def test_a_key_comes_back_from_its_jwk(alg: str) -> None:
    """Both halves are read from their JWK again and fit together."""
    half = private_key("any", "sign", alg).half
    again = read_private_jwk(half.jwk())
    public = read_public_jwk(half.public.jwk())
    assert again.jwk() == half.jwk()
    assert public.alg == again.alg == alg
    assert public.verify(b"octets", again.sign(b"octets"))
    assert not public.verify(b"Octets", again.sign(b"octets"))


@pytest.mark.parametrize("alg", SIGNING)
def test_another_library_names_our_keys_alike(alg: str) -> None:
    """Jwcrypto reads our private JWK and derives the same public one from it."""
    half = private_key("any", "sign", alg).half
    theirs = JWK(**half.jwk()).export_public(as_dict=True)
    assert {name: theirs[name] for name in half.public.jwk()} == half.public.jwk()


def test_an_ed25519_key_verifies() -> None:
    """A ledger's key is read from its JWK and tells its signatures from others."""
    half = OkpPublic(ED25519.public_key())
    public = read_public_jwk(half.jwk())
    assert public.jwk() == half.jwk()
    assert public.verify(b"octets", ED25519.sign(b"octets"))
    assert not public.verify(b"octets", bytes(64))


def test_a_signature_of_another_length_is_none() -> None:
    """A signature cut short does not verify, and nothing breaks over it."""
    public = private_key("any", "sign", "ML-DSA-65").half.public
    assert not public.verify(b"octets", b"")


EC = private_key("any", "sign", "ES256").half
AKP = private_key("any", "sign", "ML-DSA-65").half
OKP = private_key("any", "ledger", "Ed25519").half


@pytest.mark.parametrize(
    "jwk",
    [
        {},
        {"kty": "EC"},
        {"kty": "oct", "alg": "HS256", "k": "AAAA"},
        EC.public.jwk() | {"alg": "none"},
        EC.public.jwk() | {"kty": "AKP"},
        AKP.public.jwk() | {"kty": "EC"},
        AKP.public.jwk() | {"alg": "ML-DSA-87"},
        AKP.public.jwk() | {"pub": "AAAA"},
        {"kty": "AKP", "alg": "ML-DSA-65"},
        {"kty": "OKP", "crv": "X25519", "alg": "Ed25519", "x": b64u(bytes(32))},
        {"kty": "OKP", "crv": "Ed25519", "alg": "Ed25519", "x": b64u(bytes(31))},
    ],
    ids=range(11),
)
def test_what_is_no_public_key_is_refused(jwk: dict[str, str]) -> None:
    """An unknown algorithm, another type and octets of the wrong length are no key."""
    with pytest.raises(ValueError):  # noqa: PT011 - any ValueError is the promise
        read_public_jwk(jwk)


@pytest.mark.parametrize(
    "jwk",
    [
        {},
        EC.public.jwk(),
        EC.jwk() | {"alg": "ECDH-ES"},
        EC.jwk() | {"alg": "none"},
        EC.jwk() | {"d": b64u(bytes(32))},
        EC.jwk() | {"d": b64u(b"\xff" * 32)},
        EC.jwk() | {"x": private_key("other", "sign", "ES256").half.public.jwk()["x"]},
        AKP.jwk() | {"priv": "AAAA"},
        AKP.jwk() | {"kty": "EC"},
        OKP.jwk() | {"crv": "X25519"},
        OKP.jwk() | {"kty": "EC"},
        AKP.jwk() | {"pub": private_key("other", "sign", "ML-DSA-65").half.public.jwk()["pub"]},
    ],
    ids=range(12),
)
def test_what_is_no_private_key_is_refused(jwk: dict[str, str]) -> None:
    """A missing or impossible secret, or one of another public key, is no key."""
    with pytest.raises(ValueError):  # noqa: PT011 - any ValueError is the promise
        read_private_jwk(jwk)


@pytest.mark.parametrize(("alg", "size"), [("ES256", 32), ("ECDH-ES", SEED_BYTES), ("none", 64)])
def test_a_key_is_made_from_enough_chance_only(alg: str, size: int) -> None:
    """A short seed and an algorithm that signs no line make no key."""
    with pytest.raises(ValueError):  # noqa: PT011 - any ValueError is the promise
        new_private(alg, bytes(size))


@pytest.mark.parametrize("alg", ["ES256", "ES384"])
def test_any_chance_makes_a_key_of_the_curve(alg: str) -> None:
    """The least chance makes the private number one, the order less one makes it one again."""
    order = CURVES[alg].order
    private = {}
    for seed in (0, 1, order - 2, order - 1):
        jwk = new_private(alg, seed.to_bytes(64)).jwk()
        private[seed] = int.from_bytes(unb64u(jwk["d"]))
    assert private == {0: 1, 1: 2, order - 2: order - 1, order - 1: 1}


def test_an_algorithm_and_its_kind_belong_together() -> None:
    """A private key of ES256 that calls itself AKP, and ML-DSA that calls itself EC, are none."""
    es256, mldsa = (new_private(alg, bytes(64)).jwk() for alg in ("ES256", "ML-DSA-65"))
    for jwk in ({**es256, "kty": "AKP", "priv": mldsa["priv"]}, {**mldsa, "kty": "EC"}):
        with pytest.raises(ValueError, match=jwk["alg"]):
            read_private_jwk(jwk)
