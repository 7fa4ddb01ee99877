"""``exchange preservations``: whose data are kept whatever a rule says. Never sent."""

from datetime import UTC, datetime
from typing import Annotated, Literal

import typer

from exchange.cli.acting import OwnToken, act, places_of
from exchange.cli.database import read
from exchange.cli.exits import said
from exchange.cli.options import (
    Config,
    Json,
    handoff_id,
    print_json,
    print_rows,
    say,
    settings_from,
    shown_at,
)
from exchange.errors import Sentence

app = typer.Typer(no_args_is_help=True, help="Whose data are kept whatever a rule says.")

COLUMNS = {
    "handoff": Sentence("handoff", "entrega"),
    "ground": Sentence("kept", "se conserva"),
    "placed_at": Sentence("since", "desde"),
    "placed_by": Sentence("by", "por"),
    "lifted_at": Sentence("until", "hasta"),
    "lifted_by": Sentence("lifted by", "levantada por"),
}

Handoff = Annotated[str, typer.Argument(metavar="HANDOFF", help="Whose data it is about.")]
For = Annotated[
    Literal["court", "inspection", "complaint"],
    typer.Option("--for", help="What the data are kept for. It is never sent."),
]


@app.command()
def place(handoff: Handoff, token_file: OwnToken, for_: For, config: Config = None) -> None:
    """Keep a handoff's data from being erased; to do so again changes nothing."""
    from exchange.access.rights import Action
    from exchange.domain.retention import Ground
    from exchange.flow.preserving import preserve

    one, now = handoff_id(handoff), datetime.now(UTC)
    act(
        settings_from(config),
        token_file,
        Action.PRESERVE,
        lambda connection, client: preserve(
            connection, one, Ground(for_), actor=client.name, now=now, places=places_of(client)
        ),
    )
    say(f"{one}: preserved", f"{one}: se conserva por mandato")


@app.command()
def lift(handoff: Handoff, token_file: OwnToken, for_: For, config: Config = None) -> None:
    """Keep a handoff's data for this no more; the rules of retention have it again."""
    from exchange.access.rights import Action
    from exchange.domain.retention import Ground
    from exchange.flow.preserving import preserve_no_more

    one, now = handoff_id(handoff), datetime.now(UTC)
    act(
        settings_from(config),
        token_file,
        Action.PRESERVE,
        lambda connection, client: preserve_no_more(
            connection, one, Ground(for_), actor=client.name, now=now, places=places_of(client)
        ),
    )
    say(f"{one}: preserved for this no more", f"{one}: ya no se conserva por esto")


@app.command("list")
def list_(config: Config = None, *, as_json: Json = False) -> None:
    """Show whose data are kept whatever a rule says, and whose were."""
    from exchange.domain.retention import GROUNDS
    from exchange.store.preservations import list_preservations

    rows = [
        {
            "handoff": one.handoff,
            "ground": one.ground.value if as_json else said(GROUNDS[one.ground]),
            "placed_at": shown_at(one.placed_at),
            "placed_by": one.placed_by,
            "lifted_at": shown_at(one.lifted_at),
            "lifted_by": one.lifted_by,
        }
        for one in read(settings_from(config), list_preservations)
    ]
    if as_json:
        print_json(rows)
    else:
        print_rows(rows, COLUMNS, title=Sentence("Preserved", "Conservadas por mandato"))
