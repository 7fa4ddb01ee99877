"""``exchange clients``: who may call the internal listener, in which role and for which ports."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from exchange.access.clients import EVERY_PORT
from exchange.access.rights import ROLES_OF_SIDE, Role
from exchange.access.tokens import new_token, token_digest
from exchange.cli.database import read, write
from exchange.cli.options import Config, Json, print_json, print_rows, say, settings_from, shown_at
from exchange.errors import NotFound, Sentence, UsageWrong

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from exchange.settings import Settings

app = typer.Typer(no_args_is_help=True, help="Who may call the internal listener.")

COLUMNS = {
    "name": Sentence("name", "nombre"),
    "role": Sentence("role", "función"),
    "ports": Sentence("ports", "puertos"),
    "created_at": Sentence("added", "agregado"),
    "revoked_at": Sentence("revoked", "revocado"),
}

Name = Annotated[str, typer.Argument(metavar="NAME", help="What the journal calls the client.")]
Ports = Annotated[
    list[str] | None,
    typer.Option("--port", metavar="P", help="A CBP port code or receiving point; repeat it."),
]
AllPorts = Annotated[bool, typer.Option("--every-port", help="At every port there is.")]


@app.command()
def add(
    name: Name,
    role: Annotated[Role, typer.Option(help="What the client may do.")],
    config: Config = None,
    *,
    port: Ports = None,
    every_port: AllPorts = False,
    as_json: Json = False,
) -> None:
    """Add a client and print its token, this once: only a digest of it is stored."""
    settings = settings_from(config)
    ports = (EVERY_PORT,) if every_port else tuple(port or ())
    token = add_client(settings, name, role, ports)
    if as_json:
        print_json({"name": name, "role": role, "ports": ports, "token": token})
    else:
        print(token)


def add_client(settings: "Settings", name: str, role: Role, ports: tuple[str, ...]) -> str:
    """
    Store a client of *role* at *ports* and return its token.

    Raises:
        UsageWrong: The name is taken, or role and ports make no sense on this side.
    """
    from exchange.store.clients import NewClient, insert_client, list_clients

    _require_sense(settings.side, role, ports)
    token = new_token()
    new = NewClient(
        name=name,
        token_hash=token_digest(token),
        role=role.value,
        ports=ports,
        created_at=datetime.now(UTC),
    )

    def insert(connection: "Connection") -> None:
        if any(client.name == name for client in list_clients(connection)):
            taken = Sentence(
                f"there is a client {name!r} already; a name is used once",
                f"ya hay un cliente {name!r}; un nombre se usa una sola vez",
            )
            raise UsageWrong(taken)
        insert_client(connection, new)

    write(settings, insert)
    return token


@app.command("list")
def list_(config: Config = None, *, as_json: Json = False) -> None:
    """Show every client, revoked ones too."""
    from exchange.store.clients import list_clients

    rows = [
        {
            "name": client.name,
            "role": client.role,
            "ports": client.ports if as_json else " ".join(client.ports),
            "created_at": shown_at(client.created_at),
            "revoked_at": shown_at(client.revoked_at),
        }
        for client in read(settings_from(config), list_clients)
    ]
    if as_json:
        print_json(rows)
    else:
        print_rows(rows, COLUMNS, title=Sentence("Clients", "Clientes"))


@app.command()
def revoke(name: Name, config: Config = None) -> None:
    """Let the client's token open nothing from now on."""
    from exchange.store.clients import revoke_client

    now = datetime.now(UTC)
    if not write(settings_from(config), lambda c: revoke_client(c, name, at=now)):
        missing = Sentence(
            f"no client {name!r} has a token that opens anything",
            f"ningún cliente {name!r} tiene un token que abra algo",
        )
        raise NotFound(missing)
    say(f"{name}: revoked", f"{name}: revocado")


def _require_sense(side: str, role: Role, ports: tuple[str, ...]) -> None:
    if role not in ROLES_OF_SIDE[side]:
        roles = ", ".join(sorted(ROLES_OF_SIDE[side]))
        wrong = Sentence(
            f"side {side!r} has no {role}; it has {roles}",
            f"el lado {side!r} no tiene {role}; tiene {roles}",
        )
        raise UsageWrong(wrong)
    if not ports and role is not Role.OPERATOR:
        wrong = Sentence(
            f"role {role} wants --port P, once or more, or --every-port",
            f"la función {role} necesita --port P, una o más veces, o --every-port",
        )
        raise UsageWrong(wrong)
    unknown = [port for port in ports if port not in _known_ports(side)]
    if unknown:
        missing, known = ", ".join(unknown), ", ".join(_known_ports(side))
        wrong = Sentence(
            f"no such port: {missing}; there are {known}",
            f"no existe ese puerto: {missing}; existen {known}",
        )
        raise UsageWrong(wrong)


def _known_ports(side: str) -> tuple[str, ...]:
    """Return what a client of *side* can be bound to, every port first."""
    from exchange.installation.shipped import shipped_places

    places = shipped_places()
    if side == "us":
        return (EVERY_PORT, *(port.code for port in places))
    return (EVERY_PORT, *(point.id for port in places for point in port.receiving_points))
