"""``exchange demo``: everything from two empty directories to the account of both sides."""

import asyncio
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from rich.console import Console

from exchange.cli.database import read
from exchange.cli.exits import language
from exchange.cli.reports import account_of
from exchange.demo.agreement import compare, held_in_directory
from exchange.demo.directories import Directory, make_directories, reconnect
from exchange.demo.ending import Ending, rows_of
from exchange.demo.faults import Role, cast
from exchange.demo.people import PORTS
from exchange.demo.play import Play, Played
from exchange.demo.showing import Lines, Screen, print_line
from exchange.installation.shipped import shipped_places

EYE_SECONDS = 2.0
"""Over how long the decisions are spread, for the eye."""
INTERRUPTED = 130


def run(*, handoffs: int, seed: int, out: Path | None, fast: bool, as_json: bool) -> int:
    """
    Run the demo and return its exit code.

    Raises:
        UsageWrong: *out* holds a demo already.
        Unreachable: A service does not run.
    """
    out = out or Path(tempfile.mkdtemp(prefix="exchange-demo-"))
    places = shipped_places()
    roles = cast(handoffs, seed, places, datetime.now(UTC))
    ports = [port for port in places if port.code in PORTS]
    sides = make_directories(
        out,
        {
            "us": [port.code for port in ports],
            "mx": [port.receiving_points[0].id for port in ports],
        },
    )
    showing = Lines() if as_json else Screen(Console(), handoffs)
    played = _play(sides, roles, showing, pause_seconds=0 if fast else EYE_SECONDS / handoffs)
    ending = _account(sides, roles, played)
    if as_json:
        print_line("ended", directory=str(out), **ending.document())
    else:
        Console().print(ending.tables(language()))
        print(f"{sides['us'].path} and {sides['mx'].path}: `exchange serve` runs on them again")
    return 0 if ending.holds else 1


def _play(
    sides: dict[str, Directory],
    roles: Sequence[Role],
    showing: Lines | Screen,
    *,
    pause_seconds: float,
) -> Played:
    play = Play(sides, roles, showing)
    try:
        with showing:
            asyncio.run(play.run(pause_seconds=pause_seconds))
    finally:
        reconnect(sides)
    return play.played


def _account(sides: dict[str, Directory], roles: Sequence[Role], played: Played) -> Ending:
    settings = {side: one.settings() for side, one in sides.items()}
    us, mx = (
        read(settings[side], partial(account_of, settings[side], day=None)) for side in ("us", "mx")
    )
    held_us, held_mx = (held_in_directory(settings[side]) for side in ("us", "mx"))
    return Ending(
        us=us,
        mx=mx,
        agreement=compare(held_us, held_mx),
        rows=rows_of(roles, played, us, mx, held_mx),
        played=played,
        decisions=len(roles),
    )
