"""``exchange config``: the settings, before anything relies on them."""

import typer

from exchange.cli.options import Config, Json, print_json, say, settings_from

app = typer.Typer(no_args_is_help=True, help="The settings of this side.")


@app.command()
def check(config: Config = None, *, as_json: Json = False) -> None:
    """Read the settings as `serve` would; name every fault at once, or say that all is well."""
    settings = settings_from(config)
    if as_json:
        print_json(settings.model_dump(mode="json"))
    else:
        name, where = settings.party, settings.directory
        say(
            f"{name}: the settings of {where} are well",
            f"{name}: la configuración de {where} está bien",
        )
