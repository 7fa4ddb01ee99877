"""``exchange contacts``: whom to call at each port and receiving point, on both sides."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import typer

from exchange.cli.database import read
from exchange.cli.exits import said
from exchange.cli.options import Config, Json, print_json, print_rows, settings_from
from exchange.domain.parties import Side
from exchange.errors import Sentence

if TYPE_CHECKING:
    from exchange.domain.messages.contacts import PortPair
    from exchange.web.bulletins import ContactsOfBoth

app = typer.Typer(no_args_is_help=True, help="Whom to call on both sides.")

COLUMNS = {
    "whose": Sentence("side", "lado"),
    "port": Sentence("port", "puerto"),
    "receiving_point": Sentence("receiving point", "punto de recepción"),
    "kind": Sentence("who answers", "quién contesta"),
    "number": Sentence("number", "número"),
    "open": Sentence("open next", "próxima apertura"),
}
KINDS = {
    "duty": Sentence("on duty", "de guardia"),
    "supervisor": Sentence("supervisor", "supervisión"),
    "headquarters": Sentence("headquarters", "sede central"),
}


@app.command("list")
def list_(config: Config = None, *, as_json: Json = False) -> None:
    """Show the numbers that either side has said last, and when each place is open next."""
    from exchange.flow.bulletins import find_contacts
    from exchange.web.bulletins import contacts_of_both

    settings = settings_from(config)
    found = contacts_of_both(read(settings, find_contacts))
    if as_json:
        print_json(found.model_dump(mode="json"))
        return
    rows = list(_rows(found, Side(settings.side), datetime.now(UTC).date()))
    print_rows(rows, COLUMNS, title=Sentence("Contacts", "Contactos"))


def _rows(found: "ContactsOfBoth", ours: Side, today: date) -> Iterator[dict[str, object]]:
    for side, contacts in ((ours, found.ours), (ours.other, found.theirs)):
        for pair in contacts.pairs if contacts else ():
            for contact in pair.numbers:
                yield {
                    "whose": side.value,
                    "port": pair.port,
                    "receiving_point": pair.receiving_point,
                    "kind": said(KINDS[contact.kind]),
                    "number": contact.number,
                    "open": _opens_next(pair, today),
                }


def _opens_next(pair: "PortPair", today: date) -> str | None:
    """Return the first day from *today* on on which the place is open, with its hours."""
    ahead = [day for day in pair.calendar if day.on >= today.isoformat()]
    day = min(ahead, key=lambda one: one.on, default=None)
    return None if day is None else f"{day.on} {day.opens}-{day.closes}"
