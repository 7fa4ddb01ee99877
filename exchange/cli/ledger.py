"""
``exchange ledger``: everything that was said and receipted, exported, verified and proven.

All work with the service stopped or running; each reads one unchanging view of the ledger.
"""

import sys
from functools import partial
from typing import IO, TYPE_CHECKING, Annotated, Any

import typer

from exchange.cli.database import read
from exchange.cli.exits import said
from exchange.cli.options import Config, Json, print_json, say, settings_from, shown_at
from exchange.cli.output import Output, write_output
from exchange.cli.partner import newest_partner_keys
from exchange.errors import NotFound, Sentence

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from exchange.settings import Settings

NOT_SIGNED_YET = Sentence(
    "the ledger has no checkpoint yet", "el libro aún no tiene punto de control"
)
NOT_UNDER_IT = Sentence(
    "the newest checkpoint of the ledger has no such entry",
    "el último punto de control del libro no tiene ese asiento",
)

Number = Annotated[
    int, typer.Argument(metavar="NUMBER", min=0, help="The entry, by its index in the export.")
]

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
    from exchange.installation.published import journal_keys, our_keys

    settings = settings_from(config)
    key = open_bodies(settings)
    published, partner = our_keys(settings), newest_partner_keys(settings).key_set
    journal = journal_keys(settings, published)
    check = partial(check_ledger, key=key, ours=published.key_set, journal=journal, partner=partner)
    found = read(settings, check)
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


@app.command()
def checkpoint(config: Config = None, *, as_json: Json = False) -> None:
    """Print the newest checkpoint of the ledger as it was signed."""
    from exchange.proof.checkpoints import read_checkpoint
    from exchange.proof.notes import read_note

    signed = read(settings_from(config), _newest)
    note = read_note(signed.note)
    stated = read_checkpoint(note)
    if as_json:
        print_json(
            {
                "origin": stated.origin,
                "size": stated.size,
                "root": stated.root_text,
                "signed_at": shown_at(signed.signed_at),
                "signed_by": [one.name for one in note.signatures],
                "note": signed.note.decode(),
            }
        )
    else:
        sys.stdout.write(signed.note.decode())


@app.command()
def prove(number: Number, config: Config = None, *, as_json: Json = False) -> None:
    """Print the proof that an entry stands in the ledger, under its newest checkpoint."""
    from exchange.proof.checkpoints import write_proof
    from exchange.proof.encoding import b64

    signed, leaf, proof = read(settings_from(config), partial(_prove, number))
    if as_json:
        print_json(
            {
                "index": number,
                "size": signed.size,
                "leaf": leaf.decode(),
                "proof": [b64(one) for one in proof],
                "note": signed.note.decode(),
            }
        )
    else:
        sys.stdout.write(write_proof(number, proof, signed.note))


def _newest(connection: "Connection") -> Any:
    from exchange.store.checkpoints import find_newest
    from exchange.store.heads import Head

    signed = find_newest(connection, Head.LEDGER)
    if signed is None:
        raise NotFound(NOT_SIGNED_YET)
    return signed


def _prove(number: int, connection: "Connection") -> tuple[Any, bytes, tuple[bytes, ...]]:
    from exchange.proof.merkle import prove_inclusion
    from exchange.store.heads import Head
    from exchange.store.ledger import leaf_of, list_numbered
    from exchange.store.trees import nodes_of

    signed = _newest(connection)
    if number >= signed.size:
        raise NotFound(NOT_UNDER_IT)
    entry = list_numbered(connection, [number])[number]
    proof = prove_inclusion(number, signed.size, nodes_of(connection, Head.LEDGER))
    return signed, leaf_of(entry), proof


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
