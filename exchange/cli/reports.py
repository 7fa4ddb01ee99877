"""``exchange reconcile``, the account of our side; ``exchange reports``, made by themselves."""

import io
import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, Literal, get_args

import typer

from exchange.cli.database import read
from exchange.cli.exits import language, said
from exchange.cli.options import (
    WIDTH_IN_PIPES,
    Config,
    Json,
    Lang,
    print_json,
    print_rows,
    settings_from,
    shown_at,
)
from exchange.cli.output import Output, write_output
from exchange.cli.selecting import Day, First, Last, Point, Port, read_day, selection_of
from exchange.cli.signed_reports import read_signed, write_signed
from exchange.domain.parties import Side
from exchange.errors import EvidenceBroken, NotFound, Sentence, UsageWrong

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from exchange.reports.account import Account
    from exchange.reports.document import Report
    from exchange.reports.folding import Asked
    from exchange.reports.selection import Selection
    from exchange.settings import Settings

app = typer.Typer(no_args_is_help=True, help="The report of each day, as it was made by itself.")

DOES_NOT_ADD_UP = 6
LISTED_MAX = 366
COLUMNS = {
    "day": Sentence("day", "día"),
    "made_at": Sentence("made", "hecho"),
    "adds_up": Sentence("adds up", "cuadra"),
    "critical": Sentence("critical discrepancies", "discrepancias críticas"),
    "entries": Sentence("entries in the ledger", "asientos en el libro"),
}
YES_NO = {True: Sentence("yes", "sí"), False: Sentence("no", "no")}
TABLE = "table"

FormOption = Literal["table", "json", "csv", "html", "pdf", "xlsx"]
Format = Annotated[
    FormOption | None,
    typer.Option("--format", help="In which form; without it, by the ending of FILE, else table."),
]

Shareable = Annotated[
    bool,
    typer.Option(
        "--shareable",
        help="What both sides know, and nothing else; without --format it is signed for the "
        "partner.",
    ),
]

_BINARY = Sentence(
    "--format: a terminal cannot show this form; name a file with -o, or use a pipe",
    "--format: una terminal no puede mostrar esta forma; indique un archivo con -o o use una "
    "tubería",
)


_NO_REPORT = Sentence(
    "what was signed is no report that this release can read",
    "lo firmado no es un informe que esta versión pueda leer",
)

SignedFile = Annotated[
    Path, typer.Argument(metavar="FILE", help="As `reconcile --shareable` wrote it.")
]
OfDay = Annotated[str, typer.Argument(metavar="DAY", help="As `list` shows it, YYYY-MM-DD.")]


@app.command("list")
def list_(config: Config = None, *, as_json: Json = False) -> None:
    """Show the days whose report was made, the newest first."""
    from exchange.store.reports import list_reports

    made = read(settings_from(config), lambda c: list_reports(c, limit=LISTED_MAX))
    rows = [asdict(one) | {"day": str(one.day), "made_at": shown_at(one.made_at)} for one in made]
    if as_json:
        print_json(rows)
    else:
        shown = [row | {"adds_up": said(YES_NO[bool(row["adds_up"])])} for row in rows]
        print_rows(shown, COLUMNS, title=Sentence("Reports", "Informes"))


@app.command()
def show(
    day: OfDay,
    config: Config = None,
    *,
    format_: Format = None,
    output: Output = None,
    as_json: Json = False,
    lang: Lang = None,
) -> None:
    """Show the report of a day as it was made, in any form."""
    from exchange.reports.forms.plain import read_report
    from exchange.store.reports import find_report

    del lang  # it was chosen before anything else was read
    form = "json" if as_json else format_ or form_of(output)
    require_shown(form, output)
    wanted = read_day("DAY", day)
    kept = read(settings_from(config), lambda c: find_report(c, wanted))
    if kept is None:
        raise NotFound(
            Sentence(
                f"no report of {wanted} was made; `exchange reports list` shows which were",
                f"no se hizo ningún informe de {wanted}; `exchange reports list` muestra cuáles sí",
            )
        )
    write_report(read_report(kept.octets), form, output)


