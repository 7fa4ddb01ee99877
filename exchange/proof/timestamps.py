"""
Proof by an authority that neither side runs that octets were there at a time (RFC 3161).

What is stamped are cosigned checkpoints, so one stamp a day proves all that was said before it.
The authority learns a digest and nothing else. A stamp is kept as it was answered, because that
is what any other program verifies.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import cast

from cryptography import x509
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from exchange.errors import TimeStampRefused
from exchange.proof.encoding import digest

MEDIA_ASKED, MEDIA_ANSWERED = "application/timestamp-query", "application/timestamp-reply"
"""The media types of RFC 3161 §3.4."""
ANSWER_BYTES_MAX = 64 * 1024
"""An answer with a chain of certificates is some kilobytes."""


@dataclass(frozen=True, slots=True)
class Authority:
    """
    Who may stamp: whoever has a certificate for nothing but stamping under one of the *roots*.

    The certificates between are *intermediates*, where an answer does not bring them.
    """

    roots: tuple[x509.Certificate, ...]
    intermediates: tuple[x509.Certificate, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """What an authority is asked, and the number that its answer must repeat."""

    octets: bytes = field(repr=False)
    nonce: int


@dataclass(frozen=True, slots=True)
class Stamp:
    """An answer that holds, as it came, and the time it proves."""

    octets: bytes = field(repr=False)
    at: datetime
    serial: int


def read_authority(pem: bytes, intermediates: bytes = b"") -> Authority:
    """
    Return who may stamp, by the certificates of its roots.

    Raises:
        ValueError: There is none, or what is there is no certificate.
    """
    between = x509.load_pem_x509_certificates(intermediates) if intermediates else []
    return Authority(tuple(x509.load_pem_x509_certificates(pem)), tuple(between))


def ask_for(stamped: bytes) -> Question:
    """Return what asks for a stamp of *stamped*: its SHA-256 and a fresh number."""
    builder = TimestampRequestBuilder().data(stamped).hash_algorithm(HashAlgorithm.SHA256)
    request = builder.nonce(nonce=True).cert_request(cert_request=True).build()
    return Question(request.as_bytes(), cast("int", request.nonce))


def read_stamp(
    answer: bytes, stamped: bytes, authority: Authority, *, nonce: int | None = None
) -> Stamp:
    """
    Return the stamp that *answer* is, once it is proven to be one of *stamped*.

    With a *nonce* it is also proven to answer that question; years later there is none. The
    certificates need to have been valid when it was made.

    Raises:
        TimeStampRefused: It is none, of other octets, of another question, or of somebody else.
    """
    if len(answer) > ANSWER_BYTES_MAX:
        raise TimeStampRefused
    try:
        response = decode_timestamp_response(answer)
        _verify(response, stamped, authority, nonce)
        made = response.tst_info
    except (VerificationError, ValueError) as fault:
        raise TimeStampRefused from fault
    return Stamp(answer, made.gen_time.astimezone(UTC), made.serial_number)


def _verify(
    response: TimeStampResponse, stamped: bytes, authority: Authority, nonce: int | None
) -> None:
    """
    Return where *response* is a stamp of *stamped*.

    Raises:
        VerificationError: It is not.
    """
    verifier = VerifierBuilder(
        roots=list(authority.roots), intermediates=list(authority.intermediates), nonce=nonce
    )
    verifier.build().verify(response, digest(stamped))
