"""``exchange outbox``: what waits to be said, and the two things an operator may do about it."""

from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from exchange.cli.database import read, write
from exchange.cli.exits import said
from exchange.cli.options import Config, Json, print_json, print_rows, say, settings_from, shown_at
from exchange.errors import NotFound, Sentence

app = typer.Typer(no_args_is_help=True, help="Messages that wait to be delivered.")

COLUMNS = {
    "number": Sentence("number", "número"),
    "schema": Sentence("schema", "esquema"),
    "state": Sentence("state", "estado"),
    "attempts": Sentence("attempts", "intentos"),
    "due_at": Sentence("due", "toca"),
    "parked_code": Sentence("parked because", "apartado por"),
    "handoff": Sentence("handoff", "entrega"),
}
STATES = {
    "parked": Sentence("parked", "apartado"),
    "sealed": Sentence("sealed", "sellado"),
    "draft": Sentence("draft", "borrador"),
}
SHOWN_MAX = 1000

Number = Annotated[int, typer.Argument(metavar="NUMBER", help="The row, as `list` shows it.")]
Code = Annotated[str, typer.Option(metavar="CODE", help="Why, for whoever looks at it next.")]


@app.command("list")
def list_(config: Config = None, *, as_json: Json = False) -> None:
    """Show the messages that wait, parked ones too, oldest first (at most 1,000)."""
    from exchange.store.handoffs import list_handoffs
    from exchange.store.outbox import list_outbox

    def find(connection: Any) -> list[dict[str, object]]:
        waiting = list_outbox(connection, limit=SHOWN_MAX)
        numbers = {row.handoff for row in waiting if row.handoff is not None}
        handoffs = list_handoffs(connection, numbers)
        return [
            {
                "number": row.number,
                "handoff": row.handoff and handoffs[row.handoff].handoff,
                "schema": row.schema,
                "state": "parked" if row.parked_at else "sealed" if row.ledger else "draft",
                "priority": row.priority,
                "attempts": row.attempts,
                "created_at": shown_at(row.created_at),
                "due_at": shown_at(row.due_at),
                "parked_at": shown_at(row.parked_at),
                "parked_code": row.parked_code,
            }
            for row in waiting
        ]

    rows = read(settings_from(config), find)
    if as_json:
        print_json(rows)
    else:
        shown = [row | {"state": said(STATES[str(row["state"])])} for row in rows]
        print_rows(shown, COLUMNS, title=Sentence("Outbox", "Bandeja de salida"))


@app.command()
def retry(number: Number, config: Config = None) -> None:
    """Make a message due now, parked or not."""
    from exchange.store.outbox import retry as retry_row

    now = datetime.now(UTC)
    _require(write(settings_from(config), lambda c: retry_row(c, number, now=now)), number)
    say(f"{number}: due now", f"{number}: sale ya")


@app.command()
def park(number: Number, config: Config = None, *, code: Code = "operator") -> None:
    """Set a message aside until someone retries it."""
    from exchange.store.outbox import park as park_row

    now = datetime.now(UTC)
    _require(write(settings_from(config), lambda c: park_row(c, number, at=now, code=code)), number)
    say(f"{number}: parked", f"{number}: apartado")


def _require(done: bool, number: int) -> None:
    if not done:
        missing = Sentence(
            f"no message {number} waits for that", f"ningún mensaje {number} espera eso"
        )
        raise NotFound(missing)
