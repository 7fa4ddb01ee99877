"""`exchange clients`: a token is shown once, and a client fits its side and ports."""

import re

import pytest

from exchange.access.tokens import is_token
from tests.cli.commands import Commands


def test_the_token_is_shown_once_and_stored_nowhere(commands: Commands) -> None:
    """Only the command that adds a client prints its token; no file of the side contains it."""
    ended = commands.us("clients", "add", "san-ysidro", "--role", "port-officer", "--port", "2504")
    token = ended.out.strip()
    assert is_token(token)
    assert token not in commands.us("clients", "list", "--json").out
    for file in (commands.directory / "us").rglob("*"):
        assert not file.is_file() or token.encode() not in file.read_bytes(), file


def test_clients_are_listed_with_role_and_ports(commands: Commands) -> None:
    """The list says who may do what, where, since when, and until when."""
    commands.mx("clients", "add", "desk", "--role", "receiving-officer", "--port", "MX-CHAPARRAL")
    (client,) = commands.mx("clients", "list", "--json").json()
    assert client["name"] == "desk"
    assert client["role"] == "receiving-officer"
    assert client["ports"] == ["MX-CHAPARRAL"]
    assert client["revoked_at"] is None


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("desk", "--role", "receiving-officer", "--every-port"), "has no receiving-officer"),
        (("desk", "--role", "port-officer"), "wants --port P"),
        (("desk", "--role", "port-officer", "--port", "9999"), "no such port: 9999"),
        (("desk", "--role", "king", "--every-port"), "wants one of port-officer"),
    ],
)
def test_a_client_that_makes_no_sense_is_refused(
    commands: Commands, arguments: tuple[str, ...], says: str
) -> None:
    """The other side's role, no port, an unknown port and an unknown role exit with 2."""
    ended = commands.us("clients", "add", *arguments)
    assert ended.code == 2
    assert says in ended.err


def test_a_name_is_used_once(commands: Commands) -> None:
    """The journal names clients, so no second one gets the same name, even after a revocation."""
    add = ("clients", "add", "desk", "--role", "auditor", "--every-port")
    assert commands.us(*add).code == 0
    assert commands.us(*add).code == 2
    assert commands.us("clients", "revoke", "desk").code == 0
    assert commands.us(*add).code == 2


def test_revoking_nobody_is_not_found(commands: Commands) -> None:
    """A client that is not there, or was revoked before, exits with 4."""
    assert commands.us("clients", "revoke", "nobody").code == 4


def test_an_operator_needs_no_port(commands: Commands) -> None:
    """Who keeps the service running is of no port, because no person is seen."""
    assert commands.us("clients", "add", "watch", "--role", "operator").code == 0


def test_times_are_as_the_wire_has_them(commands: Commands) -> None:
    """When a client was added and revoked is shown in UTC to the second, with a Z."""
    commands.us("clients", "add", "watch", "--role", "operator")
    commands.us("clients", "revoke", "watch")
    (client,) = commands.us("clients", "list", "--json").json()
    for name in ("created_at", "revoked_at"):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", client[name])
        assert client[name] in commands.us("clients", "list").out
