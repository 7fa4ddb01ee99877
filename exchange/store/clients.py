"""Who may call the internal listener. A token is kept as its hash alone."""

import datetime as dt
import json
from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, bindparam, insert, select, update

from exchange.store.tables import clients


@dataclass(frozen=True, slots=True, kw_only=True)
class NewClient:
    """A client: its name, the hash of its token, its role, and its ports (none is all)."""

    name: str
    token_hash: bytes
    role: str
    ports: tuple[str, ...]
    created_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Client(NewClient):
    """A client as stored; revoked ones stay, for the journal names them."""

    number: int
    revoked_at: dt.datetime | None


_INSERT = insert(clients)
_BY_TOKEN = select(clients).where(
    clients.c.token_hash == bindparam("hash"),
    clients.c.revoked_at.is_(None),
)
_ALL = select(clients).order_by(clients.c.name)
_REVOKE = (
    update(clients)
    .where(clients.c.name == bindparam("of_name"), clients.c.revoked_at.is_(None))
    .values(revoked_at=bindparam("at"))
)


def insert_client(connection: Connection, new: NewClient) -> None:
    """
    Store a client.

    Raises:
        IntegrityError: There is one of that name; let it pass.
    """
    connection.execute(
        _INSERT,
        {
            "name": new.name,
            "token_hash": new.token_hash,
            "role": new.role,
            "ports": json.dumps(new.ports),
            "created_at": new.created_at,
        },
    )


def find_client(connection: Connection, token_hash: bytes) -> Client | None:
    """Return the client whose token has this hash, or None where none may use it."""
    row = connection.execute(_BY_TOKEN, {"hash": token_hash}).mappings().one_or_none()
    return None if row is None else _client(row)


def list_clients(connection: Connection) -> list[Client]:
    """Return every client, by name."""
    return [_client(row) for row in connection.execute(_ALL).mappings()]


def revoke_client(connection: Connection, name: str, *, at: dt.datetime) -> bool:
    """Let the client's token open nothing from now on; say whether it did until now."""
    return connection.execute(_REVOKE, {"of_name": name, "at": at}).rowcount == 1


def _client(row: RowMapping) -> Client:
    return Client(**{**row, "ports": tuple(json.loads(row["ports"]))})
