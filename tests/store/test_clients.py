"""Clients: known by the hash of their token until revoked."""

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from exchange.store.clients import (
    NewClient,
    find_client,
    insert_client,
    list_clients,
    revoke_client,
)
from tests.store.rows import NOON

PORT = NewClient(
    name="san-ysidro",
    token_hash=bytes(32),
    role="port",
    ports=("2504", "2503"),
    created_at=NOON,
)


def test_a_client_is_known_by_its_token_until_revoked(connection: Connection) -> None:
    """A client is found by its token's hash; once revoked it is only listed."""
    insert_client(connection, PORT)
    found = find_client(connection, PORT.token_hash)
    assert found is not None
    assert (found.name, found.role, found.ports) == (PORT.name, PORT.role, PORT.ports)
    assert revoke_client(connection, PORT.name, at=NOON)
    assert not revoke_client(connection, PORT.name, at=NOON)
    assert find_client(connection, PORT.token_hash) is None
    assert [client.revoked_at for client in list_clients(connection)] == [NOON]


def test_a_name_is_given_once(connection: Connection) -> None:
    """A second client of one name is stopped by the database."""
    insert_client(connection, PORT)
    with pytest.raises(IntegrityError):
        insert_client(connection, PORT)
