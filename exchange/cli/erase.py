"""
``exchange erase``: whose data are erased, proposed by one person and confirmed by another.

Both are clients with the right, each with a token of their own; the journal has them. Nothing
is erased by itself, and nothing that proves what was said is ever erased.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple, cast

import typer

from exchange.cli.acting import OwnToken, act, places_of
from exchange.cli.database import read
from exchange.cli.erase_rows import due_in_words, due_row, listed, read_list, why
from exchange.cli.exits import said
from exchange.cli.options import (
    Config,
    Json,
    handoff_id,
    print_json,
    print_rows,
    say,
    settings_from,
)
from exchange.errors import Sentence, UsageWrong

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from exchange.access.clients import Client
    from exchange.domain.retention import Basis
    from exchange.flow.erasure import Outcome
    from exchange.settings import Settings

app = typer.Typer(no_args_is_help=True, help="Whose data are erased.")

DUE = {
    "handoff": Sentence("handoff", "entrega"),
    "basis": Sentence("because", "porque"),
    "due_at": Sentence("due since", "toca desde"),
    "kept_back": Sentence("kept back because", "no se borra porque"),
}
LISTED = {
    "proposal": Sentence("proposal", "propuesta"),
    "handoff": Sentence("handoff", "entrega"),
    "basis": Sentence("because", "porque"),
    "proposed_by": Sentence("proposed by", "propuesta por"),
    "decided_by": Sentence("decided by", "decidida por"),
    "erased_at": Sentence("erased", "borrada"),
}
Handoffs = Annotated[
    list[str] | None,
    typer.Argument(metavar="HANDOFF…", help="Those that somebody asked for; else what is due."),
]
AskedFor = Annotated[
    Literal["PERSON_ASKS", "RECORDED_WRONG", "COURT_ORDER"] | None,
    typer.Option("--basis", help="Who asked for the handoffs that are named, or why."),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would be proposed, only.")]
ListFile = Annotated[
    Path, typer.Argument(metavar="FILE", help="What `erase list --json` printed before.")
]
Number = Annotated[int, typer.Argument(metavar="NUMBER", help="The proposal, as `list` shows it.")]


@app.command()
def due(config: Config = None, *, as_json: Json = False) -> None:
    """Show whose data are due to be erased by the rules of retention, and what is kept back."""
    from exchange.flow.erasable import find_all_due

    settings, now = settings_from(config), datetime.now(UTC)
    found = read(settings, lambda c: find_all_due(c, settings.retention, now=now))
    if as_json:
        rows = [due_row(one) for one in found.candidates]
        print_json({"handoffs": rows, "more": found.more, "withheld": found.withheld})
        return
    print_rows(
        [due_in_words(one) for one in found.candidates],
        DUE,
        title=Sentence("Due to be erased", "Por borrar"),
    )
    say(
        f"digests of withheld decisions: {found.withheld}",
        f"resúmenes de decisiones excluidas: {found.withheld}",
    )


@app.command()
def propose(
    token_file: OwnToken,
    handoffs: Handoffs = None,
    config: Config = None,
    *,
    basis: AskedFor = None,
    dry_run: DryRun = False,
) -> None:
    """Propose whose data are erased: what is due, or the handoffs named. Another confirms."""
    from exchange.access.rights import Action

    asked, settings = _asked(handoffs or [], basis), settings_from(config)

    def done(connection: "Connection", client: "Client") -> int | None:
        number = _proposed(connection, client, settings, asked)
        if dry_run and number is not None:
            raise _Dry(connection, number)
        return number

    try:
        number = act(settings, token_file, Action.ERASE, done)
    except _Dry as dry:
        say(f"{dry.count} handoffs would be proposed", f"se propondrían {dry.count} entregas")
        return
    if number is None:
        say("nothing is due", "no hay nada por borrar")
        return
    say(
        f"{number}: proposed; another person confirms it with `exchange erase confirm {number}`",
        f"{number}: propuesta; otra persona la confirma con `exchange erase confirm {number}`",
    )


@app.command()
def confirm(number: Number, token_file: OwnToken, config: Config = None) -> None:
    """Erase what somebody else proposed. It cannot be undone; `db vacuum` clears the rest."""
    from exchange.access.rights import Action
    from exchange.flow import erasure
    from exchange.flow.clock import system_entropy

    settings, now = settings_from(config), datetime.now(UTC)
    outcome = act(
        settings,
        token_file,
        Action.ERASE,
        lambda connection, client: erasure.confirm(
            connection,
            number,
            settings.retention,
            actor=client.name,
            now=now,
            entropy=system_entropy,
        ),
    )
    _tell(outcome)


@app.command()
def withdraw(number: Number, token_file: OwnToken, config: Config = None) -> None:
    """End a proposal with nothing erased."""
    from exchange.access.rights import Action
    from exchange.flow import erasure

    now = datetime.now(UTC)
    act(
        settings_from(config),
        token_file,
        Action.ERASE,
        lambda connection, client: erasure.withdraw(connection, number, actor=client.name, now=now),
    )
    say(f"{number}: withdrawn", f"{number}: retirada")


@app.command("list")
def list_(config: Config = None, *, as_json: Json = False) -> None:
    """Show every proposal and what was erased; keep its JSON outside, for `replay`."""
    from exchange.store.erasures import list_proposals

    def found(connection: "Connection") -> list[dict[str, object]]:
        return [listed(connection, one) for one in list_proposals(connection)]

    proposals = read(settings_from(config), found)
    if as_json:
        print_json(proposals)
        return
    rows = [
        proposal | {"proposal": proposal["number"], **one, "basis": why(str(one["basis"]))}
        for proposal in proposals
        for one in cast("list[dict[str, object]]", proposal["handoffs"])
    ]
    print_rows(rows, LISTED, title=Sentence("Proposals", "Propuestas"))


@app.command()
def replay(file: ListFile, token_file: OwnToken, config: Config = None) -> None:
    """Erase again what was erased before, in a database that came back from a backup."""
    from exchange.access.rights import Action
    from exchange.flow import erasure
    from exchange.flow.clock import system_entropy

    listed, now = read_list(file), datetime.now(UTC)

    def done(connection: "Connection", client: "Client") -> list["Outcome"]:
        return [
            erasure.replay(connection, one, actor=client.name, now=now, entropy=system_entropy)
            for one in listed
        ]

    outcomes = act(settings_from(config), token_file, Action.ERASE, done)
    count = sum(len(one.erased) for one in outcomes)
    say(f"{count} handoffs erased again", f"{count} entregas borradas otra vez")


class Asked(NamedTuple):
    """The handoffs (ids) that were named, and what for; none where what is due is asked for."""

    handoffs: tuple[str, ...]
    basis: "Basis | None"


def _asked(handoffs: list[str], basis: str | None) -> Asked:
    """
    Return what was asked for.

    Raises:
        UsageWrong: Handoffs are named and not what for, or the other way round.
    """
    from exchange.domain.retention import Basis

    if bool(handoffs) != (basis is not None):
        wrong = Sentence(
            "--basis goes with the handoffs that are named, and they with it",
            "--basis va con las entregas que se nombran, y ellas con esto",
        )
        raise UsageWrong(wrong)
    return Asked(tuple(map(handoff_id, handoffs)), None if basis is None else Basis(basis))


class _Dry(Exception):
    """A dry run ends with nothing stored: an exception undoes what was written."""

    def __init__(self, connection: "Connection", number: int) -> None:
        from exchange.store.erasures import list_erasures

        super().__init__()
        self.count = len(list_erasures(connection, number))


def _proposed(
    connection: "Connection", client: "Client", settings: "Settings", asked: "Asked"
) -> int | None:
    from exchange.flow import erasure

    now, places = datetime.now(UTC), places_of(client)
    if asked.basis is None:
        return erasure.propose_due(
            connection, settings.retention, actor=client.name, now=now, places=places
        )
    return erasure.propose_named(
        connection, asked.handoffs, asked.basis, actor=client.name, now=now, places=places
    )


def _tell(outcome: "Outcome") -> None:
    from exchange.flow.erasable import KEPT_BACK

    erased, withheld = len(outcome.erased), outcome.withheld
    say(
        f"{erased} handoffs erased, and the digests of {withheld} withheld decisions",
        f"{erased} entregas borradas, y los resúmenes de {withheld} decisiones excluidas",
    )
    for handoff, reason in sorted(outcome.kept_back.items()):
        print(f"{handoff}: {said(KEPT_BACK[reason])}")
