"""Who acts at the command line where the journal must have a person: the owner of a token."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from exchange.cli.database import write
from exchange.cli.send import read_token
from exchange.errors import StoreBusy

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from exchange.access.clients import Client
    from exchange.access.rights import Action
    from exchange.settings import Settings

T = TypeVar("T")

ATTEMPTS_MAX = 20

OwnToken = Annotated[
    Path,
    typer.Option(
        "--token-file",
        metavar="FILE",
        help="The file with your own token: it says who you are, and the journal has it.",
    ),
]


def act(
    settings: "Settings",
    token_file: Path,
    action: "Action",
    done: "Callable[[Connection, Client], T]",
) -> T:
    """
    Return what *done* returned for the owner of the token, once its effects are on disk.

    Raises:
        NotConfigured: The file cannot be read.
        Unauthenticated: No client has the token.
        Forbidden: Another role is needed.
        StoreBusy: What it was decided on moved on, again and again.
    """
    from exchange.store.handoffs import Stale

    token = read_token(token_file)
    for _ in range(ATTEMPTS_MAX):
        try:
            return write(settings, lambda c: done(c, _owner(c, token, action)))
        except Stale:
            continue
    raise StoreBusy


def _owner(connection: "Connection", token: str, action: "Action") -> "Client":
    from exchange.access.clients import authenticate, require
    from exchange.store.clients import find_client

    client = authenticate(token, partial(find_client, connection))
    require(client, action)
    return client


def places_of(client: "Client") -> frozenset[str] | None:
    """Return the ports and receiving points that the client may act for, None for all."""
    from exchange.access.clients import EVERY_PORT

    return None if EVERY_PORT in client.ports else client.ports
