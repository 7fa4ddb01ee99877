"""``exchange reconcile``: the account of our side, of one day or of all days."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from exchange.cli.database import read
from exchange.cli.exits import language
from exchange.cli.options import Config, Json, Lang, settings_from
from exchange.cli.selecting import Day, First, Last, Point, Port, selection_of
from exchange.domain.parties import Side

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from exchange.reports.account import Account
    from exchange.reports.selection import Selection
    from exchange.settings import Settings

DOES_NOT_ADD_UP = 6

Format = Annotated[Literal["table", "json"], typer.Option("--format", help="For whom.")]


def reconcile(  # noqa: PLR0913  # each option of a command is an argument
    day: Day = None,
    first: First = None,
    last: Last = None,
    port: Port = None,
    point: Point = None,
    config: Config = None,
    *,
    format_: Format = "table",
    as_json: Json = False,
    lang: Lang = None,
) -> None:
    """Account for every person on our side; exit 6 when it does not add up."""
    from exchange.installation.shipped import shipped_places  # heavy
    from exchange.reports.composing import make_report  # Babel

    del lang  # it was chosen before anything else was read
    settings = settings_from(config)
    wanted = selection_of(settings, day=day, first=first, last=last, port=port, point=point)
    account = read(settings, lambda connection: account_of(settings, connection, wanted))
    report = make_report(account, shipped_places())
    if as_json or format_ == "json":
        from exchange.reports.forms.plain import report_json  # one of the two

        print(report_json(report))
    else:
        from rich.console import Console  # not for JSON

        from exchange.reports.forms.table import report_tables  # not for JSON

        Console().print(report_tables(report, language()))
    if not account.adds_up:
        raise typer.Exit(DOES_NOT_ADD_UP)


def account_of(settings: "Settings", connection: "Connection", wanted: "Selection") -> "Account":
    """Return the account of the side that *settings* describe, as of now."""
    from exchange.installation.shipped import shipped_places  # heavy
    from exchange.reports.account import make_account  # SQL
    from exchange.reports.folding import Asked  # SQL

    asked = Asked(
        side=Side(settings.side),
        places=shipped_places(),
        limits=settings.deadlines,
        selection=wanted,
        now=datetime.now(UTC),
    )
    return make_account(connection, asked)
