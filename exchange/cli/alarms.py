"""``exchange alarms``: what someone must look at, what each means, and how a person ends one."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from exchange.cli.database import read, write
from exchange.cli.exits import said
from exchange.cli.options import Config, Json, print_json, print_rows, say, settings_from, shown_at
from exchange.errors import Sentence

if TYPE_CHECKING:
    from exchange.store.alarms import Alarm

app = typer.Typer(no_args_is_help=True, help="What someone must look at.")

COLUMNS = {
    "number": Sentence("number", "número"),
    "severity": Sentence("severity", "gravedad"),
    "kind": Sentence("alarm", "alarma"),
    "subject": Sentence("about", "acerca de"),
    "opened_at": Sentence("since", "desde"),
    "times": Sentence("times", "veces"),
    "acts": Sentence("who acts", "quién actúa"),
    "means": Sentence("what it means", "qué significa"),
    "ends": Sentence("what ends it", "qué la termina"),
}
CLOSED_AT = {"closed_at": Sentence("closed", "cerrada")}
SHOWN_MAX = 1000

Number = Annotated[int, typer.Argument(metavar="NUMBER", help="The alarm, as `list` shows it.")]
All = Annotated[bool, typer.Option("--all", help="Closed ones too, the latest last.")]
Who = Annotated[str, typer.Option("--by", metavar="NAME", help="Who has dealt with it.")]


@app.command("list")
def list_(config: Config = None, *, show_all: All = False, as_json: Json = False) -> None:
    """Show the alarms that are open, the gravest first: what each means, who acts, what ends it."""
    from exchange.domain.alarms import Severity
    from exchange.store.alarms import list_alarms, list_open

    settings = settings_from(config)
    if show_all:
        found = read(settings, lambda connection: list_alarms(connection, limit=SHOWN_MAX))
        rows = [_row(alarm) for alarm in found]
    else:
        graver = list(Severity)
        rows = [_row(alarm) for alarm in read(settings, list_open)]
        rows.sort(key=lambda row: graver.index(Severity(str(row["severity"]))))
    if as_json:
        print_json(rows)
    else:
        columns = COLUMNS | CLOSED_AT if show_all else COLUMNS
        print_rows(_in_words(rows), columns, title=Sentence("Alarms", "Alarmas"))


@app.command()
def close(number: Number, config: Config = None, *, by: Who = "operator") -> None:
    """Close an alarm that a person ends, once it has been dealt with; the journal says who did."""
    from exchange.flow.alarms import close_by_person

    now = datetime.now(UTC)
    write(settings_from(config), lambda c: close_by_person(c, number, actor=by, at=now))
    say(f"{number}: closed", f"{number}: cerrada")


def _row(alarm: "Alarm") -> dict[str, object]:
    from exchange.domain.alarms import ALARMS

    rule = ALARMS[alarm.kind]
    return {
        "number": alarm.number,
        "kind": alarm.kind.value,
        "severity": rule.severity.value,
        "acts": rule.acts.value,
        "subject": alarm.subject,
        "opened_at": shown_at(alarm.opened_at),
        "touched_at": shown_at(alarm.touched_at),
        "times": alarm.times,
        "closed_at": shown_at(alarm.closed_at),
        "closed_by_person": rule.closed_by_person,
        "means": said(rule.means),
        "ends": said(rule.ends),
    }


def _in_words(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    from exchange.domain.alarms import ACTORS, SEVERITIES, Actor, Severity

    return [
        row
        | {
            "severity": said(SEVERITIES[Severity(str(row["severity"]))]),
            "acts": said(ACTORS[Actor(str(row["acts"]))]),
        }
        for row in rows
    ]
