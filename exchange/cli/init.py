"""``exchange init``: a working directory with everything one side needs but the partner's keys."""

import os
import secrets
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

from exchange.access.rights import Role
from exchange.cli.clients import add_client
from exchange.cli.options import Json, print_json, say
from exchange.cli.send import TOKEN_NAME

Directory = Annotated[Path, typer.Argument(metavar="DIR", help="Where to make it.")]
Side = Annotated[Literal["us", "mx"], typer.Option(help="Which authority it is for.")]
Urn = Annotated[str | None, typer.Option(help="Our name in envelopes, urn:handoff:SIDE:….")]
PartnerUrn = Annotated[str | None, typer.Option(help="The partner's name in envelopes.")]
PartnerUrl = Annotated[str | None, typer.Option(help="Where the partner listens for us.")]
Partner = Annotated[str | None, typer.Option(metavar="HOST:PORT", help="Listen for the partner.")]
Internal = Annotated[str | None, typer.Option(metavar="HOST:PORT", help="Listen for our own.")]
Policy = Annotated[
    Literal["hybrid", "es256"], typer.Option("--signatures", help="What signs our messages.")
]
Database = Annotated[
    str, typer.Option("--database", metavar="URL", help="sqlite:///FILE or postgresql://….")
]


def init(  # noqa: PLR0913  # one argument for each thing an operator may choose
    directory: Directory,
    side: Side,
    *,
    urn: Urn = None,
    partner_urn: PartnerUrn = None,
    partner_url: PartnerUrl = None,
    listen_partner: Partner = None,
    listen_internal: Internal = None,
    signatures: Policy = "hybrid",
    database: Database = "sqlite:///exchange.db",
    as_json: Json = False,
) -> None:
    """Make a working directory: settings, keys, database. Nothing is ever written over."""
    from exchange.installation.directory import make_directory, plan_of
    from exchange.proof.keys import fingerprint
    from exchange.settings import CONFIG_NAME, load_settings

    given = {
        "party": urn,
        "partner": partner_urn,
        "partner_url": partner_url,
        "listen_partner": listen_partner,
        "listen_internal": listen_internal,
        "signature_policy": signatures,
        "database_url": database,
    }
    plan = replace(plan_of(side), **{name: value for name, value in given.items() if value})
    roots = make_directory(directory, plan, now=datetime.now(UTC), entropy=secrets.token_bytes)
    settings = load_settings(directory / CONFIG_NAME)
    if side == "us":
        _write_token(
            directory / TOKEN_NAME, add_client(settings, "send", Role.PORT_OFFICER, ("*",))
        )
    made = {
        "config": str(directory / CONFIG_NAME),
        "party": settings.party,
        "fingerprint": fingerprint(roots),
        "give_to_partner": [
            str(directory / f"keys/{name}") for name in ("roots.json", "public.jws")
        ],
    }
    if as_json:
        print_json(made)
        return
    say(f"{settings.party}: ready in {directory}", f"{settings.party}: listo en {directory}")
    say(
        "give the partner keys/roots.json and keys/public.jws, and read it this fingerprint:",
        "entregue a la contraparte keys/roots.json y keys/public.jws, y léale esta huella:",
    )
    print(f"  {made['fingerprint']}")


def _write_token(file: Path, token: str) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as opened:
        opened.write(token + "\n")
