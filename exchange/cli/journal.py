"""
``exchange journal``: what happened on our side alone, for whoever inspects it. Never sent.

It names clients, ids and codes, and no person who was handed over.
"""

from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from exchange.cli.database import read
from exchange.cli.options import (
    NO_SUCH_HANDOFF,
    Config,
    Json,
    handoff_id,
    print_json,
    print_rows,
    say,
    settings_from,
    shown_at,
)
from exchange.errors import NotFound, Sentence

if TYPE_CHECKING:
    from sqlalchemy import Connection

app = typer.Typer(no_args_is_help=True, help="What happened on our side alone.")

COLUMNS = {
    "number": Sentence("number", "número"),
    "at": Sentence("when", "cuándo"),
    "kind": Sentence("what", "qué"),
    "handoff": Sentence("handoff", "entrega"),
    "actor": Sentence("by", "por"),
    "data": Sentence("more", "más"),
}
SHOWN_MAX = 1000

Handoff = Annotated[
    str | None,
    typer.Option(metavar="HANDOFF", help="Only what happened to this one, by its id."),
]
After = Annotated[
    int, typer.Option(metavar="NUMBER", min=-1, help="The entry after which to begin.")
]


@app.command("list")
def list_(
    config: Config = None, *, handoff: Handoff = None, after: After = -1, as_json: Json = False
) -> None:
    """Show what the journal says, in its order, at most 1,000 entries after one."""
    settings = settings_from(config)
    wanted = None if handoff is None else handoff_id(handoff)
    rows = read(settings, partial(_list, wanted=wanted, after=after))
    if as_json:
        print_json(rows)
    else:
        print_rows(rows, COLUMNS, title=Sentence("Journal", "Diario"))


@app.command()
def verify(config: Config = None, *, as_json: Json = False) -> None:
    """Verify every entry and every checkpoint of the journal; what does not hold is named (6)."""
    from exchange.flow.checkpointing import Owner, check_whole
    from exchange.installation.published import journal_keys, our_keys
    from exchange.store.heads import Head

    settings = settings_from(config)
    keys = journal_keys(settings, our_keys(settings))
    owner = Owner.of(Head.JOURNAL, settings.party, keys)
    count = read(settings, lambda connection: check_whole(connection, Head.JOURNAL, owner))
    if as_json:
        print_json({"verified": True, "entries": count})
    else:
        say(f"the journal holds: {count} entries", f"el diario se sostiene: {count} asientos")


def _list(connection: "Connection", *, wanted: str | None, after: int) -> list[dict[str, object]]:
    from exchange.store.handoffs import find_handoffs, list_handoffs
    from exchange.store.journal import list_events, list_events_of

    if wanted is None:
        events = list_events(connection, after=after, limit=SHOWN_MAX)
    else:
        found = find_handoffs(connection, [wanted]).get(wanted)
        if found is None:
            raise NotFound(NO_SUCH_HANDOFF)
        events = [one for one in list_events_of(connection, found.number) if one.number > after]
        events = events[:SHOWN_MAX]
    numbers = {event.handoff for event in events if event.handoff is not None}
    handoffs = list_handoffs(connection, numbers)
    return [
        {
            "number": event.number,
            "at": shown_at(event.at),
            "kind": event.kind,
            "handoff": None if event.handoff is None else handoffs[event.handoff].handoff,
            "actor": event.actor,
            "data": event.data,
        }
        for event in events
    ]
