"""
Bodies sealed for the partner alone: signed first, then sealed, and made anew for every attempt.

A sealed body is a compact JWE (RFC 7516 §7.1) whose protected header has exactly four members::

    {"alg":"ECDH-ES","enc":"A256GCM","epk":{"crv":"P-256","kty":"EC","x":"…","y":"…"},"kid":"…"}

Nothing else is taken: no other algorithm, no compression, no wrapped key, no further member. The
header is judged here before any library sees it; joserfc then does the agreement (RFC 7518 §4.6).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from exchange.errors import GrammarBroken
from exchange.proof import grammar
from exchange.proof.curves import CURVES, EcPrivate, EcPublic
from exchange.proof.encoding import unb64u
from exchange.proof.envelope import Entropy
from exchange.proof.jws import KeyId
from exchange.proof.keys import PublicKey

ALG, ENC = "ECDH-ES", "A256GCM"
HEADER_BYTES_MAX = 1024
SEED_BYTES = 64
_MEMBERS = frozenset({"alg", "enc", "epk", "kid"})
_POINT = frozenset({"crv", "kty", "x", "y"})
_NONCE_BYTES, _TAG_BYTES = 12, 16


class Fault(StrEnum):
    """Why a sealed body does not open. On the wire each is ``body-digest`` (design §4)."""

    ALGORITHM = "sealed-algorithm"
    """Another algorithm than the one, such as ``dir``."""
    COMPRESSED = "sealed-compressed"
    """It was compressed first: its length tells of its content, and opening it may fill memory."""
    HEADER = "sealed-header"
    """The header is no closed object of the four members."""
    RECIPIENT = "sealed-recipient"
    """It was sealed for a key that is not ours."""
    CURVE = "sealed-curve"
    """The ephemeral key is no point of P-256."""
    ALTERED = "sealed-altered"
    """It was made otherwise, or is no longer as it was made."""


class NotOpened(Exception):
    """A sealed body does not open. The message is rejected; *fault* is for our own log."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class OpeningKey:
    """A private key that opens what was sealed for us. It signs nothing."""

    kid: KeyId
    half: EcPrivate = field(repr=False)


def new_opening_half(seed: bytes) -> EcPrivate:
    """
    A private key made from *seed*: 64 octets of chance (or fixed ones, in tests).

    Raises:
        ValueError: *seed* is of another length.
    """
    if len(seed) != SEED_BYTES:
        raise ValueError(ALG)
    scalar = int.from_bytes(seed, "big") % (CURVES[ALG].order - 1) + 1
    return EcPrivate.from_scalar(ALG, scalar)


def new_opening_key(kid: KeyId, entropy: Entropy) -> OpeningKey:
    """A fresh key of that name."""
    return OpeningKey(kid, new_opening_half(entropy(SEED_BYTES)))


def read_opening_half(jwk: Mapping[str, str]) -> EcPrivate:
    """
    The private half that *jwk* carries.

    Raises:
        ValueError: It is no private key of this agreement.
    """
    try:
        if (jwk["alg"], jwk["kty"]) != (ALG, "EC"):
            raise ValueError(ALG)
        half = EcPrivate.from_scalar(ALG, int.from_bytes(unb64u(jwk["d"]), "big"))
    except KeyError as fault:
        raise ValueError(str(fault)) from fault
    if any(jwk.get(name) != value for name, value in half.public.jwk().items()):
        raise ValueError(ALG)
    return half


def seal_body(body: bytes, recipient: PublicKey) -> str:
    """*body* as only the owner of *recipient*, a key published to encrypt, can read it."""
    header = {"alg": ALG, "enc": ENC, "kid": recipient.kid}
    key = ECKey.import_key(_plain(recipient.half.jwk()))
    return jwe.encrypt_compact(header, body, key, algorithms=[ALG, ENC])


def open_body(sealed: str, keys: Mapping[KeyId, OpeningKey]) -> bytes:
    """
    The octets that were sealed for one of *keys*.

    Raises:
        NotOpened: Why it does not open; the first fault that was found.
    """
    parts = sealed.split(".")
    try:
        header, wrapped, nonce, _, tag = (unb64u(part) for part in parts)
    except ValueError as fault:
        raise NotOpened(Fault.ALTERED) from fault
    key = keys.get(KeyId(_read_recipient(header)))
    if key is None:
        raise NotOpened(Fault.RECIPIENT)
    if wrapped or (len(nonce), len(tag)) != (_NONCE_BYTES, _TAG_BYTES):
        raise NotOpened(Fault.ALTERED)
    private = ECKey.import_key(_plain(key.half.jwk()))
    try:
        opened = jwe.decrypt_compact(sealed, private, algorithms=[ALG, ENC])
    except (JoseError, ValueError) as fault:
        raise NotOpened(Fault.ALTERED) from fault
    return opened.plaintext or b""


def _read_recipient(header: bytes) -> str:
    """
    The name of the key that a protected header says it was sealed for.

    Raises:
        NotOpened: The header is not exactly the one above.
    """
    if len(header) > HEADER_BYTES_MAX:
        raise NotOpened(Fault.HEADER)
    try:
        members = grammar.parse_object(header)
    except GrammarBroken as fault:
        raise NotOpened(Fault.HEADER) from fault
    if "zip" in members:
        raise NotOpened(Fault.COMPRESSED)
    if (members.get("alg"), members.get("enc")) != (ALG, ENC):
        raise NotOpened(Fault.ALGORITHM)
    kid = members.get("kid")
    if members.keys() != _MEMBERS or not isinstance(kid, str):
        raise NotOpened(Fault.HEADER)
    _check_point(members["epk"])
    return kid


def _check_point(epk: grammar.Json) -> None:
    """
    Nothing, when *epk* is a point of P-256: on another curve it would be asked for our secret.

    Raises:
        NotOpened: It is none.
    """
    if not isinstance(epk, dict) or epk.keys() != _POINT or epk["kty"] != "EC":
        raise NotOpened(Fault.CURVE)
    point = {name: value for name, value in epk.items() if isinstance(value, str)}
    try:
        EcPublic.from_jwk({**point, "alg": ALG})
    except (KeyError, ValueError) as fault:
        raise NotOpened(Fault.CURVE) from fault


def _plain(jwk: Mapping[str, str]) -> dict[str, str | list[str]]:
    """A JWK with its numbers alone: what it is for is judged here and not by the library."""
    return {name: value for name, value in jwk.items() if name != "alg"}
