"""
Keys on the NIST curves, and signatures as JWS writes them: r‖s (RFC 7518 §3.4), not DER.

Signing is deterministic (RFC 6979), so no signature depends on the chance of the moment, and
gives the lower of the two values of s that verify. Reading takes either: half of what a
partner's HSM signs has the higher one.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)

from exchange.proof.encoding import b64u, unb64u


@dataclass(frozen=True, slots=True)
class Curve:
    """A curve as JWS uses it: *width* is the octets of a coordinate, and of r and s."""

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
CURVES = {
    "ES256": Curve("P-256", ec.SECP256R1(), _P256_ORDER, 32, _SHA256),
    "ES384": Curve("P-384", ec.SECP384R1(), _P384_ORDER, 48, _SHA384),
    "ECDH-ES": Curve("P-256", ec.SECP256R1(), _P256_ORDER, 32, _SHA256),
}
SIGNING_CURVES = frozenset({"ES256", "ES384"})


@dataclass(frozen=True, slots=True)
class EcPublic:
    """A point on a NIST curve."""

    alg: str
    point: ec.EllipticCurvePublicKey

    @classmethod
    def from_jwk(cls, jwk: Mapping[str, str]) -> "EcPublic":
        """The point of *jwk*; ValueError when it is not on the curve of its algorithm."""
        curve = CURVES[jwk["alg"]]
        x, y = unb64u(jwk["x"]), unb64u(jwk["y"])
        if jwk["crv"] != curve.name or not len(x) == len(y) == curve.width:
            raise ValueError(jwk["alg"])
        point = ec.EllipticCurvePublicNumbers(
            int.from_bytes(x, "big"), int.from_bytes(y, "big"), curve.curve
        )
        return cls(jwk["alg"], point.public_key())

    def verify(self, octets: bytes, signature: bytes) -> bool:
        """Whether *signature* (r‖s) covers *octets*; a high s is as good as a low one."""
        curve = CURVES[self.alg]
        if self.alg not in SIGNING_CURVES or len(signature) != 2 * curve.width:
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
        curve, numbers = CURVES[self.alg], self.point.public_numbers()
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

    @classmethod
    def from_scalar(cls, alg: str, scalar: int) -> "EcPrivate":
        """The key of *scalar*; ValueError when it is not between 1 and the order."""
        return cls(alg, ec.derive_private_key(scalar, CURVES[alg].curve))

    @property
    def public(self) -> EcPublic:
        """The point."""
        return EcPublic(self.alg, self.scalar.public_key())

    def sign(self, octets: bytes) -> bytes:
        """r‖s over *octets*, with the lower of the two values of s that verify."""
        curve = CURVES[self.alg]
        r, s = decode_dss_signature(self.scalar.sign(octets, curve.ecdsa))
        s = min(s, curve.order - s)
        return r.to_bytes(curve.width, "big") + s.to_bytes(curve.width, "big")

    def jwk(self) -> dict[str, str]:
        """The private JWK (RFC 7518 §6.2.2)."""
        scalar = self.scalar.private_numbers().private_value
        d = scalar.to_bytes(CURVES[self.alg].width, "big")
        return self.public.jwk() | {"d": b64u(d)}
