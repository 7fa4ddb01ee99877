"""
The algorithms of keys, and keys as the JWK that carries them.

The algorithm always comes from the key, never from a message.

========== ==== ======= ============================================ ========
alg        kty  crv     signature octets                             source
========== ==== ======= ============================================ ========
ES256      EC   P-256   r‖s, 64; written with low s, read with any   RFC 7518
ES384      EC   P-384   r‖s, 96; the same                            RFC 7518
ECDH-ES    EC   P-256   none: it agrees on keys for sealed bodies    RFC 7518
ML-DSA-44  AKP          2420; pure, empty context                    RFC 9964
ML-DSA-65  AKP          3309                                         RFC 9964
ML-DSA-87  AKP          4627                                         RFC 9964
Ed25519    OKP  Ed25519 64                                           RFC 9864
========== ==== ======= ============================================ ========
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ed25519, mldsa

from exchange.proof.curves import CURVES, SIGNING_CURVES, EcPrivate, EcPublic
from exchange.proof.encoding import b64u, unb64u

SEED_BYTES = 64

MldsaPublic: TypeAlias = mldsa.MLDSA44PublicKey | mldsa.MLDSA65PublicKey | mldsa.MLDSA87PublicKey
MldsaPrivate: TypeAlias = (
    mldsa.MLDSA44PrivateKey | mldsa.MLDSA65PrivateKey | mldsa.MLDSA87PrivateKey
)


class PublicHalf(Protocol):
    """What anyone may hold of a key: it tells whether a signature covers some octets."""

    @property
    def alg(self) -> str:
        """The JOSE name of the algorithm."""
        ...

    def verify(self, octets: bytes, signature: bytes) -> bool:
        """Whether *signature* covers exactly *octets*."""
        ...

    def jwk(self) -> dict[str, str]:
        """The public JWK, without ``kid``."""
        ...


class PrivateHalf(Protocol):
    """What one party alone holds of a key: it signs."""

    @property
    def alg(self) -> str:
        """The JOSE name of the algorithm."""
        ...

    @property
    def public(self) -> PublicHalf:
        """The half that others may see."""
        ...

    def sign(self, octets: bytes) -> bytes:
        """A signature over exactly *octets*."""
        ...

    def jwk(self) -> dict[str, str]:
        """The private JWK, without ``kid``: never written in the clear."""
        ...


def read_public_jwk(jwk: Mapping[str, str]) -> PublicHalf:
    """
    The public half that *jwk* carries; members other than its algorithm's are ignored.

    Raises:
        ValueError: *jwk* has no algorithm of the table, or is not a key of it.
    """
    try:
        alg = jwk["alg"]
        if alg in CURVES and jwk["kty"] == "EC":
            return EcPublic.from_jwk(jwk)
        if alg in _MLDSA and jwk["kty"] == "AKP":
            return AkpPublic(alg, _MLDSA[alg].public(unb64u(jwk["pub"])))
        if alg == "Ed25519" and (jwk["kty"], jwk["crv"]) == ("OKP", "Ed25519"):
            return OkpPublic(ed25519.Ed25519PublicKey.from_public_bytes(unb64u(jwk["x"])))
    except KeyError as fault:
        raise ValueError(str(fault)) from fault
    raise ValueError(alg)


def read_private_jwk(jwk: Mapping[str, str]) -> PrivateHalf:
    """
    The private half that *jwk* carries.

    Raises:
        ValueError: *jwk* has no signing algorithm of ours, or is not a key of it.
    """
    try:
        alg = jwk["alg"]
        if alg in _MLDSA and jwk["kty"] == "AKP":
            private: PrivateHalf = AkpPrivate(alg, _MLDSA[alg].private(unb64u(jwk["priv"])))
        elif alg == "Ed25519" and (jwk["kty"], jwk["crv"]) == ("OKP", "Ed25519"):
            private = OkpPrivate(ed25519.Ed25519PrivateKey.from_private_bytes(unb64u(jwk["d"])))
        elif alg in SIGNING_CURVES and jwk["kty"] == "EC":
            private = EcPrivate.from_scalar(alg, int.from_bytes(unb64u(jwk["d"]), "big"))
        else:
            raise ValueError(alg)
    except KeyError as fault:
        raise ValueError(str(fault)) from fault
    if any(jwk.get(name) != value for name, value in private.public.jwk().items()):
        raise ValueError(alg)
    return private


def new_private(alg: str, seed: bytes) -> PrivateHalf:
    """
    A private key made from *seed*: 64 octets of chance (or fixed ones, in tests).

    Raises:
        ValueError: *alg* does not sign, or *seed* is of another length.
    """
    if len(seed) != SEED_BYTES or alg not in {*_MLDSA, *SIGNING_CURVES, "Ed25519"}:
        raise ValueError(alg)
    if alg == "Ed25519":
        return OkpPrivate(ed25519.Ed25519PrivateKey.from_private_bytes(seed[:32]))
    if alg in _MLDSA:
        return AkpPrivate(alg, _MLDSA[alg].private(seed[:32]))
    scalar = int.from_bytes(seed, "big") % (CURVES[alg].order - 1) + 1
    return EcPrivate.from_scalar(alg, scalar)


@dataclass(frozen=True, slots=True)
class _Mldsa:
    public: Callable[[bytes], MldsaPublic]
    private: Callable[[bytes], MldsaPrivate]


_MLDSA = {
    "ML-DSA-44": _Mldsa(
        mldsa.MLDSA44PublicKey.from_public_bytes, mldsa.MLDSA44PrivateKey.from_seed_bytes
    ),
    "ML-DSA-65": _Mldsa(
        mldsa.MLDSA65PublicKey.from_public_bytes, mldsa.MLDSA65PrivateKey.from_seed_bytes
    ),
    "ML-DSA-87": _Mldsa(
        mldsa.MLDSA87PublicKey.from_public_bytes, mldsa.MLDSA87PrivateKey.from_seed_bytes
    ),
}


@dataclass(frozen=True, slots=True)
class AkpPublic:
    """An ML-DSA public key (FIPS 204), carried as an "algorithm key pair"."""

    alg: str
    key: MldsaPublic

    def verify(self, octets: bytes, signature: bytes) -> bool:
        """Whether *signature*, made with the empty context, covers *octets*."""
        try:
            self.key.verify(signature, octets)
        except InvalidSignature:
            return False
        return True

    def jwk(self) -> dict[str, str]:
        """The public JWK (RFC 9964 §3)."""
        return {"kty": "AKP", "alg": self.alg, "pub": b64u(self.key.public_bytes_raw())}


@dataclass(frozen=True, slots=True)
class AkpPrivate:
    """The 32-octet seed of an ML-DSA key."""

    alg: str
    key: MldsaPrivate

    @property
    def public(self) -> AkpPublic:
        """The public key."""
        return AkpPublic(self.alg, self.key.public_key())

    def sign(self, octets: bytes) -> bytes:
        """A hedged signature over *octets*: no two are alike."""
        return self.key.sign(octets)

    def jwk(self) -> dict[str, str]:
        """The private JWK (RFC 9964 §3): ``priv`` is the seed."""
        return self.public.jwk() | {"priv": b64u(self.key.private_bytes_raw())}


@dataclass(frozen=True, slots=True)
class OkpPublic:
    """An Ed25519 public key: it signs checkpoints, not messages."""

    key: ed25519.Ed25519PublicKey
    alg: str = "Ed25519"

    def verify(self, octets: bytes, signature: bytes) -> bool:
        """Whether *signature* covers *octets*."""
        try:
            self.key.verify(signature, octets)
        except InvalidSignature:
            return False
        return True

    def jwk(self) -> dict[str, str]:
        """The public JWK (RFC 8037 §2, RFC 9864)."""
        x = b64u(self.key.public_bytes_raw())
        return {"kty": "OKP", "crv": "Ed25519", "alg": self.alg, "x": x}


@dataclass(frozen=True, slots=True)
class OkpPrivate:
    """The 32-octet seed of an Ed25519 key."""

    key: ed25519.Ed25519PrivateKey

    @property
    def alg(self) -> str:
        """The JOSE name of the algorithm."""
        return self.public.alg

    @property
    def public(self) -> OkpPublic:
        """The public key."""
        return OkpPublic(self.key.public_key())

    def sign(self, octets: bytes) -> bytes:
        """The one signature over *octets* (RFC 8032)."""
        return self.key.sign(octets)

    def jwk(self) -> dict[str, str]:
        """The private JWK (RFC 8037 §2): ``d`` is the seed."""
        return self.public.jwk() | {"d": b64u(self.key.private_bytes_raw())}
