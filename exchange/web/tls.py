"""
TLS between the two authorities: version 1.3 only, and both sides show a certificate.

A certificate names its party in a URI of its subject alternative names, or else in its common
name; the party must be the issuer of what is said over the connection.
"""

import ssl
from pathlib import Path
from typing import Final

from aiohttp import web

from exchange.errors import Forbidden

CERTIFICATE_HEADER: Final = "X-Client-Certificate-Subject"
_URN: Final = "urn:handoff:"


def server_context(*, certificate: Path, key: Path, client_authorities: Path) -> ssl.SSLContext:
    """Return the context of the partner listener: a client without a certificate gets nothing."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_cert_chain(certificate, key)
    context.load_verify_locations(client_authorities)
    context.verify_mode = ssl.CERT_REQUIRED
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN  # a pinned certificate is enough
    context.num_tickets = 0  # a resumed session would skip the certificate check
    return context


def client_context(
    *, authorities: Path | None, certificate: Path | None = None, key: Path | None = None
) -> ssl.SSLContext:
    """Return the context of delivery: the partner's certificate and host name must hold."""
    context = ssl.create_default_context(cafile=authorities)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN  # a pinned certificate is enough
    if certificate is not None:
        context.load_cert_chain(certificate, key)
    return context


def party_of_connection(request: web.Request) -> str:
    """
    Return the party that the certificate of a direct TLS connection names.

    Raises:
        Forbidden: The certificate names no party, or two.
    """
    certificate = request.get_extra_info("peercert") or {}
    named = [
        value
        for kind, value in certificate.get("subjectAltName", ())
        if kind == "URI" and value.startswith(_URN)
    ]
    return _only_one(named or _common_names(certificate))


def party_of_header(request: web.Request) -> str:
    """
    Return the party that the proxy before us found in the client's certificate.

    Believed on the Unix socket of ``tls = "behind-proxy"`` alone. The header holds the
    certificate's party itself or its subject in RFC 2253 form (nginx: ``$ssl_client_s_dn``).

    Raises:
        Forbidden: The header is missing, names no party, or names two.
    """
    headers = request.headers.getall(CERTIFICATE_HEADER, [])
    parts = [part.strip() for header in headers for part in header.split(",")]
    return _only_one([part.removeprefix("CN=") for part in parts if _names_party(part)])


def _names_party(part: str) -> bool:
    return part.removeprefix("CN=").startswith(_URN)


def _common_names(certificate: dict[str, tuple[tuple[tuple[str, str], ...], ...]]) -> list[str]:
    return [
        value
        for relative in certificate.get("subject", ())
        for name, value in relative
        if name == "commonName" and value.startswith(_URN)
    ]


def _only_one(parties: list[str]) -> str:
    if len(parties) != 1:
        raise Forbidden(needs="certificate")
    return parties[0]