def reconcile(  # noqa: PLR0913  # each option of a command is an argument
    day: Day = None,
    first: First = None,
    last: Last = None,
    port: Port = None,
    point: Point = None,
    config: Config = None,
    *,
    format_: Format = None,
    output: Output = None,
    shareable: Shareable = False,
    as_json: Json = False,
    lang: Lang = None,
) -> None:
    """Account for every person on our side; exit 6 when it does not add up."""
    from exchange.installation.shipped import shipped_places  # heavy
    from exchange.reports.composing import make_report  # Babel

    del lang  # it was chosen before anything else was read
    form = "json" if as_json else format_ or form_of(output)
    require_shown(form, output)
    settings = settings_from(config)
    wanted = selection_of(settings, day=day, first=first, last=last, port=port, point=point)
    if shareable:
        report = read(settings, lambda connection: joint_of(settings, connection, wanted))
        if as_json or format_:
            write_report(report, form, output)
        else:
            write_signed(settings, report, output)
        return
    account = read(settings, lambda connection: account_of(settings, connection, wanted))
    write_report(make_report(account, shipped_places()), form, output)
    if not account.adds_up:
        raise typer.Exit(DOES_NOT_ADD_UP)


@app.command()
def verify(  # each option of a command is an argument
    file: SignedFile,
    config: Config = None,
    *,
    format_: Format = None,
    output: Output = None,
    as_json: Json = False,
    lang: Lang = None,
) -> None:
    """Say who signed a report for both sides, and show it; exit 6 when it does not hold."""
    from exchange.reports.forms.plain import read_report

    del lang  # it was chosen before anything else was read
    form = "json" if as_json else format_ or form_of(output)
    require_shown(form, output)
    signed = read_signed(settings_from(config), file)
    try:
        report = read_report(json.dumps(signed.report))
    except ValueError as error:
        raise EvidenceBroken(_NO_REPORT) from error
    who, at, keys = signed.issuer, shown_at(signed.signed_at), ", ".join(signed.kids)
    words = Sentence(
        f"signed by {who} at {at} with {keys}", f"firmado por {who} el {at} con {keys}"
    )
    sys.stderr.write(said(words) + "\n")
    write_report(report, form, output)


def joint_of(settings: "Settings", connection: "Connection", wanted: "Selection") -> "Report":
    """Return the report for both sides, as of now."""
    from exchange.reports.joint import make_joint  # SQL

    return make_joint(connection, _asked(settings, wanted)).report()


def account_of(settings: "Settings", connection: "Connection", wanted: "Selection") -> "Account":
    """Return the account of the side that *settings* describe, as of now."""
    from exchange.reports.account import make_account  # SQL

    return make_account(connection, _asked(settings, wanted))


def _asked(settings: "Settings", wanted: "Selection") -> "Asked":
    from exchange.installation.shipped import shipped_places  # heavy
    from exchange.reports.folding import Asked  # SQL

    return Asked(
        side=Side(settings.side),
        places=shipped_places(),
        limits=settings.deadlines,
        selection=wanted,
        now=datetime.now(UTC),
    )


def require_shown(form: str, output: Path | None) -> None:
    """
    Return when what is written in a form can be read where it goes.

    Raises:
        UsageWrong: The form is binary, and it would go to a terminal.
    """
    if form == TABLE or output is not None or not sys.stdout.isatty():
        return
    from exchange.reports.forms.every import FORMS  # not for a table

    if FORMS[form].is_binary:
        raise UsageWrong(_BINARY)


def write_report(report: "Report", form: str, output: Path | None) -> None:
    """Write a report in a form, to a file or to stdout, in the operator's language."""
    if form == TABLE:
        _write_table(report, output)
        return
    from exchange.reports.forms.every import FORMS  # not for a table

    write_output(output, lambda file: file.write(FORMS[form].write(report, language())))


def form_of(output: Path | None) -> str:
    """Return the form that a file's name ends in, a table where it names none."""
    ending = "" if output is None else output.suffix[1:].lower()
    return ending if ending in get_args(FormOption) else TABLE


def _write_table(report: "Report", output: Path | None) -> None:
    from rich.console import Console  # not for the others

    from exchange.reports.forms.table import report_tables  # not for the others

    if output is None:
        Console().print(report_tables(report, language()))
        return

    def write(file: IO[bytes]) -> None:
        drawn = io.TextIOWrapper(file, encoding="utf-8")
        Console(file=drawn, width=WIDTH_IN_PIPES).print(report_tables(report, language()))
        drawn.detach()

    write_output(output, write)
