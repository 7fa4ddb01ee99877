"""``exchange discrepancies``: what differs between the two sides, and how a person resolves it."""

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Literal, cast

import typer

from exchange.cli.database import read, write
from exchange.cli.exits import said
from exchange.cli.options import (
    Config,
    Json,
    print_json,
    print_rows,
    say,
    settings_from,
    shown_at,
)
from exchange.errors import NotFound, Sentence

if TYPE_CHECKING:
    from exchange.store.discrepancies import Kept
    from exchange.store.engine import Connection

app = typer.Typer(no_args_is_help=True, help="What differs between the two sides.")

COLUMNS = {
    "number": Sentence("number", "número"),
    "rule": Sentence("rule", "regla"),
    "severity": Sentence("severity", "gravedad"),
    "name": Sentence("what", "qué"),
    "subject": Sentence("about", "acerca de"),
    "because": Sentence("why", "por qué"),
    "owner": Sentence("who must act", "quién actúa"),
    "since": Sentence("since", "desde"),
    "due_at": Sentence("due", "vence"),
    "remedy": Sentence("what to do", "qué hacer"),
}
ENDED = {
    "ended_at": Sentence("ended", "terminó"),
    "resolution": Sentence("resolved as", "resuelta como"),
}
BOTH = Sentence("both", "ambas")

Number = Annotated[int, typer.Argument(metavar="NUMBER", help="The discrepancy, as `list` shows.")]
All = Annotated[bool, typer.Option("--all", help="Those that have ended too, the latest last.")]
As = Annotated[
    Literal["handled", "mistake", "elsewhere", "agreed", "no-fault"],
    typer.Option("--as", help="How it was resolved: docs/discrepancies.md says what each means."),
]
By = Annotated[str, typer.Option("--by", metavar="NAME", help="Who has resolved it.")]


@app.command("list")
def list_(config: Config = None, *, show_all: All = False, as_json: Json = False) -> None:
    """Show the discrepancies that are open, what is due first before the rest."""
    from exchange.store.discrepancies import stream_discrepancies, stream_open

    def found(connection: "Connection") -> list[dict[str, object]]:
        kept = stream_discrepancies(connection) if show_all else stream_open(connection)
        return [_row(one) for one in kept]

    rows = read(settings_from(config), found)
    if as_json:
        print_json(rows)
    else:
        columns = COLUMNS | ENDED if show_all else COLUMNS
        print_rows(
            [_in_words(row) for row in rows],
            columns,
            title=Sentence("Discrepancies", "Discrepancias"),
        )


@app.command()
def show(number: Number, config: Config = None, *, as_json: Json = False) -> None:
    """Show one discrepancy, and every other that its subject ever had."""
    from exchange.store.discrepancies import find_discrepancy, list_history

    def found(connection: "Connection") -> list[dict[str, object]]:
        kept = find_discrepancy(connection, number)
        if kept is None:
            raise NotFound
        history = list_history(connection, kept.discrepancy.finding.subject)
        return [_row(one) for one in (kept, *(one for one in history if one != kept))]

    rows = read(settings_from(config), found)
    if as_json:
        print_json({"discrepancy": rows[0], "history": rows[1:]})
    else:
        print_rows(
            [_in_words(row) for row in rows],
            COLUMNS | ENDED,
            title=Sentence(f"Discrepancy {number}", f"Discrepancia {number}"),
        )


@app.command()
def resolve(number: Number, as_: As, config: Config = None, *, by: By = "operator") -> None:
    """Say how a discrepancy was resolved whose cause still stands; the journal says who did."""
    from exchange.domain.discrepancies.standing import Resolution
    from exchange.flow.resolving import resolve_by_person

    how, now = Resolution(as_), datetime.now(UTC)
    write(settings_from(config), lambda c: resolve_by_person(c, number, how, actor=by, at=now))
    say(f"{number}: resolved", f"{number}: resuelta")


@app.command()
def look(config: Config = None, *, as_json: Json = False) -> None:
    """Look at every handoff by every rule, as if nothing were known, and settle what is found."""
    from exchange.service.on_demand import look_at_all

    settled = asyncio.run(look_at_all(settings_from(config)))
    if as_json:
        print_json({"opened": settled.opened, "updated": settled.updated, "closed": settled.closed})
    else:
        say(
            f"opened {settled.opened}, found otherwise {settled.updated}, ended {settled.closed}",
            f"abiertas {settled.opened}, halladas de otro modo {settled.updated}, "
            f"terminadas {settled.closed}",
        )


def _row(kept: "Kept") -> dict[str, object]:
    from exchange.domain.discrepancies import DESKS, OUR_RULES, RULES

    one = kept.discrepancy
    finding, ending = one.finding, one.ending
    rule = next(rule for rule in (*RULES, *OUR_RULES) if rule.id == finding.rule)
    return {
        "number": kept.number,
        "rule": rule.id,
        "name": said(rule.name),
        "severity": finding.severity.value,
        "owner": finding.owner,
        "scope": finding.subject.scope.value,
        "subject": finding.subject.name,
        "handoffs": list(finding.handoffs),
        "because": list(finding.because),
        "since": shown_at(finding.since),
        "due_at": shown_at(finding.due_at),
        "opened_at": shown_at(one.opened_at),
        "updated_at": shown_at(one.updated_at),
        "ended_at": shown_at(ending.at) if ending else None,
        "resolution": ending.resolution if ending else None,
        "resolved_by": ending.by if ending else None,
        "says": said(rule.says),
        "remedy": said(rule.remedy),
        "call": [said(DESKS[desk]) for desk in rule.call],
    }


def _in_words(row: dict[str, object]) -> dict[str, object]:
    from exchange.domain.discrepancies import CAUSES
    from exchange.domain.discrepancies.standing import RESOLUTIONS, Resolution
    from exchange.domain.severity import SEVERITIES, Severity

    codes, resolution = cast("list[str]", row["because"]), row["resolution"]
    return row | {
        "severity": said(SEVERITIES[Severity(str(row["severity"]))]),
        "owner": row["owner"] or said(BOTH),
        "because": ", ".join(said(CAUSES[code]) for code in codes),
        "resolution": said(RESOLUTIONS[Resolution(str(resolution))]) if resolution else None,
    }
