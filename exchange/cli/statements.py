"""``exchange statements``: what both sides stated of each day, and what comparing it found."""

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from exchange.cli.database import read
from exchange.cli.exits import said
from exchange.cli.options import Config, Json, print_json, print_rows, settings_from, shown_at
from exchange.domain.parties import Side
from exchange.errors import Sentence, UsageWrong

if TYPE_CHECKING:
    from exchange.store.engine import Connection
    from exchange.store.statements import Pair
    from exchange.web.statements import StatementsOfDay

app = typer.Typer(no_args_is_help=True, help="What both sides stated of each day.")

DAYS = 31
COLUMNS = {
    "day": Sentence("day", "día"),
    "speaker": Sentence("said by", "dicho por"),
    "ours": Sentence("ours: messages", "nuestro: mensajes"),
    "theirs": Sentence("theirs: messages", "de la contraparte: mensajes"),
    "counters": Sentence("counters that differ, ours and theirs", "cuentas distintas"),
    "comparison": Sentence("comparison", "comparación"),
    "found": Sentence("found", "hallado"),
}
STATES = {
    "equal": Sentence("equal", "iguales"),
    "not-yet": Sentence("they differ; not compared yet", "difieren; aún sin comparar"),
    "under-way": Sentence("under way", "en curso"),
    "ended": Sentence("ended", "terminada"),
    "waits": Sentence("one is missing", "falta uno"),
}

OfDay = Annotated[
    str | None, typer.Option("--day", metavar="D", help="One day in UTC; without it the last 31.")
]


@app.command("list")
def list_(config: Config = None, *, day: OfDay = None, as_json: Json = False) -> None:
    """Show what both sides stated of each day, where they differ, and what comparing them found."""
    from exchange.store.statements import list_pairs
    from exchange.web.statements import statements_of

    settings, wanted = settings_from(config), _day(day)
    side = Side(settings.side)
    first = wanted or datetime.now(UTC).date() - timedelta(days=DAYS)

    def found(connection: "Connection") -> "list[Pair]":
        pairs = list_pairs(connection, side, first=first)
        return [pair for pair in pairs if wanted in {None, pair.of.day}]

    shown = statements_of(read(settings, found), side).days
    if as_json:
        print_json([one.model_dump(mode="json") for one in shown])
    else:
        rows = [_row(one) for one in shown]
        print_rows(rows, COLUMNS, title=Sentence("Statements", "Estados de cuenta"))


def _day(text: str | None) -> date | None:
    """
    Return the day that is asked for.

    Raises:
        UsageWrong: It is no day, or one to come.
    """
    if text is None:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise UsageWrong(
            Sentence(
                f"--day: {text!r} is no day; write YYYY-MM-DD",
                f"--day: {text!r} no es un día; escriba AAAA-MM-DD",
            )
        ) from error
    if day > datetime.now(UTC).date():
        raise UsageWrong(
            Sentence(f"--day: {day} is still to come", f"--day: {day} está aún por venir")
        )
    return day


def _row(one: "StatementsOfDay") -> dict[str, object]:
    run = one.comparison
    result = run.our_result if run else None
    return {
        "day": one.day.isoformat(),
        "speaker": one.speaker.value,
        "ours": one.ours and one.ours.messages,
        "theirs": one.theirs and one.theirs.messages,
        "counters": ", ".join(
            f"{differs.port or '?'} {differs.counter} {differs.ours}/{differs.theirs}"
            for differs in one.counters_differ
        ),
        "comparison": _state(one),
        "found": result
        and (
            result.end
            or f"={'?' if result.matched is None else result.matched} "
            f"-{result.missing_here_count} +{result.missing_there_count} "
            f"!{result.conflicts_count}"
        ),
    }


def _state(one: "StatementsOfDay") -> str:
    run = one.comparison
    if one.ours is None or one.theirs is None:
        return said(STATES["waits"])
    if not one.sets_differ:
        return said(STATES["equal"])
    if run is None:
        return said(STATES["not-yet"])
    at = "" if run.ended_at is None else f" {shown_at(run.ended_at)}"
    return said(STATES[run.state]) + at
