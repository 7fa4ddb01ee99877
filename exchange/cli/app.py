"""The table of commands, in the order in which an operator meets them."""

from typing import Annotated

import typer

from exchange import __version__
from exchange.cli import (
    alarms,
    capacity,
    casefile,
    clients,
    config,
    conformance,
    contacts,
    db,
    demo,
    discrepancies,
    erase,
    evidence,
    hearings,
    init,
    journal,
    keys,
    ledger,
    outbox,
    paper,
    person,
    preservations,
    reports,
    rules,
    schemas,
    send,
    serve,
    stages,
    statements,
    status,
)

app = typer.Typer(
    name="exchange",
    help="Two authorities hand people over to each other and can both prove what happened.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


def _print_version(*, wanted: bool) -> None:
    if wanted:
        print(f"exchange {__version__}")
        raise typer.Exit


@app.callback()
def _top(
    *,
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    del version


for command in (
    demo.demo,
    init.init,
    serve.serve,
    send.send,
    status.status,
    reports.reconcile,
    conformance.conformance,
    stages.stages,
):
    app.command()(command)

NOUNS = (
    hearings,
    paper,
    reports,
    discrepancies,
    statements,
    ledger,
    journal,
    evidence,
    keys,
    outbox,
    alarms,
    contacts,
    capacity,
    erase,
    preservations,
    person,
    rules,
    schemas,
    config,
    db,
    clients,
)
discrepancies.app.command()(casefile.case)
for noun in NOUNS:
    app.add_typer(noun.app, name=noun.__name__.rpartition(".")[2])
