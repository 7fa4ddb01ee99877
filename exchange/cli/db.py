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
