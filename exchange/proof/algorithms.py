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

ECDSA is deterministic (RFC 6979): no signature depends on the chance of the moment.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, mldsa
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)

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
        if alg in _CURVES and jwk["kty"] == "EC":
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
        elif alg in _SIGNING_CURVES and jwk["kty"] == "EC":
            scalar = int.from_bytes(unb64u(jwk["d"]), "big")
            private = EcPrivate(alg, ec.derive_private_key(scalar, _CURVES[alg].curve))
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
    if len(seed) != SEED_BYTES or alg not in {*_MLDSA, *_SIGNING_CURVES}:
        raise ValueError(alg)
    if alg in _MLDSA:
        return AkpPrivate(alg, _MLDSA[alg].private(seed[:32]))
    curve = _CURVES[alg]
    scalar = int.from_bytes(seed, "big") % (curve.order - 1) + 1
    return EcPrivate(alg, ec.derive_private_key(scalar, curve.curve))


@dataclass(frozen=True, slots=True)
class _Curve:
    name: str
    curve: ec.EllipticCurve
    order: int
    width: int
    ecdsa: ec.ECDSA


_P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_P384_ORDER = int(
    "ffffffffffffffffffffffffffffffffffffffffffffffff"
    "c7634d81f4372ddf581a0db248b0a77aecec196accc52973",
    16,
)
_SHA256 = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)
_SHA384 = ec.ECDSA(hashes.SHA384(), deterministic_signing=True)
_CURVES = {
    "ES256": _Curve("P-256", ec.SECP256R1(), _P256_ORDER, 32, _SHA256),
    "ES384": _Curve("P-384", ec.SECP384R1(), _P384_ORDER, 48, _SHA384),
    "ECDH-ES": _Curve("P-256", ec.SECP256R1(), _P256_ORDER, 32, _SHA256),
}
_SIGNING_CURVES = frozenset({"ES256", "ES384"})


@dataclass(frozen=True, slots=True)
class EcPublic:
    """A point on a NIST curve."""

    alg: str
    point: ec.EllipticCurvePublicKey

    @classmethod
    def from_jwk(cls, jwk: Mapping[str, str]) -> "EcPublic":
        """The point of *jwk*; ValueError when it is not on the curve of its algorithm."""
        curve = _CURVES[jwk["alg"]]
        x, y = unb64u(jwk["x"]), unb64u(jwk["y"])
        if jwk["crv"] != curve.name or not len(x) == len(y) == curve.width:
            raise ValueError(jwk["alg"])
        point = ec.EllipticCurvePublicNumbers(
            int.from_bytes(x, "big"), int.from_bytes(y, "big"), curve.curve
        )
        return cls(jwk["alg"], point.public_key())

    def verify(self, octets: bytes, signature: bytes) -> bool:
        """Whether *signature* (r‖s) covers *octets*; a high s is as good as a low one."""
        curve = _CURVES[self.alg]
        if self.alg not in _SIGNING_CURVES or len(signature) != 2 * curve.width:
            return False
        r = int.from_bytes(signature[: curve.width], "big")
        s = int.from_bytes(signature[curve.width :], "big")
        try:
            self.point.verify(encode_dss_signature(r, s), octets, curve.ecdsa)
        except InvalidSignature:
            return False
        return True

    def jwk(self) -> dict[str, str]:
        """The public JWK (RFC 7518 §6.2), coordinates at full width."""
        curve, numbers = _CURVES[self.alg], self.point.public_numbers()
        return {
            "kty": "EC",
            "crv": curve.name,
            "alg": self.alg,
            "x": b64u(numbers.x.to_bytes(curve.width, "big")),
            "y": b64u(numbers.y.to_bytes(curve.width, "big")),
        }


@dataclass(frozen=True, slots=True)
class EcPrivate:
    """The scalar behind a point on a NIST curve."""

    alg: str
    scalar: ec.EllipticCurvePrivateKey

    @property
    def public(self) -> EcPublic:
        """The point."""
        return EcPublic(self.alg, self.scalar.public_key())

    def sign(self, octets: bytes) -> bytes:
        """r‖s over *octets*, with the lower of the two values of s that verify."""
        curve = _CURVES[self.alg]
        r, s = decode_dss_signature(self.scalar.sign(octets, curve.ecdsa))
        s = min(s, curve.order - s)
        return r.to_bytes(curve.width, "big") + s.to_bytes(curve.width, "big")

    def jwk(self) -> dict[str, str]:
        """The private JWK (RFC 7518 §6.2.2)."""
        scalar = self.scalar.private_numbers().private_value
        d = scalar.to_bytes(_CURVES[self.alg].width, "big")
        return self.public.jwk() | {"d": b64u(d)}


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
