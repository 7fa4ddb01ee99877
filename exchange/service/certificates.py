"""
The certificates of TLS are those in their files, while the service runs too.

A connection that begins after a file was replaced shows and believes what the file says then.
An authority or pinned certificate that was taken out is believed until the next start.
"""

import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from exchange.flow.turns import take_turns
from exchange.service.files import Seen, seen_of
from exchange.service.outside import client_tls, server_tls
from exchange.settings import Settings

log = structlog.get_logger()


@dataclass(slots=True)
class Certificates:
    """What we show and whom we believe, both ways."""

    settings: Settings
    server: ssl.SSLContext | None = field(init=False)
    client: ssl.SSLContext | None = field(init=False)
    _seen: Seen = field(init=False)

    def __post_init__(self) -> None:
        """Begin with what the files say."""
        self._seen = seen_of(self._files())
        self.server, self.client = server_tls(self.settings), client_tls(self.settings)

    async def run(self) -> None:
        """Look again and again until cancelled."""
        await take_turns(self.settings.keys.look_seconds, self.look)

    async def look(self) -> None:
        """Have both ways follow the files that are in place now, where they are others."""
        seen = seen_of(self._files())
        if seen == self._seen:
            return
        self._seen = seen
        try:
            server_tls(self.settings), client_tls(self.settings)  # whole, before anything follows
            self._follow()
        except (OSError, ValueError) as error:  # an SSLError is an OSError
            log.warning("certificates.not_taken_up", error=type(error).__name__)
        else:
            log.info("certificates.taken_up")

    def _follow(self) -> None:
        listen, partner = self.settings.listen, self.settings.partner
        if self.server is not None:
            _load(self.server, listen.certificate_file, listen.key_file, listen.client_ca_file)
        if self.client is not None:
            shown, key = partner.client_certificate_file, partner.client_key_file
            _load(self.client, shown, key, partner.ca_file)

    def _files(self) -> Iterator[Path]:
        """Give the files that the two ways are made of."""
        listen, partner = self.settings.listen, self.settings.partner
        files = (
            *(listen.certificate_file, listen.key_file, listen.client_ca_file),
            *(partner.client_certificate_file, partner.client_key_file, partner.ca_file),
        )
        return (file for file in files if file is not None)


def _load(
    context: ssl.SSLContext, certificate: Path | None, key: Path | None, authorities: Path | None
) -> None:
    """Have new connections of *context* show and believe what these files say."""
    if certificate is not None:
        context.load_cert_chain(certificate, key)
    if authorities is not None:
        context.load_verify_locations(authorities)
