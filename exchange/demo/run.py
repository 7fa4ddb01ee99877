"""``exchange demo``: everything from two empty directories to the account of both sides."""

import asyncio
import signal
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
from exchange.demo.directories import SHORTENED, Directory, make_directories, reconnect
from exchange.demo.ending import Ending, rows_of
from exchange.demo.faults import Role, cast
from exchange.demo.filed import leave_report
from exchange.demo.people import PORTS
from exchange.demo.play import Play, Played
from exchange.demo.showing import Lines, Screen
from exchange.errors import ExchangeError
from exchange.installation.shipped import shipped_places
from exchange.reports.selection import Selection
from exchange.service.on_demand import look_at_all

EYE_SECONDS = 2.0
"""Over how long the decisions are spread, for the eye."""
INTERRUPTED = 130


def run(*, handoffs: int, seed: int, out: Path | None, fast: bool, as_json: bool) -> int:
    """
    Run the demo and return its exit code: 0 when every handoff is accounted for.

    Raises:
        UsageWrong: *out* holds a demo already.
        Unreachable: A service does not run.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)  # also where a shell ignores it
    out = out or Path(tempfile.mkdtemp(prefix="exchange-demo-"))
    showing = Lines() if as_json else Screen(Console(), handoffs)
    try:
        return _run(handoffs, seed, out, showing, EYE_SECONDS / handoffs * (not fast))
    except (KeyboardInterrupt, asyncio.CancelledError):
        showing.interrupted(out)
        return INTERRUPTED


def _run(handoffs: int, seed: int, out: Path, showing: Lines | Screen, pause_seconds: float) -> int:
    places = shipped_places()
    ports = [port for port in places if port.code in PORTS]
    here = [port.code for port in ports]
    there = [port.receiving_points[0].id for port in ports]
    showing.begun(out, dict(setting.split(" = ") for setting in SHORTENED.values()))
    sides = make_directories(out, {"us": here, "mx": there})
    roles = cast(handoffs, seed, places, datetime.now(UTC))
    played = _play(sides, roles, showing, pause_seconds)
    for side in sides.values():  # each looks by itself too, but not always in the last second
        asyncio.run(look_at_all(side.settings()))
    ending = make_ending(sides, roles, played)
    files = leave_report(ending, out, language(), now=datetime.now(UTC))
    showing.ended(ending, out, files)
    return 0 if ending.holds else 1


def _play(
    sides: dict[str, Directory],
    roles: Sequence[Role],
    showing: Lines | Screen,
    pause_seconds: float,
) -> Played:
    """
    Return what was done in the run; whatever ends it, both sides then speak directly.

    Raises:
        ExchangeError: A service does not run, or takes something that it should not.
    """
    play = Play(sides, roles, showing)
    try:
        with showing:
            asyncio.run(play.run(pause_seconds=pause_seconds))
    except ExceptionGroup as group:
        raise _first_of(group) from group
    finally:
        reconnect(sides)
    return play.played


def _first_of(group: ExceptionGroup[Exception]) -> Exception:
    """Return the first error of ours in *group*, or the first of all where there is none."""
    found: Exception = group.subgroup(ExchangeError) or group
    while isinstance(found, ExceptionGroup):
        found = found.exceptions[0]
    return found


def make_ending(sides: dict[str, Directory], roles: Sequence[Role], played: Played) -> Ending:
    """Return both accounts, whether the ledgers agree, and what was planted of it."""
    settings = {side: one.settings() for side, one in sides.items()}
    us, mx = (
        read(settings[side], partial(account_of, settings[side], wanted=Selection()))
        for side in ("us", "mx")
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
