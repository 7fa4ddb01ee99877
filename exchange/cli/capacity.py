"""``exchange capacity``: how many people the receiving points say that they take, day by day."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import typer

from exchange.cli.database import read
from exchange.cli.exits import said
from exchange.cli.options import Config, Json, print_json, print_rows, settings_from
from exchange.cli.selecting import First, Point, read_day
from exchange.domain.parties import Side
from exchange.errors import Sentence, UsageWrong

if TYPE_CHECKING:
    from exchange.domain.bulletins import Bulletin
    from exchange.store.engine import Connection

app = typer.Typer(no_args_is_help=True, help="What the receiving points say that they take.")

COLUMNS = {
    "receiving_point": Sentence("receiving point", "punto de recepción"),
    "on": Sentence("day", "día"),
    "people_max": Sentence("people", "personas"),
    "families_max": Sentence("families", "familias"),
    "hours": Sentence("hours", "horario"),
    "said_at": Sentence("said", "dicho"),
}
CLOSED = Sentence("closed", "cerrado")
WRONG_POINT = Sentence(
    "--point: there is no such receiving point", "--point: no existe ese punto de recepción"
)


@app.command("list")
def list_(
    config: Config = None,
    *,
    point: Point = None,
    first: First = None,
    as_json: Json = False,
) -> None:
    """Show the newest advisory of each day from today on; on any other day nothing is limited."""
    from exchange.domain.places import day_in
    from exchange.flow.bulletins import list_capacity
    from exchange.installation.shipped import shipped_places
    from exchange.web.bulletins import capacity_by_day

    settings, on = settings_from(config), first and read_day("--from", first)
    points = {one.id: one.zone for port in shipped_places() for one in port.receiving_points}
    if point is not None and point not in points:
        raise UsageWrong(WRONG_POINT)
    now = datetime.now(UTC)
    wanted = sorted(points) if point is None else [point]
    days_from = {one: on or day_in(now, points[one]) for one in wanted}

    def found(connection: "Connection") -> "list[Bulletin]":
        side = Side(settings.side)
        return [
            one
            for name, day in days_from.items()
            for one in list_capacity(connection, side, name, on=day)
        ]

    days = [one.model_dump(mode="json") for one in capacity_by_day(read(settings, found)).days]
    if as_json:
        print_json(days)
        return
    rows = [one | {"hours": _hours(one["opens"], one["closes"])} for one in days]
    print_rows(rows, COLUMNS, title=Sentence("Capacity", "Capacidad"))


def _hours(opens: str | None, closes: str | None) -> str:
    return said(CLOSED) if opens is None else f"{opens}-{closes}"
