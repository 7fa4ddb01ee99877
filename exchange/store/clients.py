"""Who may call the internal listener. A token is kept as its hash alone."""

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from exchange.store.prepared import Prepared, insert_into, values_of
from exchange.store.tables import clients


@dataclass(frozen=True, slots=True, kw_only=True)
class NewClient:
    """A client: its name, the hash of its token, its role, and its ports (``*`` is all)."""

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


_COLUMNS = tuple(clients.c.keys())
_INSERT = Prepared(insert_into(clients, numbered=False))
_BY_TOKEN = Prepared(
    select(clients).where(
        clients.c.token_hash == bindparam("hash"),
        clients.c.revoked_at.is_(None),
    ),
)
_ALL = Prepared(select(clients).order_by(clients.c.name))
_REVOKE = Prepared(
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
    ports = json.dumps(new.ports)
    _INSERT.run(connection, {**values_of(new), "ports": ports, "revoked_at": None})


def find_client(connection: Connection, token_hash: bytes) -> Client | None:
    """Return the client whose token has this hash, or None where none may use it."""
    row = _BY_TOKEN.first(connection, {"hash": token_hash})
    return None if row is None else _client(row)


def list_clients(connection: Connection) -> list[Client]:
    """Return every client, by name."""
    return [_client(row) for row in _ALL.rows(connection)]


def revoke_client(connection: Connection, name: str, *, at: dt.datetime) -> bool:
    """Let the client's token open nothing from now on; say whether it did until now."""
    return _REVOKE.run(connection, {"of_name": name, "at": at}) == 1


def _client(row: Iterable[Any]) -> Client:
    kept = dict(zip(_COLUMNS, row, strict=True))
    return Client(**{**kept, "ports": tuple(json.loads(kept["ports"]))})
