"""``exchange discrepancies case``: what both sides have said of one discrepancy, side by side."""

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from exchange.cli.database import read
from exchange.cli.options import Config, Json, Lang, settings_from
from exchange.cli.output import Output
from exchange.cli.reports import Format, form_of, require_shown, write_report
from exchange.domain.parties import Side
from exchange.errors import NotFound, Sentence

if TYPE_CHECKING:
    from exchange.reports.casefile import CaseFile, Name
    from exchange.settings import Settings

Number = Annotated[int, typer.Argument(metavar="NUMBER", help="The discrepancy, as `list` shows.")]
Names = Annotated[
    bool, typer.Option("--names", help="Who it is about; the journal says who asked.")
]
By = Annotated[str, typer.Option("--by", metavar="NAME", help="Who asks for the names.")]


def case(
    number: Number,
    config: Config = None,
    *,
    names: Names = False,
    by: By = "operator",
    format_: Format = None,
    output: Output = None,
    as_json: Json = False,
    lang: Lang = None,
) -> None:
    """Write the case file of a discrepancy, for both sides to look at together."""
    del lang  # it was chosen before anything else was read
    form = "json" if as_json else format_ or form_of(output)
    require_shown(form, output)
    settings = settings_from(config)
    file = _file_of(settings, number)
    persons = asyncio.run(_names(settings, file, number, by)) if names else None
    write_report(file.report(persons), form, output)


def _file_of(settings: "Settings", number: int) -> "CaseFile":
    """
    Return the file of a discrepancy.

    Raises:
        NotFound: There is no such discrepancy.
    """
    from exchange.installation.shipped import shipped_places  # heavy
    from exchange.reports.casefile import make_case
    from exchange.reports.folding import Asked
    from exchange.reports.selection import Selection

    asked = Asked(
        side=Side(settings.side),
        places=shipped_places(),
        limits=settings.deadlines,
        selection=Selection(),
        now=datetime.now(UTC),
    )
    file = read(settings, lambda connection: make_case(connection, asked, number))
    if file is None:
        raise NotFound(Sentence("there is no such discrepancy", "no existe esa discrepancia"))
    return file


async def _names(
    settings: "Settings", file: "CaseFile", number: int, actor: str
) -> "dict[str, Name]":
    from exchange.flow.clock import system_clock, system_entropy
    from exchange.flow.naming import Naming
    from exchange.installation.opening import open_keyring
    from exchange.reports.casefile import Name
    from exchange.store.engine import Store

    keyring = open_keyring(settings, now=system_clock(), entropy=system_entropy)
    store = Store(settings.database.full_url())
    await store.open()
    try:
        naming = Naming(store=store, side=Side(settings.side), keyring=keyring, clock=system_clock)
        persons = await naming.name(file.seen, discrepancy=number, actor=actor)
    finally:
        await store.close()
    return {
        handoff: Name(person.full_name_as_recorded, person.birth_date)
        for handoff, person in persons.items()
    }
