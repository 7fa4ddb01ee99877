"""
``exchange ledger``: everything that was said and receipted, exported and verified.

Both work with the service stopped or running; each reads one unchanging view of the ledger.
"""

import sys
from typing import IO, TYPE_CHECKING

import typer

from exchange.cli.database import read
from exchange.cli.exits import said
from exchange.cli.options import Config, Json, print_json, say, settings_from
from exchange.cli.output import Output, write_output
from exchange.cli.partner import newest_partner_keys
from exchange.errors import Sentence

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from exchange.settings import Settings

app = typer.Typer(no_args_is_help=True, help="The ledger of what was exchanged.")

FIGURES = {
    "messages": Sentence("messages", "mensajes"),
    "receipts": Sentence("receipts", "constancias"),
    "unreceipted": Sentence("without receipt", "sin constancia"),
    "erased": Sentence("erased", "borrados"),
    "journal": Sentence("in the journal", "en el diario"),
}


@app.command()
def export(config: Config = None, *, output: Output = None, as_json: Json = False) -> None:
    """Write the ledger as JSON Lines in its order, each line as anyone can verify it."""
    del as_json  # JSON Lines is the one form it has
    settings = settings_from(config)
    count = write_output(output, lambda file: _export_to(settings, file))
    if output is None:
        return
    words = Sentence(f"{output}: {count} entries", f"{output}: {count} asientos")
    sys.stderr.write(said(words) + "\n")


@app.command()
def verify(config: Config = None, *, as_json: Json = False) -> None:
    """Verify every hash, signature, body and receipt; the first that fails ends it (exit 6)."""
    from exchange.cli.ledger_checks import check_ledger
    from exchange.installation.opening import open_bodies
    from exchange.installation.published import our_keys

    settings = settings_from(config)
    key = open_bodies(settings)
    ours, partner = our_keys(settings).key_set, newest_partner_keys(settings).key_set
    found = read(settings, lambda c: check_ledger(c, key, ours=ours, partner=partner))
    figures = {
        "messages": found.messages,
        "receipts": found.receipts,
        "unreceipted": found.unreceipted,
        "erased": found.erased,
        "journal": found.journal,
    }
    if as_json:
        print_json({"verified": True, **figures})
    else:
        english = ", ".join(f"{n} {FIGURES[name]}" for name, n in figures.items())
        spanish = ", ".join(f"{n} {FIGURES[name].es}" for name, n in figures.items())
        say(f"the ledger holds: {english}", f"el libro se sostiene: {spanish}")


def _export_to(settings: "Settings", file: IO[bytes]) -> int:
    from exchange.cli.ledger_lines import export_line
    from exchange.flow.kept import kept_lines
    from exchange.installation.opening import open_bodies

    key = open_bodies(settings)

    def write_lines(connection: "Connection") -> int:
        count = 0
        for kept in kept_lines(connection, key):
            file.write(export_line(kept) + b"\n")
            count += 1
        return count

    return read(settings, write_lines)
