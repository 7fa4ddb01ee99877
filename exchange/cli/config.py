"""``exchange config``: the settings, before anything relies on them."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import typer

from exchange.cli.exits import said
from exchange.cli.options import Config, Json, print_json, say, settings_from
from exchange.errors import Sentence

if TYPE_CHECKING:
    from exchange.settings import Settings

app = typer.Typer(no_args_is_help=True, help="The settings of this side.")


@app.command()
def check(config: Config = None, *, as_json: Json = False) -> None:
    """Read the settings as `serve` would; name every fault at once, or say that all is well."""
    settings = settings_from(config)
    for warning in _warnings(settings):
        typer.echo(said(warning), err=True)
    if as_json:
        print_json(settings.model_dump(mode="json"))
    else:
        name, where = settings.party, settings.directory
        say(
            f"{name}: the settings of {where} are well",
            f"{name}: la configuración de {where} está bien",
        )


POST_QUANTUM = (3, 5)
"""The version of OpenSSL from which on it agrees on keys by X25519MLKEM768 by itself."""

_OURS_IS_CLASSICAL = Sentence(
    "warning: listen.tls: the keys of what the partner sends are not agreed on post-quantum; let a "
    'proxy that speaks X25519MLKEM768 end TLS ("behind-proxy"; docs/deployment.md)',
    "aviso: listen.tls: las claves de lo que envía la contraparte no se acuerdan de forma "
    'poscuántica; que un proxy que hable X25519MLKEM768 termine TLS ("behind-proxy"; '
    "docs/deployment.md)",
)
_THEIRS_IS_CLASSICAL = Sentence(
    "warning: partner.url: the keys of what we send are not agreed on post-quantum; send through a "
    "local proxy that speaks X25519MLKEM768 (docs/deployment.md)",
    "aviso: partner.url: las claves de lo que enviamos no se acuerdan de forma poscuántica; envíe "
    "por un proxy local que hable X25519MLKEM768 (docs/deployment.md)",
)
_CLEAR_BODIES = Sentence(
    "warning: bodies_sealed_from: whoever ends TLS for either side can read what is said of people",
    "aviso: bodies_sealed_from: quien termine TLS de cualquier lado puede leer lo que se dice de "
    "las personas",
)


def _warnings(settings: "Settings") -> Iterator[Sentence]:
    """Give what is allowed and less than it could be."""
    from ssl import OPENSSL_VERSION_INFO

    classical = OPENSSL_VERSION_INFO[:2] < POST_QUANTUM
    if classical and settings.listen.tls == "direct":
        yield _OURS_IS_CLASSICAL
    if classical and settings.partner.url.startswith("https:"):
        yield _THEIRS_IS_CLASSICAL
    if settings.listen.tls == "behind-proxy" and settings.bodies_sealed_from is None:
        yield _CLEAR_BODIES
