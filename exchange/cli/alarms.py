"""``exchange alarms``: what someone must look at, what each means, and how a person ends one."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from exchange.cli.database import read, write
from exchange.cli.exits import said
from exchange.cli.options import Config, Json, print_json, print_rows, say, settings_from, shown_at
from exchange.errors import Sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from exchange.store.alarms import Alarm
    from exchange.store.engine import Connection
    from exchange.store.wakings import Reached

app = typer.Typer(no_args_is_help=True, help="What someone must look at.")

COLUMNS = {
    "number": Sentence("number", "número"),
    "severity": Sentence("severity", "gravedad"),
    "kind": Sentence("alarm", "alarma"),
    "subject": Sentence("about", "acerca de"),
    "opened_at": Sentence("since", "desde"),
    "times": Sentence("times", "veces"),
    "level": Sentence("told as far as", "comunicada hasta"),
    "acknowledged_by": Sentence("taken up by", "a cargo de"),
    "acts": Sentence("who acts", "quién actúa"),
    "means": Sentence("what it means", "qué significa"),
    "ends": Sentence("what ends it", "qué la termina"),
}
CLOSED_AT = {"closed_at": Sentence("closed", "cerrada")}
SHOWN_MAX = 1000

Number = Annotated[int, typer.Argument(metavar="NUMBER", help="The alarm, as `list` shows it.")]
All = Annotated[bool, typer.Option("--all", help="Closed ones too, the latest last.")]
Who = Annotated[str, typer.Option("--by", metavar="NAME", help="Who has dealt with it.")]
Taker = Annotated[str, typer.Option("--by", metavar="NAME", help="Who has taken it up.")]


@app.command("list")
def list_(config: Config = None, *, show_all: All = False, as_json: Json = False) -> None:
    """Show the alarms that are open, the gravest first: what each means, who acts, what ends it."""
    from exchange.domain.alarms import Severity
    from exchange.store.alarms import list_alarms, list_open
    from exchange.store.wakings import list_reached

    settings = settings_from(config)

    def found(connection: "Connection") -> "list[dict[str, object]]":
        shown = list_alarms(connection, limit=SHOWN_MAX) if show_all else list_open(connection)
        reached = list_reached(connection, [alarm.number for alarm in shown])
        return [_row(alarm, reached.get(alarm.number, ())) for alarm in shown]

    rows = read(settings, found)
    if not show_all:
        graver = list(Severity)
        rows.sort(key=lambda row: graver.index(Severity(str(row["severity"]))))
    if as_json:
        print_json(rows)
    else:
        columns = COLUMNS | CLOSED_AT if show_all else COLUMNS
        print_rows(_in_words(rows), columns, title=Sentence("Alarms", "Alarmas"))


@app.command()
def acknowledge(number: Number, config: Config = None, *, by: Taker = "operator") -> None:
    """Take an alarm up, so that nobody further is woken; the journal says who did."""
    from exchange.flow.alarms import acknowledge_by_person

    now = datetime.now(UTC)
    write(settings_from(config), lambda c: acknowledge_by_person(c, number, actor=by, at=now))
    say(f"{number}: taken up", f"{number}: alguien se hizo cargo")


@app.command()
def close(number: Number, config: Config = None, *, by: Who = "operator") -> None:
    """Close an alarm that a person ends, once it has been dealt with; the journal says who did."""
    from exchange.flow.alarms import close_by_person

    now = datetime.now(UTC)
    write(settings_from(config), lambda c: close_by_person(c, number, actor=by, at=now))
    say(f"{number}: closed", f"{number}: cerrada")


def _row(alarm: "Alarm", reached: "Sequence[Reached]") -> dict[str, object]:
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
        "acknowledged_at": shown_at(alarm.acknowledged_at),
        "acknowledged_by": alarm.acknowledged_by,
        "level": reached[-1].level.value if reached else None,
        "told_at": shown_at(reached[-1].told_at) if reached else None,
        "closed_by_person": rule.closed_by_person,
        "means": said(rule.means),
        "ends": said(rule.ends),
    }


def _in_words(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    from exchange.domain.alarms import ACTORS, SEVERITIES, Actor, Severity
    from exchange.domain.escalation import LEVELS, Level

    return [
        row
        | {
            "severity": said(SEVERITIES[Severity(str(row["severity"]))]),
            "acts": said(ACTORS[Actor(str(row["acts"]))]),
            "level": said(LEVELS[Level(str(row["level"]))]) if row["level"] else None,
        }
        for row in rows
    ]
