"""``exchange db``: the tables of the database, and the key under which its data keys are kept."""

from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from exchange.cli.database import write
from exchange.cli.options import Config, say, settings_from

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from exchange.proof.custody import KeyEncryptionKey
    from exchange.settings import Settings

app = typer.Typer(no_args_is_help=True, help="The database.")

BATCH = 500
Finish = Annotated[
    bool, typer.Option("--finish", help="Destroy the old key, once the service was restarted.")
]


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


@app.command("rewrap")
def rewrap_(config: Config = None, *, finish: Finish = False) -> None:
    """Have a new key wrap every data key, in batches. Restart the service, then --finish."""
    from exchange.flow.clock import system_entropy
    from exchange.installation import rewrapping
    from exchange.installation.opening import open_bodies

    settings = settings_from(config)
    if not finish:
        rewrapping.take_over(settings, entropy=system_entropy)
    key = open_bodies(settings)
    changed = _rewrap_all(settings, key)
    if finish:
        rewrapping.finish(settings, changed=changed)
        say(f"{key.kid}: the key before it is gone", f"{key.kid}: la llave anterior ya no existe")
        return
    say(
        f"{key.kid}: {changed} data keys wrapped", f"{key.kid}: {changed} llaves de datos envueltas"
    )


def _rewrap_all(settings: "Settings", key: "KeyEncryptionKey") -> int:
    """Return how many data keys were under another key; each batch is on disk by itself."""
    from exchange.store.bodies import rewrap_data_keys, rewrap_pool_keys
    from exchange.store.journal import Event, record_events

    changed = write(settings, partial(rewrap_pool_keys, rewrap=key.rewrap))
    last: int | None = 0
    while last is not None:
        batch = partial(rewrap_data_keys, rewrap=key.rewrap, after=last, limit=BATCH)
        last, count = write(settings, batch)
        changed += count

    def record(connection: "Connection") -> None:
        data = {"kid": str(key.kid), "count": changed}
        event = Event(at=datetime.now(UTC), kind="data-keys.rewrapped", actor="exchange", data=data)
        record_events(connection, [event])

    write(settings, record)
    return changed
