"""``exchange reconcile``: the account of our side, of one day or of all days."""

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from exchange.cli.database import read
from exchange.cli.exits import language
from exchange.cli.options import Config, Json, Lang, settings_from
from exchange.domain.parties import Side
from exchange.errors import Sentence, UsageWrong

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from exchange.reports.account import Account
    from exchange.settings import Settings

DOES_NOT_ADD_UP = 6

Day = Annotated[
    str,
    typer.Option(
        metavar="D", help="A day of each port's own calendar, YYYY-MM-DD; or `all` for all days."
    ),
]
Format = Annotated[Literal["table", "json"], typer.Option("--format", help="For whom.")]


def reconcile(
    day: Day,
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
    wanted = _day(day)
    settings = settings_from(config)
    _require_begun(settings, wanted)
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


def account_of(settings: "Settings", connection: "Connection", day: date | None) -> "Account":
    """Return the account of the side that *settings* describe, as of now."""
    from exchange.installation.shipped import shipped_places  # heavy
    from exchange.reports.account import make_account  # SQL

    return make_account(
        connection,
        side=Side(settings.side),
        places=shipped_places(),
        limits=settings.deadlines,
        day=day,
        now=datetime.now(UTC),
    )


def _require_begun(settings: "Settings", day: date | None) -> None:
    """
    Return when the *day* has begun somewhere on our side, and is worth an account.

    Raises:
        UsageWrong: It is still to come everywhere.
    """
    from exchange.installation.shipped import shipped_places
    from exchange.reports.days import has_begun

    if day is not None and not has_begun(
        day, Side(settings.side), shipped_places(), now=datetime.now(UTC)
    ):
        early = Sentence(
            f"--day: {day} has not begun at any place of ours; there is nothing to account for yet",
            f"--day: {day} aún no comienza en ningún lugar nuestro; todavía no hay de qué dar "
            "cuenta",
        )
        raise UsageWrong(early)


def _day(text: str) -> date | None:
    """
    Return the day that *text* names, None for all days.

    Raises:
        UsageWrong: It names none.
    """
    if text == "all":
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        wrong = Sentence(
            f"--day: {text!r} is no day; write YYYY-MM-DD, or all",
            f"--day: {text!r} no es un día; escriba AAAA-MM-DD, o all",
        )
        raise UsageWrong(wrong) from error
