"""``exchange db``: the tables of the database."""

import typer

from exchange.cli.options import Config, say, settings_from

app = typer.Typer(no_args_is_help=True, help="The database.")


@app.command("upgrade")
def upgrade_(config: Config = None) -> None:
    """Bring the database to the tables of this program; safe to repeat. Stop the service first."""
    settings = settings_from(config)

    from exchange.store.migrations import upgrade
    from exchange.store.tables import REVISION

    upgrade(settings.database.full_url())
    say(
        f"the database is of revision {REVISION}",
        f"la base de datos es de la revisión {REVISION}",
    )


@app.command("vacuum")
def vacuum_(config: Config = None) -> None:
    """Write the database anew, so that nothing erased is left in it. Stop the service first."""
    settings = settings_from(config)

    from exchange.store.vacuum import vacuum

    vacuum(settings.database.full_url())
    say(
        "the database is written anew: nothing that was erased is left in it",
        "la base de datos se escribió de nuevo: no queda en ella nada de lo borrado",
    )
