"""Certificates are taken up from their files while the service runs."""

import shutil
import ssl
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from exchange.domain.parties import Side
from exchange.service.certificates import Certificates
from exchange.settings import Settings
from tests.web.certificates import Authority
from tests.web.tls_sides import PARTIES, make_sides


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """The settings of a US side that speaks TLS both ways."""
    return make_sides(tmp_path)[Side.US]


def shown_by(server: ssl.SSLContext, believed: ssl.SSLContext) -> bytes:
    """Return the certificate that a new connection shows to one who believes its authority."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    ours = server.wrap_bio(to_server, to_client, server_side=True)
    believed.check_hostname = False
    theirs = believed.wrap_bio(to_client, to_server)
    for end in (theirs, ours, theirs):
        try:
            end.do_handshake()
        except ssl.SSLWantReadError:
            continue
    return theirs.getpeercert(binary_form=True) or b""


def replace_certificate(settings: Settings, authority: Authority) -> None:
    """Put another certificate of that authority where the partner listener's is."""
    issued = authority.issue("renewed", uris=[PARTIES[Side.US]])
    assert settings.listen.certificate_file is not None
    assert settings.listen.key_file is not None
    shutil.copy(issued.certificate, settings.listen.certificate_file)
    shutil.copy(issued.key, settings.listen.key_file)


async def test_a_renewed_certificate_is_shown_without_a_restart(
    settings: Settings, tmp_path: Path
) -> None:
    """New connections show the new certificate and believe the new authority; others go on."""
    certificates = Certificates(settings)
    assert certificates.server is not None
    assert certificates.client is not None
    before = shown_by(certificates.server, certificates.client)
    (tmp_path / "new").mkdir()
    authority = Authority(tmp_path / "new")
    replace_certificate(settings, authority)
    for file in (settings.listen.client_ca_file, settings.partner.ca_file):
        assert file is not None
        shutil.copy(authority.certificate, file)
    with capture_logs() as logs:
        await certificates.look()
        await certificates.look()
    assert [one["event"] for one in logs] == ["certificates.taken_up"]
    after = shown_by(certificates.server, certificates.client)
    assert before
    assert after
    assert before != after


async def test_files_that_do_not_fit_change_nothing(settings: Settings) -> None:
    """Half of a renewal, or none of a file, leaves what was shown; the log says so once."""
    certificates = Certificates(settings)
    assert certificates.server is not None
    assert certificates.client is not None
    before = shown_by(certificates.server, certificates.client)
    assert settings.listen.key_file is not None
    settings.listen.key_file.write_text("no key", encoding="utf-8")
    with capture_logs() as logs:
        await certificates.look()
        await certificates.look()
    assert [one["event"] for one in logs] == ["certificates.not_taken_up"]
    settings.listen.key_file.unlink()
    await certificates.look()
    assert shown_by(certificates.server, certificates.client) == before
