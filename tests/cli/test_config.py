"""`exchange config check` warns of what is allowed and could be safer."""

import ssl

import pytest

from tests.cli.commands import Commands


def warned(commands: Commands) -> list[str]:
    """Return the settings that the US side is warned of; the check passes all the same."""
    ended = commands.us("config", "check")
    assert ended.code == 0
    return [line.split(":")[1].strip() for line in ended.err.splitlines()]


@pytest.mark.parametrize(("version", "expected"), [((3, 0), ["partner.url"]), ((3, 5), [])])
def test_a_classical_agreement_of_keys_is_warned_of(
    commands: Commands, version: tuple[int, int], expected: list[str]
) -> None:
    """Where our own OpenSSL agrees by elliptic curves alone, a proxy is to stand between."""
    commands.patch.setattr(ssl, "OPENSSL_VERSION_INFO", (*version, 0, 0, 0))
    assert warned(commands) == []
    commands.patch.setenv("EXCHANGE_PARTNER__URL", "https://partner.example:8443")
    assert warned(commands) == expected


def test_bodies_in_the_clear_behind_a_proxy_are_warned_of(commands: Commands) -> None:
    """Whoever ends TLS for us reads them, until both sides agree that they are sealed."""
    commands.patch.setenv("EXCHANGE_LISTEN__TLS", "behind-proxy")
    commands.patch.setenv("EXCHANGE_LISTEN__PARTNER_SOCKET", "partner.sock")
    assert warned(commands) == ["bodies_sealed_from"]
    commands.patch.setenv("EXCHANGE_BODIES_SEALED_FROM", "2031-01-01T00:00:00Z")
    assert warned(commands) == []
